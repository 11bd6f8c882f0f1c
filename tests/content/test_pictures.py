"""The pictures of the labs: each is used, described, small, readable in both themes, and its words fit."""

import re
from functools import cache
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pytest

from checks import notebook_file
from checks.docs.pictures import PICTURE
from sandboxes.settings import ROOT

PICTURES = sorted((ROOT / "labs").glob("*/*.svg"))
LARGEST = 12_000  # bytes
WIDTH = 800  # units; a lab's page and a notebook of 1000 pixels show them at this size or a little smaller
SMALLEST_FONT = 15  # pixels
LEAST_CONTRAST = 4.5  # WCAG 2.1, level AA, for text
# Mean widths of a character in DejaVu Sans, the widest of the fonts named, as parts of the font's size.
CHARACTER, BOLD_CHARACTER, CODE_CHARACTER = 0.56, 0.63, 0.602
TEXTS, SURFACES = ("ink", "quiet", "sea", "oxide", "good"), ("paper", "node", "sand", "fresh")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(|\bstyle=")

each_picture = pytest.mark.parametrize("path", PICTURES, ids=lambda path: f"{path.parent.name}-{path.stem}")


@cache
def style(path: Path) -> str:
    return path.read_text(encoding="utf-8").partition("<style>")[2].partition("</style>")[0]


def palettes(path: Path) -> list[dict[str, str]]:
    """Return the light and the dark palette."""
    blocks = re.findall(r"\.slipway-picture\{(--[^}]*)\}", style(path))
    return [dict(re.findall(r"--([a-z]+):(#[0-9a-f]{6})", block)) for block in blocks]


def described() -> dict[Path, list[str]]:
    """Return the descriptions of each picture that a notebook shows."""
    shown: dict[Path, list[str]] = {}
    for folder in sorted({path.parent for path in PICTURES}):
        for cell in notebook_file.read(folder / "lab.ipynb")["cells"]:
            for text, name in PICTURE.findall(cell["source"]) if cell["cell_type"] == "markdown" else ():
                shown.setdefault(folder / name, []).append(text)
    return shown


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def span(text: ElementTree.Element) -> tuple[float, float]:
    """Return where a line of text begins and ends, from left to right."""
    classes = text.get("class", "").split()
    size = 15 if "small" in classes else 16 if "code" in classes else 17
    character = CODE_CHARACTER if "code" in classes else BOLD_CHARACTER if "strong" in classes else CHARACTER
    width, start = len(text.text or "") * size * character, float(text.get("x", "0"))
    return (start - width / 2, start + width / 2) if "middle" in classes else (start, start + width)


def test_there_are_pictures() -> None:
    assert len(PICTURES) >= 8


@each_picture
def test_a_notebook_shows_it_once_with_a_description(path: Path) -> None:
    texts = described().get(path, [])
    assert len(texts) == 1, f"{path.name} is shown {len(texts)} times"
    assert 100 <= len(texts[0]) <= 600, f"the description has {len(texts[0])} characters"


def test_notebooks_show_no_picture_that_is_missing() -> None:
    assert set(described()) == set(PICTURES)


@each_picture
def test_it_is_small_and_of_the_common_width(path: Path) -> None:
    picture = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    assert path.stat().st_size <= LARGEST
    assert picture.get("width") == str(WIDTH)
    assert picture.get("viewBox") == f"0 0 {picture.get('width')} {picture.get('height')}"


@each_picture
def test_its_style_is_the_common_one(path: Path) -> None:
    assert style(path) == style(PICTURES[0])


@each_picture
def test_it_takes_every_color_from_the_palette(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not COLOUR.findall(text.replace(style(path), ""))
    assert not re.findall(r"(?:fill|stroke)=\"(?!none|var\()[^\"]*\"", text)


@each_picture
def test_it_is_drawn_on_paper(path: Path) -> None:
    picture = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    first = picture.find("{*}rect")
    assert first is not None and first.get("class") == "paper"
    assert (first.get("width"), first.get("height")) == (picture.get("width"), picture.get("height"))


def test_text_is_readable_in_both_themes() -> None:
    light, dark = palettes(PICTURES[0])
    assert light.keys() == dark.keys()
    for palette, text, surface in product((light, dark), TEXTS, SURFACES):
        ratio = contrast(palette[text], palette[surface])
        assert ratio >= LEAST_CONTRAST, f"{text} on {surface}: {ratio:.2f}"
    sizes = [float(size) for size in re.findall(r"font(?:-size)?:(\d+)px", style(PICTURES[0]))]
    assert sizes and min(sizes) >= SMALLEST_FONT


@each_picture
def test_its_words_fit(path: Path) -> None:
    picture = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    height = float(picture.get("height", "0"))
    for text in picture.iter("{http://www.w3.org/2000/svg}text"):
        left, right = span(text)
        assert left >= 8 and right <= WIDTH - 8, f"“{text.text}” runs from {left:.0f} to {right:.0f}"
        assert 12 <= float(text.get("y", "0")) <= height - 8, text.text
