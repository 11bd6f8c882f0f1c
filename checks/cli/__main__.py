"""Where `slipway` begins: the right exit code for everything, and a traceback for nothing that a person can do."""

import os
import sys
from collections.abc import Callable

from sandboxes.errors import Exit, SlipwayError

INTERRUPTED = 130  # what shells expect of a program that Ctrl-C ended


def main(arguments: list[str] | None = None) -> int:
    """Run the command line. Returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    return guarded(lambda: _run(arguments))


def _run(arguments: list[str]) -> int:
    if plain_check(arguments):
        from checks.cli.checking import Order, run

        return run(Order(arguments[1], tuple(arguments[2:])))
    from checks.cli.app import run_app

    return run_app(arguments)


def plain_check(arguments: list[str]) -> bool:
    """Whether this is `check LAB [CHECK …]` without an option: then nothing needs the library that parses options."""
    return arguments[:1] == ["check"] and len(arguments) > 1 and not any(each.startswith("-") for each in arguments)


def guarded(action: Callable[[], int]) -> int:
    """Run an action; what goes wrong becomes a sentence and an exit code."""
    try:
        code = action()
        sys.stdout.flush()
        return code
    except SlipwayError as error:
        print(f"slipway: {error.message}", file=sys.stderr)
        if error.fix:
            print(f"Fix: {error.fix}", file=sys.stderr)
        return int(error.exit_code)
    except KeyboardInterrupt:
        print("\nStopped. Nothing is half-made; the same command goes on from here.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader went away (`slipway check … | head`): keep the interpreter from complaining at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(Exit.COULD_NOT_CHECK)
    except Exception:
        from checks import crash_report

        print(f"slipway: {crash_report.record()}", file=sys.stderr)
        return int(Exit.COULD_NOT_CHECK)


def command() -> None:
    """The process's own way in: Ctrl-C counts from here on, and once more ends it at once while it winds up."""
    import signal

    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a terminal that knows no “ or · shows a question mark, not a failure

    def listening() -> int:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        return _run(sys.argv[1:])

    try:
        code = guarded(listening)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.stdout.flush()
    sys.stderr.flush()
    # Nothing is left to do: threads that still wait for an engine must not hold up the exit.
    os._exit(code)


if __name__ == "__main__":
    command()
