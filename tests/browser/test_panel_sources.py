"""The panel's built files in the repository: the ones that its sources give, built again with Node."""

import shutil
from pathlib import Path

import pytest

from checks.dev import panel


@pytest.mark.skipif(shutil.which("npm") is None, reason="the panel is built with Node, which is not here")
def test_the_built_files_are_those_of_the_sources(tmp_path: Path) -> None:
    built, kept = panel.content(panel.build(tmp_path / "workshop")), panel.content(panel.PANEL)
    assert built.keys() == kept.keys(), "run `slipway dev panel` and commit what it builds"
    assert [name for name in built if built[name] != kept[name]] == [], "run `slipway dev panel` and commit what it builds"
