"""Right states in another form than the course's own: a sidecar first in the list. The verdict remains the same."""

import copy

import pytest
from recorded import CLUSTER_LABS, failing, pod_specs, state

from checks.snapshot import Json, Snapshot

# A container that does nothing for the task, as a company's policy puts one into each Pod.
SIDECAR = {
    "name": "a-sidecar",
    "image": "busybox:1.35",
    "command": ["sleep", "86400"],
    "resources": {"requests": {"cpu": "1m", "memory": "4Mi"}, "limits": {"cpu": "9m", "memory": "9Mi"}},
}


def with_sidecar(snapshot: Snapshot) -> Snapshot:
    """Put a sidecar in front of the containers of each Pod and template, and its status in front of the others'."""
    for spec in pod_specs(snapshot):
        spec["containers"].insert(0, copy.deepcopy(SIDECAR))
    for pod in snapshot.objects.get("Pod", {}).values():
        statuses = pod["status"].get("containerStatuses")
        if statuses:
            statuses.insert(0, _status(statuses[0]))
    return snapshot


def _status(of_the_other: Json) -> Json:
    """The status of the sidecar: it runs as long as the other container, or ended with it, and was never restarted."""
    status = copy.deepcopy(of_the_other)
    state = status["state"] if "waiting" not in status["state"] else {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
    if "terminated" in state:
        state["terminated"] |= {"exitCode": 0, "reason": "Completed"}
    return {
        **status,
        "name": "a-sidecar",
        "image": "docker.io/library/busybox:1.35",
        "state": state,
        "lastState": {},
        "restartCount": 0,
    }


@pytest.mark.parametrize("name", ["solved", "second"])
@pytest.mark.parametrize("lab", CLUSTER_LABS)
def test_a_sidecar_that_comes_first_changes_no_verdict(lab: str, name: str) -> None:
    assert failing(with_sidecar(state(lab, name))) == {}
