"""Every command that reads the kubeconfig, with one that kubectl would obey: none runs its program or uses its proxy."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from course import OWN_LABS, use_labs
from fake_api_server import Decoy
from fake_engine import FakeEngine

from checks.cli.__main__ import main
from sandboxes import settings
from sandboxes.cluster import addons, kubeconfig, nodes, paths
from sandboxes.steps import Progress

Config = dict[str, Any]
# What reads the kubeconfig: of the cluster, of a lab, of the machine.
COMMANDS = {
    "cluster status": ["cluster", "status"],
    "cluster load": ["cluster", "load", "web:1"],
    "cluster down": ["cluster", "down"],
    "start": ["start", "91"],
    "check": ["check", "91"],
    "reset": ["reset", "91", "--yes"],
    "status": ["status"],
    "doctor": ["doctor"],
}


@pytest.fixture
def proxy() -> Iterator[socket.socket]:
    """A port where a proxy would be asked: to accept from it fails at once where no one has connected."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


@pytest.fixture
def cluster(docker: FakeEngine, cluster_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a cluster whose three nodes run on the fake engine, and whose API server is the decoy."""
    use_labs(OWN_LABS, monkeypatch)
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("DOCKER_HOST", docker.endpoint.url)
    docker.info |= {"Driver": "overlay2", "Name": "box", "SystemTime": "2026-01-01T00:00:00Z"}
    for name in nodes.expected():
        container = docker.containers[docker.add_container(name, "sha256:node", "kindest/node")]
        container["Config"]["Labels"] = {nodes.CLUSTER_LABEL: paths.name()}
        container["State"] |= {"Status": "running", "StartedAt": "2026-01-01T00:00:00Z"}
        docker.containers[name] = container
    paths.record().write_text(json.dumps({"image": "kindest/node", "http": 1, "https": 2}), encoding="utf-8")
    return cluster_folder


def run_program(data: Config, program: Path, proxy: int) -> None:
    command = {"apiVersion": "client.authentication.k8s.io/v1", "command": str(program), "interactiveMode": "Never"}
    data["users"][0]["user"] = {"exec": command}


def use_proxy(data: Config, program: Path, proxy: int) -> None:
    data["clusters"][0]["cluster"]["proxy-url"] = f"http://127.0.0.1:{proxy}"


@pytest.fixture(params=[run_program, use_proxy])
def changed(request: pytest.FixtureRequest, cluster: Path, proxy: socket.socket, tmp_path: Path) -> Path:
    """The folder of the cluster, with a kubeconfig that names a program or a proxy. Returns the file that the program writes."""
    program, trace = tmp_path / "plugin", tmp_path / "was-run"
    program.write_text(f"#!/bin/sh\ntouch {trace}\n", encoding="utf-8")
    program.chmod(0o755)
    path = cluster / kubeconfig.FILE
    data = json.loads(path.read_text(encoding="utf-8"))
    request.param(data, program, proxy.getsockname()[1])
    path.write_text(json.dumps(data), encoding="utf-8")
    return trace


def assert_nothing_was_sent_or_run(server: Decoy, proxy: socket.socket, trace: Path) -> None:
    with pytest.raises(BlockingIOError):
        proxy.accept()
    assert server.log == [] and not trace.exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_command_runs_no_program_and_asks_no_proxy_of_a_changed_kubeconfig(
    command: str, changed: Path, server: Decoy, proxy: socket.socket, docker: FakeEngine
) -> None:
    main(COMMANDS[command])
    assert_nothing_was_sent_or_run(server, proxy, changed)
    assert docker.log or command in ("start", "check", "reset"), "the command has not come as far as the cluster"


def test_cluster_status_reads_our_own_kubeconfig(cluster: Path, server: Decoy) -> None:
    """The same files without the change: the command then asks the API server."""
    main(COMMANDS["cluster status"])
    assert "GET /api/v1/namespaces/kube-system" in server.log


def test_install_of_an_addon_runs_no_program_and_asks_no_proxy_of_a_changed_kubeconfig(
    changed: Path, server: Decoy, proxy: socket.socket, cluster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest is applied by kubectl, which would obey the file."""
    monkeypatch.setattr(addons.images, "ensure", lambda *_, **options: None)
    monkeypatch.setattr(addons.load, "load", lambda *_: None)
    kubectl = paths.programs() / "kubectl"
    kubectl.parent.mkdir(parents=True)
    kubectl.symlink_to(changed.parent / "plugin")
    any_engine: Any = None
    with pytest.raises(kubeconfig.Refused):
        addons.install(any_engine, any_engine, addons.find("ingress"), settings.load(), Progress())
    assert_nothing_was_sent_or_run(server, proxy, changed)
