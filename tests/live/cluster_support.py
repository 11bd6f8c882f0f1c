"""What the tests of the cluster share: kubectl as a learner has it, and a lone Pod to ask from."""

import json
import os
import subprocess
import time
from collections.abc import Callable
from typing import Any

from sandboxes import settings
from sandboxes.cluster import lab_kubeconfig, nodes, paths
from sandboxes.cluster import manage as clusters
from sandboxes.steps import Progress

SECONDS = 90

BOX = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "box"},
    "spec": {
        "terminationGracePeriodSeconds": 0,
        "containers": [{"name": "box", "image": "busybox:1.35", "imagePullPolicy": "Never", "command": ["sleep", "3600"]}],
    },
}


def kubectl(*arguments: str, text: str = "", check: bool = True) -> str:
    """The output of the kubectl that a notebook finds, pointed at the cluster before any lab has been started."""
    environment = {**os.environ, **lab_kubeconfig.environment(settings.load()), "KUBECONFIG": str(paths.kubeconfig())}
    command = ["kubectl", "--request-timeout=20s", *arguments]
    completed = subprocess.run(command, input=text, capture_output=True, text=True, env=environment, timeout=120)
    assert not check or completed.returncode == 0, completed.stderr
    return completed.stdout


def apply(namespace: str, *objects: dict[str, Any]) -> None:
    whole = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
    kubectl("apply", f"--namespace={namespace}", "--filename=-", text=json.dumps(whole))


def ask(namespace: str, *command: str) -> str:
    """What a command says in the Pod `box`."""
    return kubectl("exec", f"--namespace={namespace}", "box", "--", *command, check=False)


def until(holds: Callable[[], object], awaited: str, seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{awaited}: not within {seconds:g} seconds"
        time.sleep(0.3)


def ready_nodes() -> list[str]:
    answer = json.loads(kubectl("get", "nodes", "--output=json"))
    return [
        node["metadata"]["name"]
        for node in answer["items"]
        if any(condition["type"] == "Ready" and condition["status"] == "True" for condition in node["status"]["conditions"])
    ]


class Heard(Progress):
    """Remembers what is said between the steps, and the steps' titles."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def note(self, text: str) -> None:
        self.messages.append(text)
        super().note(text)

    def step(self, title: str):  # noqa: ANN201
        self.messages.append(title)
        return super().step(title)

    @property
    def text(self) -> str:
        return "\n".join(self.messages)


def uid() -> str:
    return kubectl("get", "configmap", "kept", "-ojsonpath={.metadata.uid}", check=False)


def repaired() -> str:
    """What is said while the cluster is made ready again."""
    heard = Heard()
    clusters.ensure(heard)
    assert sorted(ready_nodes()) == sorted(nodes.expected())
    return heard.text
