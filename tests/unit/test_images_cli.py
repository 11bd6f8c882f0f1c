"""The commands `slipway images …`: help, the list, and what they refuse."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from checks.cli.images import app
from sandboxes import images
from sandboxes.errors import SlipwayError
from sandboxes.images.get import Status

RUNNER = CliRunner()


@pytest.fixture
def no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/absent.sock")
    monkeypatch.setenv("SLIPWAY_STATE", str(tmp_path))


@pytest.fixture
def statuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every second image is there."""
    known = list(images.catalogue().values())
    entries = [Status(image, not n % 2, (n + 1) * 10**8, "built, outdated recipe", "sha256:1") for n, image in enumerate(known)]
    entries = [entry if entry.present else Status(entry.image, False) for entry in entries]
    monkeypatch.setattr(images, "status", lambda: entries)


@pytest.mark.parametrize("command", ["list", "pull", "build", "save", "load"])
def test_each_command_has_help_with_an_example(command: str) -> None:
    result = RUNNER.invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert f"Example: slipway images {command}" in result.output


def test_the_list_fits_eighty_columns(statuses: None) -> None:
    lines = RUNNER.invoke(app, ["list"]).output.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[1].split() == ["debian:bookworm-slim", "present", "100", "MB", "built,", "outdated", "recipe"]
    assert lines[3].split() == ["debian:trixie-slim", "missing"]
    count = len(images.catalogue())
    assert lines[-1] == f"{(count + 1) // 2} of {count} images are present."


def test_the_list_as_json(statuses: None) -> None:
    rows = json.loads(RUNNER.invoke(app, ["list", "--json"]).output)["images"]
    assert [row["reference"] for row in rows] == list(images.catalogue())
    assert (rows[0]["present"], rows[0]["bytes"], rows[1]["bytes"], rows[1]["origin"]) == (True, 10**8, None, None)


@pytest.mark.parametrize("arguments", [["list"], ["pull", "redis:7"], ["build"], ["save", "x.tar"], ["load", "x.tar"]])
def test_without_an_engine_each_says_so(arguments: list[str], no_engine: None) -> None:
    error = RUNNER.invoke(app, arguments).exception
    assert isinstance(error, SlipwayError)
    assert "No Docker engine runs at unix://" in error.message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["pull", "redis:77"], "Did you mean redis:7?"),
        (["build", "redis:7", "--lab", "01"], "cannot be combined"),
        (["save", "x.tar", "--lab", "01", "--all"], "cannot be combined"),
        (["pull", "--lab", "no-such-lab"], "There is no lab"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str, no_engine: None) -> None:
    error = RUNNER.invoke(app, arguments).exception
    assert isinstance(error, SlipwayError)
    assert message in str(error)
    assert error.exit_code == 64


def test_images_of_several_labs_are_taken_together() -> None:
    """H, 27. The last --lab counted, silently."""
    from checks import catalog
    from checks.cli import images as commands

    both = commands._chosen(None, ["02", "05"])
    assert set(both) == {*catalog.find("02").images, *catalog.find("05").images}
    assert len(both) == len(set(both)) > len(catalog.find("05").images)
