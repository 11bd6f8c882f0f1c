"""Which engine is meant, in the Docker command's own order."""

import hashlib
import json
from pathlib import Path

import pytest

from sandboxes import settings
from sandboxes.engine import endpoint
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import write_whole


def context(home: Path, name: str, host: str, tls: bool = False, current: bool = False, verify: bool = True) -> dict[str, str]:
    """Write a context as `docker context create` does."""
    config = home / ".docker"
    digest = hashlib.sha256(name.encode()).hexdigest()
    meta = config / "contexts" / "meta" / digest
    meta.mkdir(parents=True)
    described = {"Name": name, "Endpoints": {"docker": {"Host": host, "SkipTLSVerify": not verify}}}
    (meta / "meta.json").write_text(json.dumps(described), encoding="utf-8")
    if tls:
        (config / "contexts" / "tls" / digest / "docker").mkdir(parents=True)
    if current:
        (config / "config.json").write_text(json.dumps({"currentContext": name}), encoding="utf-8")
    return {"HOME": str(home)}


def test_find_gives_the_default_socket_where_nothing_is_chosen(tmp_path: Path) -> None:
    chosen = endpoint.find({"HOME": str(tmp_path)})
    assert (chosen.url, chosen.remote, chosen.socket_path) == (endpoint.DEFAULT_URL, False, "/var/run/docker.sock")


def test_find_prefers_docker_host_to_the_context(tmp_path: Path) -> None:
    environ = context(tmp_path, "desktop", "unix:///desktop.sock", current=True)
    assert endpoint.find({**environ, "DOCKER_HOST": "unix:///other.sock"}).socket_path == "/other.sock"


def test_find_honors_the_chosen_context_and_prefers_the_variable(tmp_path: Path) -> None:
    environ = context(tmp_path, "desktop", "unix:///desktop.sock", current=True)
    context(tmp_path, "über", "ssh://me@far.example", tls=True)
    assert endpoint.find(environ).socket_path == "/desktop.sock"
    chosen = endpoint.find({**environ, "DOCKER_CONTEXT": "über"})
    assert chosen.remote and chosen.tls is not None and "über" in chosen.source
    assert endpoint.find({**environ, "DOCKER_CONTEXT": "default"}).url == endpoint.DEFAULT_URL


@pytest.mark.parametrize(
    ("host", "remote"),
    [
        ("tcp://127.0.0.1:2375", False),
        ("tcp://localhost:2375", False),
        ("tcp://[::1]:2375", False),
        ("127.0.0.1:2375", False),
        ("tcp://192.0.2.7:2375", True),
        ("tcp://127.0.0.1.example:2375", True),
        ("tcp://localhost.example:2375", True),
        ("tcp://0.0.0.0:2375", True),
        ("tcp://:2375", True),
        ("ssh://far", True),
        ("ssh://localhost", True),
        ("unix:///run/user/1000/docker.sock", False),
    ],
)
def test_endpoint_is_remote_where_it_is_not_this_machine(tmp_path: Path, host: str, remote: bool) -> None:
    assert endpoint.find({"HOME": str(tmp_path), "DOCKER_HOST": host}).remote is remote


def test_find_reads_the_variables_for_tls(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "DOCKER_HOST": "tcp://192.0.2.7:2376", "DOCKER_CERT_PATH": "/certs"}
    assert endpoint.find(environ).tls is None
    assert endpoint.find({**environ, "DOCKER_TLS": "1"}).tls == Path("/certs")
    assert not endpoint.find({**environ, "DOCKER_TLS": "1"}).verify
    assert endpoint.find({**environ, "DOCKER_TLS_VERIFY": "1"}).verify


def test_find_names_a_kind_of_address_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(SlipwayError, match="npipe"):
        endpoint.find({"HOME": str(tmp_path), "DOCKER_HOST": "npipe:////./pipe/docker_engine"})


@pytest.mark.parametrize("meta", [None, "", "{", "[]", '{"Endpoints": {}}'])
def test_find_names_a_context_that_is_missing_or_damaged(tmp_path: Path, meta: str | None) -> None:
    environ = context(tmp_path, "gone", "unix:///x")
    file = next(tmp_path.rglob("meta.json"))
    file.unlink() if meta is None else file.write_text(meta, encoding="utf-8")
    with pytest.raises(SlipwayError, match="“gone”"):
        endpoint.find({**environ, "DOCKER_CONTEXT": "gone"})


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"'])
def test_find_gives_the_defaults_for_a_damaged_configuration(tmp_path: Path, text: str) -> None:
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker" / "config.json").write_text(text, encoding="utf-8")
    assert endpoint.find({"HOME": str(tmp_path)}).url == endpoint.DEFAULT_URL


@pytest.mark.parametrize("verify", [True, False])
@pytest.mark.parametrize("tls", [True, False])
def test_find_takes_certificates_and_their_verification_from_the_context(tmp_path: Path, tls: bool, verify: bool) -> None:
    environ = context(tmp_path, "far", "tcp://192.0.2.7:2376", tls=tls, current=True, verify=verify)
    chosen = endpoint.find(environ)
    assert (chosen.tls is not None, chosen.verify) == (tls, verify)
    assert chosen.tls is None or chosen.tls.is_dir()


@pytest.mark.parametrize("url", ["tcp://192.0.2.7:2375", "ssh://far"])
def test_refuse_remote_lets_another_machine_pass_only_when_it_was_asked_for(folders: Path, url: str) -> None:
    elsewhere = endpoint.Endpoint(url, "DOCKER_HOST")
    with pytest.raises(SlipwayError, match="another machine") as refused:
        endpoint.refuse_remote(elsewhere)
    assert url in refused.value.message and "allow_remote_engine = true" in refused.value.fix
    endpoint.refuse_remote(endpoint.Endpoint())
    write_whole(settings.load().state / "settings.toml", "allow_remote_engine = true\n")
    endpoint.refuse_remote(elsewhere)
