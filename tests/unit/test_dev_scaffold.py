"""A new lab is complete: what is left to do is to write it, and to record it."""

from pathlib import Path

import pytest
from course import use_labs

from checks import catalog
from checks.dev import scaffold, static
from checks.dev.paths import Places, places
from sandboxes import settings
from sandboxes.errors import Exit, SlipwayError


@pytest.fixture
def where(folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    (tmp_path / "course").mkdir()
    use_labs(tmp_path / "course", monkeypatch)
    return places(settings.load())


@pytest.mark.parametrize("title", ["Service mesh", 'The "quoted" $title', "Größe, 大 and 🚢", "back\\slash"])
def test_a_new_lab_passes_its_static_proofs(where: Places, title: str) -> None:
    written = scaffold.create("31-new-lab", title, where)
    assert len(written) == 10
    lab = catalog.find("31")
    assert lab.title == title
    faults = [f"{proof.statement}: {fault}" for proof in static.parts(lab, where) for fault in proof.faults]
    assert faults == []


def test_nothing_of_the_template_is_left(where: Places) -> None:
    for path in scaffold.create("32-other", "Other", where):
        assert "$" not in path.read_text(encoding="utf-8").replace("$(docker create", "").replace('"$id', "")


@pytest.mark.parametrize(
    "name", ["", "mesh", "1-mesh", "001-mesh", "24-", "24-Mesh", "24-mesh-", "24 mesh", "24-größe", "../24-x"]
)
def test_what_is_no_name_is_refused(where: Places, name: str) -> None:
    with pytest.raises(SlipwayError, match="is not a valid name for a lab") as refused:
        scaffold.create(name, "Mesh", where)
    assert refused.value.exit_code is Exit.WRONG_USAGE
    assert not list(where.labs.iterdir())


def test_a_taken_name_or_number_is_refused_and_nothing_written(where: Places) -> None:
    scaffold.create("33-mesh", "Mesh", where)
    before = sorted(where.labs.rglob("*"))
    for name, words in (("33-mesh", "already exists"), ("33-other", "belongs to lab 33-mesh")):
        with pytest.raises(SlipwayError, match=words):
            scaffold.create(name, "Mesh", where)
    with pytest.raises(SlipwayError, match="needs a title"):
        scaffold.create("34-mesh", " ", where)
    assert sorted(where.labs.rglob("*")) == before


def test_the_courses_own_places_are_in_the_project() -> None:
    own = places(settings.Settings())
    assert own.modules.parts[-2:] == ("checks", "labs")
    assert own.snapshots.parts[-2:] == ("tests", "snapshots")
