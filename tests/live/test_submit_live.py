"""Solved work on the real engine, submitted: the file, and what it proves without the engine."""

import stat
import tarfile
from pathlib import Path

import pytest
from sample_lab import NAME, SampleLab, docker, slipway

from checks import grade
from checks.classroom import membership, submission
from checks.classroom.class_file import Class, ClassLab
from checks.classroom.roster import Learner
from checks.model import Outcome
from sandboxes.images import archive

SECRET = bytes(range(32))
CLASS = Class("containers", "Containers", "0.1.0", "UTC", (ClassLab("90-tiny"),))


def test_submitted_work_is_graded_offline_as_it_was_on_the_engine(solved: SampleLab, tmp_path: Path) -> None:
    ada = membership.invite(CLASS, Learner("ada", "Ada Lovelace"), SECRET)
    membership.write(tmp_path / "ada.join", ada)
    joined = slipway("join", str(tmp_path / "ada.join"))
    assert joined.code == 0 and "Ada Lovelace (ada)" in joined.out and joined.err == ""
    before = docker("ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.State}}")
    submitted = slipway("submit", "90", "--yes", "--output", str(tmp_path))
    assert submitted.code == 0, submitted.err
    assert docker("ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.State}}") == before
    path = tmp_path / "90-tiny-ada.slipway"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and f"{path.stat().st_size / 1000:.1f} kB" in submitted.out
    found = submission.read(path.read_bytes(), "containers", {"ada": ada.key}.get)
    # Copies are told by the identities of objects: the submission carries the engine's own.
    container = found.evidence.snapshot.container(NAME)
    assert container and container["Id"] == docker("inspect", "--format", "{{.Id}}", NAME)
    again = grade.regrade(solved.lab, found.evidence.snapshot)
    assert {result.outcome for result in again.results} == {Outcome.PASSED}
    assert again == found.evidence.report


def test_submission_of_a_lab_that_is_not_solved_has_its_findings(tiny: SampleLab, tmp_path: Path) -> None:
    ada = membership.invite(CLASS, Learner("ada", "Ada Lovelace"), SECRET)
    membership.join(tiny.settings, ada)
    submitted = slipway("submit", "90", "--yes", "--wait", "0", "-o", str(tmp_path / "mine.slipway"))
    assert submitted.code == 0, submitted.err
    found = submission.read((tmp_path / "mine.slipway").read_bytes(), "containers", {"ada": ada.key}.get)
    assert found.evidence.report.earned < found.evidence.report.possible
    assert any(result.findings for result in found.evidence.report.results)


def test_release_comes_with_the_images_of_its_labs_in_one_file(
    tiny: SampleLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert slipway("class", "new", "demo").code == 0
    settings = (tmp_path / "demo" / "class.toml").read_text(encoding="utf-8").replace("91-tiny-kind = { weight = 1 }\n", "")
    (tmp_path / "demo" / "class.toml").write_text(settings, encoding="utf-8")
    (tmp_path / "demo" / "roster.csv").write_text("id,name\nada,Ada Lovelace\n", encoding="utf-8")
    released = slipway("class", "release", "demo", "--images", "images.tar")
    assert released.code == 0, released.err
    assert archive.verify(tmp_path / "images.tar") == list(tiny.lab.images)
    with tarfile.open(tmp_path / "demo.tar.gz") as course:
        assert {"slipway-demo/slipway", "slipway-demo/labs/90-tiny/lab.ipynb"} <= set(course.getnames())
