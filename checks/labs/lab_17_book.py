"""The book of a pier in lab 17: who opened the pier, who moored, and whether one Pod took it over from another."""

import re
from dataclasses import dataclass

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.times import seconds, utc
from checks.vocabulary import containers
from checks.vocabulary.objects import subject

SET, COUNT = "pier", 3
BOOK, FOLDER = "book", "/book"
ENTRY, REPLACED = "moored Albatross", 1
AGAIN = (
    "To start over: `kubectl delete statefulset pier`, `kubectl delete persistentvolumeclaim -l app=pier`, then apply pier.yaml."
)
OPENED = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:?\d\d)) (\S+) opened by (\S+)$")


@dataclass(frozen=True)
class Line:
    """A line of a book. `uid` is the Pod that opened the pier, `time` when (in UTC); both are empty in other lines."""

    text: str
    time: str = ""
    uid: str = ""


def book(snapshot: Snapshot, ordinal: int) -> list[Line]:
    """Return the lines of a pier's book, as the Pod of that name sees them; none where it cannot be read."""
    probe = snapshot.probe(f"book-{ordinal}")
    lines = [line.strip() for line in (probe["stdout"] if probe["ok"] else "").splitlines()]
    matches = [(line, OPENED.match(line)) for line in lines if line]
    return [Line(line, utc(opened[1]), opened[3]) if opened else Line(line) for line, opened in matches]


def unopened(snapshot: Snapshot, ordinal: int) -> Finding:
    """Return the finding for a book that has no line in which the pier says that it opened."""
    probe = snapshot.probe(f"book-{ordinal}")
    why = "" if probe["ok"] else containers.last_lines(probe["stderr"]) or probe["error"]
    message, where = f"The book of {SET}-{ordinal} does not say when it was opened.", f"pod/{SET}-{ordinal}"
    hint = f"The command in pier.yaml writes that line; leave it as it is. {AGAIN}"
    return Finding(message, where, f"{FOLDER}/log", "TIME NAME opened by UID", probe["stdout"][:500], why, hint)


def taken_over(pod: Json, lines: list[Line], place: int) -> containers.Findings:
    """Yield a finding unless the entry was written by another Pod than the one that reads it now, by UIDs and times."""
    before, after = [line for line in lines[:place] if line.uid], [line for line in lines[place:] if line.uid]
    uid, made = pod["metadata"]["uid"], pod["metadata"].get("creationTimestamp", "")
    earlier = [line for line in before if line.uid != uid]
    was_there, opened_since = (uid in [line.uid for line in part] for part in (before, after))
    if earlier and opened_since and not was_there and seconds(earlier[-1].time, made) >= 0:
        return
    why = "The Pod that opened the pier before the entry is the one that runs now."
    if opened_since:
        why = f"The pier was opened again after the entry, but by the same Pod ({uid}): its container was started again."
    elif not was_there:
        why = "The Pod that runs now has not written into this book that it opened."
    if was_there and earlier:
        why += " The Pods before it never saw the entry: write first, replace then."
    message = f"Since the entry “{ENTRY}” no new Pod has opened {SET}-{REPLACED}."
    expected = "an opening by one Pod, the entry, an opening by the Pod that runs now"
    hint = "`kubectl delete pod pier-1`; the StatefulSet creates a new one of the same name."
    yield Finding(message, subject(pod), "metadata.uid", expected, [line.text for line in lines], why, hint)
