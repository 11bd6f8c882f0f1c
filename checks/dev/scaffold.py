"""The scaffold of a new lab: complete, so that `slipway dev check --static` reports only what the author must write."""

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
    """Write the files of the lab `name` ("24-service-mesh"), and return their paths.

    Raise SlipwayError for an invalid name, a name that is taken, or an empty title.
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
    """Raise SlipwayError where a lab cannot have this name."""
    if not NAME.fullmatch(name):
        raise SlipwayError(
            f"“{name}” is not a valid name for a lab.",
            "Use two digits (and a letter for a lab between two others), a hyphen, and lowercase words: 24-service-mesh.",
            Exit.WRONG_USAGE,
        )
    for path in (places.labs / name, places.module(name), places.recordings(name)):
        if path.exists():
            raise SlipwayError(f"{path} already exists. Nothing was written.", "Choose another name.", Exit.WRONG_USAGE)
    number = name.split("-")[0]
    for id in catalog.ids(places.labs):
        if id.split("-")[0] == number:
            free = next(f"{number:02}" for number in range(100) if not list(places.labs.glob(f"{number:02}-*")))
            raise SlipwayError(f"The number {number} belongs to lab {id}.", f"Use {free}, which is free.", Exit.WRONG_USAGE)


def _target(source: Path, name: str, places: Places) -> Path:
    """Return the target of a template: its first folder names the kind of file."""
    place, rest = source.parts[0], Path(*source.parts[1:])
    if place == "checks":
        return places.module(name)
    return {"lab": places.labs, "recordings": places.snapshots}[place] / name / rest
