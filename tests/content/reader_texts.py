"""The texts that users of Slipway read: of labs, checks, messages, the command line, the site and the files beside it."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sandboxes.settings import ROOT

PROSE = {".md", ".html", ".j2"}
PAGES = ("README.md", "CONTRIBUTING.md", "site", "checks/classroom", "checks/render", "checks/dev", "checks/docs")
# What the site and `--help` show besides the strings: the docstrings of these modules.
SHOWN_DOCSTRINGS = ("checks/cli/", "checks/vocabulary/", "checks/notebook", "checks/model.py", "checks/labs/")
COMMENTED = {".py", ".sh", ".yaml", ".yml", ".toml", ".conf", ".sql", ".go", ".txt", ""}
STARTERS_SUFFIX = {".html", ".md"}
FENCE = re.compile(r"^[ >]*```(\w*)\n(.*?)^[ >]*```", re.DOTALL | re.MULTILINE)
INLINE_CODE = re.compile(r"`+[^`]*`+")
COMMENT = re.compile(r"(?:^|\s)(?:#|//|--) (.*)")
LABEL = re.compile(r"<text[^>]*>([^<]*)</text>")
ADDRESS = re.compile(r"https?://\S+|\]\([^)\s]*\)")
BLANKS = re.compile(r"\s+")
SENTENCE = re.compile(r"(?<=[.!?:])\s+(?=[A-Z*“(`])|\n\s*\n|\n(?=\s*[-#|>])")
# A string of fewer words is a name, a format or a part of a command.
FEWEST_WORDS = 3


class Sentence(NamedTuple):
    """A sentence, or a line of a list or table, and where it is: the path, with the cell's id if it is a notebook."""

    place: str
    words: str


QUESTIONS = ("predictions.toml", "recall.toml")


def all_sentences() -> Iterator[Sentence]:
    """Yield every sentence that a user can read, without code."""
    for place, text in _texts():
        for part in SENTENCE.split(text):
            words = BLANKS.sub(" ", ADDRESS.sub("](…)", INLINE_CODE.sub("`…`", part))).strip()
            if len(words.split()) >= FEWEST_WORDS:
                yield Sentence(place, words)


def _texts() -> Iterator[tuple[str, str]]:
    for folder in sorted((ROOT / "labs").iterdir()):
        if (folder / "lab.toml").exists():
            yield from _lab(folder)
    for path in sorted([*(ROOT / "checks").rglob("*.py"), *(ROOT / "sandboxes").rglob("*.py")]):
        yield from _module(path)
    for name in PAGES:
        paths = [ROOT / name] if name.endswith(".md") else sorted((ROOT / name).rglob("*"))
        for path in paths:
            if path.suffix in PROSE:
                yield _name(path), prose(path.read_text(encoding="utf-8"))


def _lab(folder: Path) -> Iterator[tuple[str, str]]:
    settings = tomllib.loads((folder / "lab.toml").read_text(encoding="utf-8"))
    texts = (settings["title"], settings["summary"], *(objective["text"] for objective in settings["objectives"]))
    yield _name(folder / "lab.toml"), "\n\n".join(texts)
    for path in (folder / name for name in QUESTIONS if (folder / name).exists()):
        yield _name(path), "\n\n".join(_strings(tomllib.loads(path.read_text(encoding="utf-8"))))
    for cell in json.loads((folder / "lab.ipynb").read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        text = prose(source) if cell["cell_type"] == "markdown" else comments(source)
        yield f"{_name(folder / 'lab.ipynb')}#{cell['id']}", text
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in ("lab.toml", "lab.ipynb", *QUESTIONS):
            try:
                text = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
            if path.suffix == ".svg":
                yield _name(path), "\n\n".join(LABEL.findall(text))
            elif path.suffix in STARTERS_SUFFIX:
                yield _name(path), prose(text)
            elif path.suffix in COMMENTED or path.name.startswith("Dockerfile"):
                yield _name(path), comments(text)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)


def prose(markdown: str) -> str:
    """Return the text of Markdown: code blocks become their comments, or the words of a diagram."""

    def shown(fence: re.Match[str]) -> str:
        language, code = fence.groups()
        return "\n\n" + (diagram_words(code) if language == "mermaid" else comments(code)) + "\n\n"

    return FENCE.sub(shown, markdown)


def diagram_words(diagram: str) -> str:
    """Return the labels of a Mermaid diagram, each as a paragraph."""
    return "\n\n".join(label.replace("<br/>", " ") for label in re.findall(r'"([^"]*)"', diagram))


def comments(code: str) -> str:
    """Return the comments of a program or a file of settings, joined where one continues on the next line."""
    lines = [COMMENT.search(line) for line in code.splitlines()]
    return "\n".join(line[1] if line else "" for line in lines)


def _module(path: Path) -> Iterator[tuple[str, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(text) for text in _docstrings(tree)}
    shown = _name(path).startswith(SHOWN_DOCSTRINGS)
    joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    inner = {id(part) for node in joined for part in ast.walk(node) if part is not node}
    for node in ast.walk(tree):
        if id(node) in inner or (id(node) in docstrings and not shown):
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield _name(path), node.value
        elif isinstance(node, ast.JoinedStr):
            yield _name(path), "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
