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
def done(tiny_labs: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
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
def test_the_command_gets_the_cluster_first_and_images_after_the_names_are_known_to_be_free(
    lab: str, order: list[str], done: list[str]
) -> None:
    grading.start_(lab)
    assert done == order


def test_the_first_cell_gets_what_a_lab_that_was_not_started_needs(done: list[str]) -> None:
    notebook.Here(catalog.find(KIND))
    assert done == ["get", "connect", "start"]


@pytest.mark.parametrize("lab", [KIND, DOCKER])
def test_a_lab_that_goes_on_waits_for_nothing(lab: str, done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    found: Any = catalog.find(lab)
    monkeypatch.setattr(backend, "connect", lambda lab: done.append("connect"))
    with progress.changing(settings.load(), found.id) as kept:
        kept.started = "2026-11-25T04:00:00Z"
    notebook.Here(found)
    assert done == ["connect", "start"]


def test_what_leads_elsewhere_is_refused_before_anything_is_made(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(lab: object) -> None:
        raise Refused("leads elsewhere", "Look.")

    monkeypatch.setattr(backend, "connect", refuse)
    with pytest.raises(Refused):
        grading.start_(KIND)
    assert done == []
