"""Evidence files: a snapshot and its report, from which anyone can grade the same state again, offline."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks.grade import Graded
from checks.model import Report
from checks.snapshot import Snapshot
from sandboxes import json_text
from sandboxes.errors import Exit, SlipwayError
from sandboxes.host.atomic_write import read_given, write_whole

EVIDENCE_FORMAT = "slipway-evidence/1"
LIMIT = 256 * 2**20  # bytes: a cluster of 10,000 Pods takes 213 MB


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


def to_json(graded: Graded) -> dict[str, Any]:
    """Return what an evidence file holds, as JSON values. The snapshot is already redacted."""
    report = graded.report
    return {
        "format": EVIDENCE_FORMAT,
        "lab": report.lab,
        "course": report.course,
        "images": report.images,
        "report": report.to_json(),
        "snapshot": graded.snapshot.to_json(),
    }


def save(path: Path, graded: Graded) -> None:
    """Write an evidence file. Raise SlipwayError, and keep an older file, on failure."""
    text = json.dumps(to_json(graded), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    # Half of a pair of surrogates, which JSON may hold and UTF-8 may not, stays the escape that it was.
    write_whole(path, text.encode("utf-8", errors="backslashreplace"))


def load(path: Path) -> Evidence:
    """Read an evidence file. Raise SlipwayError for a file that is missing, truncated, or of another format."""
    try:
        return from_json(json_text.loads(read_given(path, LIMIT)))
    except OSError as error:
        raise SlipwayError(
            f"{path} cannot be read ({error.strerror}).", "Check the name and the permissions of the file.", Exit.WRONG_USAGE
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise SlipwayError(
            f"{path} is not a complete evidence file ({type(error).__name__}: {error}).",
            "Create it again with `slipway check LAB --evidence FILE`.",
            Exit.WRONG_USAGE,
        ) from error


def from_json(data: dict[str, Any]) -> Evidence:
    """Return the evidence that `to_json` wrote. Raise ValueError, KeyError, TypeError, AttributeError or RuntimeError."""
    if data["format"] != EVIDENCE_FORMAT:
        raise ValueError(f"its format is {data['format']!r}, not {EVIDENCE_FORMAT!r}")
    if not isinstance(data["course"], str):
        raise TypeError(f"its course is {data['course']!r}")
    report, snapshot = Report.from_json(data["report"]), Snapshot.from_json(data["snapshot"])
    texts = [report.lab, report.title, report.course, report.taken, snapshot.lab, snapshot.taken, snapshot.started]
    texts += [text for result in report.results for text in (result.id, result.title, *result.blocked_by)]
    if wrong := [text for text in texts if not isinstance(text, str)]:
        raise TypeError(f"{str(wrong[0])[:80]} is not a text")
    kinds = [*snapshot.objects.values(), snapshot.probes]
    if not all(isinstance(kind, dict) and all(isinstance(item, dict) for item in kind.values()) for kind in kinds):
        raise TypeError("its objects and probes are not JSON objects")
    return Evidence(data["course"], report, snapshot)
