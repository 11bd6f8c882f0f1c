"""The match between a class and the gradebook that an LMS exported: which column is which lab, which row is which learner.

A guess is never made. What fits nothing or several things is listed, and the person decides.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from checks.classroom.lms_names import People, plain
from checks.classroom.roster import Learner
from checks.model import Lab

# Canvas: `Flask in Docker (4711)`. Moodle: `Assignment: Flask in Docker (Real)`.
_SUFFIX = re.compile(r"\s*\((?:\d+|Real|Percentage|Letter)\)\s*$")
_MOODLE = re.compile(r"^[^:]{1,40}:\s*")


@dataclass
class Match:
    """What belongs together. `columns` maps positions to labs, `rows` maps positions to learners.

    `ambiguous` and `unmatched` are sentences: what fits several things, and what fits nothing.
    """

    columns: dict[int, str] = field(default_factory=dict)
    rows: dict[int, str] = field(default_factory=dict)
    ambiguous: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)


def match(
    labs: Sequence[Lab],
    learners: Sequence[Learner],
    columns: Mapping[int, str],
    rows: Mapping[int, tuple[Sequence[str], str]],
) -> Match:
    """Match the titles of columns to labs and the people of rows to learners.

    `rows` maps the position of each row to (identifiers, name). An identifier is an id or an e-mail address of the roster; the
    name counts only where no identifier is given.
    """
    result = Match()
    by_title = _titles(labs)
    _assign(result, result.columns, {at: (title, _fitting(by_title, title)) for at, title in columns.items()}, "column")
    _add_missing(result, (lab.id for lab in labs), result.columns, "No column fits lab {}.")
    people = _People(learners)
    _assign(result, result.rows, {at: (_label(ids, name), people.fitting(ids, name)) for at, (ids, name) in rows.items()}, "row")
    _add_missing(result, (learner.id for learner in learners), result.rows, "No row fits learner {}.")
    return result


def _assign(result: Match, into: dict[int, str], fitting: Mapping[int, tuple[str, set[str]]], what: str) -> None:
    """Assign what fits exactly one thing, if nothing else fits the same thing, and list everything else."""
    places: dict[str, list[int]] = defaultdict(list)
    for at, (label, ids) in fitting.items():
        if len(ids) == 1:
            places[next(iter(ids))].append(at)
        elif ids:
            result.ambiguous.append(f"The {what} “{label}” fits {', '.join(sorted(ids))}.")
        else:
            result.unmatched.append(f"The {what} “{label}” fits nothing in the class.")
    for id, positions in places.items():
        if len(positions) == 1:
            into[positions[0]] = id
        else:
            named = " and ".join(f"“{fitting[at][0]}”" for at in positions)
            result.ambiguous.append(f"The {what}s {named} fit {id}.")


def _add_missing(result: Match, ids: Iterable[str], assigned: Mapping[int, str], sentence: str) -> None:
    found = set(assigned.values())
    result.unmatched += [sentence.format(id) for id in ids if id not in found]


def _titles(labs: Sequence[Lab]) -> dict[str, set[str]]:
    """Return the labs by every form of their title: `01-flask`, `flask`, `Flask in Docker`, `01 Flask in Docker`, `Lab 01 …`."""
    by_title: dict[str, set[str]] = defaultdict(set)
    for lab in labs:
        number, _, name = lab.id.partition("-")
        forms = [lab.id, name, lab.title, f"{number} {lab.title}", f"lab {number}", f"lab {lab.id}", f"lab {number} {lab.title}"]
        for form in forms:
            by_title["".join(plain(form))].add(lab.id)
    return by_title


def _fitting(by_title: Mapping[str, set[str]], title: str) -> set[str]:
    bare = _SUFFIX.sub("", title.removeprefix("'"))
    forms = (bare, _MOODLE.sub("", bare))
    return next((ids for form in forms if (ids := by_title.get("".join(plain(form))))), set())


class _People:
    """The learners of a class by id, e-mail address and name."""

    def __init__(self, learners: Sequence[Learner]) -> None:
        self._names = People(learners)
        self._ids: dict[str, set[str]] = defaultdict(set)
        for learner in learners:
            for identifier in filter(None, (learner.id, learner.email)):
                self._ids[identifier.casefold()].add(learner.id)

    def fitting(self, identifiers: Sequence[str], name: str) -> set[str]:
        given = [identifier.strip().removeprefix("'").casefold() for identifier in identifiers if identifier.strip()]
        found = set().union(*(self._ids.get(identifier, set()) for identifier in given))
        return found if given else self._names.ids_of(name)


def _label(identifiers: Sequence[str], name: str) -> str:
    return next((text for text in (name, *identifiers) if text.strip()), "without a name").strip()
