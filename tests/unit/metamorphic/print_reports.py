"""A program that prints the sum of each report of a sample of recordings, in each format; tests run it in other environments."""

import hashlib
import random
import sys
from collections.abc import Callable, Iterator

from checks.model import Lab, Report
from checks.render import draw, html, json, junit, text
from checks.snapshot import Snapshot
from metamorphic.recorded import LABS, RIGHT, data, names, report

FORMATS: dict[str, Callable[[Report], str]] = {
    "json": json.dumps,
    "html": html.page,
    "fragment": html.fragment,
    "junit": junit.dumps,
    "text": text.render,
    "text in color": lambda graded: text.render(graded, color=True),
}
# Besides the solved state, this many others of each lab, drawn with a fixed seed.
OTHERS = 2


def lines() -> Iterator[str]:
    """Yield a line for each report and picture: lab, recording, format and sum."""
    for lab in LABS.values():
        for name in _sample(lab):
            snapshot = data(lab.id, name)
            graded = report(lab, snapshot)
            texts = {format: write(graded) for format, write in FORMATS.items()}
            texts["picture"] = draw.mermaid(Snapshot.from_json(snapshot), lab)
            for format, content in texts.items():
                yield f"{lab.id} {name} {format} {hashlib.sha256(content.encode()).hexdigest()}"


def _sample(lab: Lab) -> list[str]:
    others = [name for name in names(lab.id) if name not in RIGHT]
    return [RIGHT[0], *random.Random(lab.id).sample(others, OTHERS)]


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines()) + "\n")
