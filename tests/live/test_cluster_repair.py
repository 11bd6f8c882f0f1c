"""A cluster comes back: with other addresses, without its kubeconfig; one that cannot be repaired is recreated."""

import json

from cluster_support import kubectl, repaired, uid, until

from sandboxes.cluster import nodes, paths
from sandboxes.images.client import connect


def addresses() -> dict[str, str]:
    items = json.loads(kubectl("get", "nodes", "--output=json"))["items"]
    return {node["metadata"]["name"]: node["status"]["addresses"][0]["address"] for node in items}


def test_nodes_may_get_other_addresses(kept: str) -> None:
    before = addresses()
    with connect() as (client, _):
        for name in nodes.expected():
            client.stop(name, timeout=10)
        for name in reversed(nodes.expected()):
            client.start(name)
    repaired()
    assert addresses() != before and uid() == kept
    metrics = "/api/v1/namespaces/kube-system/services/kube-dns:metrics/proxy/metrics"
    until(lambda: "coredns_build_info" in kubectl("get", "--raw", metrics, check=False), "the API server reaches Pods")


def test_one_node_that_was_stopped_is_started(kept: str) -> None:
    with connect() as (client, _):
        client.stop(nodes.expected()[1], timeout=10)
    assert "Starting the cluster: the node worker is stopped" in repaired()
    assert uid() == kept


def test_a_lost_kubeconfig_is_written_again(kept: str) -> None:
    paths.kubeconfig().unlink()
    assert "its kubeconfig is gone" in repaired()
    assert uid() == kept and oct(paths.kubeconfig().stat().st_mode).endswith("600")


def test_a_kubeconfig_that_leads_elsewhere_is_replaced(kept: str) -> None:
    whole = paths.kubeconfig().read_text()
    paths.kubeconfig().write_text(whole.replace("https://127.0.0.1:", "https://example.org:"))
    assert "belongs to another cluster" in repaired()
    assert uid() == kept and paths.kubeconfig().read_text() == whole


def test_a_cluster_without_one_of_its_nodes_is_recreated(kept: str) -> None:
    with connect() as (client, _):
        client.remove_container(nodes.expected()[2], force=True, v=True)
    assert "Recreating the cluster: the node worker2 is removed from the engine" in repaired()
    assert uid() != kept


def test_an_incomplete_cluster_is_recreated(kept: str) -> None:
    paths.identity().unlink()
    assert "Recreating the cluster: creating it was interrupted" in repaired()
    assert uid() != kept
