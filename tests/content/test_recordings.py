"""Every recorded state of every lab, graded again offline: solved passes, near misses fail for their own reason."""

import json

import pytest

from checks import catalog, grade
from checks.dev import replay
from checks.dev.paths import places
from checks.dev.replay import Recording
from checks.model import Report
from sandboxes.settings import ROOT, Settings

PLACES = places(Settings())
RECORDINGS = [recording for lab in catalog.labs(ROOT / "labs") for recording in replay.recordings(lab, PLACES)]
NAMES = [f"{recording.lab.id}-{recording.name}" for recording in RECORDINGS]
each = pytest.mark.parametrize("recording", RECORDINGS, ids=NAMES)


def test_every_kind_is_recorded() -> None:
    assert {"untouched", "solved", "second"} < {recording.name for recording in RECORDINGS}
    assert any(recording.miss for recording in RECORDINGS)


@each
def test_graded_as_it_should_be(recording: Recording) -> None:
    faults = list(replay.faults(recording))
    assert not faults, "\n".join(faults)


@each
def test_graded_the_same_each_time(recording: Recording) -> None:
    snapshot = replay.load(recording.path, recording.lab)
    first, again = (json.dumps(grade.regrade(recording.lab, snapshot).to_json()) for _ in range(2))
    assert first == again
    assert json.dumps(Report.from_json(json.loads(first)).to_json()) == first


@each
def test_belongs_to_no_machine(recording: Recording) -> None:
    text = recording.path.read_text(encoding="utf-8")
    traces = [word for word in (str(ROOT), "/tmp/slipway-", "BEGIN CERTIFICATE") if word in text]
    assert not traces


@each
def test_is_kept_as_it_would_be_written(recording: Recording) -> None:
    assert replay.load(recording.path, recording.lab).dumps() == recording.path.read_text(encoding="utf-8")
