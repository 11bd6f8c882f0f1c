"""What a report must say in each state of a lab. Pure: the same rules judge a live run and a recording."""

from collections.abc import Callable, Iterator

from checks.dev.misses import Miss
from checks.model import Finding, Lab, Outcome, Report, Result

Faults = Iterator[str]
Judge = Callable[[Report], Faults]


def all_pass(report: Report) -> Faults:
    """Every check passes."""
    for result in report.results:
        if result.outcome is not Outcome.PASSED:
            yield f"{result.id} is “{result.outcome}”: {_words(result)}"


def untouched(lab: Lab, report: Report) -> Faults:
    """Nothing passes that is not declared to, nothing is left undecided, and every finding is complete."""
    passed = {result.id for result in report.results if result.outcome is Outcome.PASSED}
    for id in sorted(passed - set(lab.passes_untouched)):
        yield f"{id} passes although nothing was done; if that is right, declare it in passes_untouched"
    for id in sorted(set(lab.passes_untouched) - passed):
        yield f"{id} is declared in passes_untouched but does not pass"
    for result in report.results:
        if result.outcome in (Outcome.COULD_NOT_CHECK, Outcome.WAITING):
            yield f"{result.id} is “{result.outcome}”: {_words(result)}"
    yield from complete(report)


def missed(miss: Miss, report: Report) -> Faults:
    """The check that the near miss is about fails for its own reason, and nothing fails through our fault."""
    result = next((each for each in report.results if each.id == miss.check), None)
    if result is None:
        yield f"there is no check “{miss.check}”"
        return
    if result.outcome is not Outcome.NOT_YET:
        yield f"{miss.check} is “{result.outcome}”, not “{Outcome.NOT_YET}”: {_words(result)}"
    elif not any(miss.says in text(finding) for finding in result.findings):
        yield f"{miss.check} does not say “{miss.says}” but: {_words(result)}"
    for other in report.results:
        if other.outcome is Outcome.COULD_NOT_CHECK:
            yield f"{other.id} could not be checked: {other.reason}"
    yield from complete(report)


def complete(report: Report) -> Faults:
    """Every finding names its subject, what was expected and observed, and a hint."""
    for result in report.results:
        for finding in result.findings:
            if missing := _missing(finding):
                yield f"{result.id}: the finding “{finding.message}” has no {' and no '.join(missing)}"


def _missing(finding: Finding) -> list[str]:
    # Nothing observed is a fact only where a field is named that may be absent.
    parts = {
        "message": finding.message,
        "subject": finding.subject,
        "expected value": finding.expected not in (None, ""),
        "observed value": finding.observed is not None or finding.path,
        "hint": finding.hint,
    }
    return [name for name, there in parts.items() if not there]


def text(finding: Finding) -> str:
    """All words of a finding, one part a line."""
    return "\n".join([finding.message, finding.subject, finding.path, str(finding.observed), finding.why, finding.hint])


def _words(result: Result) -> str:
    if result.outcome is Outcome.BLOCKED:
        return f"blocked by {', '.join(result.blocked_by)}"
    said = [f"{finding.message} {finding.why}".strip() for finding in result.findings] or [result.reason]
    return " / ".join(" ".join(words.split()) for words in said) or "it gives no reason"
