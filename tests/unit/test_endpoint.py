"""Which engine is meant, in the Docker command's own order."""

import hashlib
import json
from pathlib import Path

import pytest

from sandboxes.engine import endpoint
from sandboxes.errors import SlipwayError


def context(home: Path, name: str, host: str, tls: bool = False, current: bool = False) -> dict[str, str]:
    """Write a context as `docker context create` does."""
    config = home / ".docker"
    digest = hashlib.sha256(name.encode()).hexdigest()
    meta = config / "contexts" / "meta" / digest
    meta.mkdir(parents=True)
    described = {"Name": name, "Endpoints": {"docker": {"Host": host, "SkipTLSVerify": False}}}
    (meta / "meta.json").write_text(json.dumps(described), encoding="utf-8")
    if tls:
        (config / "contexts" / "tls" / digest / "docker").mkdir(parents=True)
    if current:
        (config / "config.json").write_text(json.dumps({"currentContext": name}), encoding="utf-8")
    return {"HOME": str(home)}


def test_default_socket_where_nothing_is_chosen(tmp_path: Path) -> None:
    found = endpoint.find({"HOME": str(tmp_path)})
    assert (found.url, found.remote, found.socket_path) == (endpoint.DEFAULT_URL, False, "/var/run/docker.sock")


def test_docker_host_wins_over_the_context(tmp_path: Path) -> None:
    environ = context(tmp_path, "desktop", "unix:///desktop.sock", current=True)
    assert endpoint.find({**environ, "DOCKER_HOST": "unix:///other.sock"}).socket_path == "/other.sock"


def test_chosen_context_is_honoured_and_variable_wins(tmp_path: Path) -> None:
    environ = context(tmp_path, "desktop", "unix:///desktop.sock", current=True)
    context(tmp_path, "über", "ssh://me@far.example", tls=True)
    assert endpoint.find(environ).socket_path == "/desktop.sock"
    found = endpoint.find({**environ, "DOCKER_CONTEXT": "über"})
    assert found.remote and found.tls is not None and "über" in found.source
    assert endpoint.find({**environ, "DOCKER_CONTEXT": "default"}).url == endpoint.DEFAULT_URL


@pytest.mark.parametrize(
    ("host", "remote"),
    [
        ("tcp://127.0.0.1:2375", False),
        ("tcp://localhost:2375", False),
        ("tcp://[::1]:2375", False),
        ("127.0.0.1:2375", False),
        ("tcp://192.0.2.7:2375", True),
        ("ssh://far", True),
        ("unix:///run/user/1000/docker.sock", False),
    ],
)
def test_remote_is_what_is_not_this_machine(tmp_path: Path, host: str, remote: bool) -> None:
    assert endpoint.find({"HOME": str(tmp_path), "DOCKER_HOST": host}).remote is remote


def test_tls_variables(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "DOCKER_HOST": "tcp://192.0.2.7:2376", "DOCKER_CERT_PATH": "/certs"}
    assert endpoint.find(environ).tls is None
    assert endpoint.find({**environ, "DOCKER_TLS": "1"}).tls == Path("/certs")
    assert not endpoint.find({**environ, "DOCKER_TLS": "1"}).verify
    assert endpoint.find({**environ, "DOCKER_TLS_VERIFY": "1"}).verify


def test_a_kind_of_address_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(SlipwayError, match="npipe"):
        endpoint.find({"HOME": str(tmp_path), "DOCKER_HOST": "npipe:////./pipe/docker_engine"})


@pytest.mark.parametrize("meta", [None, "", "{", "[]", '{"Endpoints": {}}'])
def test_missing_or_damaged_context_names_itself(tmp_path: Path, meta: str | None) -> None:
    environ = context(tmp_path, "gone", "unix:///x")
    file = next(tmp_path.rglob("meta.json"))
    file.unlink() if meta is None else file.write_text(meta, encoding="utf-8")
    with pytest.raises(SlipwayError, match="“gone”"):
        endpoint.find({**environ, "DOCKER_CONTEXT": "gone"})


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"'])
def test_damaged_docker_configuration_means_the_defaults(tmp_path: Path, text: str) -> None:
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker" / "config.json").write_text(text, encoding="utf-8")
    assert endpoint.find({"HOME": str(tmp_path)}).url == endpoint.DEFAULT_URL
