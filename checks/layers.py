"""The layers of an image and the build steps that made them: pure, over the engine's own JSON of an image.

The engine lists steps (`History`) and layers (`RootFS.Layers`) apart and does not say which made which. It follows from what
builders do: RUN, COPY, ADD and WORKDIR make a layer, be it an empty one; the other instructions change the description only.
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
_ARGUMENTS = re.compile(r"^RUN \|\d+ (?:\S+=.*? )*?(?=/bin/(?:ba)?sh -[a-z]*c )")
_SHELL = re.compile(r"^(?:RUN )?/bin/(?:ba)?sh -[a-z]*c ")
_PORTS = re.compile(r"^EXPOSE map\[(.*)\]$")


@dataclass(frozen=True)
class Step:
    """A build step: its instruction as a Dockerfile has it, the digest of the layer that it made (empty: none), the bytes
    that this layer holds, and when the step was carried out (seconds since 1970; one from the cache keeps its time)."""

    instruction: str
    layer: str
    size: int
    created: int

    @property
    def verb(self) -> str:
        return self.instruction.partition(" ")[0]


def steps(image: Json) -> list[Step]:
    """The build steps of an image (with its "History"), oldest first. Raises Unknown where they do not fit its layers."""
    history = list(reversed(image["History"]))
    spelled = [_spell(each) for each in history]
    digests = image["RootFS"].get("Layers") or []
    makers = [at for at, words in enumerate(spelled) if history[at]["Size"] or words.partition(" ")[0] not in METADATA]
    # A WORKDIR of the builder before BuildKit may have made none.
    certain = [at for at in makers if history[at]["Size"] or not spelled[at].startswith("WORKDIR ")]
    chosen = next((each for each in (makers, certain) if len(each) == len(digests)), None)
    if chosen is None:
        raise Unknown(f"the image has {len(digests)} layers, but its history tells of {len(makers)} steps that make one")
    made = dict(zip(chosen, digests, strict=True))
    return [
        Step(words, made.get(at, ""), each["Size"], each["Created"])
        for at, (words, each) in enumerate(zip(spelled, history, strict=True))
    ]


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
    """Which of `bases` (images by name) the image was built on, told by its steps and layers: the name of the nearest one,
    and how many of the image's steps are the base's."""
    own = [(step.instruction, step.layer) for step in steps(image)]
    fitting = []
    for name, base in bases.items():
        below = [(step.instruction, step.layer) for step in steps(base)]
        if len(below) < len(own) and own[: len(below)] == below:
            fitting.append((name, len(below)))
    return max(fitting, key=lambda each: each[1], default=None)


def foundation(images: Sequence[Json]) -> int:
    """How many first steps are the same in all images: same instruction, same layer."""
    rows = zip(*(steps(image) for image in images), strict=False)
    count = 0
    for row in rows:
        if len({(step.instruction, step.layer) for step in row}) > 1:
            break
        count += 1
    return count
