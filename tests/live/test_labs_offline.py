"""Every Docker lab, solved where no packet gets out: the images are there, nothing else is. What tries to is counted.

pip asks its index before it takes the packages in the image; that is the one question that is left.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from checks import catalog
from checks.dev.lanes import offline_engine
from checks.dev.lanes.offline_engine import Offline
from checks.model import Lab
from sandboxes.settings import ROOT

LABS = [lab for lab in catalog.labs(ROOT / "labs") if lab.sandbox == "docker"]
# A second solution may fetch what it likes, and runs in test_labs.py; but leaving a swarm takes from all containers of an
# engine the names under which they know each other, so that one is proven here, where no other lab runs.
CASES = [
    pytest.param(lab, state, id=f"{lab.id}-{state}")
    for lab in LABS
    for state in ("solved", "second")
    if state == "solved" or lab.scope.swarm
]
MAY_ASK = {"name pypi.org"}
PROVE = """
import json, sys
from checks import catalog
from checks.dev import live
from checks.dev.paths import places
from sandboxes.settings import Settings
print(json.dumps(list(getattr(live, sys.argv[2])(catalog.find(sys.argv[1]), places(Settings())))))
"""
pytestmark = pytest.mark.skipif(not offline_engine.possible(), reason="a second Docker daemon needs root")


@pytest.fixture(scope="module")
def offline(need_images: Callable[[Iterable[str]], None]) -> Iterator[Offline]:
    """The offline engine that this process runs beside, or else one of this module's own."""
    if here := offline_engine.current():
        yield here
        return
    need_images(offline_engine.wanted())
    with offline_engine.filled() as engine:
        yield engine


def test_the_watch_sees_names_and_packets(offline: Offline) -> None:
    mark = offline.mark()
    asked = offline.run(["docker", "run", "--rm", "busybox:1.35", "nslookup", "no-such-place.example"])
    assert "no-such-place.example" in asked.stdout + asked.stderr
    offline.run(["docker", "run", "--rm", "busybox:1.35", "nc", "-w", "1", "203.0.113.7", "80"])
    connect = "import socket; socket.create_connection(('203.0.113.8', 443), 1)"
    assert offline.run([sys.executable, "-c", connect]).returncode
    expected = {"name no-such-place.example", "packet tcp 203.0.113.7:80", "packet tcp 203.0.113.8:443"}
    assert offline.tries(mark).keys() == expected


@pytest.mark.parametrize(("lab", "state"), CASES)
def test_lab(lab: Lab, state: str, offline: Offline, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    mark = offline.mark()
    folders = {"SLIPWAY_WORK": str(tmp_path / "work"), "SLIPWAY_STATE": str(tmp_path / "state")}
    completed = offline.run([sys.executable, "-c", PROVE, lab.id, state], folders)
    tries = offline.tries(mark)
    record_property("tried", dict(tries))
    assert completed.returncode == 0, completed.stderr
    assert not json.loads(completed.stdout), "\n".join(json.loads(completed.stdout))
    # A name without a dot is that of a container which is away: Docker passes on what it does not know.
    assert {address for address in tries if "." in address} <= MAY_ASK
