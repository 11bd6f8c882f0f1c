"""The vocabulary that checks are written in, one module per kind of object. `containers` is the base of the others."""
