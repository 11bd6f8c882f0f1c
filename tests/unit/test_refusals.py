"""Every command in every situation that one command refuses: an engine on another machine, a link in place of a folder.

(A changed kubeconfig is tried in `test_kubeconfig_commands`, another copy's objects in `test_ownership`.)
"""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from test_kubeconfig_commands import COMMANDS as KUBECONFIG_COMMANDS

from checks.cli import app, shell
from checks.cli.__main__ import main
from sandboxes import settings
from sandboxes.errors import SlipwayError

# Every command that uses the engine, the cluster or a lab's folder, with arguments for a lab of the tests.
COMMANDS = {
    "up": ["--no-browser", "--detach"], "down": [], "status": [], "doctor": [], "list": [], "start": ["90"], "check": ["90"],
    "hint": ["90"], "solve": ["90", "--yes"], "reset": ["90", "--yes"], "explain": ["90"], "predict": ["90"], "review": [], "submit": ["90"],
    "shell": ["90", "--eval"], "images list": [], "images pull": ["redis:7"], "images build": ["redis:7"],
    "images save": ["FILE", "--lab", "90"], "images load": ["FILE"], "cluster up": [], "cluster down": [], "cluster status": [],
    "cluster load": ["web:1"], "cluster reset": ["--yes"],
}  # fmt: skip
# They read files that the person names, and use no engine, cluster or lab's folder; or they are for authors. What `watch` is
# refused is in its view: it goes on, and shows the lab as soon as the engine can be used.
OTHERS = {"join", "grade", "regrade", "test", "watch"}
# Without the kubeconfig: they only read or write a lab's files, the engine's images, or what Slipway has started.
NO_KUBECONFIG = {
    "up", "down", "list", "hint", "solve", "explain", "predict", "review", "submit", "shell", "images list", "images pull", "images build",
    "images save", "images load",
}  # fmt: skip
# They create the kubeconfig again from the nodes, whatever it says.
RECREATE = {"cluster up", "cluster reset"}


def leaves(command: object, path: tuple[str, ...] = ()) -> Iterator[str]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield " ".join(path)
    else:
        for name, one in inner.items():
            yield from leaves(one, (*path, name))


def test_every_command_is_in_the_tables() -> None:
    every = {name for name in leaves(typer.main.get_command(app.build())) if not name.startswith(("class ", "dev "))}
    assert every == COMMANDS.keys() | OTHERS
    assert every - OTHERS == KUBECONFIG_COMMANDS.keys() | NO_KUBECONFIG | RECREATE


@pytest.fixture
def elsewhere(tiny_labs: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """An engine at an address that is none of this machine's by name: to accept from it fails where no one has connected."""
    monkeypatch.delenv("DOCKER_CONTEXT", raising=False)
    monkeypatch.delenv("SLIPWAY_REMOTE_ENGINE", raising=False)
    with socket.create_server(("127.0.0.2", 0)) as listening:
        listening.setblocking(False)
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.2:{listening.getsockname()[1]}")
        yield listening


def run(name: str, file: Path) -> int:
    arguments = [str(file) if word == "FILE" else word for word in COMMANDS[name]]
    return main([*name.split(), *arguments])


@pytest.mark.parametrize("name", COMMANDS)
def test_nothing_is_sent_to_an_engine_on_another_machine(
    name: str, elsewhere: socket.socket, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run(name, tmp_path / "images.tar")
    with pytest.raises(BlockingIOError):
        elsewhere.accept()
    assert "fault in Slipway" not in capfd.readouterr().err


def test_no_terminal_is_opened_that_uses_an_engine_on_another_machine(elsewhere: socket.socket) -> None:
    with pytest.raises(SlipwayError, match="on another machine"):
        shell.shell_("90", shell="", evaluate=True)


@pytest.mark.parametrize("name", [name for name, arguments in COMMANDS.items() if arguments[:1] == ["90"]])
def test_nothing_is_written_through_a_link_in_the_place_of_a_labs_folder(
    name: str, tiny_labs: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path / 'no-engine'}")
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "letter.txt").write_text("dear", encoding="utf-8")
    work = settings.load().work
    work.mkdir(parents=True, exist_ok=True)
    (work / "90-tiny").symlink_to(precious)
    run(name, tmp_path / "images.tar")
    assert os.listdir(precious) == ["letter.txt"] and (precious / "letter.txt").read_text(encoding="utf-8") == "dear"
    assert "fault in Slipway" not in capfd.readouterr().err
