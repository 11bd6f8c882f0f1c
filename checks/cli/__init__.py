"""The command line of Slipway: parses arguments, calls a function and sets the exit code."""

import sys

INTERRUPTED = 130  # the exit code that shells expect from a program that Ctrl-C ended

if sys.argv[0] == "-m":
    # Run as a command, and still loading: until __main__ handles it, Ctrl-C ends the process without a traceback.
    # `_signal`, because importing `signal` takes several milliseconds.
    import _signal

    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
