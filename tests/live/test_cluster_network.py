"""A cluster in a company's network: what this machine needs to get outside, its nodes are given too."""

from collections.abc import Iterator

import pytest
from fake_api_server import Authority, authority
from sample_kind_lab import docker

from sandboxes.cluster import manage as clusters
from sandboxes.cluster import nodes
from sandboxes.cluster.manage import Cluster
from sandboxes.images import build_environment
from sandboxes.steps import Progress

PROXY, WITHOUT = "http://proxy.invalid:3128", "intern.invalid"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The company's own certificate authority."""
    return authority(tmp_path_factory.mktemp("company") / "ca")


@pytest.fixture(scope="module")
def inside(cluster: Cluster, company: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The nodes of a cluster of its own, made on a machine with a proxy and an authority more."""
    folder, usual = tmp_path_factory.mktemp("inside"), build_environment.system_bundle()
    assert usual is not None
    (folder / "ca.pem").write_bytes(usual.read_bytes() + b"\n" + company.pem("ca.crt"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLIPWAY_CLUSTER", str(folder / "cluster"))
        patch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))
        patch.setenv("HTTPS_PROXY", PROXY)
        patch.setenv("NO_PROXY", WITHOUT)
        try:
            clusters.ensure(Progress())
            yield list(nodes.expected())
        finally:
            clusters.delete(Progress())


def test_container_runtime_of_a_node_has_the_proxy(inside: list[str]) -> None:
    for node in inside:
        variables = docker("exec", node, "sh", "-c", "tr '\\0' '\\n' < /proc/$(pidof -s containerd)/environ")
        known = dict(line.split("=", 1) for line in variables.splitlines() if "=" in line)
        assert known["HTTPS_PROXY"] == PROXY
        # What is inside of the cluster is asked directly: its nodes, Services and Pods.
        assert {WITHOUT, node, "10.96.0.0/16", "10.244.0.0/16"} <= set(known["NO_PROXY"].split(","))


def test_node_trusts_the_authorities_of_the_machine(inside: list[str], company: Authority) -> None:
    (pem,) = build_environment.read(company.folder / "ca.crt")
    for node in inside:
        assert pem.strip() in docker("exec", node, "cat", "/etc/ssl/certs/ca-certificates.crt")
