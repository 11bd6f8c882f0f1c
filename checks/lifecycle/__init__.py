"""The lifecycle of a lab: get what it needs, start it, solve it, and remove what it created."""
