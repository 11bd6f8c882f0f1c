"""The tie between a process and the one that started it."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from sandboxes.errors import SlipwayError
from sandboxes.host.signals import finishing, stopped_by_signals

PR_SET_PDEATHSIG = 1
INTERRUPTED = 130


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


def run(main: Callable[[], int]) -> NoReturn:
    """Run `main` as the whole of this process, tied to the one that started it, and exit with the code that it returns.

    An error ends the process with its message and how to fix it, Ctrl-C with 130: both after `main` has cleaned up.
    """
    try:
        end_with_parent()
        with stopped_by_signals():
            sys.exit(main())
    except SlipwayError as error:
        sys.exit(f"{error.message} {error.fix}".strip())
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def attend(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end and return its exit code. On Ctrl-C, wait until it has cleaned up, and raise the exception."""
    process = subprocess.Popen(command, env=environment)
    try:
        return process.wait()
    except KeyboardInterrupt:
        # The command got the same signal: it closes what it has opened.
        with finishing():
            process.wait()
        raise
