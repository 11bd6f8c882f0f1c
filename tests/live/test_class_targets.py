"""Grading a learner's work where it runs, on the real engine: as the learner's own check finds it, and without a trace."""

import hashlib
import json
from pathlib import Path

import class_targets
import pytest
from sample_lab import NAME, SampleLab, docker, outcomes

from checks.classroom import folder as class_folder
from checks.classroom import grading, live_grading
from checks.classroom.records import Grade
from checks.classroom.store import open_store
from checks.clients.base import Engine
from checks.model import Outcome


def grade(folder: Path, target: str) -> tuple[grading.Summary, list[Grade]]:
    """Grade a class of one learner whose target this is."""
    class_targets.classroom(folder, {"ada": target}, ["90-tiny"])
    store, summary = open_store(folder), grading.Summary()
    live_grading.run(class_folder.open_class(folder), store, grading.Request((), grading.now()), summary, settle=0)
    return summary, list(store.grades())


def traces(engine: Engine) -> list[object]:
    """What would show that something was done: every object of the engine, the state of the container, its commands."""
    container = engine.get(f"/containers/{NAME}/json")
    listed = [engine.get(path) for path in ("/containers/json?all=1", "/images/json", "/volumes", "/networks")]
    names = [sorted(item["Id"] for item in items) for items in (listed[0], listed[1], listed[3])]
    return [*names, sorted(item["Name"] for item in listed[2]["Volumes"]), container["State"], container["ExecIDs"]]


@pytest.mark.parametrize("way", ["socket", "context"])
def test_live_target_is_graded_as_the_learner_sees_it_and_not_touched(
    solved: SampleLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    own, before = outcomes(solved.grade().report), traces(solved.engine)
    url = solved.engine.endpoint.url
    if way == "context":
        meta = tmp_path / "config" / "contexts" / "meta" / hashlib.sha256(b"ada").hexdigest() / "meta.json"
        meta.parent.mkdir(parents=True)
        meta.write_text(json.dumps({"Name": "ada", "Endpoints": {"docker": {"Host": url}}}), encoding="utf-8")
        monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "config"))
    summary, grades = grade(tmp_path / "class", url if way == "socket" else "context:ada")
    assert (summary.graded, summary.ungraded, summary.paused) == (1, [], 0), summary
    found = {criterion.check: criterion.outcome for criterion in grades[0].criteria}
    unchecked = {check for check, outcome in found.items() if outcome is Outcome.COULD_NOT_CHECK}
    assert {"answers", "note-kept"} <= unchecked  # they need a request and a command
    assert {check: outcome for check, outcome in found.items() if check not in unchecked} == {
        check: outcome for check, outcome in own.items() if check not in unchecked
    }
    assert Outcome.PASSED in found.values()
    assert traces(solved.engine) == before


def test_removed_container_is_found_missing(solved: SampleLab, tmp_path: Path) -> None:
    docker("rm", "--force", NAME)
    summary, grades = grade(tmp_path / "class", solved.engine.endpoint.url)
    assert summary.graded == 1
    assert Outcome.NOT_YET in {criterion.outcome for criterion in grades[0].criteria}
