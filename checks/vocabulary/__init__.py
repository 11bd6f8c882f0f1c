"""The vocabulary that checks are written in, one module for each thing that they speak of; `checks.expect` is its base."""
