"""The table `[cluster]` of `class.toml`: which cluster a class shares, and how much of it each learner gets for a lab."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

TABLE = "cluster"
MOST_DAYS = 366
MOST_PODS = 500
# Whole units: the API keeps them as they are written, so that what it has can be compared with what it should have.
AMOUNT = re.compile(r"[1-9][0-9]{0,2}Gi")


@dataclass(frozen=True)
class ClusterSettings:
    """A shared cluster. `kubeconfig` is relative to the folder of the class; both it and `context` may be "".

    `token_days` is how long the learners' kubeconfigs are valid. `pods`, `memory` and `storage` are the quota of each
    namespace, which is one learner's for one lab. `network_policies` is None where it depends on the cluster's network.
    """

    kubeconfig: str = ""
    context: str = ""
    token_days: int = 30
    pods: int = 30
    memory: str = "8Gi"
    storage: str = "5Gi"
    network_policies: bool | None = None


def read(table: dict[str, Any], problem: Callable[[str, str], None]) -> ClusterSettings:
    """Return the settings in a table. `problem` gets the reason and the name of each wrong entry."""
    known = [field.name for field in fields(ClusterSettings)]
    values = {}
    for name, value in table.items():
        if name not in known:
            problem(f"Unknown entry “{name[:60]}”. Known are: {', '.join(known)}.", name)
        elif fault := _fault(name, value):
            problem(f"“{name}” must be {fault}.", name)
        else:
            values[name] = value
    return ClusterSettings(**values)


def _fault(name: str, value: Any) -> str:
    """Return what a value must be; "" where it is."""
    if name in ("kubeconfig", "context"):
        return "" if isinstance(value, str) and value.isprintable() and len(value) <= 500 else "one line of text"
    if name == "network_policies":
        return "" if isinstance(value, bool) else "true or false"
    if name in ("memory", "storage"):
        return "" if isinstance(value, str) and AMOUNT.fullmatch(value) else 'a whole number of Gi, such as "8Gi"'
    most = MOST_DAYS if name == "token_days" else MOST_PODS
    return "" if type(value) is int and 0 < value <= most else f"a whole number from 1 to {most}"
