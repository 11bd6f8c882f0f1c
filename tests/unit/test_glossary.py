"""The glossary as data: every entry of the page, as plain text."""

import re
from pathlib import Path

import pytest

from checks import glossary

HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def test_every_term_of_the_page_has_a_definition_in_plain_text() -> None:
    definitions = glossary.definitions()
    assert list(definitions) == [term.lower() for term in HEADING.findall(glossary.FILE.read_text(encoding="utf-8"))]
    assert len(definitions) > 50
    assert definitions["bind mount"].startswith("A folder or file of your machine that appears inside a container.")
    assert not [term for term, text in definitions.items() if not text or any(mark in text for mark in ("](", "`", "\n"))]


def test_a_copy_without_its_documentation_has_no_definitions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glossary, "FILE", tmp_path / "glossary.md")
    assert glossary.definitions() == {}
