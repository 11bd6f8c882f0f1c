"""Settings and evidence cut in half, or something else altogether: a sentence, never a traceback, never a pass."""

import json
from pathlib import Path

import pytest

from checks import catalog, evidence, grade
from checks.dev import replay
from checks.dev.paths import places
from checks.grade import Graded
from checks.model import Lab, Outcome
from checks.snapshot import Snapshot
from sandboxes import settings
from sandboxes.errors import Exit, SlipwayError

SETTINGS = 'port = 9001\nimage_source = "build"\nallow_remote_engine = true\n'


def test_settings_cut_anywhere_are_used_or_refused_by_name(folders: Path) -> None:
    path = settings.load().state / "settings.toml"
    path.parent.mkdir(parents=True)
    used = refused = 0
    for length in range(len(SETTINGS) + 1):
        path.write_text(SETTINGS[:length], encoding="utf-8")
        try:
            chosen = settings.load()
        except SlipwayError as error:
            refused += 1
            assert str(path) in error.message
            assert "delete it" in error.fix
            assert error.exit_code is Exit.WRONG_USAGE
        else:
            used += 1
            assert chosen.image_source in ("auto", "build")
    assert used > 5
    assert refused > 20


@pytest.mark.parametrize("text", ["port = 0", "port = true", 'image_source = "magic"', "colour = 1", "\x00", "port = 70000"])
def test_a_wrong_setting_is_named(folders: Path, text: str) -> None:
    path = settings.load().state / "settings.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SlipwayError, match="settings.toml"):
        settings.load()


@pytest.fixture
def solved(tiny_labs: Path) -> tuple[Lab, Snapshot]:
    lab = catalog.find("90")
    return lab, replay.load(places(settings.load()).recording(lab, "solved"), lab)


def test_evidence_is_graded_again_with_the_same_result(solved: tuple[Lab, Snapshot], tmp_path: Path) -> None:
    lab, snapshot = solved
    report = grade.regrade(lab, snapshot)
    path = tmp_path / "evidence.json"
    evidence.save(path, Graded(report, snapshot))
    kept = evidence.load(path)
    assert kept.report == report
    assert grade.regrade(lab, kept.snapshot, kept.checks).to_json() == report.to_json()
    assert kept.checks == ("image-built", "running", "answers", "note-kept")


def test_evidence_cut_anywhere_is_refused(solved: tuple[Lab, Snapshot], tmp_path: Path) -> None:
    lab, snapshot = solved
    path = tmp_path / "evidence.json"
    evidence.save(path, Graded(grade.regrade(lab, snapshot), snapshot))
    whole = path.read_text(encoding="utf-8").rstrip()
    for length in [*range(0, len(whole), 97), len(whole) - 1]:
        path.write_text(whole[:length], encoding="utf-8")
        with pytest.raises(SlipwayError, match="not a complete evidence file") as refused:
            evidence.load(path)
        assert refused.value.exit_code is Exit.WRONG_USAGE


@pytest.mark.parametrize("name", ["format", "course", "report", "snapshot"])
@pytest.mark.parametrize("value", [None, 3, [], {}, "x"])
def test_evidence_with_a_part_of_the_wrong_shape_is_refused(
    solved: tuple[Lab, Snapshot], tmp_path: Path, name: str, value: object
) -> None:
    lab, snapshot = solved
    path = tmp_path / "evidence.json"
    evidence.save(path, Graded(grade.regrade(lab, snapshot), snapshot))
    data = json.loads(path.read_text(encoding="utf-8"))
    if name == "course" and isinstance(value, str):
        value = None
    path.write_text(json.dumps({**data, name: value}), encoding="utf-8")
    with pytest.raises(SlipwayError, match="not a complete evidence file"):
        evidence.load(path)


@pytest.mark.parametrize("kind", ["container", "image", "volume"])
def test_evidence_without_a_kind_could_not_be_checked(solved: tuple[Lab, Snapshot], kind: str) -> None:
    """Taking something out of an evidence file never makes a check pass."""
    lab, snapshot = solved
    data = snapshot.to_json()
    del data["objects"][kind]
    report = grade.regrade(lab, Snapshot.from_json(data))
    assert not report.passed
    assert report.earned == report.possible


def test_evidence_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SlipwayError, match="cannot be read") as refused:
        evidence.load(tmp_path / "absent.json")
    assert refused.value.exit_code is Exit.WRONG_USAGE


def test_a_dead_container_is_told_with_what_the_engine_says(solved: tuple[Lab, Snapshot]) -> None:
    """One of which the engine could remove a part only: it is listed still, and never runs again."""
    lab, snapshot = solved
    data = snapshot.to_json()
    (container,) = data["objects"]["container"].values()
    reason = "driver overlay2 failed to remove root filesystem: operation not permitted"
    container["State"] |= {"Status": "dead", "Running": False, "Dead": True, "ExitCode": 137, "Error": reason}
    results = {result.id: result for result in grade.regrade(lab, Snapshot.from_json(data)).results}
    (finding,) = results["running"].findings
    assert (results["running"].outcome, finding.observed) == (Outcome.NOT_YET, "dead")
    assert reason in finding.why
