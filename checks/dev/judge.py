"""The rules for the report of each state of a lab. Pure: the same rules judge a live run and a recording."""

from collections.abc import Callable, Iterator

from checks.dev.misses import Miss
from checks.model import Finding, Lab, Outcome, Report, Result

Faults = Iterator[str]
Judge = Callable[[Report], Faults]


def all_pass(report: Report) -> Faults:
    """Yield a fault for each check that does not pass."""
    for result in report.results:
        if result.outcome is not Outcome.PASSED:
            yield f"{result.id} is “{result.outcome}”: {_words(result)}"


def untouched(lab: Lab, report: Report) -> Faults:
    """Yield a fault for each undeclared pass, each undecided check, and each incomplete finding."""
    passed = {result.id for result in report.results if result.outcome is Outcome.PASSED}
    for id in sorted(passed - set(lab.passes_untouched)):
        yield f"{id} passes in the untouched lab; if that is intended, add it to passes_untouched"
    for id in sorted(set(lab.passes_untouched) - passed):
        yield f"{id} is listed in passes_untouched but does not pass"
    for result in report.results:
        if result.outcome in (Outcome.COULD_NOT_CHECK, Outcome.WAITING):
            yield f"{result.id} is “{result.outcome}”: {_words(result)}"
    yield from complete(report)


def missed(miss: Miss, report: Report) -> Faults:
    """Yield a fault unless the check of the near miss fails for its own reason, and every check could be checked."""
    result = next((candidate for candidate in report.results if candidate.id == miss.check), None)
    if result is None:
        yield f"there is no check “{miss.check}”"
        return
    if result.outcome is not Outcome.NOT_YET:
        yield f"{miss.check} is “{result.outcome}”, not “{Outcome.NOT_YET}”: {_words(result)}"
    elif not any(miss.says in text(finding) for finding in result.findings):
        yield f"{miss.check} does not say “{miss.says}”; it says: {_words(result)}"
    for other in report.results:
        if other.outcome is Outcome.COULD_NOT_CHECK:
            yield f"{other.id} could not be checked: {other.reason}"
    yield from complete(report)


def complete(report: Report) -> Faults:
    """Yield a fault for each finding without a subject, an expected value, an observed value or a hint."""
    for result in report.results:
        for finding in result.findings:
            if missing := _missing(finding):
                yield f"{result.id}: the finding “{finding.message}” has no {' and no '.join(missing)}"


def _missing(finding: Finding) -> list[str]:
    # The observed value may be None only where a path names the absent field.
    parts = {
        "message": finding.message,
        "subject": finding.subject,
        "expected value": finding.expected not in (None, ""),
        "observed value": finding.observed is not None or finding.path,
        "hint": finding.hint,
    }
    return [name for name, value in parts.items() if not value]


def text(finding: Finding) -> str:
    """Return all texts of a finding, one part per line."""
    return "\n".join([finding.message, finding.subject, finding.path, str(finding.observed), finding.why, finding.hint])


def _words(result: Result) -> str:
    if result.outcome is Outcome.BLOCKED:
        return f"blocked by {', '.join(result.blocked_by)}"
    texts = [f"{finding.message} {finding.why}".strip() for finding in result.findings] or [result.reason]
    return " / ".join(" ".join(text.split()) for text in texts) or "no reason given"
