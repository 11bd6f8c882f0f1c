"""The recordings of a lab: read, graded again offline in milliseconds, and written."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checks import grade
from checks.dev import difference_file, json_layout, judge, misses
from checks.dev.difference_file import SOLVED
from checks.dev.misses import Miss
from checks.dev.paths import Places
from checks.model import Lab
from checks.registry import load as load_checks
from checks.snapshot import Json, Snapshot
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import write_whole

Files = dict[Path, Snapshot]
DAMAGE = (OSError, ValueError, LookupError, TypeError, AttributeError)


@dataclass(frozen=True)
class Recording:
    """One recorded state of a lab and what is claimed of it. `miss` is set for a near miss."""

    lab: Lab
    name: str
    path: Path
    miss: Miss | None = None


def recordings(lab: Lab, places: Places) -> list[Recording]:
    """List the recordings that the lab must have: untouched, solved, second, and each near miss."""
    states = [Recording(lab, name, places.recording(lab, name)) for name in ("untouched", "solved", "second")]
    missed = [Recording(lab, miss.name, places.recording(lab, miss.name), miss) for miss in misses.read(lab, places)]
    return states + missed


def load(path: Path, lab: Lab) -> Snapshot:
    """Read a recorded snapshot, which shares what it has in common with the lab's other ones: do not change it.

    Raises SlipwayError where it is missing, damaged, or differs from another solved state.
    """
    again = f"Record it again: `slipway dev record {lab.id} --only {path.stem}`."
    try:
        return Snapshot.from_json(_read(path))
    except FileNotFoundError as error:
        missing = Path(error.filename).name
        fix = f"Record it: `slipway dev record {lab.id} --only {missing.removesuffix('.json')}`."
        raise SlipwayError(f"There is no recording {missing} of lab {lab.id}.", fix) from error
    except difference_file.OtherSolved as error:
        reason = f"it is stored as the difference from a {SOLVED} that has changed since"
        raise SlipwayError(f"The recording {path} does not apply: {reason}.", again) from error
    except DAMAGE as error:
        raise SlipwayError(f"The recording {path} is damaged ({error}).", again) from error


def _read(path: Path) -> Json:
    data: Json = json.loads(path.read_bytes())
    if data["format"] != difference_file.FORMAT or path.name == SOLVED:
        return data
    return difference_file.decode(data, path.with_name(SOLVED).read_bytes())


def save(path: Path, snapshot: Snapshot) -> None:
    """Write a recording: the solved state as it is, every other one as its difference from that.

    With a new solved state, the lab's other recordings are written again, so that each is the same snapshot as before.
    Raises SlipwayError where there is no solved state to differ from.
    """
    solved = path.with_name(SOLVED)
    if path == solved:
        others = _others(path)
        write_whole(path, json_layout.dumps(_sorted(snapshot)))
        for other, kept in others.items():
            save(other, kept)
        return
    try:
        content = solved.read_bytes()
    except FileNotFoundError as error:
        fix = f"Record it first: `slipway dev record {snapshot.lab} --only solved`."
        raise SlipwayError(f"Lab {snapshot.lab} has no recording {SOLVED} that {path.name} could differ from.", fix) from error
    write_whole(path, difference_file.encode(_sorted(snapshot), content))


def _sorted(snapshot: Snapshot) -> Json:
    return json.loads(json.dumps(snapshot.to_json(), sort_keys=True))


def _others(solved: Path) -> Files:
    """Read the recordings that differ from a solved state. One that cannot be read is left as it is, and replay reports it."""
    others: Files = {}
    for path in sorted(solved.parent.glob("*.json")):
        if path != solved:
            try:
                others[path] = Snapshot.from_json(_read(path))
            except DAMAGE:
                continue
    return others


def faults(recording: Recording) -> Iterator[str]:
    """Yield what is wrong with one recording."""
    yield from judged(recording, load(recording.path, recording.lab))


def judged(recording: Recording, snapshot: Snapshot) -> Iterator[str]:
    """Grade a snapshot again and yield in what the report is not what is claimed of the recording."""
    report = grade.regrade(recording.lab, snapshot)
    if recording.miss:
        yield from judge.missed(recording.miss, report)
    elif recording.name == "untouched":
        yield from judge.untouched(recording.lab, report)
    else:
        yield from judge.all_pass(report)


def coverage(lab: Lab, places: Places) -> Iterator[str]:
    """Yield each check without a near miss, and each near miss without a check, a script or a declaration."""
    declared = misses.read(lab, places)
    ids = {check.id for check in load_checks(lab)}
    for id in sorted(ids - {miss.check for miss in declared} - set(lab.passes_untouched)):
        yield f"check {id} has no near miss in {places.misses(lab.id).name}: nothing shows that it can fail"
    for miss in declared:
        if miss.check not in ids:
            yield f"near miss {miss.name} is about the check “{miss.check}”, which does not exist"
        if not places.miss(lab, miss.name).is_file():
            yield f"near miss {miss.name} has no script misses/{miss.name}.sh"
    if not places.second(lab).is_file():
        yield "there is no second right solution (second.sh)"
    kept = {path.stem for path in places.recordings(lab.id).glob("*.json")}
    for name in sorted(kept - {recording.name for recording in recordings(lab, places)}):
        yield f"the recording {name}.json belongs to no near miss; remove it"
