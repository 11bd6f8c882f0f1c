"""The image catalogue, read from catalogue.toml."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from sandboxes.errors import Exit, SlipwayError

HERE = Path(__file__).resolve().parent
RECIPES = HERE / "recipes"
# Used by every recipe; part of each recipe's hash.
SHARED = RECIPES / "shared"
# A node of kind; its tag is a version of Kubernetes.
NODE = re.compile(r"kindest/node:v1\.\d+\.\d+")


@dataclass(frozen=True)
class Image:
    """One image of the course.

    `reference` is its upstream name with tag, `recipe` the folder under recipes/, `needs` the references that it is
    built from, `arguments` the build arguments, `megabytes` its approximate size on disk, `building` the additional space
    that its build needs, in megabytes. A `local` image is in no registry.
    """

    reference: str
    purpose: str
    recipe: str
    megabytes: int
    needs: tuple[str, ...] = ()
    arguments: Mapping[str, str] = field(default_factory=dict)
    building: int = 0
    local: bool = False

    @property
    def name(self) -> str:
        return self.reference.rpartition(":")[0]

    @property
    def tag(self) -> str:
        return self.reference.rpartition(":")[2]

    @property
    def slug(self) -> str:
        """The reference as a file name."""
        return self.reference.replace("/", "-").replace(":", "-")

    @property
    def folder(self) -> Path:
        return RECIPES / self.recipe


@cache
def catalogue() -> Mapping[str, Image]:
    """Return all images of the course by reference, in the order in which a learner needs them."""
    import tomllib

    entries = tomllib.loads((HERE / "catalogue.toml").read_text(encoding="utf-8"))
    return {
        reference: Image(reference, **{**entry, "needs": tuple(entry.get("needs", ()))}) for reference, entry in entries.items()
    }


def known(reference: str) -> Image | None:
    """Return an image of the course, or a node image of another Kubernetes version; None for any other reference."""
    images = catalogue()
    if reference in images or not NODE.fullmatch(reference):
        return images.get(reference)
    usual = next(image for image in images.values() if NODE.fullmatch(image.reference))
    version = reference.rpartition(":")[2]
    return replace(usual, reference=reference, arguments={**usual.arguments, "KUBERNETES": version})


def find(reference: str) -> Image:
    """Return an image of the course. Raises SlipwayError, with the most similar reference, for any other."""
    import difflib

    images = catalogue()
    if image := known(reference):
        return image
    near = difflib.get_close_matches(reference, images, n=1, cutoff=0.4)
    named = [image for image in images if image.partition(":")[0] == reference.partition(":")[0]]
    best = (named or near)[:1]
    raise SlipwayError(
        f"“{reference}” is not an image of this course.",
        f"Did you mean {best[0]}?" if best else f"They are: {', '.join(images)}.",
        Exit.WRONG_USAGE,
    )


def recipe_hash(image: Image) -> str:
    """Return a hash over everything that an image is built from, including its bases: 16 hexadecimal digits."""
    import hashlib

    digest = hashlib.sha256(repr(sorted(image.arguments.items())).encode())
    for folder in (image.folder, SHARED):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    for reference in image.needs:
        digest.update(recipe_hash(find(reference)).encode())
    return digest.hexdigest()[:16]
