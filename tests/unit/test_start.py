"""What a lab on the cluster needs is there before it is connected to: on a fresh machine there is no cluster yet."""

from pathlib import Path
from typing import Any

import pytest

from checks import backend, catalog, notebook, progress
from checks.cli import grading
from checks.lifecycle import provision, workspace
from sandboxes import settings
from sandboxes.cluster.access import Refused
from sandboxes.errors import SlipwayError

KIND, DOCKER = "91", "90"


@pytest.fixture
def steps(tiny_labs: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done, in order; nothing of it is."""
    calls: list[str] = []

    def connect(lab: object) -> object:
        if "get" not in calls and lab == catalog.find(KIND):
            raise SlipwayError("There is no cluster yet.")
        calls.append("connect")
        return object()

    monkeypatch.setattr(provision, "get", lambda labs: calls.append("get"))
    monkeypatch.setattr(backend, "connect", connect)
    monkeypatch.setattr(workspace, "start", lambda *arguments, **options: calls.append("start") or True)
    monkeypatch.setattr(notebook, "_point_kubectl", lambda *arguments: None)
    return calls


@pytest.mark.parametrize(("lab", "order"), [(KIND, ["get", "connect", "start"]), (DOCKER, ["connect", "start", "get"])])
def test_start_gets_the_cluster_first_and_images_after_a_check_of_the_names(lab: str, order: list[str], steps: list[str]) -> None:
    grading.start_(lab)
    assert steps == order


def test_first_cell_gets_what_a_lab_needs_that_was_not_started(steps: list[str]) -> None:
    notebook.Here(catalog.find(KIND))
    assert steps == ["get", "connect", "start"]


@pytest.mark.parametrize("lab", [KIND, DOCKER])
def test_first_cell_of_a_started_lab_gets_nothing(lab: str, steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    known: Any = catalog.find(lab)
    monkeypatch.setattr(backend, "connect", lambda lab: steps.append("connect"))
    with progress.changing(settings.load(), known.id) as kept:
        kept.started = "2026-11-25T04:00:00Z"
    notebook.Here(known)
    assert steps == ["connect", "start"]


def test_start_refuses_another_cluster_before_anything_is_created(steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(lab: object) -> None:
        raise Refused("leads elsewhere", "Look.")

    monkeypatch.setattr(backend, "connect", refuse)
    with pytest.raises(Refused):
        grading.start_(KIND)
    assert steps == []
