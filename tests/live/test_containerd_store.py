"""A lab on an engine whose images containerd keeps, as Docker 29 does by default: solved, and after a cached rebuild."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from checks.dev.lanes import offline_engine
from checks.dev.lanes.offline_engine import CONTAINERD_STORE, PYTHON, OfflineEngine

# Solves lab 01, grades it, builds the same image again, and grades once more. Prints the faults and the IDs of the images.
PROVE = """
import json, sys
from pathlib import Path
from checks import catalog
from checks.dev import judge
from checks.dev.trial import Trial

with Trial(catalog.find("01")) as trial:
    trial.solve()
    trial.execute(only_work=True)
    graded = [trial.grade()]
    trial.script(Path(sys.argv[1]))
    graded.append(trial.grade())
    faults = [fault for each in graded for fault in judge.all_pass(each.report)]
    ids = [each.snapshot.require("image", "my-python-app")["Id"] for each in graded]
print(json.dumps([faults, ids]))
"""
# Recorded by default since BuildKit 0.11, unless the engine's settings forbid it.
REBUILD = "docker build --quiet --provenance=mode=min --tag my-python-app .\n"
pytestmark = pytest.mark.skipif(not offline_engine.possible(), reason="a second Docker daemon needs root")


@pytest.fixture(scope="module")
def containerd(need_images: Callable[[Iterable[str]], None]) -> Iterator[OfflineEngine]:
    need_images([PYTHON])
    with offline_engine.filled([PYTHON], [CONTAINERD_STORE]) as running:
        yield running


def test_container_of_a_cached_rebuild_still_runs_its_image(containerd: OfflineEngine, tmp_path: Path) -> None:
    assert containerd.run(["docker", "info", "--format", "{{.Driver}}"]).stdout.strip() == "overlayfs"
    script = tmp_path / "rebuild.sh"
    script.write_text(REBUILD, encoding="ascii")
    folders = {"SLIPWAY_WORK": str(tmp_path / "work"), "SLIPWAY_STATE": str(tmp_path / "state")}
    done = containerd.run([sys.executable, "-c", PROVE, str(script)], folders)
    assert done.returncode == 0, done.stderr
    faults, (before, after) = json.loads(done.stdout.splitlines()[-1])
    assert before != after, "the rebuild has the same ID: this store shows nothing"
    assert not faults, "\n".join(faults)
