"""Reports as JUnit XML, for systems that show test results.

The mapping of outcomes, by which a run succeeds only when everything passed:
passed → a plain test case; not yet → failure; waiting → failure (the state was not reached in time);
could not check → error; blocked → skipped, with the names of the blocking checks (one of which is a failure or an error).
Source of the format: the JUnit schema of the Apache Ant project.
"""

from collections.abc import Iterable
from xml.etree import ElementTree

from checks.model import Outcome, Report, Result
from checks.render import text, words

TAGS = {
    Outcome.NOT_YET: "failure",
    Outcome.WAITING: "failure",
    Outcome.COULD_NOT_CHECK: "error",
    Outcome.BLOCKED: "skipped",
}
_COUNTS = ("tests", "failures", "errors", "skipped")


def dumps(report: Report) -> str:
    """Return the report as JUnit XML: one suite for the lab, and one case for each check."""
    return document(f"{words.name(report.lab)}: {words.name(report.title)}", [suite(report)])


def document(name: str, suites: Iterable[ElementTree.Element]) -> str:
    """Return suites as JUnit XML, with their sums."""
    suites = list(suites)
    sums = {key: str(sum(int(item.get(key, "0")) for item in suites)) for key in _COUNTS}
    root = ElementTree.Element("testsuites", {"name": name, **sums, "time": "0"})
    root.extend(suites)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def suite(report: Report) -> ElementTree.Element:
    """Return the suite of a report, with a case for each check."""
    suite = ElementTree.Element("testsuite", _totals(report))
    # The schema requires a time without a time zone.
    suite.set("timestamp", words.name(report.taken).removesuffix("Z"))
    suite.set("hostname", words.name(report.engine.get("server", "")) or "unknown")
    properties = ElementTree.SubElement(suite, "properties")
    for key in ("course", "earned", "possible", "unchecked"):
        ElementTree.SubElement(properties, "property", name=key, value=words.name(str(getattr(report, key))))
    suite.extend(_case(report, result) for result in report.results)
    return suite


def _totals(report: Report) -> dict[str, str]:
    kinds = [TAGS.get(result.outcome, "") for result in report.results]
    return {
        "name": f"{words.name(report.lab)}: {words.name(report.title)}",
        "tests": str(len(kinds)),
        "failures": str(kinds.count("failure")),
        "errors": str(kinds.count("error")),
        "skipped": str(kinds.count("skipped")),
        "time": "0",
    }


def _case(report: Report, result: Result) -> ElementTree.Element:
    names = {"classname": f"slipway.{words.name(report.lab)}.{words.name(result.id)}", "name": words.name(result.title)}
    case = ElementTree.Element("testcase", names | {"time": "0"})
    tag = TAGS.get(result.outcome)
    if tag:
        more = {"message": _message(report, result)} | ({} if tag == "skipped" else {"type": str(result.outcome)})
        ElementTree.SubElement(case, tag, more).text = text.details(report, result, width=100)
    return case


def _message(report: Report, result: Result) -> str:
    if result.outcome is Outcome.BLOCKED:
        return f"blocked by: {'; '.join(words.blockers(report, result))}"
    if result.outcome is Outcome.COULD_NOT_CHECK:
        return f"could not check: {words.prose(result.reason)}"
    return f"{result.outcome}: {words.prose(result.findings[0].message)}"
