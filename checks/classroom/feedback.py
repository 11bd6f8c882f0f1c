"""The feedback page of a learner: the mark in each lab and how it came about, every finding, and the state that was graded.

It names no other learner and links to nothing outside of itself, so it can be given to the learner as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from checks.classroom import class_junit, late, marks
from checks.classroom.assess import Deadline, within
from checks.classroom.class_page import TEMPLATES
from checks.classroom.records import Grade, Mark, MarkState
from checks.classroom.results import Results
from checks.classroom.roster import Learner
from checks.classroom.stored_evidence import EvidenceReader
from checks.classroom.submission import SubmissionError
from checks.model import Lab, Report
from checks.render import draw, html, words

PICTURE_LIMIT = 20_000  # characters
PICTURE_SECONDS = 5.0


@dataclass(frozen=True)
class Section:
    """What a page says about a lab: `report` and `picture` are None without a grade that counts. Times are for people."""

    lab: Lab
    mark: Mark
    due: str
    sent: str
    report: Report | None
    picture: str | None


def page(results: Results, learner: Learner, grades: Mapping[int, Grade], reader: EvidenceReader) -> str:
    """Return the page as HTML. `grades` are those that the learner's marks rest on, by their ids."""
    zone = ZoneInfo(results.about.zone)
    sections = [_section(results, lab, results.marks[learner.id, lab.id], grades, reader, zone) for lab in results.labs]
    template = html.environment(TEMPLATES).get_template("feedback.html.j2")
    total = results.totals[learner.id]
    return template.render(
        about=results.about,
        learner=learner,
        total=total,
        shares=results.shares[learner.id],
        sections=sections,
        span=late.span,
        states=MarkState,
    )


def _section(
    results: Results, lab: Lab, mark: Mark, grades: Mapping[int, Grade], reader: EvidenceReader, zone: ZoneInfo
) -> Section:
    due = results.about.due(mark.learner, lab.id)
    grade = grades.get(mark.grade) if mark.grade is not None else None
    graded = grade is not None and grade.graded
    return Section(
        lab=lab,
        mark=mark,
        due=f"{due.astimezone(zone):%Y-%m-%d %H:%M %Z}" if due else "",
        sent=f"{marks.submitted(grade).astimezone(zone):%Y-%m-%d %H:%M %Z}" if grade else "",
        report=class_junit.report_of(grade, lab) if graded else None,
        picture=_picture(grade, lab, reader) if graded else None,
    )


def _picture(grade: Grade, lab: Lab, reader: EvidenceReader) -> str:
    """Return the state that was graded as text, or why it cannot be shown."""
    try:
        with within(PICTURE_SECONDS):
            return words.prose(draw.describe(reader.read(grade).snapshot, lab), limit=PICTURE_LIMIT)
    except SubmissionError as error:
        return f"There is no picture of the state. {error.reason}"
    except Deadline:
        return f"The state cannot be drawn within {PICTURE_SECONDS:g} seconds."
    except Exception as error:  # the snapshot is data of someone else, and a picture is no reason to have no page
        return f"The state cannot be drawn ({type(error).__name__})."
