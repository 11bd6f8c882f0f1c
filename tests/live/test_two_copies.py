"""Two copies of Slipway on a real engine: neither grades nor removes what the other one's lab has made."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sample_lab import NAME, SampleLab, docker

from checks import backend, catalog, progress
from checks.dev.lanes import offline_engine
from checks.dev.lanes.offline_engine import OfflineEngine
from checks.lifecycle import workspace
from checks.model import Outcome
from sandboxes import settings
from sandboxes.engine import daemon
from sandboxes.errors import SlipwayError
from sandboxes.steps import Progress

MARKER = "slipway-owner-90-tiny"


@pytest.fixture
def other(tiny: SampleLab, tmp_path: Path) -> Iterator[SampleLab]:
    """The same lab in another copy of Slipway, which believes that it has started it."""
    folders = replace(tiny.settings, work=tmp_path / "work", state=tmp_path / ".slipway")
    copy = replace(tiny, settings=folders)
    with progress.changing(folders, tiny.lab.id) as kept:
        kept.started, kept.engine = "2026-01-01T00:00:00Z", progress.read(tiny.settings, tiny.lab.id).engine
    yield copy


def markers() -> list[str]:
    return docker("volume", "ls", "--quiet", "--filter", f"name={MARKER}").split()


def test_another_copy_is_refused_and_changes_nothing(solved: SampleLab, other: SampleLab) -> None:
    before = docker("ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.Names}}")
    for command in (
        lambda: workspace.start(other.lab, other.engine, other.settings),
        lambda: other.grade(wait=0),
        lambda: workspace.solve(other.lab, other.settings, other.engine),
        lambda: workspace.reset(other.lab, other.engine, other.settings),
    ):
        with pytest.raises(SlipwayError) as refused:
            command()
        assert str(solved.settings.state) in refused.value.message
    assert docker("ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.Names}}") == before
    assert Outcome.PASSED in solved.outcomes().values()


def test_reset_gives_the_lab_up_for_the_other_copy(solved: SampleLab, other: SampleLab) -> None:
    assert workspace.reset(solved.lab, solved.engine, solved.settings)[1] == []
    assert markers() == []
    workspace.start(other.lab, other.engine, other.settings)
    assert markers() == [MARKER]
    with pytest.raises(SlipwayError, match="another copy"):
        workspace.start(solved.lab, solved.engine, solved.settings)
    assert workspace.reset(other.lab, other.engine, other.settings)[1] == []
    assert markers() == []


def test_what_a_deleted_copy_left_is_taken_over_on_request(tiny: SampleLab, other: SampleLab) -> None:
    workspace.reset(tiny.lab, tiny.engine, tiny.settings)
    workspace.start(other.lab, other.engine, other.settings)
    docker("create", "--name", NAME, "busybox:1.35", "true")
    shutil.rmtree(other.settings.state)
    with pytest.raises(SlipwayError) as refused:
        workspace.start(tiny.lab, tiny.engine, tiny.settings)
    assert "--take-over" in refused.value.fix
    workspace.start(tiny.lab, tiny.engine, tiny.settings, take_over=True)
    assert "container slipway-tiny" in workspace.reset(tiny.lab, tiny.engine, tiny.settings)[0]
    assert markers() == []


@pytest.mark.skipif(not offline_engine.possible(), reason="a second Docker daemon needs root")
def test_a_restarted_engine_still_knows_the_owner(tiny_labs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab, chosen = catalog.find("90"), settings.load()
    with OfflineEngine() as engine:
        monkeypatch.setenv("DOCKER_HOST", engine.url)
        with closing(backend.connect()) as connection:
            assert workspace.start(lab, connection, chosen)
            daemon.stop(engine.daemon, Progress())
            daemon.start(engine.daemon, Progress())
            assert workspace.start(lab, connection, chosen) is False
            assert markers() == [MARKER]
            assert workspace.reset(lab, connection, chosen) == ([], [])
        assert markers() == []
