"""Swarm mode: a lab that may turn it on leaves the engine as it was, in a swarm or in none."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sample_lab import NAME, SampleLab, docker

from checks import progress
from checks.collect import docker as collecting
from checks.dev import resource_diff
from checks.lifecycle import swarm, workspace
from checks.probes.run import Context

OVERLAY = f"{NAME}-net"
INIT = ("swarm", "init", "--advertise-addr", "127.0.0.1")
THEIRS = "slipway-swarm-theirs"


@pytest.fixture
def stopped(tiny: SampleLab) -> Iterator[SampleLab]:
    """The sample lab with leave to turn Swarm mode on, not started, on an engine that is in no swarm."""
    workspace.reset(tiny.lab, tiny.engine, tiny.settings)
    assert swarm.present(tiny.engine) == [], "the engine that these tests run on must not be in a swarm"
    allowed = replace(tiny, lab=replace(tiny.lab, scope=replace(tiny.lab.scope, swarm=True)))
    yield allowed
    workspace.reset(allowed.lab, tiny.engine, tiny.settings)
    swarm.restore(tiny.engine, [])
    assert swarm.present(tiny.engine) == []


def start(lab: SampleLab) -> None:
    assert workspace.start(lab.lab, lab.engine, lab.settings)


def reset(lab: SampleLab) -> tuple[list[str], list[str]]:
    return workspace.reset(lab.lab, lab.engine, lab.settings)


def work() -> None:
    """What a learner does: an overlay network, and a container on it."""
    docker("network", "create", "--driver", "overlay", "--attachable", OVERLAY)
    docker("run", "--detach", "--name", NAME, "--network", OVERLAY, "busybox:1.35", "sleep", "600")


def seen(lab: SampleLab) -> resource_diff.World:
    return resource_diff.look(lab.engine)


def test_a_swarm_that_began_during_the_lab_ends_with_its_reset(stopped: SampleLab) -> None:
    before = seen(stopped)
    start(stopped)
    docker(*INIT)
    work()
    grown = seen(stopped) - before
    assert {"ingress", "docker_gwbridge", OVERLAY} <= {name.split()[1] for name in grown if name.startswith("network")}
    removed, left = reset(stopped)
    assert left == []
    assert removed == [f"container {NAME}", f"network {OVERLAY}", "Swarm mode", "network docker_gwbridge"]
    assert list(resource_diff.differences(before, seen(stopped))) == []


def test_what_an_earlier_swarm_left_stays(stopped: SampleLab) -> None:
    docker("network", "create", swarm.GATEWAY)
    try:
        before = seen(stopped)
        start(stopped)
        docker(*INIT)
        work()
        removed, left = reset(stopped)
        assert (left, "Swarm mode" in removed, f"network {swarm.GATEWAY}" in removed) == ([], True, False)
        assert list(resource_diff.differences(before, seen(stopped))) == []
    finally:
        docker("network", "rm", swarm.GATEWAY)


def test_an_engine_that_was_in_a_swarm_stays_in_it(stopped: SampleLab) -> None:
    docker(*INIT)
    docker("service", "create", "--detach", "--name", THEIRS, "--replicas", "0", "busybox:1.35", "sleep", "600")
    docker("network", "create", "--driver", "overlay", "--attachable", THEIRS)
    try:
        docker("run", "--rm", "--network", THEIRS, "busybox:1.35", "true")
        before = seen(stopped)
        assert any(name.startswith("swarm") for name in before)
        start(stopped)
        work()
        removed, left = reset(stopped)
        assert (removed, left) == ([f"container {NAME}", f"network {OVERLAY}"], [])
        assert list(resource_diff.differences(before, seen(stopped))) == []
        assert docker("service", "ls", "--format", "{{.Name}}") == THEIRS
    finally:
        docker("service", "rm", THEIRS)
        docker("network", "rm", THEIRS)


def test_reset_keeps_a_swarm_until_other_services_are_gone(stopped: SampleLab) -> None:
    start(stopped)
    docker(*INIT)
    work()
    docker("service", "create", "--detach", "--name", THEIRS, "--replicas", "0", "busybox:1.35", "sleep", "600")
    try:
        removed, left = reset(stopped)
        assert "Swarm mode" not in removed
        assert left == [f"Swarm mode was kept on: it holds the service {THEIRS}, which this lab did not make."]
        assert docker("service", "ls", "--format", "{{.Name}}") == THEIRS
        assert progress.read(stopped.settings, stopped.lab.id).started, "what is left must still be known as the lab's"
    finally:
        docker("service", "rm", THEIRS)
    assert reset(stopped) == (["Swarm mode", f"network {swarm.GATEWAY}"], [])


def test_a_swarm_that_the_learner_has_left_already_leaves_no_network_behind(stopped: SampleLab) -> None:
    before = seen(stopped)
    start(stopped)
    docker(*INIT)
    work()
    docker("rm", "--force", NAME)
    docker("swarm", "leave", "--force")
    assert swarm.GATEWAY in "".join(seen(stopped))
    assert reset(stopped)[1] == []
    assert list(resource_diff.differences(before, seen(stopped))) == []


def test_a_lab_without_leave_neither_sees_nor_touches_a_swarm(stopped: SampleLab) -> None:
    plain = replace(stopped, lab=replace(stopped.lab, scope=replace(stopped.lab.scope, swarm=False)))
    start(plain)
    docker(*INIT)
    try:
        assert "swarm" not in facts(plain).objects
        assert reset(plain) == ([], [])
        assert swarm.MODE in swarm.present(plain.engine)
    finally:
        docker("swarm", "leave", "--force")


def facts(lab: SampleLab) -> collecting.Snapshot:
    context = Context(lab.engine, lab.folder, lab.settings.state / "cache")
    return collecting.collect(lab.lab, lab.engine, context, (), "")


def test_a_snapshot_says_whether_swarm_mode_is_on_and_names_no_machine(stopped: SampleLab) -> None:
    start(stopped)
    assert facts(stopped).swarm()["LocalNodeState"] == "inactive"
    docker(*INIT)
    swarm = facts(stopped).swarm()
    assert (swarm["LocalNodeState"], swarm["ControlAvailable"], swarm["Nodes"]) == ("active", True, 1)
    assert "127.0.0.1" not in str(swarm) and "CERTIFICATE" not in str(swarm)
