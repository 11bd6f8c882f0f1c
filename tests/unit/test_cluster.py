"""The cluster without a cluster: names, configuration, identity, choices, and what is said before it is made."""

import json
import platform
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from fake_api_server import UID, Authority, Decoy, status

from sandboxes import images, settings
from sandboxes.cluster import addons, binaries, config, create, identity, load, manage, paths, preflight, state
from sandboxes.cluster.access import Access, Identity
from sandboxes.cluster.config import Plan
from sandboxes.cluster.kubeconfig_format import render
from sandboxes.cluster.nodes import Node
from sandboxes.engine.endpoint import Endpoint
from sandboxes.engine.find import Engine, State
from sandboxes.errors import SlipwayError
from sandboxes.host import resources
from sandboxes.host.atomic_write import write_whole

PLAN = Plan("slipway-1a2b3c", "kindest/node:v1.37.0", 8081, 8444)
ENOUGH = Engine(State.OK, Endpoint(), memory=16 * 2**30, root="/", name=platform.node())


@pytest.fixture
def place(folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a cluster of the test's own."""
    monkeypatch.delenv("SLIPWAY_CLUSTER", raising=False)
    return paths.folder()


def test_paths_give_each_state_folder_a_cluster_of_its_own(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert place == settings.load().state / "cluster" and stat.S_IMODE(place.stat().st_mode) == 0o700
    name = paths.name()
    assert name == paths.name() and name.startswith("slipway-") and len(name) == len("slipway-1a2b3c")
    monkeypatch.setenv("SLIPWAY_STATE", str(place))
    assert paths.name() != name
    monkeypatch.setenv("SLIPWAY_CLUSTER", str(place))
    assert paths.name() == name and paths.location() == place


def test_config_has_three_nodes_and_ports_on_loopback_alone() -> None:
    document = yaml.safe_load(config.text(PLAN))
    assert [node["role"] for node in document["nodes"]] == ["control-plane", "worker", "worker"]
    assert {node["image"] for node in document["nodes"]} == {PLAN.image} and document["name"] == PLAN.name
    assert document["networking"]["apiServerAddress"] == "127.0.0.1"
    ports = document["nodes"][0]["extraPortMappings"]
    assert [(port["listenAddress"], port["hostPort"], port["containerPort"]) for port in ports] == [
        ("127.0.0.1", 8081, 80),
        ("127.0.0.1", 8444, 443),
    ]


def test_config_accepts_older_control_groups_only_where_the_engine_has_them() -> None:
    def kubelet(cgroup: str) -> list[object]:
        document = yaml.safe_load(config.text(Plan("a", "b", 1, 2, cgroup)))
        patches = [yaml.safe_load(patch) for patch in document["kubeadmConfigPatches"]]
        return [patch["failCgroupV1"] for patch in patches if patch["kind"] == "KubeletConfiguration"]

    assert kubelet("1") == [False] and kubelet("2") == []


def test_config_lets_the_only_control_plane_skip_the_election() -> None:
    patches = [yaml.safe_load(patch) for patch in yaml.safe_load(config.text(PLAN))["kubeadmConfigPatches"]]
    # Without a version: kind then fits the arguments to whatever form the Kubernetes at hand has for them.
    (quick,) = [patch for patch in patches if "apiVersion" not in patch]
    assert {quick[part]["extraArgs"]["leader-elect"] for part in ("controllerManager", "scheduler")} == {"false"}
    assert quick["apiServer"]["extraArgs"] == {"event-ttl": "24h"}
    assert all(isinstance(value, str) for value in quick["controllerManager"]["extraArgs"].values())


def test_config_gives_the_api_server_as_long_as_the_control_plane() -> None:
    patches = [yaml.safe_load(patch) for patch in yaml.safe_load(config.text(PLAN))["kubeadmConfigPatches"]]
    timeouts = {patch["kind"]: patch["timeouts"] for patch in patches if "timeouts" in patch}
    assert timeouts == dict.fromkeys(("InitConfiguration", "JoinConfiguration"), {"kubernetesAPICall": "4m0s"})


def test_free_ports_replace_one_that_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        monkeypatch.setattr(create, "PORTS", (taken, taken))
        first, second = create.free_ports()
    assert taken not in (first, second) and first != second


# --- programs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "enough"), [("0.33.0", True), ("0.34.1", True), ("1.0.0", True), ("0.32.9", False), ("", False)]
)
def test_new_enough_accepts_only_newer_versions_of_kind(found: str, enough: bool) -> None:
    assert binaries.new_enough(found) is enough


def test_version_of_a_broken_program_is_empty(tmp_path: Path) -> None:
    for name, text in (("kind", "echo kind v0.33.0 go1.26.6 linux/amd64"), ("broken", "exit 3")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    assert binaries.version(tmp_path / "kind") == "0.33.0"
    assert binaries.version(tmp_path / "broken") == binaries.version(tmp_path / "absent") == ""


def test_catalogue_holds_kind_and_the_node_image() -> None:
    assert images.find(binaries.KIND_IMAGE).local
    assert settings.Settings().node_image in images.catalogue()


# --- identity -------------------------------------------------------------------------------------------------------

# A certificate's outer shape is all that is looked at here.
PEM = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"


def write_kubeconfig(server: str, pem: str = PEM) -> None:
    key = b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"
    access = Access(f"kind-{paths.name()}", server, pem.encode(), pem.encode(), key)
    write_whole(paths.kubeconfig(), render(access), 0o600)


def write_identity(server: str, ca: str) -> None:
    known = {
        "name": paths.name(),
        "server": server,
        "ca_sha256": ca,
        "kube_system_uid": "u",
        "made": "2026-01-01T00:00:00+00:00",
    }
    write_whole(paths.identity(), json.dumps(known), 0o600)


def test_require_refuses_a_cluster_that_was_not_recorded(place: Path) -> None:
    assert identity.load() is None and manage.find() is None
    write_kubeconfig("https://127.0.0.1:1")
    assert "nothing is recorded" in identity.differs()
    with pytest.raises(SlipwayError, match=r"identity\.json is missing"):
        identity.require()


@pytest.mark.parametrize("server", ["https://127.0.0.1:2", "https://example.org:6443"])
def test_require_refuses_a_kubeconfig_that_leads_elsewhere(place: Path, server: str) -> None:
    write_identity("https://127.0.0.1:1", "00")
    write_kubeconfig(server)
    with pytest.raises(SlipwayError, match=f"points to '?{server}"):
        identity.require()


def record_cluster(server: Decoy) -> Identity:
    write_whole(paths.kubeconfig(), render(access(server)), 0o600)
    return identity.record()


def access(server: Decoy) -> Access:
    """Return the access to a decoy as kind writes it: under the cluster's name."""
    return server.authority.access(server.port, f"kind-{paths.name()}")


def test_require_accepts_the_cluster_that_was_recorded(place: Path, server: Decoy) -> None:
    recorded = record_cluster(server)
    assert (recorded.name, recorded.server, recorded.kube_system_uid) == (paths.name(), server.access.server, UID)
    assert recorded.ca_sha256 == server.access.ca_sha256
    assert identity.load() == recorded
    identity.require()
    assert server.writes == []


def test_record_keeps_the_identity_from_others(place: Path, server: Decoy) -> None:
    record_cluster(server)
    assert stat.S_IMODE(paths.identity().stat().st_mode) == 0o600


@pytest.mark.parametrize("uid", ["another-uid", ""])
def test_require_refuses_another_cluster_at_the_same_address(place: Path, server: Decoy, uid: str) -> None:
    record_cluster(server)
    server.uid = uid
    with pytest.raises(SlipwayError, match="is not the one that was created"):
        identity.require()


def test_require_refuses_another_authority_at_the_same_address(place: Path, server: Decoy, theirs: Authority) -> None:
    record_cluster(server)
    write_whole(paths.kubeconfig(), render(replace(access(server), authority=theirs.pem("ca.crt"))), 0o600)
    asked = len(server.log)
    with pytest.raises(SlipwayError, match="trusts another certificate authority"):
        identity.require()
    assert len(server.log) == asked


@pytest.mark.parametrize("reply", [status(401, "Unauthorized"), status(500, "no"), (200, b"<html>"), (200, {}), (200, [])])
def test_require_takes_no_answer_for_no_permission(place: Path, server: Decoy, reply: tuple[int, Any]) -> None:
    record_cluster(server)
    server.choose = lambda method, path: reply
    with pytest.raises(SlipwayError, match="does not answer"):
        identity.require()


def test_require_names_a_damaged_kubeconfig(place: Path) -> None:
    write_identity("https://127.0.0.1:1", "00")
    for text in ("", "clusters: []", "clusters: [{cluster: {server: a}}]", ": {"):
        write_whole(paths.kubeconfig(), text, 0o600)
        with pytest.raises(SlipwayError, match="kubeconfig (is|has) "):
            identity.require()


def test_load_of_a_damaged_record_gives_none(place: Path) -> None:
    for text in ("", "[]", '{"name": "a"}'):
        write_whole(paths.identity(), text)
        assert identity.load() is None


# --- what is said before --------------------------------------------------------------------------------------------


def test_preflight_accepts_a_machine_that_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "available_memory", lambda: 8 * 2**30)
    monkeypatch.setattr(resources, "free_space", lambda path: 50 * 2**30)
    monkeypatch.setattr(resources, "kernel_limit", lambda name: 128)
    monkeypatch.setattr(resources, "inotify_instances_of_root", lambda: 60)
    preflight.require(ENOUGH)


@pytest.mark.parametrize(
    ("name", "value", "words", "fix"),
    [
        ("available_memory", 2**30, "needs 2.5 GiB of memory, and 1.0 GiB is available", "Close other programs"),
        ("free_space", 2 * 2**30, "needs 5 GiB of disk, and / has 2.0 GiB free", "docker image prune"),
        ("kernel_limit", 64, "allows 64", "sysctl fs.inotify.max_user_instances=512"),
        ("inotify_instances_of_root", 480, "480 of the 512", "sysctl fs.inotify.max_user_instances=512"),
    ],
)
def test_preflight_names_what_is_lacking_and_its_fix(
    name: str, value: int, words: str, fix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plenty = {"available_memory": 8 * 2**30, "free_space": 50 * 2**30, "kernel_limit": 512, "inotify_instances_of_root": 60}
    for resource, enough in plenty.items():
        monkeypatch.setattr(resources, resource, lambda *_, given=value if resource == name else enough: given)
    with pytest.raises(SlipwayError) as lacking:
        preflight.require(ENOUGH)
    assert words in lacking.value.message and fix in lacking.value.fix


def test_node_that_was_not_heard_of_lately_is_not_ready() -> None:
    now = datetime.now(UTC)
    begin = now - timedelta(hours=1)
    fresh, old = (now - timedelta(seconds=5)).isoformat(), (now - timedelta(seconds=60)).isoformat()
    assert state._fresh(fresh, begin) and state._fresh(fresh.replace("+00:00", "Z"), begin)
    assert not state._fresh(old, begin) and not state._fresh("", begin)
    assert not state._fresh(fresh, now), "what it said before it was started again means nothing"


def test_node_that_has_joined_counts_before_it_has_a_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    begin, old = now - timedelta(seconds=20), (now - timedelta(seconds=60)).isoformat()

    def node(name: str, heard: datetime, status: str = "True") -> dict[str, Any]:
        ready = {"type": "Ready", "status": status, "lastHeartbeatTime": heard.isoformat()}
        return {"metadata": {"name": name}, "status": {"conditions": [ready]}}

    answers = {
        "nodes": [node("new", now), node("joining", now, "False"), node("lost", now)],
        "leases": [{"metadata": {"name": "lost"}, "spec": {"renewTime": old}}],
    }
    monkeypatch.setattr(state, "read", lambda path: {"items": answers[path.rpartition("/")[2]]})
    there = tuple(Node(name, True, begin) for name in ("new", "joining", "lost"))
    assert state.unready(there) == ["joining", "lost"]


# --- add-ons and images ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("addon", addons.ADDONS.values(), ids=lambda addon: addon.name)
def test_addon_runs_images_of_the_course_and_nothing_else(addon: addons.Addon) -> None:
    documents = list(yaml.safe_load_all(addon.manifest))
    (workload,) = [
        document for document in documents if f"{document['kind'].lower()}s/{document['metadata']['name']}" == addon.workload
    ]
    assert workload["metadata"]["namespace"] == addon.namespace
    pod = workload["spec"]["template"]["spec"]
    used = {container["image"] for container in [*pod["containers"], *pod.get("initContainers", [])]}
    assert used == set(addon.images) and used <= set(images.catalogue())
    # One Pod at the cluster's entrance, or one on every node.
    one_pod = workload["kind"] == "Deployment"
    assert pod.get("nodeSelector") == ({config.ENTRANCE: "true"} if one_pod else None)
    assert one_pod or pod["tolerations"] == [{"operator": "Exists"}]


def test_manifests_each_belong_to_an_addon() -> None:
    assert {path.stem for path in addons.MANIFESTS.glob("*.yaml")} == set(addons.ADDONS)


def test_find_of_an_unknown_addon_lists_those_that_there_are() -> None:
    with pytest.raises(SlipwayError) as unknown:
        addons.find("traefik")
    assert "metrics-server, ingress, network-policy" in unknown.value.fix


@pytest.mark.parametrize(
    ("short", "whole"),
    [
        ("nginx:1.26", "docker.io/library/nginx:1.26"),
        ("envoyproxy/envoy:v1", "docker.io/envoyproxy/envoy:v1"),
        ("registry.k8s.io/pause:3.10.2", "registry.k8s.io/pause:3.10.2"),
        ("localhost/mine:1", "localhost/mine:1"),
        ("mirror:5000/mine:1", "mirror:5000/mine:1"),
    ],
)
def test_full_and_short_names_of_images_belong_together(short: str, whole: str) -> None:
    assert load.full(short) == whole and load.short(whole) == short
