"""The life of a lab: provided for, begun, solved and cleared away."""
