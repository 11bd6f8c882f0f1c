"""The rights of the grader in a shared cluster: to LIST the kinds that the labs of the class look at, and nothing else."""

from collections.abc import Iterable

from checks.api_resources import KINDS, looked_at
from checks.model import Lab
from checks.snapshot import Json


def rules(labs: Iterable[Lab]) -> list[Json]:
    """Return the rules of the grader's ClusterRole: one for each API group.

    Nothing in them changes anything, and Secrets are among them only where a lab of the class is about Secrets.
    """
    groups: dict[str, list[str]] = {}
    for group, plural in sorted({_resource(kind) for lab in labs for kind in looked_at(lab.scope.kinds, lab.scope.cluster)}):
        groups.setdefault(group, []).append(plural)
    return [{"apiGroups": [group], "resources": plurals, "verbs": ["list"]} for group, plurals in groups.items()]


def _resource(kind: str) -> tuple[str, str]:
    """Return the API group ("" for the core) and the plural of a kind."""
    served = KINDS[kind]
    parts = served.group.split("/")
    return parts[1] if parts[0] == "apis" else "", served.plural
