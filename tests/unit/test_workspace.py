"""The learner's copy of a lab: made once, never overwritten unasked, nothing of it lost."""

import json
from pathlib import Path

import pytest

from checks import catalog, notebook_file, progress, registry
from checks.lifecycle import course_progress, workspace
from checks.model import Lab
from sandboxes import settings
from sandboxes.errors import SlipwayError
from sandboxes.settings import Settings


@pytest.fixture
def lab(tiny_labs: Path) -> Lab:
    return catalog.find("90")


@pytest.fixture
def chosen(lab: Lab) -> Settings:
    return settings.load()


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_prepare_copies_what_a_learner_needs_and_no_solution(lab: Lab, chosen: Settings) -> None:
    copy = workspace.prepare(lab, chosen)
    assert copy == chosen.work / "90-tiny"
    assert files(copy) == {"Dockerfile", "lab.ipynb", "page/index.html"}


def test_prepare_never_touches_a_learners_files(lab: Lab, chosen: Settings) -> None:
    copy = workspace.prepare(lab, chosen)
    (copy / "Dockerfile").write_text("mine", encoding="utf-8")
    (copy / "page" / "index.html").unlink()
    workspace.prepare(lab, chosen)
    assert (copy / "Dockerfile").read_text(encoding="utf-8") == "mine"
    assert (copy / "page" / "index.html").is_file()


def test_solve_keeps_what_was_there(lab: Lab, chosen: Settings) -> None:
    copy = workspace.prepare(lab, chosen)
    (copy / "Dockerfile").write_text("mine", encoding="utf-8")
    notebook = notebook_file.read(copy / "lab.ipynb")
    notebook["cells"].append({"cell_type": "markdown", "id": "my-note", "metadata": {}, "source": "a note"})
    (copy / "lab.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    kept = workspace.solve(lab, chosen)
    assert kept
    assert (kept / "Dockerfile").read_text(encoding="utf-8") == "mine"
    assert "httpd" in (copy / "Dockerfile").read_text(encoding="utf-8")
    solved = {cell["id"]: cell["source"] for cell in notebook_file.read(copy / "lab.ipynb")["cells"]}
    assert solved["my-note"] == "a note"
    assert "docker build" in solved["work-build"]
    assert len(progress.read(chosen, lab.id).solutions) == 4


def test_solve_puts_back_a_cell_that_was_removed(lab: Lab, chosen: Settings) -> None:
    copy = workspace.prepare(lab, chosen)
    notebook = notebook_file.read(copy / "lab.ipynb")
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != "work-run"]
    (copy / "lab.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    kept = workspace.solve(lab, chosen)
    assert kept
    assert "work-run" not in (kept / "lab.ipynb").read_text(encoding="utf-8")
    solved = {cell["id"]: cell["source"] for cell in notebook_file.read(copy / "lab.ipynb")["cells"]}
    assert "docker run" in solved["work-run"]


def test_solve_refuses_a_notebook_cut_in_half_and_keeps_it(lab: Lab, chosen: Settings) -> None:
    copy = workspace.prepare(lab, chosen)
    half = (copy / "lab.ipynb").read_bytes()[:500]
    (copy / "lab.ipynb").write_bytes(half)
    with pytest.raises(SlipwayError, match="cannot be read") as refused:
        workspace.solve(lab, chosen)
    assert "slipway reset" in refused.value.fix
    assert (copy / "lab.ipynb").read_bytes() == half


def test_differing_lists_what_differs_from_the_start(lab: Lab, chosen: Settings) -> None:
    copy = workspace.prepare(lab, chosen)
    assert workspace.differing(lab, chosen) == []
    (copy / "Dockerfile").write_text("mine", encoding="utf-8")
    (copy / "own.txt").write_text("mine", encoding="utf-8")
    (copy / "__pycache__").mkdir()
    (copy / "__pycache__" / "x.pyc").write_bytes(b"")
    assert [str(path) for path in workspace.differing(lab, chosen)] == ["Dockerfile", "own.txt"]


def test_save_twice_loses_nothing(lab: Lab, chosen: Settings) -> None:
    copy = workspace.prepare(lab, chosen)
    places = []
    for text in ("one", "two"):
        (copy / "Dockerfile").write_text(text, encoding="utf-8")
        places.append(workspace.save(lab, chosen, [Path("Dockerfile"), Path("absent")]))
    assert [(place / "Dockerfile").read_text(encoding="utf-8") for place in places if place] == ["one", "two"]
    assert workspace.save(lab, chosen, [Path("absent")]) is None


def test_prepare_names_a_workspace_that_cannot_be_made(lab: Lab, chosen: Settings) -> None:
    chosen.work.parent.mkdir(parents=True, exist_ok=True)
    chosen.work.write_text("a file in the way", encoding="utf-8")
    with pytest.raises(SlipwayError, match="could not be created"):
        workspace.prepare(lab, chosen)


def test_next_hint_rises_and_stays_at_the_last_one(lab: Lab, chosen: Settings) -> None:
    check = registry.find(lab, registry.load(lab), "answers")
    seen = [workspace.next_hint(lab, check, chosen) for _ in range(3)]
    assert [number for number, _, _ in seen] == [1, 2, 2]
    assert [text for _, _, text in seen] == [check.hints[0], check.hints[1], check.hints[1]]
    assert progress.read(chosen, lab.id).hints == {"answers": 2}


def test_next_check_is_the_first_that_has_not_passed(lab: Lab, chosen: Settings) -> None:
    assert course_progress.next_lab(course_progress.course()).id == "90-tiny"
    with progress.changing(chosen, lab.id) as kept:
        kept.passed = {"image-built": "t", "running": "t", "gone-from-the-course": "t"}
    standing = course_progress.of(lab, chosen)
    assert (standing.passed, standing.total, standing.done) == (2, 4, False)
    following = workspace.next_check(lab, chosen)
    assert following and following.id == "answers"


def test_prepare_that_is_interrupted_leaves_no_half_of_a_file(
    lab: Lab, chosen: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(descriptor: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            workspace.prepare(lab, chosen)
    assert files(chosen.work) == set()
    copy = workspace.prepare(lab, chosen)
    assert (copy / "Dockerfile").read_bytes() == (lab.folder / "Dockerfile").read_bytes()
    assert files(copy) == {"Dockerfile", "lab.ipynb", "page/index.html"}
