"""What learning platforms deliver: names, folders, archives, and what is not followed, opened or believed."""

import os
import zipfile
from pathlib import Path

import pytest

from checks.classroom import intake, lms_names
from checks.classroom.intake import Reader, Unreadable
from checks.classroom.lms_names import Delivered, People
from checks.classroom.roster import Learner
from sandboxes.errors import SlipwayError


@pytest.mark.parametrize(
    "path, lms, person, late",
    [
        ("Ada Lovelace_12345_assignsubmission_file_/01-flask-ada.slipway", "Moodle", "Ada Lovelace", False),
        ("Lab 1/Ada Lovelace_12345_assignsubmission_file_/work.slipway", "Moodle", "Ada Lovelace", False),
        ("Ada Lovelace_12345_assignsubmission_file_01-flask-ada.slipway", "Moodle", "Ada Lovelace", False),
        ("Ada_Maria Lovelace_1_assignsubmission_file_/x", "Moodle", "Ada_Maria Lovelace", False),
        ("Ada Lovelace_12345_assignsubmission_onlinetext_/onlinetext.html", "Moodle", "Ada Lovelace", False),
        ("lovelaceada_12345_67890_01-flask-ada.slipway", "Canvas", "lovelaceada", False),
        ("lovelaceada_12345_67890_01-flask-ada-1.slipway", "Canvas", "lovelaceada", False),
        ("lovelaceada_LATE_12345_67890_01-flask-ada.slipway", "Canvas", "lovelaceada", True),
        ("01-flask-ada.slipway", "", "", False),
        ("a_1_2", "", "", False),
        ("LATE_1_2", "", "", False),
    ],
)
def test_the_name_of_a_file_tells_who_handed_it_in(path: str, lms: str, person: str, late: bool) -> None:
    assert lms_names.read(path) == Delivered(lms, person, late)


LEARNERS = [
    Learner("ada", "Ada Lovelace"),
    Learner("zoe", "Zoë Müller"),
    Learner("j1", "Jo Ng"),
    Learner("j2", "Jo Ng"),
    Learner("k", "King, Ada"),
]


@pytest.mark.parametrize(
    "person, id",
    [
        ("Ada Lovelace", "ada"),
        ("lovelaceada", "ada"),
        ("ada", "ada"),
        ("ZOE MULLER", "zoe"),
        ("mullerzoe", "zoe"),
        ("Jo Ng", ""),
        ("Grace Hopper", ""),
        ("", ""),
        ("kingada", "k"),
    ],
)
def test_a_name_finds_the_one_learner_who_fits(person: str, id: str) -> None:
    assert People(LEARNERS).id_of(Delivered("Moodle", person)) == id


def test_a_folder_is_listed_in_order_and_without_what_systems_add(tmp_path: Path) -> None:
    for name in ("b/x.slipway", "a.slipway", ".DS_Store", "__MACOSX/x", ".hidden", "c/d/e"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    items = intake.items(tmp_path)
    assert [item.name for item in items] == ["a.slipway", "b/x.slipway", "c/d/e"]
    assert [Reader().read(item) for item in items] == [b"a.slipway", b"b/x.slipway", b"c/d/e"]


def test_links_and_other_special_files_are_named_and_never_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    os.symlink(tmp_path / "secret", inbox / "link")
    os.symlink(tmp_path, inbox / "linked-folder")
    os.mkfifo(inbox / "fifo")
    items = intake.items(inbox)
    assert [item.name for item in items] == ["fifo", "link", "linked-folder"]
    for item in items:
        with pytest.raises(Unreadable):
            Reader().read(item)


def test_a_file_that_becomes_a_link_meanwhile_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox/a").write_text("a")
    (item,) = intake.items(tmp_path / "inbox")
    (tmp_path / "inbox/a").unlink()
    os.symlink("/etc/hostname", tmp_path / "inbox/a")
    with pytest.raises(Unreadable, match="link"):
        Reader().read(item)


def test_files_that_are_too_large_are_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(intake.MOST_BYTES + 1)
    (item,) = intake.items(tmp_path)
    with pytest.raises(Unreadable):
        Reader().read(item)


def archive(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in entries.items():
            target.writestr(name, content)
    return path


def test_an_archive_is_read_entry_by_entry_and_unpacks_nothing(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "all.zip", {"x_1_assignsubmission_file_/a": b"a", "../../escape": b"b", "__MACOSX/._a": b"", "d/": b""}
    )
    items = intake.items(path)
    reader = Reader()
    assert {item.name: reader.read(item) for item in items} == {"../../escape": b"b", "x_1_assignsubmission_file_/a": b"a"}
    assert os.listdir(tmp_path) == ["all.zip"]


def test_a_bomb_in_an_archive_is_bounded_whatever_its_directory_says(tmp_path: Path) -> None:
    path = archive(tmp_path / "all.zip", {"bomb": bytes(64 * 2**20), "good": b"good"})
    bomb, good = intake.items(path)
    with pytest.raises(Unreadable, match="MiB"):
        Reader().read(bomb)
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (1000).to_bytes(4, "little")
    path.write_bytes(data)
    lying, good = intake.items(path)
    assert not lying.fault
    with pytest.raises(Unreadable):
        Reader().read(lying)
    assert Reader().read(good) == b"good"


@pytest.mark.parametrize("cut", [10, 60, 200])
def test_a_damaged_archive_is_one_fault(tmp_path: Path, cut: int) -> None:
    path = archive(tmp_path / "all.zip", {"a": os.urandom(100), "b": os.urandom(100)})
    path.write_bytes(path.read_bytes()[:cut])
    (item,) = intake.items(path)
    assert "not a complete ZIP archive" in item.fault


def test_an_archive_that_a_learner_sent_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "Ada_1_assignsubmission_file_").mkdir()
    archive(tmp_path / "Ada_1_assignsubmission_file_/work.zip", {"a": b"a"})
    (item,) = intake.items(tmp_path)
    assert item.entry is None and item.name.endswith("work.zip")


def test_a_place_that_is_missing_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(SlipwayError, match="cannot be read"):
        intake.items(tmp_path / "missing")
