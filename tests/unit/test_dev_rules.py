"""Each fault that an author can make in a notebook, a file or a text is found, and named."""

import copy
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from course import OWN_LABS, use_labs

from checks import catalog, notebook_file, registry
from checks.dev import literals, rules, static, syntax
from checks.dev.paths import Places
from checks.model import Lab
from checks.notebook_file import Notebook

IDS = ("image-built", "running", "answers", "note-kept")


@pytest.fixture
def lab(folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A copy of the tiny lab, to be spoilt."""
    shutil.copytree(OWN_LABS, tmp_path / "labs", ignore=shutil.ignore_patterns("__pycache__"))
    use_labs(tmp_path / "labs", monkeypatch)
    return catalog.find("90")


@pytest.fixture
def where(lab: Lab) -> Places:
    labs = lab.folder.parent
    return Places(labs, labs / "checks", labs / "snapshots")


@pytest.fixture
def notebook(lab: Lab) -> Notebook:
    return notebook_file.read(lab.folder / "lab.ipynb")


def cell(notebook: Notebook, id: str) -> dict:
    return next(each for each in notebook["cells"] if each["id"] == id)


def test_the_tiny_lab_has_no_fault(lab: Lab, where: Places) -> None:
    assert [proof.faults for proof in static.proofs(lab, where) if proof.faults] == []


SPOILT: dict[str, tuple[Callable[[Notebook], object], str]] = {
    "old format": (lambda book: book.update(nbformat_minor=4), "format 4.4, not 4.5"),
    "no title": (lambda book: cell(book, "title").update(source="A tiny server"), "not a title"),
    "other title": (lambda book: cell(book, "title").update(source="# Another\n\n5 minutes"), "A tiny server"),
    "no time": (lambda book: cell(book, "title").update(source="# A tiny server\n\n15 minutes"), "takes 5 minutes"),
    "not started": (lambda book: cell(book, "start").update(source="import checks"), "does not start the lab"),
    "another lab": (lambda book: cell(book, "start").update(source='from checks import lab\nlab("91")'), "start the lab"),
    "drawn id": (lambda book: cell(book, "end").update(id="a1b2c3d4"), "“a1b2c3d4” is not meaningful"),
    "upper case": (lambda book: cell(book, "end").update(id="End"), "“End” is not meaningful"),
    "id twice": (lambda book: cell(book, "end").update(id="title"), "“title” is used twice"),
    "output": (lambda book: cell(book, "start").update(execution_count=1), "cell start has an output"),
    "not empty": (lambda book: cell(book, "work-run").update(source="docker run"), "work-run is not empty"),
    "no check": (lambda book: cell(book, "check-build").update(source="1"), "no cell “check-build”"),
    "unasked": (lambda book: cell(book, "check-run").update(source='here.check("running")'), "calls the check “answers”"),
    "unknown": (lambda book: cell(book, "check-run").update(source='here.check("no")'), "“no”, which does not exist"),
    "no task": (lambda book: [each["metadata"].clear() for each in book["cells"]], "has no task"),
    "renamed": (lambda book: cell(book, "work-run").update(id="work-walk"), "work-walk"),
    "kernel": (lambda book: book["metadata"]["kernelspec"].update(name="ir"), "kernel is ir"),
    "dead link": (lambda book: cell(book, "end").update(source="[it](new.yaml)"), "a link points to new.yaml"),
    "no such lab": (lambda book: cell(book, "end").update(source="[it](../99-x/lab.ipynb)"), "the lab 99-x, which does not"),
    "not a cell": (lambda book: cell(book, "end").update(metadata=3), "not valid"),
}


@pytest.mark.parametrize(
    ("source", "faulty"),
    [
        ("%%bash\ndocker run --rm slipway-tiny ls", True),
        ("%%bash\ndocker run --rm \\\n    slipway-tiny:2 ls", True),
        ("%%bash\ndocker container create slipway-tiny", True),
        ("%%bash\ndocker image inspect slipway-tiny || { echo Do the task first.; exit 0; }\ndocker run slipway-tiny", False),
        ("%%bash\ndocker build --tag slipway-tiny .\ndocker run --rm slipway-tiny", False),
        ("%%bash\ndocker run --rm --name slipway-tiny-2 busybox:1.35 ls", False),
        ("%%bash\ndocker run --rm busybox:1.35 ls /slipway-tiny", False),
    ],
)
def test_a_cell_does_not_pull_what_the_learner_is_to_build(lab: Lab, notebook: Notebook, source: str, faulty: bool) -> None:
    with_image = replace(lab, scope=replace(lab.scope, images=("slipway-tiny",)))
    cell(notebook, "check-run")["source"] = source
    assert any("runs slipway-tiny even where" in fault for fault in rules.own_images(with_image, notebook)) == faulty


def test_a_link_may_point_to_the_notebook_of_another_lab(lab: Lab, notebook: Notebook) -> None:
    cell(notebook, "end")["source"] = f"[Next](../{lab.id}/lab.ipynb)"
    assert list(rules.links(lab, notebook)) == []


@pytest.mark.filterwarnings("ignore::nbformat.warnings.DuplicateCellId")
@pytest.mark.parametrize("name", SPOILT)
def test_a_fault_of_the_notebook_is_named(lab: Lab, notebook: Notebook, name: str) -> None:
    spoil, words = SPOILT[name]
    assert list(rules.faults(lab, copy.deepcopy(notebook), IDS)) == []
    spoil(notebook)
    if name == "not a cell":
        assert any(words in fault for fault in rules.valid(notebook))
    else:
        assert any(words in fault for fault in rules.faults(lab, notebook, IDS))


@pytest.mark.parametrize(
    ("word", "stead", "missing"),
    [
        ("5990", "the right one", "5990"),
        ("8080", "80", "8080"),
        ("`slipway-tiny-data`", "of yours", "slipway-tiny-data"),
        ("afloat", "there", "afloat"),
        ("/data/note", "there", "/data/note"),
        ("`kept`", "something", "kept"),
        ("`slipway-tiny`", "as you like", "slipway-tiny"),
        ("(The network `slipway-tiny-net` is yours to use.)", "", "slipway-tiny-net"),
    ],
)
def test_a_demanded_literal_that_no_task_names_is_found(
    lab: Lab, where: Places, notebook: Notebook, word: str, stead: str, missing: str
) -> None:
    assert list(literals.faults(lab, where.module(lab.id), notebook)) == []
    for each in notebook["cells"]:
        each["source"] = each["source"].replace(word, stead)
    faults = list(literals.faults(lab, where.module(lab.id), notebook))
    assert [fault for fault in faults if f"“{missing}”" in fault], faults


def test_literals_are_followed_through_names_and_keywords() -> None:
    source = """
from checks import expect
PORT = 5000
NAMES = ("web", "db")
def one(snapshot):
    container = snapshot.container(NAMES)
    yield from expect.publishes(container, host_port=PORT, port=8000, hint="x")
    yield from expect.equal("image/web", "Config.User", "1000:1000", container["User"], "The user is wrong.")
    yield from expect.equal("image/web", "State.Status", "running", container, "It does not run.")
"""
    assert literals.in_module(source) == {"5000", "8000", "web", "db", "1000:1000"}


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("Dockerfile", "FROM a\nRUN b \\\n  && c\n", ""),
        ("Dockerfile", '# syntax=docker/dockerfile:1\nARG V=1\nFROM a:$V AS b\n# a comment\nCMD ["x", "y"]\n', ""),
        ("Dockerfile", "FROM a\nRUN <<END\nANYTHING goes\nEND\nUSER 1\n", ""),
        ("Dockerfile", "", ""),
        ("Dockerfile", "RUN x\n", "the first instruction is RUN"),
        ("Dockerfile", "FROM a\nRUNN x\n", "line 2: unknown instruction RUNN"),
        ("Dockerfile", "FROM a\nWORKDIR\n", "line 2: WORKDIR needs an argument"),
        ("Dockerfile", "FROM a\nCMD ['x']\n", "line 2: CMD is not a valid exec form"),
        ("app.py", "print(1)\n", ""),
        ("app.py", "def\n", "line 1"),
        ("work.py", "!docker ps\n%time x\nx = 1\n", ""),
        ("a.json", "{}", ""),
        ("a.json", "{", "Expecting"),
        ("compose.yaml", "services:\n  a: {image: b}\n", ""),
        ("compose.yaml", "services:\n a:\n\tb\n", "while scanning"),
        ("a.toml", "a = 1", ""),
        ("a.toml", "a =", "Invalid"),
        ("a.sh", "if true; then echo; fi\n", ""),
        ("a.sh", "if true; then echo\n", "syntax error"),
        ("notes.md", "```\n", ""),
    ],
)
def test_files_are_parsed_by_what_they_are_for(tmp_path: Path, name: str, text: str, fault: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    faults = list(syntax.faults(tmp_path / name))
    assert len(faults) == bool(fault), faults
    assert fault in "".join(faults)


def test_every_starter_file_is_looked_at(lab: Lab, where: Places) -> None:
    for path in (lab.folder / "Dockerfile", lab.folder / "solution" / "Dockerfile", where.second(lab)):
        whole = path.read_text(encoding="utf-8")
        path.write_text("if (((\n", encoding="utf-8")
        assert list(static.files(lab, where)), path
        path.write_text(whole, encoding="utf-8")
    assert not list(static.files(lab, where))


def test_a_solution_of_an_undeclared_file_is_found(lab: Lab, where: Places) -> None:
    (lab.folder / "solution" / "extra.txt").write_text("x", encoding="utf-8")
    assert "solution/extra.txt replaces no starter file" in "".join(static.files(lab, where))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("busybox:1.35", "busybox:9", "busybox:9 is not in the catalogue"),
        ("minutes = 5", "minutes = 150", "plans 150 minutes"),
        ('summary = "The', 'summary = "" # "The', "has no summary"),
        ("wait = 15", 'prerequisites = ["89-none"]', "89-none is not a lab"),
    ],
)
def test_a_fault_of_the_description_is_named(lab: Lab, old: str, new: str, fault: str) -> None:
    path = lab.folder / "lab.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert fault in "".join(static.description(catalog.read(path)))


def test_probes_and_untouched_passes_name_checks_that_exist(lab: Lab) -> None:
    path = lab.folder / "lab.toml"
    text = path.read_text(encoding="utf-8").replace('["answers"]', '["answer"]').replace('"exec"', '"hex"')
    path.write_text(text.replace("wait = 15", 'passes_untouched = ["none"]'), encoding="utf-8")
    faults = "".join(static.declared(catalog.read(path)))
    assert "passes_untouched names the check “none”" in faults
    assert "the probe “page” names the check “answer”" in faults
    assert "the probe “data” has the unknown kind “hex”" in faults
    assert {check.id for check in registry.load(lab)} == set(IDS)
