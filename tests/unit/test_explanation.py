"""Explanations of results: they are not in a learner's notebook, and who opens one early is recorded."""

import json
import shutil
from pathlib import Path

import pytest
from course import OWN_LABS, use_labs

from checks import catalog, notebook_file, progress
from checks.lifecycle import explanation, workspace
from checks.model import Lab
from sandboxes import settings
from sandboxes.errors import SlipwayError
from sandboxes.settings import ROOT, Settings

TEXT = "**What happened.** The image is built.\n\n- A list."


@pytest.fixture
def lab(folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A copy of the tiny lab, with an explanation of its first task."""
    shutil.copytree(OWN_LABS, tmp_path / "labs", ignore=shutil.ignore_patterns("__pycache__"))
    use_labs(tmp_path / "labs", monkeypatch)
    path = tmp_path / "labs" / "90-tiny" / "lab.ipynb"
    notebook = notebook_file.read(path)
    at = next(number for number, cell in enumerate(notebook["cells"]) if cell["id"] == "check-build")
    notebook["cells"].insert(at + 1, {"cell_type": "markdown", "id": "after-build", "metadata": {}, "source": TEXT})
    path.write_bytes(notebook_file.written(notebook))
    return catalog.find("90")


@pytest.fixture
def chosen(lab: Lab) -> Settings:
    return settings.load()


def test_a_learners_notebook_has_no_explanation(lab: Lab, chosen: Settings) -> None:
    copy = workspace.prepare(lab, chosen)
    text = (copy / "lab.ipynb").read_text(encoding="utf-8")
    assert "What happened" not in text and "check-build" in text
    assert not workspace.differing(lab, chosen)
    (copy / "lab.ipynb").write_text(text.replace("check-build", "check-bulid"), encoding="utf-8")
    assert workspace.differing(lab, chosen) == [Path("lab.ipynb")]
    workspace.solve(lab, chosen)
    assert "What happened" not in (copy / "lab.ipynb").read_text(encoding="utf-8")


def test_the_checks_of_a_task_lead_to_its_explanation(lab: Lab) -> None:
    explained = explanation.of_checks(lab, ("image-built",))
    assert explained and (explained.task.name, explained.text, explained.early) == ("build", TEXT, False)
    assert explanation.of_checks(lab, ("running",)) is None
    assert explanation.of_checks(lab, ()) is None


@pytest.mark.parametrize("name", ["", "build", "task-build", "image-built"])
def test_reading_on_early_is_recorded(lab: Lab, chosen: Settings, name: str) -> None:
    assert explanation.request(lab, name, chosen).early
    assert progress.read(chosen, lab.id).explained == ["build"]


def test_reading_on_after_the_task_is_not_recorded(lab: Lab, chosen: Settings) -> None:
    with progress.changing(chosen, lab.id) as state:
        state.passed["image-built"] = "2026-01-01T00:00:00Z"
    assert not explanation.request(lab, "build", chosen).early
    assert progress.read(chosen, lab.id).explained == []


def test_an_unknown_task_is_refused_with_those_that_are_explained(lab: Lab, chosen: Settings) -> None:
    with pytest.raises(SlipwayError) as caught:
        explanation.request(lab, "bulid", chosen)
    assert "bulid" in caught.value.message and "build" in caught.value.fix
    assert progress.read(chosen, lab.id).explained == []


def test_no_starter_of_the_course_holds_an_explanation(folders: Path) -> None:
    explained = 0
    for lab in catalog.labs(ROOT / "labs"):
        copy = workspace.prepare(lab, settings.load())
        learners = json.dumps(notebook_file.read(copy / "lab.ipynb"), ensure_ascii=False)
        for text in notebook_file.explanations(notebook_file.read(lab.folder / "lab.ipynb")).values():
            explained += 1
            assert json.dumps(text, ensure_ascii=False)[1:-1] not in learners, lab.id
    assert explained > 80
