"""The events of the Docker engine: one stream for all labs that are watched, opened again when it breaks off.

Source: "Monitor events" in the Docker Engine API reference.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from checks.clients.base import Engine, EngineError
from checks.clients.filters import PROJECT_LABEL, filtered
from checks.clients.lines import Lines
from checks.snapshot import Json
from sandboxes import json_text
from sandboxes.errors import SlipwayError

TYPES = ("container", "image", "volume", "network", "service", "node")
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0  # seconds until the stream is opened again
# Looking, and the beginning of a command: its end is an event of its own.
QUIET = (
    "exec_create",
    "exec_start",
    "exec_detach",
    "top",
    "attach",
    "detach",
    "resize",
    "export",
    "archive-path",
    "save",
    "pull",
)
EXEC_END = "exec_die"
KILL = "9"  # the signal


@dataclass(frozen=True)
class Event:
    """An event: its object ("container/web"), what happened to it ("stop"), when (ISO 8601, UTC), and the project it is of."""

    subject: str
    action: str
    at: str
    project: str = ""


@dataclass
class Reader:
    """The reader of the stream's lines: remembers the last time, and leaves out what no learner causes.

    `own` tells whether a command in a container, by the id of its execution, is the grader's own. `health_checks` are the
    commands by which the engine itself checks the health of containers.
    """

    own: Callable[[str], bool]
    last: int = 0  # nanoseconds since 1970
    health_checks: frozenset[str] = frozenset()
    _rehearsed: set[str] = field(default_factory=set)

    def read(self, line: bytes) -> Event | None:
        """Return the event of a line; None for one that changes nothing. Raise EngineError for a line that is no event."""
        try:
            data: Json = json_text.loads(line)
            kind, action, actor = str(data["Type"]), str(data["Action"]), data["Actor"]
            moment, about = int(data["timeNano"]), actor.get("Attributes") or {}
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise EngineError("the engine's stream of events is not valid") from error
        if moment <= self.last:  # seen before the stream broke off
            return None
        self.last = moment
        name, _, rest = action.partition(":")
        execution = str(about.get("execID", ""))
        if name == "exec_create" and rest.strip() in self.health_checks:
            self._rehearsed.add(execution)
        if name in QUIET:
            return None
        if name == EXEC_END and (execution in self._rehearsed or self.own(execution)):
            self._rehearsed.discard(execution)
            return None
        if name == "kill" and str(about.get("signal", KILL)) not in (KILL, "SIGKILL"):
            name = "stop"  # an order to end, which the program may follow; the event "stop" comes only after its end
        at = datetime.fromtimestamp(moment / 1e9, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        id = str(actor.get("ID", ""))
        return Event(f"{kind}/{about.get('name') or id}", name, at, str(about.get(PROJECT_LABEL, "")))


class DockerEvents:
    """A thread that follows the events of an engine, and calls back for each.

    `on_event` gets an Event. `on_state` gets "" each time that the stream begins, when whatever was missed has to be looked
    at again, and the reason once when it cannot.
    """

    def __init__(
        self, engine: Engine, own: Callable[[str], bool], on_event: Callable[[Event], None], on_state: Callable[[str], None]
    ) -> None:
        self._engine, self._on_event, self._on_state = engine, on_event, on_state
        self.reader = Reader(own)
        self._stop = threading.Event()
        self._lines: Lines | None = None
        self._reported = ""
        self._thread = threading.Thread(target=self._run, name="slipway-docker-events", daemon=True)

    def start(self, since: float = 0.0) -> None:
        """Begin to follow, from a time (seconds since 1970) or from now on. The engine remembers the last 256 events."""
        self.reader.last = int(since * 1e9)
        self._thread.start()

    def stop(self) -> None:
        """Close the stream. The thread ends on its own."""
        self._stop.set()
        if self._lines is not None:
            self._lines.close()

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stop.is_set():
            begun = time.monotonic()
            try:
                self._follow()
                reason = "the engine ended its stream of events"
            except SlipwayError as error:
                reason = error.message
            if self._stop.is_set():
                return
            if reason != self._reported:
                self._reported = reason
                self._on_state(reason)
            pause = FIRST_PAUSE if time.monotonic() - begun > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
            self._stop.wait(pause)

    def _follow(self) -> None:
        """Read the stream until it ends. After a break it begins where it broke off: the engine sends what was missed."""
        since = f"since={self.reader.last / 1e9:.9f}" if self.reader.last else ""
        with self._engine.lines(filtered(f"/events?{since}", type=TYPES)) as lines:
            self._lines = lines
            if self._stop.is_set():
                return
            self._reported = ""
            self._on_state("")
            for line in lines:
                event = self.reader.read(line)
                if event is not None:
                    self._on_event(event)
