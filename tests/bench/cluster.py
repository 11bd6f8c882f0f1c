"""How long a cluster takes, against kind alone; and how long a reset takes, against a new cluster.

`python tests/bench/cluster.py` makes clusters under names of its own, one after the other, and removes them: a minute
for each run. kind makes three nodes as well, of the same image, and is told to wait as long. The goals: our cluster in at
most 1.1 of kind's time, the reset of a solved lab in at most 0.2 of a new cluster's.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml
from timing import compare, run, seconds, show

from checks import backend, catalog
from checks.dev import execute
from checks.dev.paths import places
from checks.lifecycle import provision, workspace
from sandboxes import settings
from sandboxes.cluster import binaries, config, create, manage
from sandboxes.images.client import connect
from sandboxes.steps import Progress

SLIPWAY = str(Path(sys.executable).with_name("slipway"))
LAB = "11-pods"
# The name of kind's own cluster: one that a person has is refused by kind itself.
PLAIN = "slipway-bench"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    times: dict[str, list[float]] = {"kind": [], "up": [], "reset": []}
    with tempfile.TemporaryDirectory(prefix="slipway-bench-") as root:
        for variable, folder in {"SLIPWAY_CLUSTER": "cluster", "SLIPWAY_STATE": "state", "SLIPWAY_WORK": "work"}.items():
            os.environ[variable] = str(Path(root) / folder)
        # Once before, untimed: programs are fetched or built, and the disk has been read.
        once(Path(root), {name: [] for name in times})
        for _ in range(runs):
            once(Path(root), times)
    show(times)
    compare(times, "up", "kind", 1.1)
    compare(times, "reset", "up", 0.2)


def once(root: Path, times: dict[str, list[float]]) -> None:
    """Make kind's cluster and ours, solve a lab in ours and reset it; nothing of it is left afterwards."""
    progress, chosen = Progress(), settings.load()
    kind = str(binaries.kind(progress))
    file = root / "kind.yaml"
    file.write_text(yaml.safe_dump(bare(chosen.node_image)), encoding="utf-8")
    named = [f"--name={PLAIN}", f"--kubeconfig={root / 'kubeconfig'}"]
    variables = {**os.environ, "KIND_EXPERIMENTAL_PROVIDER": "docker"}
    make = [kind, "create", "cluster", *named, f"--config={file}", f"--wait={create.WAIT}s"]
    times["kind"].append(seconds(lambda: run(make, variables)))
    run([kind, "delete", "cluster", *named], variables)
    try:
        times["up"].append(seconds(lambda: run([SLIPWAY, "cluster", "up"], os.environ)))
        solve()
        times["reset"].append(seconds(lambda: run([SLIPWAY, "reset", LAB, "--yes"], os.environ)))
    finally:
        manage.delete(progress)


def bare(image: str) -> dict[str, Any]:
    """What kind has to be told to make three nodes at all."""
    nodes = [{"role": role, "image": image} for role in ("control-plane", "worker", "worker")]
    plain = {"kind": "Cluster", "apiVersion": "kind.x-k8s.io/v1alpha4", "nodes": nodes}
    with connect() as (_, engine):
        return {**plain, "kubeadmConfigPatches": [yaml.safe_dump(config.CGROUP_1)]} if engine.cgroup == "1" else plain


def solve() -> None:
    """Lab 11 as a learner leaves it: its Pods run."""
    lab, chosen = catalog.find(LAB), settings.load()
    provision.get([lab])
    engine = backend.connect(lab)
    try:
        workspace.start(lab, engine, chosen)
        execute.script(places(chosen).second(lab), workspace.folder(lab, chosen), chosen)
    finally:
        engine.close()


if __name__ == "__main__":
    main()
