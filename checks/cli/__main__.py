"""The entry point of `slipway`: every error becomes a message and an exit code, never a traceback."""

import os
import sys
from collections.abc import Callable

from checks.cli import INTERRUPTED
from sandboxes.errors import Exit, SlipwayError


def main(arguments: list[str] | None = None) -> int:
    """Run the command line. Returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    return guarded(lambda: _run(arguments))


def _run(arguments: list[str]) -> int:
    if plain_check(arguments):
        from checks.cli.checking import Request, run

        return run(Request(checks=tuple(arguments[1:])))
    from checks.cli.app import run_app

    return run_app(arguments)


def plain_check(arguments: list[str]) -> bool:
    """Tell whether this is `check [LAB] [CHECK …]` without options, which runs without loading the option parser."""
    return arguments[:1] == ["check"] and not any(word.startswith("-") for word in arguments)


def guarded(action: Callable[[], int]) -> int:
    """Run an action and return its exit code; print a message instead of raising an exception."""
    try:
        code = action()
        sys.stdout.flush()
        return code
    except SlipwayError as error:
        from checks.render.words import harmless

        print(harmless(f"slipway: {error.message}"), file=sys.stderr)
        if error.fix:
            print(harmless(f"Fix: {error.fix}"), file=sys.stderr)
        return int(error.exit_code)
    except KeyboardInterrupt:
        print("\nInterrupted. Run the same command again to continue.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader closed the pipe (`slipway check … | head`): keep the interpreter from reporting it when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(Exit.COULD_NOT_CHECK)
    except Exception:
        from checks import crash_report

        print(f"slipway: {crash_report.record()}", file=sys.stderr)
        return int(Exit.COULD_NOT_CHECK)


def command() -> None:
    """Run the process. Handle Ctrl-C from here on; a second Ctrl-C during clean-up ends the process at once."""
    import gc
    import signal

    from sandboxes.host.signals import heard_in_finalizers

    # Nearly all that a command creates stays until its end, modules first: looking for garbage that often, as Python does, would
    # take a tenth of its time.
    gc.set_threshold(50_000, 10, 10)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a terminal without “ or · shows a question mark instead of failing

    heard_in_finalizers()

    def interruptible() -> int:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        return _run(sys.argv[1:])

    try:
        code = guarded(interruptible)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.stdout.flush()
    sys.stderr.flush()
    # All work is done: threads that still wait for an engine must not delay the exit.
    os._exit(code)


if __name__ == "__main__":
    command()
