"""Evidence files: a snapshot and its report, from which anyone can grade the same state again, offline."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks.grade import Graded
from checks.model import Report
from checks.snapshot import Snapshot
from sandboxes.errors import Exit, SlipwayError
from sandboxes.host.atomic_write import write_whole

EVIDENCE_FORMAT = "slipway-evidence/1"


@dataclass(frozen=True)
class Evidence:
    """The contents of an evidence file. `course` is the version of the course that graded the snapshot."""

    course: str
    report: Report
    snapshot: Snapshot

    @property
    def checks(self) -> tuple[str, ...]:
        """The checks that were graded."""
        return tuple(result.id for result in self.report.results)


def save(path: Path, graded: Graded) -> None:
    """Write an evidence file; its snapshot is already redacted. Raise SlipwayError, and keep an older file, on failure."""
    report = graded.report
    data = {
        "format": EVIDENCE_FORMAT,
        "lab": report.lab,
        "course": report.course,
        "images": report.images,
        "report": report.to_json(),
        "snapshot": graded.snapshot.to_json(),
    }
    write_whole(path, json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def load(path: Path) -> Evidence:
    """Read an evidence file. Raise SlipwayError for a file that is missing, truncated, or of another format."""
    try:
        return _parse(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise SlipwayError(
            f"{path} cannot be read ({error.strerror}).", "Check the name and the permissions of the file.", Exit.WRONG_USAGE
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SlipwayError(
            f"{path} is not a complete evidence file ({type(error).__name__}: {error}).",
            "Create it again with `slipway check LAB --evidence FILE`.",
            Exit.WRONG_USAGE,
        ) from error


def _parse(data: dict[str, Any]) -> Evidence:
    if data["format"] != EVIDENCE_FORMAT:
        raise ValueError(f"its format is {data['format']!r}, not {EVIDENCE_FORMAT!r}")
    if not isinstance(data["course"], str):
        raise TypeError(f"its course is {data['course']!r}")
    return Evidence(data["course"], Report.from_json(data["report"]), Snapshot.from_json(data["snapshot"]))
