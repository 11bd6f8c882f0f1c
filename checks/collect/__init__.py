"""The only code of the graders that talks to an engine or a cluster."""
