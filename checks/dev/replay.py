"""Proofs over recorded snapshots: offline, in milliseconds, on every commit."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checks import grade
from checks.dev import judge, misses
from checks.dev.misses import Miss
from checks.dev.paths import Places
from checks.model import Lab
from checks.registry import load as load_checks
from checks.snapshot import Snapshot
from sandboxes.errors import SlipwayError


@dataclass(frozen=True)
class Recording:
    """One recorded state of a lab and what is claimed of it. `miss` is set for a near miss."""

    lab: Lab
    name: str
    path: Path
    miss: Miss | None = None


def recordings(lab: Lab, places: Places) -> list[Recording]:
    """All recordings that the lab must have: untouched, solved, second, and each near miss."""
    states = [Recording(lab, name, places.recording(lab, name)) for name in ("untouched", "solved", "second")]
    missed = [Recording(lab, miss.name, places.recording(lab, miss.name), miss) for miss in misses.read(lab, places)]
    return states + missed


def load(path: Path, lab: Lab) -> Snapshot:
    """A recorded snapshot. Raises SlipwayError where it is missing or damaged."""
    again = f"Record it: `slipway dev record {lab.id}`."
    try:
        return Snapshot.from_json(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise SlipwayError(f"There is no recording {path.name} of lab {lab.id}.", again) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SlipwayError(f"The recording {path} is damaged ({error}).", again) from error


def faults(recording: Recording) -> Iterator[str]:
    """What speaks against one recording."""
    lab = recording.lab
    report = grade.regrade(lab, load(recording.path, lab))
    if recording.miss:
        yield from judge.missed(recording.miss, report)
    elif recording.name == "untouched":
        yield from judge.untouched(lab, report)
    else:
        yield from judge.all_pass(report)


def coverage(lab: Lab, places: Places) -> Iterator[str]:
    """Every check has a near miss, and every near miss a check and a script."""
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
