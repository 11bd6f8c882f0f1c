"""Hints, held against the states that lead to them: their commands exist, name what is there, and do not destroy too much."""

import re
from collections.abc import Iterator
from functools import cache

import hint_commands
import pytest

from checks import catalog, grade
from checks.dev import misses, replay
from checks.dev.paths import places
from checks.model import Lab, Outcome
from checks.registry import load
from checks.snapshot import Snapshot
from sandboxes.settings import ROOT, Settings

LABS = catalog.labs(ROOT / "labs")
PLACES = places(Settings())
CLUSTER_WIDE = {"Namespace", "Node", "PersistentVolume", "StorageClass", "IngressClass", "PriorityClass"}
ANYWHERE = {"", "default", "kube-system"}
# What takes more than the lab's one object, or data. Each needs a reason here.
DESTROYS = re.compile(
    r"slipway reset|prune|volume rm|down (-v|--volumes)|rm -f -v|rm -v"
    r"|delete (namespace|ns|pvc|pv|persistentvolume\S*|secret|statefulset)"
)
ALLOWED = {
    "03-volumes data-in-volume": "the volume is the anonymous one that the image creates where none is named",
    "04-networks database-joined": "the volume is the anonymous one that the image creates where none is named",
    "05b-secrets services-run": "a new database keeps nothing yet, and a volume keeps its first password",
    "14-configuration logbook-key": "the Secret is to be created again with another password",
    "15-storage claim-bound": "a claim cannot be changed, and it holds nothing before it is bound",
    "15-storage spare-released": "the task is about a volume whose claim was deleted",
    "17-statefulsets in-order": "the claims show in which order they were created",
    "17-statefulsets names-lead": "a set's serviceName cannot be changed; its claims stay",
    "17-statefulsets own-books": "a set's claim templates cannot be changed; claims stay",
    "17-statefulsets season-over": "the task asks for it",
    "22-ingress certificate": "the Secret is created from files that the learner has",
    "23-three-tier configured": "the type and the keys of a Secret are given when it is created",
}
# A sentence about what may exist already: what it says is not for every state.
CONDITION = re.compile(r"^(If|With|Remove one|To create it again)\b|unless it exists")


@cache
def states(lab_id: str) -> dict[str, Snapshot]:
    """Each recording of a lab by its name."""
    lab = catalog.find(lab_id, ROOT / "labs")
    names = ["untouched", "solved", "second", *(miss.name for miss in misses.read(lab, PLACES))]
    return {name: replay.load(path, lab) for name in names if (path := PLACES.recording(lab, name)).exists()}


def hints(lab: Lab) -> Iterator[tuple[str, str]]:
    """Each hint that a learner can get in a lab, with where it comes from."""
    for check in load(lab):
        yield from ((f"{check.id}, hint {number}", hint) for number, hint in enumerate(check.hints, 1))
    for name, snapshot in states(lab.id).items():
        for result in grade.regrade(lab, snapshot).results:
            yield from ((f"{result.id}, state {name}", finding.hint) for finding in result.findings if finding.hint)


def names(lab: Lab, kind: str) -> set[str]:
    """The names that objects of a kind have in any recording of the lab, or that its scope has."""
    scope = {"container": lab.scope.containers, "network": lab.scope.networks, "Namespace": lab.scope.namespaces}
    own = set(scope.get(kind, ())) | {entry.partition("/")[2] for entry in lab.scope.cluster if entry.startswith(f"{kind}/")}
    return own.union(*(_bare(snapshot, kind) for snapshot in states(lab.id).values()))


def _bare(snapshot: Snapshot, kind: str) -> set[str]:
    return {name.rpartition("/")[2] for name in snapshot.objects.get(kind, {})}


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_commands_of_hints_exist_and_name_objects_and_files_of_the_lab(lab: Lab) -> None:
    problems = set()
    for where, hint in hints(lab):
        for words in hint_commands.commands(hint):
            try:
                found = list(hint_commands.uses(words, lab.namespace))
            except ValueError as error:
                problems.add(f"{where}: {error}: {' '.join(words)}")
                continue
            for use in found:
                known = names(lab, use.kind)
                if known and use.name not in known and use.does != "creates":
                    problems.add(f"{where}: the lab has no {use.kind} {use.name}: {' '.join(words)}")
                if use.namespace not in {*ANYWHERE, *lab.scope.namespaces}:
                    problems.add(f"{where}: the lab has no namespace {use.namespace}: {' '.join(words)}")
            for file in hint_commands.files(words):
                if not any((folder / file).exists() for folder in (lab.folder, lab.folder / "solution")):
                    problems.add(f"{where}: the lab has no file {file}: {' '.join(words)}")
    assert not problems, "\n".join(sorted(problems))


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_hints_of_findings_work_in_the_state_that_leads_to_them(lab: Lab) -> None:
    problems = []
    for name, snapshot in states(lab.id).items():
        for result in grade.regrade(lab, snapshot).results:
            for hint in dict.fromkeys(finding.hint for finding in result.findings):
                problems += [f"{result.id}, state {name}: {problem}: {hint}" for problem in tried(snapshot, lab, hint)]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_last_hints_of_checks_work_in_the_states_that_fail_them(lab: Lab) -> None:
    checks = {check.id: check for check in load(lab)}
    problems = set()
    for name, snapshot in states(lab.id).items():
        for result in grade.regrade(lab, snapshot).results:
            if result.outcome is Outcome.NOT_YET:
                hint = checks[result.id].hints[-1]
                problems |= {
                    f"{result.id}, state {name}: {problem}: {hint}"
                    for problem in tried(snapshot, lab, hint, removed_may_be_gone=True)
                }
    assert not problems, "\n".join(sorted(problems))


def tried(snapshot: Snapshot, lab: Lab, hint: str, *, removed_may_be_gone: bool = False) -> Iterator[str]:
    """Follow the commands of a hint, and yield what fails because of what exists or does not.

    What a file creates is not looked into: after `kubectl apply` and `docker compose up`, everything may be there. A hint
    that creates something may say anywhere how to remove what is in its place.
    """
    followed = [
        (use, bool(CONDITION.search(sentence)))
        for sentence in hint_commands.sentences(hint)
        for words in hint_commands.commands(sentence)
        for use in _uses(words, snapshot, lab)
    ]
    excused = {_key(use) for use, conditional in followed if use is not None and (conditional or use.does == "removes")}
    made: set[tuple[str, str, str]] = set()
    applied = False
    for use, conditional in followed:
        if conditional:
            continue
        if use is None:
            applied = True
            continue
        there = _key(use) in made or _present(snapshot, lab, use)
        if use.does == "creates":
            made.add(_key(use))
            if there and _key(use) not in excused:
                yield f"{use.kind} {use.name} exists already"
        elif not (there or applied or use.lenient or (use.does == "removes" and removed_may_be_gone)):
            yield f"there is no {use.kind} {use.name}"


def _uses(words: list[str], snapshot: Snapshot, lab: Lab) -> Iterator[hint_commands.Use | None]:
    """What a command does with objects of the kinds that the snapshot has; None for one that creates what a file describes."""
    if words[:2] == ["kubectl", "apply"] or words[:2] == ["docker", "compose"] and "up" in words:
        yield None
    for use in hint_commands.uses(words, lab.namespace):
        if use.kind in snapshot.objects and use.namespace in {"", *lab.scope.namespaces}:
            yield use


def _key(use: hint_commands.Use) -> tuple[str, str, str]:
    return use.kind, use.namespace, use.name


def _present(snapshot: Snapshot, lab: Lab, use: hint_commands.Use) -> bool:
    own = use.kind in CLUSTER_WIDE or use.namespace in ("", lab.namespace)
    return (use.name if own else f"{use.namespace}/{use.name}") in snapshot.objects[use.kind]


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_hints_remove_no_more_than_needed(lab: Lab) -> None:
    found = {f"{lab.id} {where.partition(',')[0]}: {hint}" for where, hint in hints(lab) if DESTROYS.search(hint)}
    problems = [text for text in found if not any(text.startswith(start) for start in ALLOWED)]
    assert not problems, "\n".join(sorted(problems))


def test_every_exception_is_needed() -> None:
    found = {f"{lab.id} {where.partition(',')[0]}" for lab in LABS for where, hint in hints(lab) if DESTROYS.search(hint)}
    assert ALLOWED.keys() == found
