"""The terminals of JupyterLab: one that is named after a lab starts in the lab's folder."""

from pathlib import Path

import pytest

from sandboxes.jupyter.terminals import LabTerminals, name_of


@pytest.mark.parametrize(
    ("options", "folder"),
    [
        ({"name": "23c_checkpoint"}, "23c-checkpoint"),
        ({"name": "1"}, "."),
        ({}, "."),
        ({"name": "23c_checkpoint", "cwd": "."}, "."),
    ],
)
def test_a_terminal_starts_in_the_folder_of_its_lab(
    options: dict[str, str], folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "23c-checkpoint").mkdir()
    monkeypatch.chdir(tmp_path)
    manager = LabTerminals(shell_command=["sh", "-c", "pwd; sleep 20"])
    name = manager.create(**options)["name"]
    process = manager.terminals[name].ptyproc
    try:
        assert Path(process.readline().strip()) == (tmp_path / folder).resolve()
    finally:
        process.terminate(force=True)


def test_a_name_of_a_terminal_has_no_hyphens() -> None:
    assert name_of("09c-checkpoint-docker") == "09c_checkpoint_docker"
