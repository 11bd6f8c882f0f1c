"""Every Docker lab, solved where no packet gets out: the images are there, nothing else is. What tries to is counted.

pip asks its index before it takes what lies beside it; that is the one question that is left.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from images_support import docker
from offline_engine import POSSIBLE, TRIED, Island

from checks import catalog
from checks.model import Lab
from sandboxes import images
from sandboxes.images.get import BUILT, OUTDATED
from sandboxes.settings import ROOT

LABS = [lab for lab in catalog.labs(ROOT / "labs") if lab.sandbox == "docker"]
PYTHON = "python:3.11-slim"
MAY_ASK = {"name pypi.org"}
SOLVE = """
import json, sys
from checks import catalog
from checks.dev import live
from checks.dev.paths import places
from sandboxes.settings import Settings
print(json.dumps(list(live.solved(catalog.find(sys.argv[1]), places(Settings())))))
"""
pytestmark = pytest.mark.skipif(not POSSIBLE, reason="a second Docker daemon needs root")


@contextmanager
def built_python() -> Iterator[None]:
    """While it lasts, python:3.11-slim is the image of our recipe, which holds what the labs install.

    One that was pulled has its name back afterwards.
    """
    [found] = images.status([PYTHON])
    if found.origin != BUILT:
        images.ensure([PYTHON], source="build", again=True)
    yield
    if found.origin not in (BUILT, OUTDATED):
        docker("tag", found.id, PYTHON)


@pytest.fixture(scope="module")
def island(need_images: Callable[[Iterable[str]], None]) -> Iterator[Island]:
    """An island with the images of all Docker labs."""
    wanted = sorted({image for lab in LABS for image in lab.images} | {"busybox:1.35"})
    need_images(wanted)
    with Island() as made:
        with built_python():
            made.carry(wanted)
        yield made


def test_the_watch_sees_names_and_packets(island: Island) -> None:
    mark = island.mark()
    asked = island.run(["docker", "run", "--rm", "busybox:1.35", "nslookup", "no-such-place.example"])
    assert "no-such-place.example" in asked.stdout + asked.stderr
    island.run(["docker", "run", "--rm", "busybox:1.35", "nc", "-w", "1", "203.0.113.7", "80"])
    connect = "import socket; socket.create_connection(('203.0.113.8', 443), 1)"
    assert island.run([sys.executable, "-c", connect]).returncode
    expected = {"name no-such-place.example", "packet tcp 203.0.113.7:80", "packet tcp 203.0.113.8:443"}
    assert island.tries(mark).keys() == expected


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: f"{lab.id}-solved-offline")
def test_lab(lab: Lab, island: Island, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    mark = island.mark()
    folders = {"SLIPWAY_WORK": str(tmp_path / "work"), "SLIPWAY_STATE": str(tmp_path / "state")}
    done = island.run([sys.executable, "-c", SOLVE, lab.id], folders)
    tries = island.tries(mark)
    pytestconfig.stash.setdefault(TRIED, {})[lab.id] = tries
    assert done.returncode == 0, done.stderr
    assert not json.loads(done.stdout), "\n".join(json.loads(done.stdout))
    # A name without a dot is that of a container which is away: Docker passes on what it does not know.
    assert {what for what in tries if "." in what} <= MAY_ASK
