"""The answer to an appeal: what was found in a learner's work, by which rule and version, when, and a picture of the state."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from checks import catalog, registry
from checks.classroom import late, marks
from checks.classroom.folder import ClassFolder
from checks.classroom.records import Grade, Mark
from checks.classroom.store import Store
from checks.classroom.stored_evidence import EvidenceReader
from checks.classroom.submission import SubmissionError
from checks.model import Lab, Report, Result
from checks.registry import Check
from checks.render import draw, text, words
from sandboxes.errors import Exit, SlipwayError


def show(classroom: ClassFolder, store: Store, learner: str, lab_name: str, check_id: str = "", width: int = 80) -> str:
    """Return the answer as text of `width` columns, for one check or all. Raise SlipwayError where nothing is known."""
    lab = catalog.find(lab_name)
    checks = registry.load(lab)
    chosen = [registry.find(lab, checks, check_id)] if check_id else list(checks)
    grades = list(store.grades(learner, lab.id))
    changes = [change for change in store.changes() if (change.learner, change.lab) == (learner, lab.id)]
    if not grades and not changes:
        raise SlipwayError(
            f"Nothing was graded for {learner} in lab {lab.id}.",
            "See `slipway grade`, and check the id in roster.csv.",
            Exit.WRONG_USAGE,
        )
    maximum = sum(check.points for check in checks)
    mark = marks.mark(classroom.about, learner, lab.id, maximum, grades, changes[-1] if changes else None)
    grade = next((grade for grade in grades if grade.id == mark.grade), None)
    zone = ZoneInfo(classroom.about.zone)
    parts = [_heading(classroom, learner, lab, zone), _mark(mark), _history(marks.in_order(grades), mark, zone)]
    if grade is not None:
        parts += _doubts(classroom, grade)
        parts += _found(grade, lab, chosen, width)
        parts.append(_picture(grade, lab, EvidenceReader(classroom, store)))
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _heading(classroom: ClassFolder, learner: str, lab: Lab, zone: ZoneInfo) -> str:
    person = classroom.learner(learner)
    named = f"{learner} ({person.name})" if person else f"{learner} (not in the roster)"
    due = classroom.about.due(learner, lab.id)
    return words.harmless(f"{named}, lab {lab.id}: {lab.title}\nDue: {_time(due, zone) if due else 'never'}\n")


def _mark(mark: Mark) -> str:
    if mark.percent is not None:
        first = f"Mark: {mark.points:f} of {mark.maximum:f} points ({mark.percent:f} %)"
    elif mark.points is not None:
        first = f"Mark: none yet; {mark.points:f} of {mark.maximum:f} points so far, {mark.unchecked:f} could not be checked"
    else:
        first = f"Mark: none ({mark.state.value})"
    automatic = (
        [f"  By the checks: {mark.automatic:f} points"] if mark.automatic is not None and mark.automatic != mark.points else []
    )
    return words.harmless("\n".join([first, *automatic, *(f"  {reason}" for reason in mark.reasons)])) + "\n"


def _history(grades: list[Grade], mark: Mark, zone: ZoneInfo) -> str:
    """Return a line for each grade, in the order of the submissions; the one that counts is marked."""
    lines = ["Grades:"]
    for grade in grades:
        points = f"{grade.earned} of {grade.maximum}" if grade.graded else f"not graded: {grade.reason}"
        counts = "*" if grade.id == mark.grade else " "
        sent = _time(marks.submitted(grade), zone)
        lines.append(f"{counts} {grade.id}  sent {sent}, graded {_time(grade.graded_at, zone)}, version {grade.course}: {points}")
        lines.append(f"     {grade.source}  evidence {grade.evidence[:12] or 'none'}  snapshot of {grade.taken or 'no time'}")
    return words.harmless("\n".join(lines)) + "\n"


def _doubts(classroom: ClassFolder, grade: Grade) -> Iterator[str]:
    """Yield what speaks against the times of a submission: for the instructor to judge, it changes no mark."""
    if grade.submitted_at is None:
        return
    due = classroom.about.due(grade.learner, grade.lab)
    found = late.doubts(grade.submitted_at, late.moment(grade.taken), grade.graded_at, due, grade.late_by_lms)
    if found:
        yield words.harmless("\n".join(["Times to look at:", *(f"  {sentence}" for sentence in found)])) + "\n"


def _found(grade: Grade, lab: Lab, chosen: Iterable[Check], width: int) -> Iterator[str]:
    """Yield what a grade says about each chosen check, and the rule of it."""
    report = Report(lab.id, lab.title, grade.course, grade.taken, tuple(_results(grade)))
    results = {result.id: result for result in report.results}
    for check in chosen:
        lines = [*_rule(check)]
        if result := results.get(check.id):
            lines.append(f"Outcome: {result.outcome.value} ({words.points(result)})")
            lines += text.details(report, result, width - 2).split("\n")
        else:
            lines.append("This grade has no such check.")
        yield "\n".join([f"{check.id}: {check.title}", *(f"  {line}" for line in lines if line)]) + "\n"


def _rule(check: Check) -> Iterator[str]:
    code = check.function.__code__
    module = check.function.__module__
    needs = f"; needs {', '.join(check.needs)}" if check.needs else ""
    yield f"Rule: {module}, line {code.co_firstlineno}, function {code.co_name}{needs}"
    if explanation := (check.function.__doc__ or "").strip():
        yield f"  {explanation}"


def _results(grade: Grade) -> Iterator[Result]:
    for item in grade.criteria:
        yield Result(item.check, item.title, item.outcome, item.points, item.earned, item.findings, item.blocked_by, item.reason)


def _picture(grade: Grade, lab: Lab, reader: EvidenceReader) -> str:
    try:
        return words.prose(draw.describe(reader.read(grade).snapshot, lab), limit=20_000)
    except SubmissionError as error:
        return f"There is no picture of the state. {error.reason}"
    except Exception as error:  # the snapshot is data of someone else, and a picture is no reason to give no answer
        return f"There is no picture of the state: it cannot be drawn ({type(error).__name__})."


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")
