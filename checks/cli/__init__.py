"""The command line: it parses, calls and sets the exit code."""

import sys

if sys.argv[0] == "-m":
    # Run as a command, and still loading: until __main__ listens, Ctrl-C ends the process without a traceback.
    # `_signal` because `signal` itself takes a while to load.
    import _signal

    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
