"""The list of harmless changes: what no task fixes and no verdict may hang on, each a pure function of a snapshot's JSON."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from checks.snapshot import Json

Function = Callable[[Json], Json]
DOCKER, CLUSTER = "docker", "kind"


@dataclass(frozen=True)
class Change:
    """A harmless change. `sandbox` names the labs that it applies to: "docker", "kind", or "" for both.

    `right_only` keeps it from near misses, in which it may end the wait for something.
    """

    name: str
    function: Function
    sandbox: str
    right_only: bool

    def applied(self, snapshot: Json) -> Json:
        """Return the changed snapshot. The one that is given stays as it is."""
        return self.function(json.loads(json.dumps(snapshot)))


CHANGES: list[Change] = []


def harmless(sandbox: str = "", *, right_only: bool = False) -> Callable[[Function], Function]:
    """Add a function to the list. It gets a copy of its own, which it may alter, and returns the changed snapshot."""

    def add(function: Function) -> Function:
        CHANGES.append(Change(function.__name__.replace("_", "-"), function, sandbox, right_only))
        return function

    return add


def of_lab(sandbox: str) -> list[Change]:
    """Return the changes that apply to the labs of a sandbox."""
    return [change for change in CHANGES if change.sandbox in ("", sandbox)]
