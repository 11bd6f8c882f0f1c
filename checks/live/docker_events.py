"""The events of the Docker engine: one stream for all labs that are watched, opened again when it breaks off.

Source: "Monitor events" in the Docker Engine API reference.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from checks.clients.base import Engine, EngineError
from checks.clients.filters import PROJECT_LABEL, filtered
from checks.live.following import Following
from checks.snapshot import Json
from sandboxes import json_text

TYPES = ("container", "image", "volume", "network", "service", "node")
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
    """An event: its object ("container/web"), what happened to it ("stop"), and the Compose project that it belongs to."""

    subject: str
    action: str
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
            moment, about, id = int(data["timeNano"]), dict(actor.get("Attributes") or {}), str(actor.get("ID", ""))
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
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
        return Event(f"{kind}/{about.get('name') or id}", name, str(about.get(PROJECT_LABEL, "")))


class DockerEvents(Following):
    """The events of an engine: calls back for each, and each time that the stream begins."""

    def __init__(
        self, engine: Engine, own: Callable[[str], bool], on_event: Callable[[Event], None], on_state: Callable[[str], None]
    ) -> None:
        """`on_event` gets an Event. `own` is that of Reader, `on_state` that of Following."""
        super().__init__("slipway-docker-events", on_state)
        self._engine, self._on_event = engine, on_event
        self.reader = Reader(own)

    def follow(self) -> str:
        """Read the stream until it ends. After a break it begins where it broke off: the engine sends what was missed."""
        since = f"since={self.reader.last / 1e9:.9f}" if self.reader.last else ""
        with self._engine.lines(filtered(f"/events?{since}", type=TYPES)) as lines:
            if self.opened(lines, missed=True):
                for line in lines:
                    event = self.reader.read(line)
                    if event is not None:
                        self._on_event(event)
        return "the engine ended its stream of events"
