"""The layers of one image, or of several side by side: their own layers and the shared ones; also as text."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from checks.render import words
from checks.snapshot import Json
from checks.vocabulary import image_history

MOST_IMAGES = 3
LINE_LIMIT = 160  # characters of an instruction


@dataclass(frozen=True)
class Block:
    """A build step or a whole base image: its instruction, the number of its `layers` (0: metadata only), their bytes.

    `elsewhere` means that another image in the diagram has the same layer.
    """

    words: str
    layers: int
    size: int
    elsewhere: bool = False

    @property
    def measure(self) -> str:
        """The size as text."""
        if not self.layers:
            return "no layer"
        return image_history.size(self.size) + (f" in {self.layers} layers" if self.layers > 1 else "")


@dataclass(frozen=True)
class Stack:
    """An image: its name, its size in bytes, and its blocks above the shared ones, newest first."""

    name: str
    size: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Scene:
    """Images side by side, and the blocks that all of them share (`ground`), newest first; empty for a single image."""

    stacks: tuple[Stack, ...]
    ground: tuple[Block, ...]

    @property
    def largest(self) -> int:
        """The bytes of the largest block, at least 1."""
        blocks = [*self.ground, *(block for stack in self.stacks for block in stack.blocks)]
        return max(1, *(block.size for block in blocks))

    @property
    def heading(self) -> str:
        """The title of the diagram."""
        *others, last = [words.name(stack.name) for stack in self.stacks]
        return f"Layers of {', '.join(others)} and {last}" if others else f"Layers of {last}"

    @property
    def common(self) -> str:
        """The title of the shared blocks."""
        number = len(self.stacks)
        return f"Shared by {'both' if number == 2 else f'all {number}'}, stored once: {total(self.ground)}"


def total(blocks: Sequence[Block]) -> str:
    """Return the layers and bytes of some blocks: "3 layers, 76.4 MB"."""
    number = sum(block.layers for block in blocks)
    return f"{words.count(number, 'layer')}, {image_history.size(sum(block.size for block in blocks))}"


def build(images: dict[str, Json], bases: dict[str, Json]) -> Scene:
    """Build the scene for images by name (each with its "History"); the layers of one of `bases` form one block.

    Raise Unknown where the history of an image does not match its layers.
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
    """Return the steps from `start` to `end` as blocks, newest first; the steps of a base (name, steps) as one block."""
    blocks = []
    if base and start == 0 and base[1] <= end:
        start = base[1]
        below = steps[:start]
        number = sum(bool(step.layer) for step in below)
        blocks.append(Block(f"FROM {words.name(base[0])}", number, sum(step.size for step in below)))
    for step in steps[start:end]:
        instruction = words.name(words.shorten(step.instruction, LINE_LIMIT))
        blocks.append(Block(instruction, 1 if step.layer else 0, step.size, step.layer in others))
    return tuple(reversed(blocks))


def describe(scene: Scene) -> str:
    """Return the diagram as text: a line for each block, newest first."""
    lines = [f"{scene.heading}, newest first:"]
    for stack in scene.stacks:
        own = f"Only in {words.name(stack.name)}" if scene.ground else words.name(stack.name)
        lines += ["", f"{own}: {total(stack.blocks)} (whole image: {image_history.size(stack.size)})"]
        lines += _lines(stack.blocks)
    if scene.ground:
        lines += ["", scene.common, *_lines(scene.ground)]
    return "\n".join(lines) + "\n"


def _lines(blocks: Sequence[Block]) -> list[str]:
    shared = {True: ", shared with another of these images", False: ""}
    return [f"- {block.words}: {block.measure}{shared[block.elsewhere]}" for block in blocks] or ["- nothing"]
