"""The probe of Pods' logs, over a fake API server: the end of a log, a line that it has lost, several containers and Pods."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fake_api_server import Decoy, Reply, status

from checks.clients.cluster import Cluster
from checks.model import Probe
from checks.probes import pod_logs, pods
from checks.snapshot import Json

PODS = "/api/v1/namespaces/x/pods"


@pytest.fixture
def cluster(cluster_folder: Path) -> Iterator[Cluster]:
    connected = Cluster(cluster_folder)
    yield connected
    connected.close()


def pod(name: str, made: str, *containers: tuple[str, str]) -> Json:
    about = {"name": name, "creationTimestamp": f"2026-01-01T10:{made}Z"}
    ready = {"conditions": [{"type": "Ready", "status": "True"}]}
    return {
        "metadata": about,
        "spec": {"containers": [{"name": own, "image": image} for own, image in containers]},
        "status": ready,
    }


def serve(server: Decoy, items: list[Json], logs: dict[tuple[str, str], str], previous: str = "") -> None:
    """Answer for these Pods as the API does: who does not say which of several containers is refused."""
    by_name = {item["metadata"]["name"]: item for item in items}

    def reply(method: str, target: str) -> Reply | None:
        parts = urlsplit(target)
        query, words = parse_qs(parts.query), parts.path.removeprefix(PODS).strip("/").split("/")
        if not parts.path.startswith(PODS):
            return None
        if words == [""]:
            return 200, {"items": items}
        if words[-1] != "log":
            return 200, by_name[words[0]]
        names = [container["name"] for container in by_name[words[0]]["spec"]["containers"]]
        container = query.get("container", names if len(names) == 1 else [""])[0]
        if container not in names:
            return status(400, f"a container name must be specified for pod {words[0]}, choose one of: {names}")
        if "previous" in query:
            return (200, previous.encode()) if previous else status(400, "previous terminated container not found")
        text = logs[words[0], container].splitlines(keepends=True)
        last = int(query["tailLines"][0]) if "tailLines" in query else len(text)
        return 200, "".join(text[-last:]).encode()

    server.choose = reply


def read(cluster: Cluster, **options: Any) -> Json:
    return pod_logs.pod_logs(Probe("log", "pod_logs", options, 5.0), cluster, "x")


ASKED = "GET /hello/forwarded 404\n"
OWN = "GET / 200\n" * 5000


def test_pod_logs_keeps_what_the_own_requests_have_pushed_out_of_the_end(cluster: Cluster, server: Decoy) -> None:
    serve(server, [pod("web", "00:00", ("nginx", "nginx:1.26"))], {("web", "nginx"): ASKED + OWN})
    assert ASKED not in read(cluster, pod="web")["text"]
    assert read(cluster, pod="web", lines="/hello/forwarded")["text"] == ASKED


def test_pod_logs_searches_the_instance_before_as_well(cluster: Cluster, server: Decoy) -> None:
    serve(server, [pod("web", "00:00", ("nginx", "nginx:1.26"))], {("web", "nginx"): OWN}, previous=OWN + ASKED)
    assert read(cluster, pod="web", lines="/hello/forwarded", tail=1)["text"] == f"{ASKED}GET / 200\n"


def test_pod_logs_returns_the_end_where_no_line_is_found(cluster: Cluster, server: Decoy) -> None:
    serve(server, [pod("web", "00:00", ("nginx", "nginx:1.26"))], {("web", "nginx"): OWN})
    assert read(cluster, pod="web", lines="/hello/forwarded", tail=2)["text"] == "GET / 200\n" * 2


@pytest.mark.parametrize("wanted", ["nginx", "renamed", "", "envoy"])
def test_pod_logs_finds_the_container_by_name_or_image_else_the_first(cluster: Cluster, server: Decoy, wanted: str) -> None:
    several = pod("web", "00:00", ("server", "docker.io/library/nginx:1.26"), ("renamed", "busybox:1.35"))
    serve(server, [several], {("web", "server"): "of nginx\n", ("web", "renamed"): "of busybox\n"})
    options = {"container": wanted} if wanted else {}
    assert read(cluster, pod="web", **options)["text"] == ("of busybox\n" if wanted == "renamed" else "of nginx\n")


def test_pod_logs_with_a_selector_reads_every_pod_and_names_the_newest(cluster: Cluster, server: Decoy) -> None:
    three = [pod(name, made, ("web", "busybox:1.35")) for name, made in (("b", "00:02"), ("a", "00:01"), ("c", "00:03"))]
    serve(server, three, {(name, "web"): f"of {name}\n" for name in "abc"})
    assert read(cluster, selector="app=web") == {
        "kind": "pod_logs", "pod": "c", "ok": True, "error": "", "text": "of a\nof b\nof c\n",
    }  # fmt: skip


def test_pod_logs_says_why_there_is_none(cluster: Cluster, server: Decoy) -> None:
    serve(server, [], {})
    assert read(cluster, selector="app=web")["error"] == "no such pod"
    server.choose = lambda method, path: status(404, 'pods "web" not found')
    assert read(cluster, pod="web") == {
        "kind": "pod_logs",
        "pod": "web",
        "ok": False,
        "error": 'pods "web" not found',
        "text": "",
    }


def test_pod_logs_of_a_rollout_begin_before_it(cluster: Cluster, server: Decoy) -> None:
    serve(server, [pod("visitor", "00:00", ("visitor", "busybox:1.35"))], {("visitor", "visitor"): "ok\n"})
    progressing = {"type": "Progressing", "lastUpdateTime": "2026-01-01T10:20:00Z"}
    server.answers["/apis/apps/v1/namespaces/x/deployments/backend"] = (200, {"status": {"conditions": [progressing]}})
    assert read(cluster, pod="visitor", rollout="backend")["text"] == "ok\n"
    query = parse_qs(urlsplit(server.log[-1]).query)
    assert query["sinceTime"] == ["2026-01-01T10:05:00Z"] and "tailLines" not in query
    read(cluster, pod="visitor", rollout="frontend")
    assert "tailLines" in server.log[-1]


def test_container_in_a_pod_that_is_gone_is_the_one_asked_for(cluster: Cluster, server: Decoy) -> None:
    server.choose = lambda method, path: status(404, "not found")
    assert pods.container_in(cluster, "x", "web", "nginx") == "nginx"


def test_pods_of_a_deployment_are_chosen_by_its_own_selector(cluster: Cluster, server: Decoy) -> None:
    serve(server, [pod("api-1", "00:00", ("api", "quay-api:1"))], {("api-1", "api"): "of api\n"})
    server.answers["/apis/apps/v1/namespaces/x/deployments/api"] = (
        200,
        {"spec": {"selector": {"matchLabels": {"a": "1", "b": "2"}}}},
    )
    assert read(cluster, deployment="api")["pod"] == "api-1"
    assert f"GET {PODS}?labelSelector=a%3D1%2Cb%3D2" in server.log
    assert read(cluster, deployment="board")["error"] == "no such pod"
