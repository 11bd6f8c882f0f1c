"""The layers of one image, or of several side by side: what each has of its own and what they share; also as text."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from checks.render import words
from checks.snapshot import Json
from checks.vocabulary import image_history

MOST_IMAGES = 3
LINE_LIMIT = 160  # characters of an instruction


@dataclass(frozen=True)
class Block:
    """A build step, or a whole base image: its words, the `layers` it has made (0: only description), their bytes.

    `elsewhere` says that another image of the picture has the same layer, too.
    """

    words: str
    layers: int
    size: int
    elsewhere: bool = False

    @property
    def measure(self) -> str:
        """What it takes, in words."""
        if not self.layers:
            return "no layer"
        return image_history.size(self.size) + (f" in {self.layers} layers" if self.layers > 1 else "")


@dataclass(frozen=True)
class Stack:
    """One image: its name, its size in bytes, and the blocks above the common ground, newest first."""

    name: str
    size: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Scene:
    """Images side by side, and the `ground` that all of them stand on, newest first; none under a single image."""

    stacks: tuple[Stack, ...]
    ground: tuple[Block, ...]

    @property
    def largest(self) -> int:
        """The bytes of the largest block, at least one."""
        blocks = [*self.ground, *(block for stack in self.stacks for block in stack.blocks)]
        return max(1, *(block.size for block in blocks))

    @property
    def heading(self) -> str:
        return f"Layers of {' and '.join(words.name(stack.name) for stack in self.stacks)}"

    @property
    def common(self) -> str:
        """What the ground is, in words."""
        number = len(self.stacks)
        return f"The same in {'both' if number == 2 else f'all {number}'}, on disk once: {total(self.ground)}"


def total(blocks: Sequence[Block]) -> str:
    """Layers and bytes of some blocks: "3 layers, 76.4 MB"."""
    number = sum(block.layers for block in blocks)
    return f"{words.count(number, 'layer')}, {image_history.size(sum(block.size for block in blocks))}"


def build(images: dict[str, Json], bases: dict[str, Json]) -> Scene:
    """The scene of images (each with its "History") by name; the layers of one of `bases` are one block.

    Raises Unknown where an image's history does not fit its layers.
    """
    steps = {name: image_history.steps(image) for name, image in images.items()}
    shared = image_history.foundation(list(images.values())) if len(images) > 1 else 0
    on = {name: image_history.base_of(image, bases) for name, image in images.items()}
    stacks = []
    for name, own in steps.items():
        others = {step.layer for other in steps if other != name for step in steps[other]} - {"", image_history.EMPTY}
        blocks = _blocks(own, on[name], shared, len(own), others)
        stacks.append(Stack(name, sum(step.size for step in own), blocks))
    first = next(iter(images))
    return Scene(tuple(stacks), _blocks(steps[first], on[first], 0, shared))


def _blocks(
    steps: list[image_history.Step], base: tuple[str, int] | None, start: int, end: int, others: Collection[str] = ()
) -> tuple[Block, ...]:
    """The steps from `start` to `end` as blocks, newest first; a base (name, steps) that lies among them as one."""
    found = []
    if base and start == 0 and base[1] <= end:
        start = base[1]
        below = steps[:start]
        number = sum(bool(step.layer) for step in below)
        found.append(Block(f"FROM {words.name(base[0])}", number, sum(step.size for step in below)))
    for step in steps[start:end]:
        instruction = words.name(words.shorten(step.instruction, LINE_LIMIT))
        found.append(Block(instruction, 1 if step.layer else 0, step.size, step.layer in others))
    return tuple(reversed(found))


def describe(scene: Scene) -> str:
    """The picture as text: a line for each block, newest first."""
    lines = [f"{scene.heading}, newest first:"]
    for stack in scene.stacks:
        own = f"Only in {words.name(stack.name)}" if scene.ground else words.name(stack.name)
        lines += ["", f"{own}: {total(stack.blocks)} (the whole image: {image_history.size(stack.size)})"]
        lines += _lines(stack.blocks)
    if scene.ground:
        lines += ["", scene.common, *_lines(scene.ground)]
    return "\n".join(lines) + "\n"


def _lines(blocks: Sequence[Block]) -> list[str]:
    said = {True: ", the same layer in another of these images", False: ""}
    return [f"- {block.words}: {block.measure}{said[block.elsewhere]}" for block in blocks] or ["- nothing"]
