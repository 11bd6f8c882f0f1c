"""Builds that are still running when a lab is reset: one that Ctrl-C ended may yet write its image.

BuildKit marks what a build uses in its cache as in use, until the image of the build exists or the build has failed. Source:
https://docs.docker.com/reference/api/engine/, GET /system/df.
"""

import time
from pathlib import Path

from checks.clients.base import Engine

ENDED = 10.0  # seconds: for a build whose command has ended, to write its image
PAUSE = 0.2
DEADLINE = 30.0  # seconds: the engine measures a large cache when it is first asked
COMMANDS = ("docker", "docker-buildx", "docker-compose")
BUILDING = ("build", "up", "bake")


def running(engine: Engine) -> bool:
    """Tell whether a build is running on the engine."""
    answer = engine.request("GET", "/system/df?type=build-cache", timeout=DEADLINE)
    usage = answer.json() if answer.status < 400 else {}
    return any(record.get("InUse") for record in usage.get("BuildCache") or ())


def wait(engine: Engine, folder: Path) -> tuple[bool, list[str]]:
    """Wait until no build runs, at most ENDED seconds. Return whether one ran, and a sentence for each that still runs.

    Only a command that builds in the lab's folder is named: other builds on the engine are not the lab's.
    """
    ran, deadline = False, time.monotonic() + ENDED
    while running(engine):
        ran = True
        if time.monotonic() > deadline:
            return ran, [
                f"A build is still running in the lab's folder: {command}. Stop it with Ctrl-C, then reset the lab again."
                for command in commands(folder)
            ]
        time.sleep(PAUSE)
    return ran, []


def commands(folder: Path) -> list[str]:
    """Return the command lines of this user's programs that build images in a folder."""
    import psutil

    found, real = [], folder.resolve()
    for process in psutil.process_iter(["name", "cmdline"]):
        words = process.info["cmdline"] or []
        if process.info["name"] in COMMANDS and any(word in BUILDING for word in words[1:]):
            try:
                if Path(process.cwd()).is_relative_to(real):
                    found.append(" ".join(words)[:200])
            except (psutil.Error, OSError):
                continue
    return found
