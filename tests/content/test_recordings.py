"""The recordings of every lab, graded again offline: solved passes, near misses fail for their own reason."""

import json
from collections.abc import Callable, Iterator
from functools import cache

from checks import catalog, grade
from checks.dev import difference_file, json_layout, replay
from checks.dev.paths import places
from checks.dev.recorded_times import NOON
from checks.dev.replay import Recording
from checks.model import Report
from checks.snapshot import Snapshot
from sandboxes.errors import SlipwayError
from sandboxes.settings import ROOT, Settings

PLACES = places(Settings())
LABS = catalog.labs(ROOT / "labs")
RECORDINGS = [recording for lab in LABS for recording in replay.recordings(lab, PLACES)]
TRACES = (str(ROOT), "/tmp/slipway-", "BEGIN CERTIFICATE")


def test_every_lab_has_recordings_of_all_kinds() -> None:
    for lab in LABS:
        names = {recording.name for recording in RECORDINGS if recording.lab == lab}
        assert {"untouched", "solved", "second"} < names, f"lab {lab.id} has no near miss"


def test_each_recording_is_graded_as_declared(replayed: Callable[[str], None]) -> None:
    faults: list[str] = []
    for recording in RECORDINGS:
        faults += [f"{_name(recording)}: {fault}" for fault in _verdict(recording)]
        replayed(recording.lab.id)
    assert not faults, "\n".join(faults)


def test_recording_files_are_in_order() -> None:
    """Written as `slipway dev record` would write them, at noon, without a trace of a machine, graded the same each time."""
    faults = [f"{_name(recording)} {fault}" for recording in RECORDINGS for fault in _faults_of_file(recording)]
    assert not faults, "\n".join(faults)


@cache
def _read(place: int) -> Snapshot:
    """Read one of the recordings, once for all tests."""
    return replay.load(RECORDINGS[place].path, RECORDINGS[place].lab)


def _verdict(recording: Recording) -> Iterator[str]:
    try:
        yield from replay.judged(recording, _read(RECORDINGS.index(recording)))
    except SlipwayError as error:
        yield str(error)


def _name(recording: Recording) -> str:
    return f"{recording.lab.id}/{recording.name}"


def _faults_of_file(recording: Recording) -> list[str]:
    text, snapshot = recording.path.read_text(encoding="utf-8"), _read(RECORDINGS.index(recording))
    file = json.loads(text)
    write = json_layout.dumps if recording.name == "solved" else difference_file.dumps
    first, again = (json.dumps(grade.regrade(recording.lab, snapshot).to_json()) for _ in range(2))
    faults = {
        "is not written as it would be now": write(file) != text,
        "was not moved to noon": not snapshot.taken.startswith(f"{NOON:%Y-%m-%dT%H:%M:%S}"),
        "is graded differently each time": first != again,
        "has a report that JSON changes": json.dumps(Report.from_json(json.loads(first)).to_json()) != first,
        **{f"names {trace}": trace in text for trace in TRACES},
    }
    return [fault for fault, wrong in faults.items() if wrong]
