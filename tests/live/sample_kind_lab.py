"""What the live tests of labs on a cluster work with: the sample lab there, kubectl as its learner has it."""

import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks import grade
from checks.clients.cluster import Cluster
from checks.dev import execute
from checks.dev.paths import places
from checks.grade import Graded
from checks.lifecycle import workspace
from checks.model import Lab, Outcome, Result
from sandboxes.cluster import kubeconfig
from sandboxes.jupyter.config import environment
from sandboxes.settings import Settings

NAMESPACE = "lab-91-tiny-kind"
SECONDS = 60


@dataclass
class SampleKindLab:
    """The sample lab on the cluster, a connection, and the test's own folders."""

    lab: Lab
    cluster: Cluster
    settings: Settings

    @property
    def folder(self) -> Path:
        return workspace.folder(self.lab, self.settings)

    def solve(self) -> None:
        execute.script(places(self.settings).second(self.lab), self.folder, self.settings)

    def grade(self, *checks: str, wait: float = 10) -> Graded:
        return grade.grade(self.lab, self.cluster, self.settings, wanted=checks, wait=wait)

    def result(self, check: str, wait: float = 10) -> Result:
        return next(result for result in self.grade(check, wait=wait).report.results if result.id == check)

    def outcomes(self, wait: float = 10) -> dict[str, Outcome]:
        return {result.id: result.outcome for result in self.grade(wait=wait).report.results}

    def reset(self) -> tuple[list[str], list[str]]:
        return workspace.reset(self.lab, self.cluster, self.settings)

    def start(self) -> bool:
        return workspace.start(self.lab, self.cluster, self.settings)

    def kubectl(self, *arguments: str, text: str = "") -> str:
        """The output of kubectl as in the lab's terminal. Raises CalledProcessError when it fails."""
        variables = environment(self.settings, self.lab.id)
        completed = subprocess.run(
            ["kubectl", *arguments], input=text, capture_output=True, text=True, env=variables, check=True, cwd=self.folder
        )
        return completed.stdout.strip()

    def apply(self, *objects: dict[str, Any]) -> None:
        self.kubectl("apply", "--filename=-", text=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}))

    def pod(self, name: str, *command: str, **spec: Any) -> dict[str, Any]:
        """A Pod of one container that stays, or does what it is told."""
        container = {"name": name, "image": "busybox:1.35", "command": list(command) or ["sleep", "3600"]}
        container |= {key: spec.pop(key) for key in ("image", "resources", "readinessProbe", "volumeMounts") if key in spec}
        about = {"name": name, "annotations": spec.pop("annotations", {}), "labels": spec.pop("labels", {})}
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": about,
            "spec": {"terminationGracePeriodSeconds": 0, "containers": [container], **spec},
        }


def until(holds: Callable[[], object], seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds:g} s"
        time.sleep(0.2)


def without_namespace(cluster: Cluster) -> None:
    """Remove what a run of the tests that was killed has left: these names are the tests' own."""
    from checks.lifecycle import removal

    if cluster.get(f"/api/v1/namespaces/{NAMESPACE}") or cluster.get("/api/v1/persistentvolumes/slipway-tiny-pv"):
        removal.remove(cluster, (NAMESPACE,), ("PersistentVolume/slipway-tiny-pv",))


def master(folder: Path) -> str:
    """The node that the API server runs on."""
    return f"{kubeconfig.load(folder)[1].name}-control-plane"


def docker(*arguments: str) -> str:
    completed = subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True, env=os.environ)
    return completed.stdout.strip()
