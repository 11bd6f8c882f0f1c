"""The panel's files: small, found by JupyterLab, and with nothing of the machine that built them."""

import io
import json
import re
import tarfile
from pathlib import Path

from checks.dev import panel
from sandboxes.jupyter import config
from sandboxes.settings import Settings

# Bytes, compressed, that a learner's browser loads at most.
LIMIT = 150_000


def test_the_built_files_are_small() -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.add(panel.PANEL, arcname="panel")
    assert 10_000 < len(packed.getvalue()) < LIMIT


def test_jupyterlab_finds_the_panel_without_an_installation() -> None:
    (folder,) = config.server_config(Settings(), 8888)["LabApp"]["extra_labextensions_path"]
    about = json.loads((Path(folder) / "slipway-panel" / "package.json").read_text(encoding="utf-8"))
    assert (Path(folder) / "slipway-panel" / about["jupyterlab"]["_build"]["load"]).is_file()


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((panel.SOURCE / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: about for name, about in lock["packages"].items() if name}
    assert len(packages) > 50 and all("integrity" in about for about in packages.values())
    assert not [name for name, about in packages.items() if "resolved" in about]


def test_every_text_of_the_panel_is_in_its_catalog() -> None:
    """Between two tags, and in what a reader of the screen hears, there are expressions only."""
    texts = re.compile(r">\s*([A-Za-z][^<>{}=;]*?)\s*</|(?:title|aria-label|alt|placeholder)=\"([^\"]+)\"")
    sources = {path.name: path.read_text(encoding="utf-8") for path in (panel.SOURCE / "src").glob("*.tsx")}
    found = [(name, match.group()) for name, text in sources.items() for match in texts.finditer(text)]
    assert len(sources) > 5 and not found
