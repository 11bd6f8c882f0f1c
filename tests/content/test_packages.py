"""The pip packages that labs install: the base images contain them, so the labs run without a network."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from checks import catalog
from sandboxes.images.catalogue import RECIPES
from sandboxes.settings import ROOT

PINNED = re.compile(r"[A-Za-z0-9_.-]+(?:\[[a-z,]+\])?==[0-9][0-9a-z.]*")
AT_HAND = set((RECIPES / "python" / "wheels" / "packages").read_text(encoding="utf-8").split())


def installed(folder: Path) -> Iterator[tuple[str, str]]:
    """The pinned packages that a lab installs: where it says so, and what."""
    for path in sorted(folder.rglob("*")):
        if path.name == "lab.ipynb":
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
            text = "\n".join(source for source in sources if "pip install" in source)
        elif path.name.startswith("requirements") or "Dockerfile" in path.name or path.suffix == ".sh":
            text = path.read_text(encoding="utf-8")
        else:
            continue
        yield from ((str(path.relative_to(ROOT)), package) for package in PINNED.findall(text))


def test_every_pinned_package_of_the_labs_is_at_hand() -> None:
    asked = [package for lab in catalog.labs(ROOT / "labs") for package in installed(lab.folder)]
    assert len(asked) > 5
    absent = [f"{where}: {package}" for where, package in asked if package not in AT_HAND]
    assert not absent, f"add to sandboxes/images/recipes/python/wheels/packages: {absent}"
