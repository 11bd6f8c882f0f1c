"""How Slipway connects: one function for the engine, one for the cluster, and no HTTP, TLS or WebSocket of its own."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FOLDERS = ("checks", "sandboxes")
# Modules that would speak to the network by themselves, and who may import them, with the reason.
LOW = ("socket", "ssl", "http", "urllib.request", "urllib.error", "asyncio", "socketserver")
ALLOWED = {
    "checks/live/server_extension.py": {"asyncio"},  # the event loop of JupyterLab's server, which it runs in
    "checks/dev/lanes/offline_watch.py": {"socket"},  # what tries to leave an offline engine
    "checks/probes/tls.py": {"socket", "ssl"},  # a certificate as a visitor sees it
    "sandboxes/cluster/create.py": {"socket"},  # which ports are free
    "sandboxes/engine/tunnel.py": {"socket"},  # the two ends of `docker system dial-stdio`
    "sandboxes/images/build_environment.py": {"ssl"},  # the certificates that were added to this machine
    "sandboxes/jupyter/server.py": {"socket"},  # whether a port is free
    "sandboxes/doctor/facts.py": {"socket", "ssl"},  # which ports are taken; whether certificates are trusted
}
# What opens connections with the SDKs and with the libraries underneath, and the only places that do it.
CONSTRUCTORS = {
    "APIClient": {"sandboxes/engine/client.py"},
    "DockerClient": set(),
    "from_env": set(),
    "ApiClient": {"sandboxes/cluster/client.py"},
    "Configuration": {"sandboxes/cluster/client.py"},
    "load_kube_config": set(),
    "load_kube_config_from_dict": set(),
    "HTTPConnection": {"checks/probes/http.py", "sandboxes/jupyter/server.py"},
    "HTTPSConnection": {"checks/probes/pod_exec.py", "checks/probes/tls.py"},
    "PoolManager": set(),
    "Session": {"sandboxes/host/download.py"},
    "urlopen": {"sandboxes/cluster/client.py", "sandboxes/engine/client.py"},
    "create_connection": {"checks/probes/pod_exec.py", "checks/probes/tls.py"},
}


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the course's programs, by its path in the project."""
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def low_imports(tree: ast.Module) -> set[str]:
    """Which of the modules that speak to the network a module imports."""
    return {low for name in imported(tree) for low in LOW if name == low or name.startswith(f"{low}.")}


def called(tree: ast.Module) -> set[str]:
    functions = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "") for function in functions}


def test_no_module_speaks_to_the_network_by_itself_but_for_a_short_list() -> None:
    imports = {path: low for path, tree in modules().items() if (low := low_imports(tree))}
    assert imports == ALLOWED


@pytest.mark.parametrize(
    "text",
    [
        "import socket",
        "import ssl as s",
        "from http.client import x",
        "import http.client",
        "def f():\n    from urllib import request",
    ],
)
def test_the_list_sees_every_form_of_an_import(text: str) -> None:
    assert low_imports(ast.parse(text))


@pytest.mark.parametrize("name", CONSTRUCTORS)
def test_connections_are_opened_in_one_place(name: str) -> None:
    assert {path for path, tree in modules().items() if name in called(tree)} == CONSTRUCTORS[name]


# A whole check by the command line's own path, without what answers: the SDK is loaded by the first request.
CHECK = """
import contextlib, io, sys
from checks.cli.__main__ import main
with contextlib.redirect_stdout(io.StringIO()) as out:
    code = main(["check", sys.argv[1]])
print(code, *sys.modules)
print(out.getvalue(), file=sys.stderr)
"""


def loaded_by_check(lab: str, **environment: str) -> set[str]:
    """The modules that a check of a lab has loaded, as it ended with "could not check"."""
    completed = subprocess.run(
        [sys.executable, "-c", CHECK, lab], capture_output=True, text=True, cwd=ROOT, env={**os.environ, **environment}
    )
    assert completed.returncode == 0, completed.stderr
    code, *names = completed.stdout.split()
    assert code == "2", completed.stderr
    return set(names)


def test_a_check_of_a_docker_lab_loads_docker_and_neither_kubernetes_nor_typer(folders: Path) -> None:
    loaded = loaded_by_check("01", DOCKER_HOST=f"unix://{folders}/absent.sock")
    assert {"docker", "checks.collect.docker"} <= loaded
    assert not {"kubernetes", "websocket", "typer", "rich", "yaml", "difflib"} & loaded


def test_a_check_of_a_cluster_lab_loads_kubernetes_and_neither_docker_nor_typer(folders: Path, tmp_path: Path) -> None:
    from fake_api_server import authority

    from sandboxes.cluster import kubeconfig

    access = authority(tmp_path / "ca").access(1)
    identity = kubeconfig.Identity("slipway", access.server, access.ca_sha256, "uid", "2026-01-01T00:00:00Z")
    kubeconfig.write(folders / "cluster", access, identity)
    loaded = loaded_by_check("11", SLIPWAY_CLUSTER=str(folders / "cluster"), KUBECONFIG="")
    assert {"kubernetes", "checks.collect.kubernetes"} <= loaded
    assert not {"docker", "typer", "rich"} & loaded
