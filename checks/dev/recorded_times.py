"""The times in a recording: all of them moved by the same number of seconds, so that it was taken at noon of one day.

Order and distances stay as they were. A time is found in every form in which an engine, a cluster or a program in a lab
writes it; one that is more than a month before the snapshot is no time of this run, and stays.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from checks.dev import json_texts
from checks.snapshot import Json

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
EARLIEST, LATEST = timedelta(days=31), timedelta(days=400)
_CLOCK = r"\d\d:\d\d:\d\d"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
# Each form of a time with what `strptime` calls it. The longest come first: one contains another.
FORMS = {
    rf"\d{{4}}-\d\d-\d\dT{_CLOCK}": "%Y-%m-%dT%H:%M:%S",
    rf"\d{{4}}-\d\d-\d\d {_CLOCK}": "%Y-%m-%d %H:%M:%S",
    rf"\d{{4}}/\d\d/\d\d {_CLOCK}": "%Y/%m/%d %H:%M:%S",
    rf"\d\d/{_MONTH}/\d{{4}}:{_CLOCK}": "%d/%b/%Y:%H:%M:%S",
    rf"\d\d/{_MONTH}/\d{{4}} {_CLOCK}": "%d/%b/%Y %H:%M:%S",
    rf"{_DAY}, \d\d {_MONTH} \d{{4}} {_CLOCK}": "%a, %d %b %Y %H:%M:%S",
    rf"\d\d {_MONTH} \d{{4}} {_CLOCK}": "%d %b %Y %H:%M:%S",
    rf"{_DAY} {_MONTH} [ \d]\d {_CLOCK} UTC \d{{4}}": "%a %b %d %H:%M:%S UTC %Y",
    rf"{_MONTH} [ \d]\d {_CLOCK} \d{{4}} GMT": "%b %d %H:%M:%S %Y GMT",
}
# A number of seconds, also as the beginning of the ID of an entry in a Redis stream, and a clock alone, as a page shows it.
EPOCH = r"(?<![\w.:-])1[789]\d{8}(?:(?=\d{3}-\d+\b)|(?![\w:-]))"
BARE = rf"(?<![\w:.+-]){_CLOCK}(?![\w:])"
LAST_HOUR, CLOCKS = timedelta(hours=1), timedelta(minutes=1)
# A time in a text, with the fraction of a second and the zone that belong to it.
TIME = re.compile(rf"(?<!\d)(?:(?:{'|'.join(FORMS)})(?:\.\d+)?|{EPOCH}|{BARE})")
_WHOLE = re.compile("|".join([*(f"(?<!\\d)({form})" for form in FORMS), f"({EPOCH})", f"({BARE})"]))
_STYLES = [*FORMS.values(), "%s", "%H:%M:%S"]


def move(data: Json) -> Json:
    """Return the JSON of a snapshot as if it had been taken at NOON."""
    now = datetime.fromisoformat(data["taken"])
    mover = _mover(now, NOON - now.replace(microsecond=0))
    return _numbers(json_texts.change(data, lambda text: _WHOLE.sub(mover, text)), mover)


def _numbers(data: Any, mover: Callable[[re.Match[str]], str]) -> Any:
    """Move the numbers that are times: the steps of an image say under "Created" when they were made."""
    if isinstance(data, dict):
        return {key: _number(value, mover) if key == "Created" else _numbers(value, mover) for key, value in data.items()}
    return [_numbers(value, mover) for value in data] if isinstance(data, list) else data


def _number(value: Any, mover: Callable[[re.Match[str]], str]) -> Any:
    return int(_WHOLE.sub(mover, str(value))) if type(value) is int else value


def _mover(now: datetime, distance: timedelta) -> Callable[[re.Match[str]], str]:
    def moved(match: re.Match[str]) -> str:
        style, words = _STYLES[(match.lastindex or 1) - 1], match[0]
        time, earliest, latest = _read(words, style, now)
        if not now - earliest <= time <= now + latest:
            return words
        return str(int((time + distance).timestamp())) if style == "%s" else (time + distance).strftime(style)

    return moved


def _read(words: str, style: str, now: datetime) -> tuple[datetime, timedelta, timedelta]:
    """Return the time that a text gives, and how far before and after the snapshot such a time is one of this run."""
    if style == "%s":
        return datetime.fromtimestamp(int(words), UTC), EARLIEST, LATEST
    time = datetime.strptime(words, style).replace(tzinfo=UTC)
    if style == "%H:%M:%S":
        return datetime.combine(now, time.timetz()), LAST_HOUR, CLOCKS
    return time, EARLIEST, LATEST
