"""The settings: folders, choices, and a file that is wrong."""

from pathlib import Path

import pytest

from sandboxes import settings
from sandboxes.errors import Exit, SlipwayError


def test_settings_without_a_file_are_the_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SLIPWAY_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("SLIPWAY_WORK", raising=False)
    loaded = settings.load()
    assert (loaded.port, loaded.image_source, loaded.allow_remote_engine) == (8888, "auto", False)
    assert loaded.state == tmp_path / "state" and loaded.work == settings.ROOT / "work"


def test_settings_hold_absolute_paths_of_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLIPWAY_STATE", "s t")
    monkeypatch.setenv("SLIPWAY_WORK", "ü")
    loaded = settings.load()
    assert (loaded.state, loaded.work) == (tmp_path / "s t", tmp_path / "ü")


def test_settings_hold_the_choices_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('port = 9000\nimage_source = "build"\nallow_remote_engine = true\n', encoding="utf-8")
    assert settings.read_choices(path) == {"port": 9000, "image_source": "build", "allow_remote_engine": True}


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"port = 9000\nimage_so", "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"ports = 1", "ports"),
        (b'port = "9000"', "port"),
        (b"port = true", "port"),
        (b"port = 0", "port"),
        (b"port = 70000", "70000"),
        (b'image_source = "guess"', "guess"),
        (b"allow_remote_engine = 1", "allow_remote_engine"),
    ],
)
def test_settings_file_that_is_invalid_is_named_with_the_problem(tmp_path: Path, content: bytes, named: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    with pytest.raises(SlipwayError) as wrong:
        settings.read_choices(path)
    assert str(path) in wrong.value.message and named in wrong.value.message
    assert wrong.value.exit_code is Exit.WRONG_USAGE and wrong.value.fix


def test_settings_file_that_is_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SlipwayError, match="cannot be read"):
        settings.read_choices(tmp_path)
