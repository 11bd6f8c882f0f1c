"""The download of images in the background, while the learner works: a detached process with a log and a progress record.

Run as `python -m sandboxes.images.prefetch REFERENCE ...`. It can be stopped at any time, and continues when restarted.
"""

import contextlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sandboxes import json_text, settings
from sandboxes.errors import SlipwayError
from sandboxes.host import processes
from sandboxes.host.atomic_write import read_text, write_whole
from sandboxes.settings import Settings

STOP_SECONDS = 20


@dataclass(frozen=True)
class Work:
    """The progress: `current` is the image being downloaded or built, `error` the reason for which an image is missing."""

    references: tuple[str, ...] = ()
    current: str = ""
    error: str = ""
    running: bool = False


def log_path(where: Settings) -> Path:
    """Return the path of the process's log."""
    return where.state / "images" / "background.log"


def _record(where: Settings) -> Path:
    return where.state / "images" / "background.json"


def _report(where: Settings) -> Path:
    return where.state / "images" / "progress.json"


def read(where: Settings) -> Work:
    """Return the progress of the background process."""
    running = processes.load(_record(where)) is not None
    try:
        data = json_text.loads(read_text(_report(where)))
        return Work(tuple(data["references"]), data["current"] if running else "", data["error"], running)
    except (OSError, ValueError, KeyError, TypeError):
        return Work(running=running)


def start(references: Sequence[str], where: Settings) -> bool:
    """Start the background process for some images. Returns False if one is already running."""
    if processes.load(_record(where)):
        return False
    _write(where, Work(tuple(references)))
    environment = {**os.environ, "SLIPWAY_STATE": str(where.state), "SLIPWAY_WORK": str(where.work)}
    command = [sys.executable, "-I", "-m", "sandboxes.images.prefetch", *references]
    processes.start_detached(command, log_path(where), environment, where.root).save(_record(where))
    return True


def stop(where: Settings) -> bool:
    """Stop the background process. Returns False if none is running."""
    process = processes.load(_record(where))
    if process is None:
        return False
    if not processes.terminate(process, STOP_SECONDS):
        # Waiting for the engine, it may not handle the signal; it holds nothing that must be closed.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    _record(where).unlink(missing_ok=True)
    return True


def _write(where: Settings, work: Work) -> None:
    path = _report(where)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(asdict(work)) + "\n")


def main(references: Sequence[str]) -> int:
    """Pull or build the images one after the other, and keep the progress record current. Returns the exit code."""
    from sandboxes import images

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    where = settings.load()
    error = ""
    for reference in references:
        _write(where, Work(tuple(references), reference, error))
        try:
            images.ensure([reference], source=where.image_source)
        except SlipwayError as problem:
            # The other images may still succeed; the first reason is reported.
            print(f"{reference}: {problem}", file=sys.stderr, flush=True)
            error = error or f"{reference}: {problem}"
    _write(where, Work(tuple(references), "", error))
    return 1 if error else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
