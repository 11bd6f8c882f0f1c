"""Mutation tests of the graders: a change of one leaf that a check reads and a task fixes changes the check's verdict."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from metamorphic.leaves import REMOVED, Mutation, at, change, fixed, mutations, restore, words_of_tasks
from metamorphic.reads import Notes, Path, noted, read_by
from metamorphic.recorded import LABS, data

from checks import registry
from checks.model import Lab
from checks.registry import Check
from checks.snapshot import Json, Snapshot

# Of 100 changes, at least this many are noticed, in each lab.
NOTICED = 95
# Leaves that decide nothing on their own, by lab and path, each with the reason.
EXPLAINS = {
    r"metadata/(name|namespace)|/Name": "objects are found by their key; the name is repeated for messages",
    r"ontainerStatuses/\d+/name": "the status is found by it; where none is found, the Pod's conditions decide",
    r"containers/\d+/name|2.*Pod/.*/containers/\d+/image": "the container is found by it among others; here it is the only one",
    r"probes/[^/]+/(pod|path|name|image|container|account|command/\d+)": "what the lab's own probe asked, repeated for messages",
    r"eneration|deployment.kubernetes.io/revision": "controllers count with them; a task's number is another one",
    r"ownerReferences/\d+/controller": "of all objects, to find those of one owner: most belong to others",
    r"Event/.*": "events explain",
    r"EndpointSlice/.*/targetRef/name": "Pods are told apart by their UIDs",
    r"State/Running": "State.Status says the same",
    r"(NetworkSettings/Ports|PortBindings)/.*/HostPort": "published for IPv4 and for IPv6, and as asked for: either is enough",
    r"probes/may-write/exit": "any number but 0 says no",
    r"DNSNames/\d+|Aliases/\d+": "the engine writes an alias twice: either is enough",
    r"RepoTags/\d+|container/.*/Config/Image": "an image is known by its content, whatever names it has besides",
    r"History/\d+/Size": "only their sum has a limit",
    r"Healthcheck/Test/\d+": "how a health check asks is up to the learner, if the answer can be no",
    r"env/\d+/(name|value)": "searched for passwords; what the application does decides the rest",
    r"ports/\d+/containerPort": "only what a port's name stands for; nothing depends on the number",
    r"is-default-class": "only for an Ingress that names no class",
    r"service-name": "of all EndpointSlices, to find those of one Service",
    r"15-.*harbour-claim/.*/storage": "the task names the least amount",
    r"06-.*image/.*/Config/User|20-.*startupProbe/periodSeconds": "the task names one of several right values",
    r"13-.*(EndpointSlice|Pod|Node)/.*/(ready|phase|status)": "explains; the Ready condition and the visitor's answers decide",
    r"16b-.*hungry/.*/reason": "the state before says the same",
    r"22-.*Ingress/.*/tls.*": "explains; the certificate that is served decides",
    r"23-three-tier/.*Ingress/.*": "explains; requests through the Ingress decide",
    r"23c-.*CronJob/.*": "searched for the password; what the Job's Pod has printed decides",
    r"25-.*EndpointSlice/.*/ready": "explains; the answers that the visitor gets decide",
    r"25-.*Pod/(board|lantern|pilots|rescue|sweepers)-.*/labels/app": "only whether it is the label of another Service's Pods",
    r"25-.*labelSelector/matchLabels/app": "without it, all Pods count; where they run decides",
    r"24-.*(Role|RoleBinding|Namespace)/.*": "explains; the API server's answers decide",
    r"26-.*NetworkPolicy/.*": "explains; the connections that the Pods could open decide",
    r"12-.*(Pod|Node)/.*": "explains a rollout that is stuck; the Deployment's status decides",
}
WHERE = re.compile("(" + "|".join(EXPLAINS) + ")$")
# What is never missing, or where missing means the value that is there: the API requires or presumes it, or the collector writes it.
NEVER_MISSING = re.compile(
    r"(spec/replicas|minReplicas|suspend|httpGet/port|conditions/ready|ends_with_newline|qosClass|containerStatuses|RestartCount)$"
)


@dataclass(frozen=True)
class Case:
    """A change of one leaf, and whether some check that reads the leaf noticed it."""

    path: Path
    value: Any
    mutation: Mutation
    readers: tuple[str, ...]
    noticed: bool

    def __str__(self) -> str:
        return f"{'/'.join(map(str, self.path))} = {str(self.value)[:100]!r}, {self.mutation.name}: {', '.join(self.readers)}"


@pytest.mark.parametrize("lab", LABS.values(), ids=lambda lab: lab.id)
def test_a_change_of_a_relevant_leaf_is_noticed(lab: Lab) -> None:
    cases = list(_cases(lab))
    survivors = [case for case in cases if not case.noticed]
    assert cases, f"no check of {lab.id} reads a leaf that a task fixes"
    noticed = 100 * (len(cases) - len(survivors)) / len(cases)
    listed = "\n".join(map(str, survivors))
    assert noticed >= NOTICED, f"{lab.id}: {noticed:.0f} % of {len(cases)} changes are noticed; not these:\n{listed}"


def test_the_noting_snapshot_is_read_like_a_plain_one() -> None:
    plain = {"a": {"b": [1, {"c": "d"}], "e": {}}, "f": None}
    notes = Notes()
    watched = noted(plain, (), notes)
    assert "x" not in watched["a"] and not notes.paths
    assert {**watched["a"]["b"][1]} == {"c": "d"} and notes.paths == {("a", "b", 1, "c")}
    assert watched["a"]["b"][0] == 1 and ("a", "b", 0) in notes.paths
    assert watched == plain and notes.paths == {("a", "b", 0), ("a", "b", 1, "c"), ("a", "e"), ("f",)}


def _cases(lab: Lab) -> Iterator[Case]:
    solved = data(lab.id, "solved")
    readers = _readers(lab, solved)
    lists: dict[Path, list[Check]] = defaultdict(list)
    for path in sorted(readers, key=str):
        for mutation in mutations(at(solved, path)):
            if mutation.value is not REMOVED or not NEVER_MISSING.search(_where(lab, path)):
                yield _case(solved, path, mutation, readers[path])
        for place in (place for place, step in enumerate(path) if isinstance(step, int)):
            lists[path[:place]] += readers[path]
    for path, checks in lists.items():
        if not NEVER_MISSING.search(_where(lab, path)):
            yield _case(solved, path, Mutation("emptied", []), checks)


def _readers(lab: Lab, solved: Json) -> dict[Path, list[Check]]:
    """The relevant leaves, each with the checks that read it."""
    words = words_of_tasks(lab)
    readers: dict[Path, list[Check]] = defaultdict(list)
    for check in registry.load(lab):
        for path in read_by(check, solved):
            if fixed(at(solved, path), words) and not WHERE.search(_where(lab, path)):
                readers[path].append(check)
    return readers


def _where(lab: Lab, path: Path) -> str:
    return "/".join(map(str, (lab.id, *path)))


def _case(solved: Json, path: Path, mutation: Mutation, checks: list[Check]) -> Case:
    ids = tuple(dict.fromkeys(check.id for check in checks))
    return Case(path, at(solved, path), mutation, ids, _noticed(solved, path, mutation, checks))


def _noticed(solved: Json, path: Path, mutation: Mutation, checks: list[Check]) -> bool:
    parent = at(solved, path[:-1])
    kept = parent.copy()
    change(parent, path[-1], mutation.value)
    snapshot = Snapshot.from_json(solved)
    noticed = any(not _passes(check, snapshot) for check in checks)
    restore(parent, kept)
    return noticed


def _passes(check: Check, snapshot: Snapshot) -> bool:
    try:
        return not list(check.function(snapshot))
    except Exception:  # it could not be checked, as for a response that breaks the API's rules: that is another verdict
        return False
