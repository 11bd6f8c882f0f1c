"""The command line: it parses, calls and sets the exit code."""
