"""The same instants, written in another time zone."""

import re
from datetime import datetime, timedelta, timezone

from checks.dev import json_texts
from checks.snapshot import Json
from metamorphic.changes import harmless

ZONE = timezone(timedelta(hours=5, minutes=30))
# With the zone that it names: "Z" or "+00:00". What names no zone is left alone, for it has no other form.
ISO = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(?:Z|\+00:00)")
COMMON_LOG = re.compile(r"(?<!\d)(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d) \+0000")
COMMON_LOG_FORM = "%d/%b/%Y:%H:%M:%S %z"


@harmless()
def other_time_zone(snapshot: Json) -> Json:
    """Write every time that names its zone in the zone +05:30. The snapshot's own two times are in UTC by definition.

    The year 1, in which the engine lets happen what has not happened, stays: it is a word.
    """
    moved = {name: json_texts.change(snapshot[name], _moved) for name in ("objects", "probes")}
    return snapshot | moved


def _moved(text: str) -> str:
    return COMMON_LOG.sub(_common_log, ISO.sub(_iso, text))


def _iso(match: re.Match[str]) -> str:
    if match[1].startswith("0001-"):
        return match[0]
    time = datetime.fromisoformat(f"{match[1]}+00:00").astimezone(ZONE)
    return f"{time:%Y-%m-%dT%H:%M:%S}{match[2] or ''}+05:30"


def _common_log(match: re.Match[str]) -> str:
    return datetime.strptime(f"{match[1]} +0000", COMMON_LOG_FORM).astimezone(ZONE).strftime(COMMON_LOG_FORM)
