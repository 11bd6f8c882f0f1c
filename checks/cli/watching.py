"""`slipway watch`: the live view of a lab in the terminal, or its changes line by line."""

import json
import os
import re
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from checks import backend, registry
from checks.cli import checking, lab_here, watch_text
from checks.cli.grading import LabOfFolder
from checks.lifecycle import standing, workspace
from checks.live import actions
from checks.live.subscribers import Subscriber
from checks.live.view import View
from checks.live.watched_lab import WatchedLab
from checks.live.watcher import Watcher
from checks.model import Lab
from checks.render import words
from sandboxes import settings
from sandboxes.errors import SlipwayError

WAIT = 0.1  # seconds in which a key and a view are looked for
# Another screen without a cursor, and back; the upper left corner, and nothing below it. Source: xterm control sequences.
ENTER, LEAVE, HOME = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l", "\x1b[H\x1b[J"

# What a key without a character sends, such as an arrow key: it may come together with a character.
SEQUENCES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|O.)?")


def watch_(
    lab: LabOfFolder = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print each change as one line of JSON.")] = False,
) -> int:
    """Watch a lab while you work.

    Tasks turn green as soon as they are done, and red again when something breaks. In a terminal, press h for a hint, s for a solution, c to run the full check, d to draw what exists, r to reset the lab,
    n for the next lab, and q to quit. Elsewhere, the changes are printed line by line until you press Ctrl-C.

    Example: slipway watch 01

    Example: slipway watch 01 --json
    """
    watcher, known_lab = Watcher(settings.load()), lab_here.find(lab, "watch")
    try:
        if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
            _print_changes(watcher, known_lab, as_json)
        else:
            with _alternate_screen():
                following: Lab | None = known_lab
                while following is not None:
                    following = Screen(watcher, following).run()
    finally:
        watcher.close()
    return 0


def _print_changes(watcher: Watcher, lab: Lab, as_json: bool) -> None:
    """Print each view as JSON, or each change as a line, until the process is interrupted or the reader is gone."""
    subscriber, before = Subscriber(), None
    with watcher.subscribed(lab, subscriber):
        while True:
            view = subscriber.take(timeout=1.0)
            if view is None:
                continue
            lines = [json.dumps(view)] if as_json else watch_text.changes(before, view)
            for line in lines:
                print(words.harmless(line), flush=True)
            before = view


class Screen:
    """The live view of one lab on the whole terminal, with its keys."""

    def __init__(self, watcher: Watcher, lab: Lab) -> None:
        self._watcher, self._lab, self._settings = watcher, lab, watcher.settings
        self._message = ""
        self._sure = False
        self._watched: WatchedLab | None = None
        self._keys: dict[str, Callable[[View], str]] = {
            "h": self._hint,
            "s": self._solution,
            "d": self._draw,
            "c": self._check,
            "r": self._reset,
        }

    def run(self) -> Lab | None:
        """Show the lab until a key ends it. Return the next lab for n, None for q."""
        subscriber, view, size = Subscriber(), None, (0, 0)
        with self._watcher.subscribed(self._lab, subscriber) as self._watched:
            while True:
                key, latest = _key(WAIT), subscriber.take()
                view = latest or view
                if key == "q":
                    return None
                if key == "n":
                    following = standing.next_lab(self._lab, self._settings)
                    if following is not None and following.id != self._lab.id:
                        return following
                    self._message = "There is no other lab to do."
                elif view is not None and key in self._keys:
                    self._act(key, view)
                if view is not None and (latest or key or _size() != size):
                    size = _size()
                    self._show(view, *size)

    def _act(self, key: str, view: View) -> None:
        sure, self._sure = self._sure, False
        try:
            if key == "r" and not sure:
                self._sure = True
                self._message = f"Press r again to remove what lab {self._lab.id} created and to restore its files."
            else:
                self._message = self._keys[key](view)
        except SlipwayError as error:
            self._message = str(error)

    def _hint(self, view: View) -> str:
        check = watch_text.first_open(view)
        if check is None:
            return "All checks have passed."
        known = registry.find(self._lab, registry.load(self._lab), check["id"])
        number, total, text = workspace.next_hint(self._lab, known, self._settings)
        return f"Hint {number} of {total} for “{known.title}”:\n{text}"

    def _solution(self, view: View) -> str:
        check = watch_text.first_open(view)
        task = next((task for task in view["tasks"] if check in task["checks"]), None)
        if task is None:
            return "All checks have passed."
        files = actions.solution(self._lab, self._settings, {"task": task["cell"]})["files"]
        return "\n\n".join(f"{file['path']}:\n{file['text']}" for file in files) or "This task needs no file and no cell."

    def _draw(self, view: View) -> str:
        client = backend.connect(self._lab)
        try:
            return actions.described(self._lab, self._settings, client)
        finally:
            client.close()

    def _check(self, view: View) -> str:
        if self._watched is not None:
            self._watched.ask()
        return ""

    def _reset(self, view: View) -> str:
        result = actions.reset(self._lab, self._settings)
        return "\n".join([*(f"Removed {name}." for name in result["removed"]), *result["left"], "The lab is at its start."])

    def _show(self, view: View, columns: int, rows: int) -> None:
        text = watch_text.screen(view, columns, rows, self._message, color="NO_COLOR" not in os.environ)
        sys.stdout.write(HOME + text)
        sys.stdout.flush()


def _size() -> tuple[int, int]:
    from shutil import get_terminal_size

    return checking.terminal_width(), get_terminal_size((80, 24)).lines


def _key(timeout: float) -> str:
    """Return the key that was pressed, in lower case; empty where none is pressed in time."""
    ready, _, _ = select.select([sys.stdin], [], [], timeout)
    if not ready:
        return ""
    typed = os.read(sys.stdin.fileno(), 64).decode(errors="replace")
    if not typed or "\x04" in typed:  # the terminal is gone, or Ctrl-D
        return "q"
    return SEQUENCES.sub("", typed)[:1].lower()


@contextmanager
def _alternate_screen() -> Iterator[None]:
    """Read single keys, on the alternate screen. The terminal is as before afterwards, whatever happens."""
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor)
        sys.stdout.write(ENTER)
        sys.stdout.flush()
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
        sys.stdout.write(LEAVE)
        sys.stdout.flush()
