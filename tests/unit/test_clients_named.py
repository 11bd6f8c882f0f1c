"""A cluster that an instructor names: which kubeconfigs are accepted, and that nothing is sent to another cluster."""

import base64
from pathlib import Path
from typing import Any

import pytest
import yaml
from fake_api_server import UID, Authority, Decoy, decoy

from checks.clients import named_kubeconfig
from checks.clients.base import EngineError
from checks.clients.named_cluster import NamedCluster
from sandboxes.cluster.access import Refused
from sandboxes.errors import SlipwayError


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def config(running: Decoy, user: dict[str, Any] | None = None, **cluster: Any) -> dict[str, Any]:
    """A kubeconfig with two contexts, of which the current one is not the class's."""
    ours = {"server": running.access.server, "certificate-authority-data": encoded(running.access.authority), **cluster}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "ours", "cluster": ours}, {"name": "other", "cluster": {"server": "https://192.0.2.1"}}],
        "users": [{"name": "admin", "user": {"token": "secret-word"} if user is None else user}],
        "contexts": [
            {"name": "classroom", "context": {"cluster": "ours", "user": "admin"}},
            {"name": "production", "context": {"cluster": "other", "user": "admin"}},
        ],
        "current-context": "production",
    }


def saved(folder: Path, data: Any) -> Path:
    path = folder / "kubeconfig"
    path.write_text(data if isinstance(data, str) else yaml.safe_dump(data), encoding="utf-8")
    return path


def connected(path: Path, uid: str = UID) -> NamedCluster:
    return NamedCluster(named_kubeconfig.load(path, "classroom"), uid)


def test_a_token_reaches_the_cluster_of_the_named_context(server: Decoy, tmp_path: Path) -> None:
    cluster = connected(saved(tmp_path, config(server)))
    assert cluster.identity() == UID and cluster.access.token == "secret-word"
    assert "secret-word" not in repr(cluster.access)


def test_a_certificate_works_from_the_data_and_from_files_beside_the_kubeconfig(server: Decoy, tmp_path: Path) -> None:
    access = server.access
    inline = {"client-certificate-data": encoded(access.certificate), "client-key-data": encoded(access.key)}
    assert connected(saved(tmp_path, config(server, inline))).identity() == UID
    (tmp_path / "crt").write_bytes(access.certificate)
    (tmp_path / "key").write_bytes(access.key)
    assert connected(saved(tmp_path, config(server, {"client-certificate": "crt", "client-key": "key"}))).identity() == UID


@pytest.mark.parametrize(
    "user, cluster, reason",
    [
        ({"exec": {"command": "touch"}}, {}, "runs a command for its credentials"),
        ({"auth-provider": {"name": "x"}}, {}, "runs a program"),
        ({"username": "a", "password": "b"}, {}, "user name and password"),
        ({}, {}, "has no client-certificate"),
        ({"token": "two words"}, {}, "not one word"),
        ({"token": "secret-word", "as": "root"}, {}, "acts as another user"),
        ({"client-certificate-data": "?", "client-key-data": "?"}, {}, "not Base64"),
        (None, {"insecure-skip-tls-verify": True}, "does not verify"),
        (None, {"proxy-url": "http://192.0.2.1"}, "through a proxy"),
        (None, {"server": "http://127.0.0.1:1"}, "begins with https://"),
        (None, {"certificate-authority-data": encoded(b"no PEM")}, "not a certificate"),
    ],
)
def test_what_is_unusual_is_refused_before_anything_is_sent(
    server: Decoy, tmp_path: Path, user: dict[str, Any] | None, cluster: dict[str, Any], reason: str
) -> None:
    with pytest.raises(SlipwayError, match=reason):
        named_kubeconfig.load(saved(tmp_path, config(server, user, **cluster)), "classroom")
    assert not server.log


@pytest.mark.parametrize("text", ["", "[", "a: b", "!!python/object:os.system x", "kind: Config\ncontexts: 1", "[" * 3000])
def test_what_is_no_kubeconfig_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SlipwayError, match="Nothing was contacted"):
        named_kubeconfig.load(saved(tmp_path, text), "classroom")


def test_a_context_that_is_not_there_is_named_with_those_that_are(server: Decoy, tmp_path: Path) -> None:
    with pytest.raises(SlipwayError, match="no context “lab”; it has: classroom, production"):
        named_kubeconfig.load(saved(tmp_path, config(server)), "lab")
    with pytest.raises(SlipwayError, match="cannot be read"):
        named_kubeconfig.load(tmp_path / "missing", "lab")


def test_a_write_is_sent_only_to_the_recorded_cluster(server: Decoy, tmp_path: Path) -> None:
    path = saved(tmp_path, config(server))
    assert connected(path).write("PATCH", "/api/v1/namespaces/a", {}).status == 200
    for uid in ("another", ""):
        with pytest.raises(Refused, match="Nothing was changed"):
            connected(path, uid).write("DELETE", "/api/v1/namespaces/a")
    assert server.writes == ["PATCH /api/v1/namespaces/a"]


def test_a_server_of_another_authority_is_not_trusted(server: Decoy, theirs: Authority, tmp_path: Path) -> None:
    with decoy(theirs) as other:
        path = saved(tmp_path, config(server, server=other.access.server))
        with pytest.raises(EngineError, match="does not trust"):
            connected(path).identity()
        assert not other.log


def test_a_list_is_read_page_by_page(server: Decoy, tmp_path: Path) -> None:
    def choose(method: str, path: str) -> tuple[int, Any] | None:
        if not path.startswith("/api/v1/pods"):
            return None
        last = "continue=more" in path
        return 200, {"items": [{"n": int(last)}], "metadata": {} if last else {"continue": "more"}}

    server.choose = choose
    cluster = connected(saved(tmp_path, config(server)))
    assert list(cluster.items("/api/v1/pods")) == [{"n": 0}, {"n": 1}]
    assert list(cluster.items("/apis/nothing/v1/thing")) == []
