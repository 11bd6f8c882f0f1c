"""The words of grading, as data: what a lab is, what a check found, what a report says.

Nothing here does I/O. Everything turns into JSON (`to_json`) and back (`Report.from_json`) without loss.
"""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

REPORT_FORMAT = "slipway-report/1"


class Outcome(StrEnum):
    """How a check ended. The five are never mixed."""

    PASSED = "passed"
    NOT_YET = "not yet"
    WAITING = "waiting"
    BLOCKED = "blocked"
    COULD_NOT_CHECK = "could not check"


@dataclass(frozen=True)
class Finding:
    """One way in which the state is not what the task asks for.

    `subject` names an object ("container/web"), `path` a field in it ("NetworkSettings.Ports"); `expected` and `observed`
    are JSON values, whole; `why` is the reason found in the system (an exit code, a log line); `waiting` says that the
    state is still converging; `cost` is how many of the check's points this finding takes (None: all of them).
    """

    message: str
    subject: str
    path: str = ""
    expected: Any = None
    observed: Any = None
    why: str = ""
    hint: str = ""
    waiting: bool = False
    cost: int | None = None


@dataclass(frozen=True)
class Result:
    """What one check said. `blocked_by` are ids of checks; `reason` says why it could not be checked."""

    id: str
    title: str
    outcome: Outcome
    points: int = 1
    earned: int = 0
    findings: tuple[Finding, ...] = ()
    blocked_by: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Report:
    """The results of a lab's checks over one snapshot. `taken` is the snapshot's time, ISO 8601 in UTC."""

    lab: str
    title: str
    course: str
    taken: str
    results: tuple[Result, ...]
    engine: dict[str, str] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)

    @property
    def earned(self) -> int:
        return sum(result.earned for result in self.results)

    @property
    def possible(self) -> int:
        """Points of all checks that could be checked: what could not be checked is never a lost point."""
        return sum(result.points for result in self.results if result.outcome is not Outcome.COULD_NOT_CHECK)

    @property
    def unchecked(self) -> int:
        return sum(result.points for result in self.results if result.outcome is Outcome.COULD_NOT_CHECK)

    @property
    def passed(self) -> bool:
        return all(result.outcome is Outcome.PASSED for result in self.results)

    @property
    def outcome(self) -> Outcome:
        """One word for the whole: the first of could not check, not yet, waiting, blocked that occurs, else passed."""
        found = {result.outcome for result in self.results}
        order = (Outcome.COULD_NOT_CHECK, Outcome.NOT_YET, Outcome.WAITING, Outcome.BLOCKED)
        return next((outcome for outcome in order if outcome in found), Outcome.PASSED)

    def count(self, outcome: Outcome) -> int:
        return sum(result.outcome is outcome for result in self.results)

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values, in the published format (see `checks/render/report.schema.json`)."""
        score = {"earned": self.earned, "possible": self.possible, "unchecked": self.unchecked}
        return {"format": REPORT_FORMAT, "outcome": self.outcome.value, "score": score, **asdict(self)}

    @staticmethod
    def from_json(data: dict[str, Any]) -> "Report":
        """The report that `to_json` wrote. Raises KeyError, TypeError or ValueError where it is not one."""
        if data["format"] != REPORT_FORMAT:
            raise ValueError(f"format is {data['format']!r}, not {REPORT_FORMAT!r}")
        results = tuple(_result(item) for item in data["results"])
        kept = {name: data[name] for name in ("lab", "title", "course", "taken", "engine", "images")}
        return Report(results=results, **kept)


def _result(data: dict[str, Any]) -> Result:
    findings = tuple(Finding(**finding) for finding in data["findings"])
    rest = {**data, "outcome": Outcome(data["outcome"]), "findings": findings, "blocked_by": tuple(data["blocked_by"])}
    return Result(**rest)


@dataclass(frozen=True)
class Scope:
    """What a lab may look at and remove, by name. Nothing else on the machine is read for it or deleted by it.

    Docker: containers, images (repository or repository:tag), volumes, networks, and whole Compose projects. `swarm`
    says that the lab may turn on the engine's Swarm mode.
    A cluster: namespaces, of which the first is the lab's own; objects outside of namespaces as "Kind/name"; the kinds
    that are looked at (empty: the usual ones); and images that the learner builds on the engine and loads into the nodes.
    """

    containers: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    swarm: bool = False
    namespaces: tuple[str, ...] = ()
    cluster: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Made:
    """What a lab is known to have made that carries none of its names: IDs of images, names that the engine drew."""

    images: frozenset[str] = frozenset()
    volumes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Probe:
    """Something that can only be known by doing it: an HTTP request, a command in a container, a file's content.

    `kind` names the prober; `options` are its own; `timeout` is in seconds; `checks` are the checks that need it
    (empty: all), so that asking for one check runs no other check's probes.
    """

    id: str
    kind: str
    options: dict[str, Any]
    timeout: float = 5.0
    checks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lab:
    """A lab as its `lab.toml` describes it. `folder` is absolute; `minutes` is what a learner should plan; `addons` are
    those of the cluster that it needs."""

    id: str
    title: str
    summary: str
    minutes: int
    sandbox: str
    folder: Path
    objectives: tuple[str, ...]
    prerequisites: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    addons: tuple[str, ...] = ()
    scope: Scope = Scope()
    probes: tuple[Probe, ...] = ()
    wait: float = 20.0
    passes_untouched: tuple[str, ...] = ()

    @property
    def namespace(self) -> str:
        """The lab's own namespace on the cluster; empty for a lab on Docker."""
        return self.scope.namespaces[0] if self.scope.namespaces else ""

    @property
    def module(self) -> str:
        """The Python module with the lab's checks."""
        return "checks.labs.lab_" + self.id.replace("-", "_")
