"""Asks the door twenty times a second while a command runs, and writes down who has answered.

    python3 watch.py loss.log -- bash loss.sh

One line a request: when (UTC), the status (0: no answer), how long it took, and of an answer its version, machine
and container.
"""

import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import urlopen

URL = "http://localhost:8009/"
PAUSE = 0.05  # seconds from one request to the next
BEFORE, AFTER = 1.0, 4.0  # seconds that are watched before the command begins and after it has ended
LINE = 72  # characters of the picture per line


class Seen(NamedTuple):
    """One request. `status` is 0 where nobody answered; then the last three are empty."""

    at: datetime
    status: int
    seconds: float
    version: str = ""
    machine: str = ""
    container: str = ""

    def __str__(self) -> str:
        when = self.at.isoformat(timespec="milliseconds")
        return " ".join(
            [when, str(self.status), f"{self.seconds:.3f}", self.version, self.machine, self.container]
        ).strip()


def ask() -> Seen:
    """One request, as a visitor would make it."""
    at, begun = datetime.now(UTC), time.monotonic()
    try:
        with urlopen(URL, timeout=2) as answer:
            said, status = json.load(answer), answer.status
    except HTTPError as error:
        return Seen(at, error.code, time.monotonic() - begun)
    except (OSError, ValueError):
        return Seen(at, 0, time.monotonic() - begun)
    return Seen(at, status, time.monotonic() - begun, said["version"], said["machine"], said["container"])


def watch(command: list[str], log: Path) -> tuple[list[Seen], int]:
    """Ask before, while and after the command runs, a line each into `log`. Returns what was seen and its exit code."""
    seen: list[Seen] = []
    begun, process, ended = time.monotonic(), None, 0.0
    with log.open("w", encoding="utf-8") as file:
        while not ended or time.monotonic() < ended + AFTER:
            if process is None and time.monotonic() > begun + BEFORE:
                process = subprocess.Popen(command)
            if process and process.poll() is not None:
                ended = ended or time.monotonic()
            seen.append(ask())
            print(seen[-1], file=file, flush=True)
            time.sleep(max(0.0, PAUSE - seen[-1].seconds))
    return seen, process.returncode


def picture(seen: list[Seen]) -> str:
    """A character for each request: its version in the row of the machine that has answered, or × where none has."""
    rows = {"north": "", "south": "", "nobody": ""}
    for each in seen:
        answered = each.machine if each.status == 200 else "nobody"
        rows = {name: row + (" " if name != answered else each.version or "×") for name, row in rows.items()}
    parts = range(0, len(seen), LINE)
    return "\n\n".join("\n".join(f"{name:<6} |{row[at : at + LINE]}|" for name, row in rows.items()) for at in parts)


def gap(seen: list[Seen]) -> float:
    """The longest time without a good answer, in seconds: from the first request that failed to the next good one."""
    longest, since = 0.0, None
    for each in seen:
        if each.status == 200:
            longest, since = max(longest, (each.at - since).total_seconds() if since else 0.0), None
        else:
            since = since or each.at
    return max(longest, (seen[-1].at - since).total_seconds() if since else 0.0)


def main() -> int:
    if len(sys.argv) < 4 or sys.argv[2] != "--":
        print("Say where to write and what to run: python3 watch.py loss.log -- bash loss.sh", file=sys.stderr)
        return 64
    seen, code = watch(sys.argv[3:], Path(sys.argv[1]))
    failed = sum(each.status != 200 for each in seen)
    print(f"\nOne character per request: the version that answered.\n\n{picture(seen)}\n")
    print(f"{len(seen)} requests, {failed} failed. Longest time without an answer: {gap(seen):.1f} s.")
    print(f"Slowest answer: {max(each.seconds for each in seen):.2f} s.")
    if code:
        print(f"The command failed with exit code {code}.", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
