"""The build steps of an image, each with the layer that it created.

The engine lists steps (`History`) and layers (`RootFS.Layers`) separately and does not say which step created which layer.
That follows from what builders do. BuildKit creates a layer for each RUN, COPY, ADD and WORKDIR, even if it is empty; the
classic builder created none where nothing changed. All other instructions change only the metadata.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checks.snapshot import Json, Unknown

# The instructions of the Dockerfile reference that leave the file system alone.
METADATA = frozenset({"ARG", "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER"})
METADATA |= {"ONBUILD", "SHELL", "STOPSIGNAL", "USER", "VOLUME"}
# The digest of a layer in which nothing changed: an empty archive.
EMPTY = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
_ARGUMENTS = re.compile(r"^(?:RUN )?\|\d+ .*?(?=/bin/(?:ba)?sh -)")
_SHELL = re.compile(r"^(?:RUN )?/bin/(?:ba)?sh -[a-z]*c ")
_PORTS = re.compile(r"^EXPOSE map\[(.*)\]$")


@dataclass(frozen=True)
class Step:
    """A build step: its instruction as in a Dockerfile, the digest of its layer (empty: none), and the layer's bytes."""

    instruction: str
    layer: str
    size: int

    @property
    def verb(self) -> str:
        """The first word of the instruction."""
        return self.instruction.partition(" ")[0]


def steps(image: Json) -> list[Step]:
    """Return the build steps of an image (with its "History"), the oldest first. Raises Unknown if its layers do not match.

    Example:
        image_history.steps(snapshot.require("image", "harbour-web:1"))[-1].instruction
        # 'CMD ["python", "app.py"]'
    """
    entries = [(_spell(entry), entry["Size"]) for entry in reversed(image["History"])]
    digests = image["RootFS"].get("Layers") or []
    makers = [at for at, (words, size) in enumerate(entries) if size or words.partition(" ")[0] not in METADATA]
    changed = [at for at in makers if entries[at][1] or _makes_a_folder(entries, at)]
    chosen = next((places for places in (makers, changed) if len(places) == len(digests)), None)
    if chosen is None:
        raise Unknown(f"the image has {len(digests)} layers, and its history has {len(makers)} steps that make one")
    made = dict(zip(chosen, digests, strict=True))
    return [Step(words, made.get(at, ""), size) for at, (words, size) in enumerate(entries)]


def _makes_a_folder(entries: list[tuple[str, int]], at: int) -> bool:
    """Whether the step is the first WORKDIR of its folder."""
    words = entries[at][0]
    return words.startswith("WORKDIR ") and words not in [earlier for earlier, _ in entries[:at]]


def _spell(entry: Json) -> str:
    """An entry of the history as a line of a Dockerfile."""
    words = entry["CreatedBy"].replace("\t", " ").removesuffix("# buildkit").strip()
    words = _ARGUMENTS.sub("RUN ", words)
    if (bare := _SHELL.sub("", words)) != words:
        words = bare.removeprefix("#(nop)").strip() if bare.startswith("#(nop)") else f"RUN {bare}"
    if ports := _PORTS.match(words):
        return "EXPOSE " + " ".join(sorted(part.removesuffix(":{}") for part in ports[1].split()))
    return words or entry.get("Comment") or "a step without words"


def base_of(image: Json, bases: Mapping[str, Json]) -> tuple[str, int] | None:
    """Return which of `bases` (images by name) the image was built on: the nearest one, and how many steps come from it.

    None if it was built on none of them. Steps and layers are compared, not tags.

    Example:
        image_history.base_of(image, {"python:3.11-slim": base})
        # ('python:3.11-slim', 9)
    """
    own = [(step.instruction, step.layer) for step in steps(image)]
    fitting = []
    for name, base in bases.items():
        below = [(step.instruction, step.layer) for step in steps(base)]
        if len(below) < len(own) and own[: len(below)] == below:
            fitting.append((name, len(below)))
    return max(fitting, key=lambda base: base[1], default=None)


def foundation(images: Sequence[Json]) -> int:
    """Return how many of their first steps all images share: the same instruction and the same layer.

    Example:
        image_history.foundation([before, after])
        # 12
    """
    rows = zip(*(steps(image) for image in images), strict=False)
    count = 0
    for row in rows:
        if len({(step.instruction, step.layer) for step in row}) > 1:
            break
        count += 1
    return count


def unpacked(image: Json) -> int:
    """Return how many bytes the files of all layers of an image take on disk.

    "Size" is another number in containerd's store: that of the compressed layers. It is taken where no step is known.

    Example:
        image_history.unpacked(snapshot.require("image", "harbour-web:1"))
        # 8123456
    """
    return sum(entry["Size"] for entry in image.get("History") or ()) or image["Size"]


def size(amount: int) -> str:
    """Return a number of bytes as Docker writes it, in powers of 1000.

    Example:
        image_history.size(1234)
        # '1.23 kB'
    """
    value, unit = float(amount), "B"
    for larger in ("kB", "MB", "GB"):
        if value < 999.5:
            break
        value, unit = value / 1000, larger
    return f"{value:.3g} {unit}"
