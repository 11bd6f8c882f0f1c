"""The glossary as data: the definition of each term, from the page of the site."""

import re

from sandboxes.settings import ROOT

FILE = ROOT / "site" / "glossary.md"
_ENTRY = re.compile(r"^## (.+)\n\n(.+(?:\n.+)*)", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"[`*]")


def definitions() -> dict[str, str]:
    """Return the first paragraph of each entry as plain text, by the term in lower case; {} where the page is missing."""
    try:
        text = FILE.read_text(encoding="utf-8")
    except OSError:  # a copy of the course without its documentation
        return {}
    return {term.lower(): plain(paragraph) for term, paragraph in _ENTRY.findall(text)}


def anchors() -> dict[str, str]:
    """Return the anchor of each entry on the page, by the term in lower case."""
    return {term: re.sub(r"[^a-z0-9]+", "-", term) for term in definitions()}


def plain(markdown: str) -> str:
    """Return a paragraph without links and marks, in one line."""
    return " ".join(_MARKS.sub("", _LINK.sub(r"\1", markdown)).split())
