"""The history of a lab: transitions, what broke a check, and that it outlives the process."""

from pathlib import Path

import pytest

from checks import object_facts
from checks.live import causes, history
from checks.live.causes import Cause
from checks.model import Finding, Outcome, Report, Result
from sandboxes.settings import Settings

LAB, STARTED = "01-flask", "2026-01-01T12:00:00Z"


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    return Settings(state=tmp_path)


def report(outcome: Outcome, subject: str = "container/web") -> Report:
    findings = (Finding("It has ended.", subject),) if outcome is Outcome.NOT_YET else ()
    return Report(LAB, "Flask", "1", STARTED, (Result("running", "It runs", outcome, findings=findings),))


def test_broken_check_says_since_when_and_why_and_a_restart_keeps_it(chosen: Settings) -> None:
    stopped = [Cause("image/web", "Image web was removed", 0), Cause("container/web", "Container web was stopped", 1)]
    with history.changing(chosen, LAB, STARTED) as kept:
        kept.note(report(Outcome.PASSED), {}, "12:03", [])
    with history.changing(chosen, LAB, STARTED) as kept:
        (new,) = kept.note(report(Outcome.NOT_YET), {"container/web": {"id": "a"}}, "12:07", stopped)
    assert new == {"at": "12:07", "check": "running", "from": "passed", "to": "not yet", "why": "Container web was stopped"}
    with history.changing(chosen, LAB, STARTED) as kept:
        kept.note(report(Outcome.BLOCKED), {}, "12:08", [Cause("image/web", "Image web was removed", 0)])
    again = history.read(chosen, LAB, STARTED).checks["running"]
    assert (again.outcome, again.since, again.passed, again.broken) == ("blocked", "12:08", "12:03", "12:07")
    assert again.why == "Container web was stopped"
    with history.changing(chosen, LAB, STARTED) as kept:
        kept.note(report(Outcome.PASSED), {}, "12:09", [])
    assert history.read(chosen, LAB, STARTED).checks["running"] == history.Standing("passed", "12:09", "12:09")
    assert [entry["to"] for entry in history.read(chosen, LAB, STARTED).transitions] == ["not yet", "passed"]


def test_what_could_not_be_checked_leaves_a_check_as_it_was(chosen: Settings) -> None:
    kept = history.History(STARTED)
    kept.note(report(Outcome.PASSED), {}, "12:03", [])
    assert not kept.note(report(Outcome.COULD_NOT_CHECK), {}, "12:04", [])
    assert kept.passed == {"running"}


def test_history_of_another_start_and_a_damaged_one_begin_afresh(chosen: Settings) -> None:
    with history.changing(chosen, LAB, STARTED) as kept:
        kept.note(report(Outcome.PASSED), {}, "12:03", [])
    assert history.read(chosen, LAB, "2026-01-02T12:00:00Z").checks == {}
    for text in (
        "{",
        "[]",
        '{"format": "slipway-history/1", "started": 3}',
        f'{{"format": "slipway-history/1", "started": "{STARTED}", "checks": []}}',
    ):
        history.path(chosen, LAB).write_text(text)
        assert history.read(chosen, LAB, STARTED) == history.History(STARTED)


def test_history_keeps_the_last_transitions_only(chosen: Settings) -> None:
    kept = history.History(STARTED)
    for number in range(120):
        kept.note(report(Outcome.PASSED if number % 2 else Outcome.NOT_YET), {}, f"{number}", [])
    assert len(kept.transitions) == history.MOST
    assert kept.transitions[-1]["at"] == "119"


CONTAINER = {
    "id": "a",
    "status": "running",
    "started": "1",
    "exit": 0,
    "oom": False,
    "health": "",
    "image": "i",
    "networks": ["n"],
    "limits": [],
}
DEPLOYMENT = {"uid": "u", "labels": {}, "replicas": 3, "images": ["web:1"], "content": "x"}


@pytest.mark.parametrize(
    ("subject", "before", "after", "actions", "words"),
    [
        (
            "container/web",
            CONTAINER,
            {**CONTAINER, "status": "exited", "exit": 137},
            {"kill", "stop", "die"},
            "Container web was stopped",
        ),
        ("container/web", CONTAINER, {**CONTAINER, "status": "exited", "exit": 137}, {"kill", "die"}, "Container web was killed"),
        ("container/web", CONTAINER, {**CONTAINER, "status": "exited", "exit": 1}, {"die"}, "Container web exited with code 1"),
        ("container/web", CONTAINER, {**CONTAINER, "status": "exited", "exit": 143}, set(), "Container web was stopped"),
        (
            "container/web",
            CONTAINER,
            {**CONTAINER, "status": "exited", "exit": 137, "oom": True},
            {"die"},
            "Container web was killed because it ran out of memory",
        ),
        ("container/web", CONTAINER, {**CONTAINER, "status": "paused"}, {"pause"}, "Container web was paused"),
        ("container/web", CONTAINER, {**CONTAINER, "started": "2"}, set(), "Container web was restarted"),
        ("container/web", CONTAINER, {**CONTAINER, "networks": []}, set(), "Container web was disconnected from the network n"),
        ("container/web", CONTAINER, {**CONTAINER, "id": "b", "started": "2"}, set(), "Container web was recreated"),
        ("deployment/web", DEPLOYMENT, {**DEPLOYMENT, "replicas": 2, "content": "y"}, set(), "Deployment web was scaled to 2"),
        (
            "deployment/web",
            DEPLOYMENT,
            {**DEPLOYMENT, "images": ["web:2"], "content": "y"},
            set(),
            "The image of Deployment web was changed to web:2",
        ),
        ("service/web", {"uid": "u", "content": "x"}, {"uid": "u", "content": "y"}, set(), "Service web was changed"),
        ("image/web:latest", {"id": "a"}, {"id": "b"}, set(), "Image web:latest was built again"),
    ],
)
def test_change_of_an_object_is_named_in_words(subject: str, before: dict, after: dict, actions: set[str], words: str) -> None:
    (cause,) = causes.between({subject: before}, {subject: after}, {subject: actions})
    assert cause.words == words


def test_removed_and_deleted_objects_explain_more_than_pods_that_came_and_went() -> None:
    before = {"deployment/web": DEPLOYMENT, "pod/web-1": {"uid": "p"}, "container/web": CONTAINER}
    found = causes.between(before, {"pod/web-2": {"uid": "q"}})
    assert [cause.words for cause in found[:2]] == ["Container web was removed", "Deployment web was deleted"]


def test_facts_are_the_same_for_the_same_state_and_differ_after_a_change() -> None:
    from recorded import state

    for lab in ("01", "12"):
        snapshot = state(lab)
        facts = object_facts.extract(snapshot)
        assert facts == object_facts.extract(state(lab))
        assert causes.between(facts, facts) == []
    snapshot.objects["Deployment"]["web"]["spec"]["replicas"] = 1
    words = [cause.words for cause in causes.between(facts, object_facts.extract(snapshot))]
    assert words == ["Deployment web was scaled to 1"]
