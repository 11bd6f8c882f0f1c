"""The data model of grading: labs, findings, results and reports.

Nothing here performs I/O. A report converts to JSON (`to_json`) and back (`Report.from_json`) without loss.
"""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

REPORT_FORMAT = "slipway-report/1"


class Outcome(StrEnum):
    """The outcome of a check: exactly one of five."""

    PASSED = "passed"
    NOT_YET = "not yet"
    WAITING = "waiting"
    BLOCKED = "blocked"
    COULD_NOT_CHECK = "could not check"


@dataclass(frozen=True)
class Finding:
    """One difference between the state and what the task asks for.

    `subject` names an object ("container/web"), and `path` a field of it ("NetworkSettings.Ports"). `expected` and
    `observed` are complete JSON values. `why` is the reason that the system reports (an exit code, a log line). `waiting`
    means that the state is still converging. `cost` is the number of points that the finding takes (None: all).
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
    """The result of one check. `blocked_by` holds ids of checks; `reason` says why it could not be checked."""

    id: str
    title: str
    outcome: Outcome
    points: int = 1
    earned: int = 0
    findings: tuple[Finding, ...] = ()
    blocked_by: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Predicted:
    """How many predictions of a learner were right, of how many answered; the results of `unanswered` others were shown."""

    right: int
    answered: int
    unanswered: int = 0


@dataclass(frozen=True)
class Report:
    """The results of a lab's checks for one snapshot. `taken` is the time of the snapshot, in ISO 8601 and UTC.

    `predictions` are those of the learner, where they are known. They never change the points.
    """

    lab: str
    title: str
    course: str
    taken: str
    results: tuple[Result, ...]
    engine: dict[str, str] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    predictions: Predicted | None = None

    @property
    def earned(self) -> int:
        """The points earned."""
        return sum(result.earned for result in self.results)

    @property
    def possible(self) -> int:
        """The points of all checks that could be checked: what could not be checked never costs a point."""
        return sum(result.points for result in self.results if result.outcome is not Outcome.COULD_NOT_CHECK)

    @property
    def unchecked(self) -> int:
        """The points of the checks that could not be checked."""
        return sum(result.points for result in self.results if result.outcome is Outcome.COULD_NOT_CHECK)

    @property
    def passed(self) -> bool:
        """Whether all checks passed."""
        return all(result.outcome is Outcome.PASSED for result in self.results)

    @property
    def outcome(self) -> Outcome:
        """The overall outcome: the first of could not check, not yet, waiting and blocked that occurs, else passed."""
        outcomes = {result.outcome for result in self.results}
        order = (Outcome.COULD_NOT_CHECK, Outcome.NOT_YET, Outcome.WAITING, Outcome.BLOCKED)
        return next((outcome for outcome in order if outcome in outcomes), Outcome.PASSED)

    def count(self, outcome: Outcome) -> int:
        """Return the number of checks with this outcome."""
        return sum(result.outcome is outcome for result in self.results)

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values, in the published format (`checks/render/report.schema.json`)."""
        score = {"earned": self.earned, "possible": self.possible, "unchecked": self.unchecked}
        data = {"format": REPORT_FORMAT, "outcome": self.outcome.value, "score": score, **asdict(self)}
        return data if self.predictions else {name: value for name, value in data.items() if name != "predictions"}

    @staticmethod
    def from_json(data: dict[str, Any]) -> "Report":
        """Return the report that `to_json` wrote. Raise KeyError, TypeError or ValueError for other data."""
        if data["format"] != REPORT_FORMAT:
            raise ValueError(f"format is {data['format']!r}, not {REPORT_FORMAT!r}")
        results = tuple(_result(item) for item in data["results"])
        kept = {name: data[name] for name in ("lab", "title", "course", "taken", "engine", "images")}
        predictions = Predicted(**data["predictions"]) if "predictions" in data else None
        return Report(results=results, predictions=predictions, **kept)


def _result(data: dict[str, Any]) -> Result:
    findings = tuple(Finding(**finding) for finding in data["findings"])
    rest = {**data, "outcome": Outcome(data["outcome"]), "findings": findings, "blocked_by": tuple(data["blocked_by"])}
    return Result(**rest)


@dataclass(frozen=True)
class Scope:
    """The objects that a lab may read and remove, by name. A lab reads and deletes nothing else on the machine.

    On Docker: containers, images (repository or repository:tag), volumes, networks, and whole Compose projects. `swarm`
    allows the lab to turn on Swarm mode.
    On a cluster: namespaces, the first of which Slipway creates; cluster-scoped objects as "Kind/name" in `cluster`; the
    kinds to collect (empty: the usual ones); and images that the learner builds and loads into the nodes. `stops_nodes`
    says that the lab stops nodes: a reset starts them again.
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
    stops_nodes: bool = False


@dataclass(frozen=True)
class Made:
    """Objects that a lab created without one of its names: image IDs, and volumes that the engine named."""

    images: frozenset[str] = frozenset()
    volumes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Probe:
    """A fact that is known only by doing something: an HTTP request, a command in a container, reading a file.

    `kind` names the prober, and `options` are its arguments. `timeout` is in seconds. `checks` are the checks that need
    the probe (empty: all), so that running one check does not run the probes of others. `live` says whether it runs while
    the learner works (None: by its kind).
    """

    id: str
    kind: str
    options: dict[str, Any]
    timeout: float = 5.0
    checks: tuple[str, ...] = ()
    live: bool | None = None


@dataclass(frozen=True)
class Objective:
    """What a learner can do after a lab.

    `competencies` are the codes of the competencies of `curricula.toml` that it covers ("ckad/probes"). A learner has shown
    them when all of `checks` have passed.
    """

    text: str
    competencies: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lab:
    """A lab as its `lab.toml` describes it.

    `folder` is absolute. `minutes` is the time that a learner should plan. `wait` is the number of seconds that a check
    waits for a state that is still converging. `addons` are the add-ons of the cluster that the lab needs.
    `passes_untouched` are the checks that pass before the learner starts. `recall` is the card of an earlier lab that opens
    this one ("10-cluster/desired-state"), or empty.
    """

    id: str
    title: str
    summary: str
    minutes: int
    sandbox: str
    folder: Path
    objectives: tuple[Objective, ...]
    prerequisites: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    addons: tuple[str, ...] = ()
    scope: Scope = Scope()
    probes: tuple[Probe, ...] = ()
    wait: float = 20.0
    passes_untouched: tuple[str, ...] = ()
    recall: str = ""

    @property
    def namespace(self) -> str:
        """The lab's own namespace on the cluster; empty for a lab on Docker."""
        return self.scope.namespaces[0] if self.scope.namespaces else ""

    @property
    def module(self) -> str:
        """The Python module with the lab's checks."""
        return "checks.labs.lab_" + self.id.replace("-", "_")
