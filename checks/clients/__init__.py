"""The only code of the graders that sends requests to an engine or a cluster."""
