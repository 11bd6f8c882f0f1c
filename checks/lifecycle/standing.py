"""Where a learner stands in a lab and in the course: one measure, the number of checks that have passed."""

from dataclasses import replace

from checks import catalog
from checks.lifecycle import course_progress, prediction, workspace
from checks.model import Lab, Report
from sandboxes.errors import SlipwayError
from sandboxes.settings import Settings


def describe(lab: Lab, settings: Settings) -> str:
    """Return how many of the lab's checks have passed so far, and what comes next: a check, or after the last one a lab."""
    progress = course_progress.of(lab, settings)
    if not progress.done:
        open_check = workspace.next_check(lab, settings)
        return f"Lab {lab.id}: {progress.passed} of {progress.total} checks passed so far. Next: “{open_check.title}”."
    following = next_lab(lab, settings)
    done = f"Lab {lab.id} is done: {progress.total} of {progress.total} checks passed."
    if following is None:
        return f"{done} That was the last lab of the course."
    return f"{done} Next lab: {following.id}, {following.title} (`slipway start {following.id}`)."


def with_predictions(report: Report, lab: Lab, settings: Settings) -> Report:
    """Return a report on all checks of the lab with the learner's predictions; a report on a part of them unchanged."""
    try:
        if len(report.results) < course_progress.of(lab, settings).total:
            return report
        return replace(report, predictions=prediction.tally(lab, settings))
    except SlipwayError:  # a damaged progress file is reported when the progress is saved
        return report


def next_lab(lab: Lab, settings: Settings) -> Lab | None:
    """Return the first lab after this one that is not done, or else the first of the course; None where all are done."""
    labs = catalog.labs(settings.labs)
    place = next((number for number, known in enumerate(labs) if known.id == lab.id), -1)
    others = [*labs[place + 1 :], *labs[: max(place, 0)]]
    return next((known for known in others if not course_progress.of(known, settings).done), None)
