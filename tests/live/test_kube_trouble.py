"""The cluster itself fails: paused, restarted, a node gone, deleted by hand. Never the learner's fault, never a traceback."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sample_kind_lab import SampleKindLab, docker, master, until
from sample_lab import slipway

from checks.model import Outcome
from sandboxes.cluster import manage as clusters
from sandboxes.steps import Progress

FRESH = "./slipway cluster up"


@pytest.fixture
def repaired(solved_kube: SampleKindLab) -> Iterator[SampleKindLab]:
    """The solved lab; the cluster is brought back afterwards, whatever was done to it."""
    try:
        yield solved_kube
    finally:
        clusters.ensure(Progress(), images=solved_kube.lab.images)
        until(lambda: solved_kube.cluster.request("GET", "/readyz").status == 200)


@contextmanager
def stopped(node: str, program: str) -> Iterator[None]:
    """Stop a program of a node for the block, as `docker pause` does with all of them.

    On cgroup v1, the kernel does not always freeze a whole node whose programs start others all the time.
    """
    docker("exec", node, "sh", "-c", f"kill -STOP $(pidof {program})")
    try:
        yield
    finally:
        docker("exec", node, "sh", "-c", f"kill -CONT $(pidof {program})")


def unchecked(kube: SampleKindLab) -> str:
    """The reason for which nothing could be checked."""
    report = kube.grade(wait=0).report
    assert {result.outcome for result in report.results} == {Outcome.COULD_NOT_CHECK}
    assert report.possible == 0
    return report.results[0].reason


def test_an_api_server_that_is_paused_is_told_within_its_deadline(repaired: SampleKindLab) -> None:
    with stopped(master(repaired.settings.cluster), "kube-apiserver"):
        begun = time.monotonic()
        assert "did not answer within 5 s" in unchecked(repaired)
        assert time.monotonic() - begun < 20
        ran = slipway("check", "91")
        assert ran.code == 2
        assert "costs you nothing" in ran.out
    until(lambda: set(repaired.outcomes().values()) == {Outcome.PASSED})


def test_an_api_server_that_is_restarted_comes_back(repaired: SampleKindLab) -> None:
    node = master(repaired.settings.cluster)
    # Asked to end, it would refuse connections for a minute until its watches have ended: a crash is over sooner.
    docker("exec", node, "sh", "-c", "kill -KILL $(pidof kube-apiserver)")
    assert any(word in unchecked(repaired) for word in ("no cluster answers", "broke the connection", "answered 5", "failed"))
    until(lambda: set(repaired.outcomes(wait=0).values()) == {Outcome.PASSED}, 120)


def test_the_engine_restarts_the_nodes_in_the_middle_of_a_check(repaired: SampleKindLab) -> None:
    docker("restart", "--time", "1", master(repaired.settings.cluster))
    for _ in range(20):
        wrong = [result for result in repaired.grade(wait=0).report.results if result.outcome is Outcome.NOT_YET]
        assert not wrong, wrong
        time.sleep(0.3)


def test_a_node_that_is_gone_is_the_reason_given(repaired: SampleKindLab) -> None:
    node = repaired.kubectl("get", "pod", "tiny", "--output=jsonpath={.spec.nodeName}")
    with stopped(node, "kubelet"):
        jsonpath = '--output=jsonpath={.status.conditions[?(@.type=="Ready")].status}'
        until(lambda: repaired.kubectl("get", "node", node, jsonpath) == "Unknown", 120)
        seen = repaired.result("pod-ready", wait=0)
        assert seen.outcome is Outcome.NOT_YET
        assert f"on the node {node}, which is not ready" in seen.findings[0].message


def test_a_cluster_deleted_by_hand_is_told_with_the_way_out(repaired: SampleKindLab) -> None:
    label = f"label=io.x-k8s.kind.cluster={repaired.cluster.identity.name}"
    docker("rm", "--force", "--volumes", *docker("ps", "--all", "--quiet", "--filter", label).split())
    assert "no cluster answers" in unchecked(repaired)
    ran = slipway("check", "91")
    assert ran.code == 2
    assert FRESH in " ".join(ran.out.split())
    clusters.ensure(Progress(), images=repaired.lab.images)
    assert repaired.start() is True
    repaired.solve()
    assert set(repaired.outcomes().values()) == {Outcome.PASSED}
