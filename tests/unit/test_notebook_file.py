"""A notebook, read as tasks, and filled with a solution."""

import json
from pathlib import Path

import pytest

from checks import catalog, notebook_file
from sandboxes.errors import SlipwayError
from sandboxes.settings import ROOT


@pytest.fixture
def notebook(tiny_labs: Path) -> notebook_file.Notebook:
    return notebook_file.read(tiny_labs / "90-tiny" / "lab.ipynb")


def test_tasks_in_their_order(notebook: notebook_file.Notebook) -> None:
    first, second = notebook_file.tasks(notebook)
    assert (first.id, first.work, first.checks, first.files) == ("task-build", "work-build", ("image-built",), ("Dockerfile",))
    assert (second.id, second.work, second.checks) == ("task-run", "work-run", ("running", "answers", "note-kept"))
    assert "slipway-tiny" in first.text


def test_explanations_are_those_of_tasks(notebook: notebook_file.Notebook) -> None:
    for id, kind in (("after-build", "markdown"), ("after-dinner", "markdown"), ("after-run", "code")):
        notebook["cells"].append({"cell_type": kind, "id": id, "metadata": {}, "source": f"the text of {id}"})
    assert notebook_file.explanations(notebook) == {"build": "the text of after-build"}
    left = [cell["id"] for cell in notebook_file.without_explanations(notebook)["cells"]]
    assert "after-run" in left and "after-build" not in left and "after-dinner" not in left


def test_written_is_the_format_of_the_course() -> None:
    for lab in catalog.labs(ROOT / "labs"):
        path = lab.folder / "lab.ipynb"
        assert notebook_file.written(notebook_file.read(path)) == path.read_bytes(), lab.id


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        ('here.check("a", "b")', ("a", "b")),
        ("here.check()", ()),
        ("print(1)", ()),
        ("# here.check('a')", ()),
        ("!docker ps\nhere.check('a')", ()),
        ("result = here.check('a', wait=3)\nresult.passed", ("a",)),
    ],
)
def test_checks_asked_for(source: str, asked: tuple[str, ...]) -> None:
    assert notebook_file.checks_asked(source) == asked


def test_the_solution_of_a_check_is_that_of_its_task(tiny_labs: Path) -> None:
    lab = catalog.find("90")
    assert set(notebook_file.solution_of(lab, "image-built")) == {"Dockerfile", "in a cell"}
    assert "docker run" in notebook_file.solution_of(lab, "answers")["in a cell"]
    assert notebook_file.solution_of(lab, "answers").keys() == {"in a cell"}
    assert notebook_file.solution_of(lab, "unknown") == {}
    assert [str(path) for path in notebook_file.solution_files(lab)] == ["Dockerfile"]
    assert notebook_file.solution_cells(lab)["work-build"].startswith("%%bash\ndocker build")


def test_filling_leaves_the_original(notebook: notebook_file.Notebook) -> None:
    filled = notebook_file.fill(notebook, {"work-build": "echo"})
    assert [cell["source"] for cell in filled["cells"] if cell["id"] == "work-build"] == ["echo"]
    assert not [cell for cell in notebook["cells"] if cell["source"] == "echo"]
    with pytest.raises(KeyError):
        notebook_file.fill(notebook, {"nowhere": "echo"})


def test_a_notebook_cut_anywhere_is_named_with_the_way_out(tiny_labs: Path, tmp_path: Path) -> None:
    whole = (tiny_labs / "90-tiny" / "lab.ipynb").read_bytes().rstrip()
    path = tmp_path / "90-tiny" / "lab.ipynb"
    path.parent.mkdir()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(SlipwayError, match="cannot be read") as refused:
            notebook_file.read(path)
        assert "slipway reset 90-tiny" in refused.value.fix


@pytest.mark.parametrize("data", [[], {}, {"cells": 3}, {"cells": [3]}, {"cells": [{"id": "a"}]}, "x", None])
def test_json_that_is_no_notebook_is_refused(tmp_path: Path, data: object) -> None:
    path = tmp_path / "lab.ipynb"
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(SlipwayError, match="cannot be read"):
        notebook_file.read(path)
