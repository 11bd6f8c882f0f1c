"""The names that an LMS gives to submitted files, and what they tell about whose they are. Pure.

Moodle, "Download all submissions": `Ada Lovelace_12345_assignsubmission_file_/01-flask-ada.slipway` in folders, or
`Ada Lovelace_12345_assignsubmission_file_01-flask-ada.slipway`. Canvas: `lovelaceada_12345_67890_01-flask-ada.slipway`,
`lovelaceada_LATE_12345_67890_…`, and a number before the ending for a file that was sent again. The name only helps to
report a file: whose it is follows from its signature.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from checks.classroom.roster import Learner

_MOODLE = re.compile(r"(?P<name>[^/]{1,200}?)_(?P<number>\d{1,12})_assignsubmission_(?:file|onlinetext)_?(?P<rest>.*)")
_CANVAS = re.compile(r"(?P<name>[^/_]{1,200})_(?P<late>LATE_)?(?P<number>\d{1,12})_\d{1,12}_(?P<rest>.+)")
_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Delivered:
    """What the name of a file tells: the LMS ("Moodle", "Canvas" or empty), the person's name, and whether it was late."""

    lms: str = ""
    person: str = ""
    late: bool = False


def read(path: str) -> Delivered:
    """Return what a path below the delivered folder tells; folders are separated by `/`."""
    for part in path.split("/"):
        if match := _MOODLE.fullmatch(part):
            return Delivered("Moodle", match["name"])
        if match := _CANVAS.fullmatch(part):
            return Delivered("Canvas", match["name"], match["late"] is not None)
    return Delivered()


class People:
    """The learners of a class by their names as an LMS writes them."""

    def __init__(self, learners: Iterable[Learner]) -> None:
        self._ids: dict[str, set[str]] = {}
        for learner in learners:
            words = plain(learner.name)
            # Moodle shows the full name, Canvas the sortable one: surname first, without a space.
            for form in {"".join(words), "".join(words[-1:] + words[:-1]), "".join(plain(learner.id))}:
                self._ids.setdefault(form, set()).add(learner.id)

    def id_of(self, delivered: Delivered) -> str:
        """Return the id of the one learner who fits; empty where none or several do."""
        ids = self.ids_of(delivered.person)
        return next(iter(ids)) if len(ids) == 1 else ""

    def ids_of(self, name: str) -> set[str]:
        """Return the ids of all learners whom this name fits, as an LMS writes it."""
        return self._ids.get("".join(plain(name)), set()) if name else set()


def plain(name: str) -> list[str]:
    """Return the words of a name in small letters without accents: `plain("Müller, Zoë")` is ["muller", "zoe"]."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return [word for word in _LETTERS.split(bare) if word]
