"""The conversion of a notebook's Markdown (CommonMark, as JupyterLab reads it) to the site's (Python-Markdown).

The two differ where labs would notice: a list or table right below a paragraph, and how far nested items are indented.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

FENCE = re.compile(r"\s*(`{3,}|~{3,})")
ITEM = re.compile(r"(\s*)([-*+]|\d{1,9}[.)])(\s+)(?=\S)")
TABLE_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)+\|?\s*$")
HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
LINK = re.compile(r"\]\((?:\./)?([^)\s]+)\)")
GLOSSARY = re.compile(r"\]\([^)\s]*\bglossary(?:\.md|\.html|\.ipynb|/)?(#[^)\s]*)?\)")
STEP = 4


def adapt(text: str, glossary: str, files: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the text for the site.

    `glossary` is the relative address of the glossary's source there, `files` the addresses under which the site shows
    files that a notebook links to.
    """
    text = GLOSSARY.sub(lambda match: f"]({glossary}{match[1] or ''})", text)
    text = LINK.sub(lambda match: f"]({files.get(match[1], match[1])})", text)
    return "\n".join(_with_gaps(list(_indented(text.splitlines()))))


def split_heading(text: str) -> tuple[int, str, str]:
    """Return the level and words of the heading that a text begins with, and the rest; level 0 where it has none."""
    first, _, rest = text.strip("\n").partition("\n")
    match = HEADING.match(first)
    return (len(match[1]), match[2], rest.strip("\n")) if match else (0, "", text.strip("\n"))


def indent(text: str, steps: int = 1) -> str:
    """Return the text indented, for use inside a block of the site's Markdown."""
    return "\n".join(" " * STEP * steps + line if line.strip() else "" for line in text.splitlines())


def fence(code: str, language: str, title: str = "") -> str:
    """Return a code block that can hold any code, including code with fences."""
    longest = max((len(backticks) for backticks in re.findall(r"^\s*(`{3,})", code, re.MULTILINE)), default=2)
    marks = "`" * max(3, longest + 1)
    named = f' title="{title}"' if title else ""
    return f"{marks}{language}{named}\n{code.strip(chr(10))}\n{marks}"


def _indented(lines: list[str]) -> Iterator[str]:
    """Return the lines with nested list content indented by four spaces a level."""
    columns: list[int] = []  # where the content of each open item begins
    fence_mark = ""
    for line in lines:
        width = len(line) - len(line.lstrip(" "))
        if not line.strip():
            yield ""
            continue
        if not fence_mark:
            while columns and width < columns[-1]:
                columns.pop()
            item = ITEM.match(line)
            if item and width - (columns[-1] if columns else 0) < STEP:
                marker = re.sub(r"\)$", ".", item[2])
                padding = " " * max(1, STEP - len(marker))
                yield " " * STEP * len(columns) + marker + padding + line[item.end() :]
                columns.append(item.end())
                continue
        yield " " * STEP * len(columns) + line[min(width, columns[-1] if columns else 0) :]
        if opened := FENCE.match(line):
            fence_mark = "" if fence_mark and opened[1].startswith(fence_mark) else fence_mark or opened[1]


def _with_gaps(lines: list[str]) -> Iterator[str]:
    """Return the lines with an empty one before each list and table that interrupts a paragraph, and after code in an item."""
    fence_mark, in_list = "", False
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else ""
        opened = FENCE.match(line)
        if not fence_mark:
            item = bool(ITEM.match(line))
            following = lines[number + 1] if number + 1 < len(lines) else ""
            table = "|" in line and bool(TABLE_RULE.match(following)) and "|" in following
            if before.strip() and ((item and (not in_list or FENCE.match(before))) or table):
                yield ""
            in_list = item or (in_list and (not line.strip() or line.startswith(" ") or bool(before.strip())))
        if opened:
            fence_mark = "" if fence_mark and opened[1].startswith(fence_mark) else fence_mark or opened[1]
        yield line
