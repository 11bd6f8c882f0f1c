"""Reports for the tests of rendering: checks of many kinds over snapshots recorded from a real engine."""

import json
from collections.abc import Iterator
from pathlib import Path

from checks.evaluate import evaluate
from checks.model import Finding, Lab, Report, Scope
from checks.registry import Check
from checks.snapshot import Snapshot, Unknown
from checks.vocabulary import container_ports, containers

DATA = Path(__file__).parent / "data"
PREFIX = "slipway-render-"
SCOPE = Scope(containers=(f"{PREFIX}web",))
LAB = Lab("00-render", "Every state of a container", "", 1, "docker", DATA, (), scope=SCOPE)


def snapshot(name: str) -> Snapshot:
    """A recorded snapshot: states, one, empty or compose."""
    return Snapshot.from_json(json.loads((DATA / f"{name}.json").read_text(encoding="utf-8")))


def runs(state: str) -> Check:
    """The container of this state runs."""
    title = f"The container {PREFIX}{state} runs"
    return _check(f"{state}-runs", title, lambda seen: containers.running(seen, PREFIX + state, "Look at `docker ps -a`."))


def report(*checks: Check, name: str = "states") -> Report:
    """The report of checks over a recorded snapshot."""
    return evaluate(LAB, checks, snapshot(name), "0.1.0")


def full() -> Report:
    """A report with all five outcomes, partial credit, and findings of several kinds."""
    port = _check("port", "The container answers on port 8000", _port, 3, ("web-runs",))
    return report(
        runs("web"),
        runs("hungry"),
        runs("again"),
        port,
        _check("healthy", "The container is healthy", _healthy, 2),
        _check("labels", "The container carries the label of the course", _labels),
        _check("logged", "The request is in the log", lambda seen: (), 1, ("port",)),
        _check("settling", "The database has taken its first connection", _settling),
        _check("volume", "The volume survives", _unknown, 2),
    )


def passing() -> Report:
    return report(runs("web"), _check("found", "The page was found", lambda seen: (), 2))


def with_finding(finding: Finding, title: str = "The value is right") -> Report:
    """A report whose one check has this finding."""
    return report(_check("value", title, lambda seen: (finding,)))


def unchecked() -> Report:
    """A report of a moment at which the engine did not answer."""
    return report(_check("volume", "The volume survives", _unknown, 2))


def _check(id: str, title: str, function, points: int = 1, needs: tuple[str, ...] = ()) -> Check:
    return Check(id, title, function, points, needs, ("Look.", "Look again."))


def _port(seen: Snapshot) -> Iterator[Finding]:
    swapped = seen.container(f"{PREFIX}swapped")
    hint = "`docker run -p HOST:CONTAINER` takes the host's port first."
    for finding in container_ports.publishes(swapped, 18752, 8000, hint):
        yield Finding(**{**finding.__dict__, "cost": 1})


def _healthy(seen: Snapshot) -> Iterator[Finding]:
    yield from containers.healthy(seen, seen.container(f"{PREFIX}ill"), "Read what the health check says.")


def _labels(seen: Snapshot) -> Iterator[Finding]:
    for key, label in sorted(seen.container(f"{PREFIX}labels")["Config"]["Labels"].items()):
        where, path = f"container/{PREFIX}labels", f"Config.Labels.{key}"
        yield from containers.equal(where, path, "slipway", label, f"The label {key} has another value.")


def _settling(seen: Snapshot) -> Iterator[Finding]:
    yield from containers.healthy(seen, seen.container(f"{PREFIX}young"), "")


def _unknown(seen: Snapshot) -> Iterator[Finding]:
    raise Unknown("the Docker engine at unix:///var/run/docker.sock did not answer within 5 s")
