"""The text of `slipway watch`: a lab view as a screen of the terminal, and what changed between two views as lines."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from checks.model import Outcome
from checks.render import words
from checks.render.text import LABEL_COLUMN, OUTCOME_COLUMN, STYLES, wrap

KEYS = "h hint  s solution  c check  d draw  r reset  n next  q quit"
STATES = {
    "not started": "This lab is not started. Run `slipway start {id}`.",
    "checking": "Checking…",
    "unreachable": "{reason}",
}
CODES = {"bold": "1", "dim": "2", "green": "32", "red": "31", "yellow": "33", "blue": "34", "magenta": "35"}
INDENT = OUTCOME_COLUMN + 2
Check = dict[str, Any]
View = dict[str, Any]
Line = tuple[str, str]  # style and text


def checks_of(view: View) -> list[Check]:
    """Return the checks of a view, in order."""
    return [check for task in view["tasks"] for check in task["checks"]]


def first_open(view: View) -> Check | None:
    """Return the first check to work on: one with a finding, or else the first that has not passed; None where all have."""
    left = [check for check in checks_of(view) if check["outcome"] != Outcome.PASSED]
    return next((check for check in left if check["findings"]), left[0] if left else None)


def changes(before: View | None, view: View) -> list[str]:
    """Return what changed between two views, a line each: "12:07:31 not yet          It runs · broken since 12:07:30"."""
    known = {check["id"]: _told(check) for check in checks_of(before)} if before else {}
    lines = [] if before and before["state"] == view["state"] else _state(view)
    changed = [check for check in checks_of(view) if known.get(check["id"]) != _told(check)]
    return lines + [f"{_clock(view['checked_at'])} {check['outcome']:<{OUTCOME_COLUMN}}{_sentence(check)}" for check in changed]


def _told(check: Check) -> tuple[str, ...]:
    return check["outcome"], _broken(check), _remark(check)


def _sentence(check: Check) -> str:
    """Return a check's title, what broke it, and its first finding."""
    return " · ".join(part.replace("\n", " ") for part in (words.name(check["title"]), _broken(check), _remark(check)) if part)


def _broken(check: Check) -> str:
    broken = check["broken"]
    if not broken:
        return ""
    why = f": {words.prose(broken['why'])}" if broken["why"] else ""
    return f"broken since {_clock(broken['since'])}{why}"


def _remark(check: Check) -> str:
    """Return the first finding of a check, or what else explains its outcome."""
    if check["findings"]:
        return words.prose(check["findings"][0]["message"])
    return check["note"] or words.prose(check["reason"])


def _state(view: View) -> list[str]:
    text = STATES.get(view["state"], "").format(id=view["lab"]["id"], reason=words.prose(view["reason"]))
    return [text] if text else []


def _clock(time: str) -> str:
    """Return the time of day in the time zone of this machine; empty for what is not a time."""
    try:
        return datetime.fromisoformat(time).astimezone().strftime("%H:%M:%S")
    except ValueError:
        return ""


def screen(view: View, columns: int, rows: int, message: str = "", *, color: bool = False) -> str:
    """Return a view as at most `rows` lines of at most `columns`: tasks, a message or the first finding, and the keys."""
    head, body = list(_head(view, columns)), list(_tasks(view, columns))
    foot = [("", ""), *_wrapped("dim", KEYS, columns)]
    about = list(_message(message, columns) if message else _finding(view, columns))
    room = max(3, rows - len(head) - len(foot))
    if len(body) + len(about) > room:  # what has passed has no news
        body = [line for line in body if line[0] != STYLES[Outcome.PASSED]]
    shown = [*body[: max(1, room - len(about))], *about][:room]
    return "\n".join(_styled(style, text, color) for style, text in [*head, *shown, *foot])


def _wrapped(style: str, text: str, columns: int, margin: str = "") -> Iterator[Line]:
    for part in text.split("\n"):
        yield from ((style, margin + line) for line in wrap(part, max(20, columns - len(margin))))


def _head(view: View, columns: int) -> Iterator[Line]:
    points = view["points"]
    title = (
        f"Lab {view['lab']['number']} · {words.name(view['lab']['title'])} · {points['earned']} of {points['possible']} points"
    )
    yield from _wrapped("bold", title, columns)
    for text in _state(view):
        yield from _wrapped("bold", text, columns)
    yield "", ""


def _tasks(view: View, columns: int) -> Iterator[Line]:
    margin = " " * INDENT
    for task in view["tasks"]:
        yield from _wrapped("bold", words.name(task["title"]), columns)
        for check in task["checks"]:
            first, *rest = wrap(words.name(check["title"]), max(20, columns - INDENT))
            style = STYLES[Outcome(check["outcome"])]
            yield style, f"  {check['outcome']:<{OUTCOME_COLUMN}}{first}"
            yield from ((style, margin + line) for line in rest)
            for text in (_broken(check), check["note"]):
                if text:
                    yield from _wrapped("dim", text, columns, margin)


def _message(message: str, columns: int) -> Iterator[Line]:
    yield "", ""
    yield from _wrapped("", words.prose(message), columns)


def _finding(view: View, columns: int) -> Iterator[Line]:
    """Yield the first finding of the first open check."""
    yield "", ""
    check = first_open(view)
    if check is None:
        following = view["lab"]["next"]
        after = f" Next lab: {following['id']}." if following else ""
        yield from _wrapped("bold green", f"All checks passed.{after}", columns)
        return
    if not check["findings"]:
        yield from _wrapped("", _remark(check), columns)
        return
    finding = check["findings"][0]
    yield from _wrapped("bold", words.prose(finding["message"]), columns)
    rows = [("where", " · ".join(words.name(part) for part in (finding["subject"], finding["path"]) if part))]
    if finding["expected"] is not None or finding["observed"] is not None:
        rows += [("expected", words.value(finding["expected"])), ("found", words.value(finding["observed"]))]
    for label, text in [*rows, ("why", words.prose(finding["why"]))]:
        if text:
            (_, first), *rest = _wrapped("", text, columns, " " * (LABEL_COLUMN + 2))
            yield "", f"  {label + ':':<{LABEL_COLUMN}}{first.lstrip()}"
            yield from rest


def _styled(style: str, text: str, color: bool) -> str:
    codes = ";".join(CODES[part] for part in style.split() if part in CODES)
    return f"\x1b[{codes}m{text}\x1b[0m" if color and codes else text
