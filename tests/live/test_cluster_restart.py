"""A cluster comes back after a stop, and after a restart of the engine: nothing else may use that engine meanwhile."""

import pytest
from cluster_support import repaired, uid

from sandboxes.cluster import manage as clusters
from sandboxes.engine import daemon, ensure
from sandboxes.steps import Progress


def test_a_stopped_cluster_is_started(kept: str) -> None:
    assert clusters.stop(Progress())
    if daemon.own().running():
        daemon.stop(daemon.own(), Progress())
        ensure.ensure(Progress())
    assert clusters.status()["condition"] == "stopped"
    assert "Starting the cluster: the nodes control-plane, worker and worker2 are stopped" in repaired()
    assert uid() == kept


def test_a_restart_of_the_engine_brings_it_back(kept: str) -> None:
    if not daemon.own().running():
        pytest.skip("this engine was not started by Slipway, and is not ours to restart")
    daemon.stop(daemon.own(), Progress())
    ensure.ensure(Progress())
    output = repaired()
    assert "Recreating" not in output and uid() == kept
