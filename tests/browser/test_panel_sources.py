"""The panel's built files in the repository: the ones that its sources give, built again with Node."""

import re
import shutil
from pathlib import Path

import pytest

from checks.dev import panel

# The bundler numbers the entry by the folder that it builds in, and names the file by what is in it.
ENTRY = re.compile(rb"remoteEntry\.[0-9a-f]+\.js")
ENTRY_NUMBER = re.compile(rb"=\{(\d+)\(")


def anywhere(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return built files without what depends on the folder of the build: the number and the name of the entry."""
    neutral = {}
    for name, text in files.items():
        if ENTRY.search(name.encode()) and (numbered := ENTRY_NUMBER.search(text)):
            text = re.sub(rb"\b%s\b" % numbered[1], b"0", text)
        neutral[ENTRY.sub(b"remoteEntry.js", name.encode()).decode()] = ENTRY.sub(b"remoteEntry.js", text)
    return neutral


@pytest.mark.skipif(shutil.which("npm") is None, reason="the panel is built with Node, which is not here")
def test_the_built_files_are_those_of_the_sources(tmp_path: Path) -> None:
    built, kept = anywhere(panel.content(panel.build(tmp_path / "workshop"))), anywhere(panel.content(panel.PANEL))
    assert built.keys() == kept.keys(), "run `slipway dev panel` and commit what it builds"
    assert [name for name in built if built[name] != kept[name]] == [], "run `slipway dev panel` and commit what it builds"
