"""A new lab: complete in its parts, so that `slipway dev check --static` asks only for what the author has to write."""

import json
import re
from pathlib import Path
from string import Template

from checks import catalog
from checks.dev.paths import Places
from sandboxes.errors import Exit, SlipwayError
from sandboxes.host.atomic_write import write_whole

TEMPLATES = Path(__file__).parent / "template"
NAME = re.compile(r"\d\d[a-z]?-[a-z][a-z0-9]*(-[a-z0-9]+)*")


def create(name: str, title: str, places: Places) -> list[Path]:
    """Write the files of the lab `name` ("24-service-mesh"). Returns them.

    Raises SlipwayError for a name that is taken or no name for a lab.
    """
    refuse(name, places)
    if not title.strip():
        raise SlipwayError("A lab needs a title.", 'Give one: `--title "Flask in Docker"`.', Exit.WRONG_USAGE)
    words = {"id": name, "title": title.strip(), "word": name.split("-", 1)[1]}
    written = []
    for source in sorted(path for path in TEMPLATES.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        target = _target(source.relative_to(TEMPLATES), name, places)
        quoted = source.suffix in (".ipynb", ".toml")
        values = {key: json.dumps(value, ensure_ascii=False)[1:-1] for key, value in words.items()} if quoted else words
        write_whole(target, Template(source.read_text(encoding="utf-8")).substitute(values))
        written.append(target)
    return written


def refuse(name: str, places: Places) -> None:
    """Raise SlipwayError where no lab can be made under this name."""
    if not NAME.fullmatch(name):
        raise SlipwayError(
            f"“{name}” is no name for a lab.",
            "A name is a number of two digits (and a letter, for what comes between two labs), a hyphen, and words in lower "
            "case: 24-service-mesh.",
            Exit.WRONG_USAGE,
        )
    for path in (places.labs / name, places.module(name), places.recordings(name)):
        if path.exists():
            raise SlipwayError(f"{path} exists already; nothing was written.", "Choose another name.", Exit.WRONG_USAGE)
    number = name.split("-")[0]
    for id in catalog.ids(places.labs):
        if id.split("-")[0] == number:
            free = next(f"{number:02}" for number in range(100) if not list(places.labs.glob(f"{number:02}-*")))
            raise SlipwayError(f"The number {number} belongs to lab {id}.", f"{free} is free.", Exit.WRONG_USAGE)


def _target(source: Path, name: str, places: Places) -> Path:
    """Where a template goes: its first folder says which of the lab's places."""
    place, rest = source.parts[0], Path(*source.parts[1:])
    if place == "checks":
        return places.module(name)
    return {"lab": places.labs, "recordings": places.snapshots}[place] / name / rest
