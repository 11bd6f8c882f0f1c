"""The version of the course: reports and evidence name it."""

__version__ = "0.1.0"
