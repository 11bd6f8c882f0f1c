"""The tie between a process and the one that started it."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Let Ctrl-C reach this process when its parent is killed, so that it cleans up (Linux only).

    Source: prctl(2), PR_SET_PDEATHSIG.
    """
    # A shell starts what runs in the background with Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
    if parent != os.getppid():
        raise KeyboardInterrupt
