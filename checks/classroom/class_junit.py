"""The results of a class as JUnit XML: a suite for each learner and lab, with a case for each check.

What could not be graded is an error, and what was not submitted is skipped: neither is a failure.
"""

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

from checks.classroom.records import Grade, Mark, MarkState
from checks.classroom.results import Results
from checks.model import Lab, Report, Result
from checks.render import junit, words


def dumps(results: Results, grades: Iterable[Grade]) -> str:
    """Return the results as JUnit XML. `grades` are those that the marks rest on."""
    by_id = {grade.id: grade for grade in grades}
    return junit.document(words.name(results.about.title), _suites(results, by_id))


def _suites(results: Results, grades: dict[int, Grade]) -> Iterator[ElementTree.Element]:
    for learner in results.learners:
        for lab in results.labs:
            mark = results.marks[learner.id, lab.id]
            grade = grades.get(mark.grade) if mark.grade is not None else None
            graded = grade is not None and grade.graded
            suite = junit.suite(report_of(grade, lab)) if graded else _without_grade(mark, lab)
            suite.set("name", f"{words.name(learner.id)}: {suite.get('name')}")
            for case in suite.iter("testcase"):
                case.set("classname", f"slipway.{words.name(learner.id)}.{case.get('classname', '').removeprefix('slipway.')}")
            yield suite


def report_of(grade: Grade, lab: Lab) -> Report:
    """Return the report that a grade holds."""
    found = (
        Result(item.check, item.title, item.outcome, item.points, item.earned, item.findings, item.blocked_by, item.reason)
        for item in grade.criteria
    )
    return Report(lab.id, lab.title, grade.course, grade.taken, tuple(found))


def _without_grade(mark: Mark, lab: Lab) -> ElementTree.Element:
    """Return a suite with one case, which says why there is no grade."""
    missing = mark.state is MarkState.MISSING
    counts = {"tests": "1", "failures": "0", "errors": str(int(not missing)), "skipped": str(int(missing)), "time": "0"}
    suite = ElementTree.Element("testsuite", {"name": f"{words.name(lab.id)}: {words.name(lab.title)}", **counts})
    case = ElementTree.SubElement(
        suite, "testcase", {"classname": f"slipway.{words.name(lab.id)}", "name": "submission", "time": "0"}
    )
    message = "Nothing was submitted." if missing else " ".join(mark.reasons)
    kind = {} if missing else {"type": mark.state.value}
    ElementTree.SubElement(case, "skipped" if missing else "error", {"message": words.prose(message), **kind})
    return suite
