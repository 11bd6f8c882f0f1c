"""The one form of kubeconfig that is accepted, without a recorded identity."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sandboxes.cluster import kubeconfig_format
from sandboxes.cluster.access import Access

ACCESS = Access(
    "slipway-1a2b3c",
    "https://127.0.0.1:6443",
    b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
    b"-----BEGIN CERTIFICATE-----\nMAE=\n-----END CERTIFICATE-----\n",
    b"-----BEGIN EC PRIVATE KEY-----\nMAI=\n-----END EC PRIVATE KEY-----\n",
)


def parse_changed(alter: Callable[[dict[str, Any]], Any]) -> Access:
    data = json.loads(kubeconfig_format.render(ACCESS))
    alter(data)
    return kubeconfig_format.parse(json.dumps(data))


@pytest.mark.parametrize("namespace", ["", "lab-11-pods"])
def test_parse_reads_what_render_writes(namespace: str) -> None:
    assert kubeconfig_format.parse(kubeconfig_format.render(ACCESS, namespace)) == ACCESS


@pytest.mark.parametrize("port", ["1", "6443", "65535"])
def test_parse_accepts_every_port_of_the_loopback_address(port: str) -> None:
    server = f"https://127.0.0.1:{port}"
    assert parse_changed(lambda data: data["clusters"][0]["cluster"].update(server=server)).port == int(port)


@pytest.mark.parametrize(
    "server",
    [
        "https://127.0.0.1:0", "https://127.0.0.1:65536", "https://127.0.0.1:99999", "https://127.0.0.1:", "https://127.0.0.1",
        "https://127.0.0.1:6443@prod.example", "https://127.0.0.1:6443/prod", "https://127.0.0.1:6443\n",
        "https://127.0.0.1:6443.prod.example", " https://127.0.0.1:6443", "https://127.0.0.11:6443", "https://127a0.0.1:6443",
        "http://127.0.0.1:6443", "HTTPS://127.0.0.1:6443", "https://localhost:6443", "https://[::1]:6443", None, 6443, ["x"],
    ],
)  # fmt: skip
def test_parse_refuses_every_other_server(server: object) -> None:
    with pytest.raises(ValueError, match="our cluster is at https://127.0.0.1:PORT"):
        parse_changed(lambda data: data["clusters"][0]["cluster"].update(server=server))


@pytest.mark.parametrize("name", ["", "-a", "a-", "a b", "a\n", "a/b", "../a", "A", "slіpway", "a$(id)"])
def test_parse_refuses_names_that_are_no_names_of_a_cluster(name: str) -> None:
    def rename(data: dict[str, Any]) -> None:
        for kind in ("cluster", "user", "context"):
            data[f"{kind}s"][0]["name"] = name
        data["contexts"][0]["context"] = {"cluster": name, "user": name}
        data["current-context"] = name

    with pytest.raises(ValueError, match="names"):
        parse_changed(rename)


@pytest.mark.parametrize("changed", [{"cluster": "prod"}, {"user": "admin"}])
def test_parse_refuses_a_context_for_another_cluster_or_user(changed: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(changed.values()))):
        parse_changed(lambda data: data["contexts"][0]["context"].update(changed))


@pytest.mark.parametrize(
    ("kind", "field", "words"),
    [
        ("user", "exec", "would run a command"),
        ("user", "auth-provider", "would run a program"),
        ("user", "tokenFile", "tokenFile"),
        ("user", "client-key", "client-key"),
        ("user", "as", "“as”"),
        ("cluster", "proxy-url", "proxy"),
        ("cluster", "insecure-skip-tls-verify", "verify"),
        ("cluster", "certificate-authority", "certificate-authority"),
        ("cluster", "tls-server-name", "tls-server-name"),
        ("context", "extensions", "extensions"),
    ],
)
def test_parse_refuses_a_field_that_it_does_not_know(kind: str, field: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_changed(lambda data: data[f"{kind}s"][0][kind].update({field: "x"}))
    with pytest.raises(ValueError, match=field):
        parse_changed(lambda data: data[f"{kind}s"][0].update({field: "x"}))
    with pytest.raises(ValueError, match=field):
        parse_changed(lambda data: data.update({field: "x"}))


@pytest.mark.parametrize("field", ["client-certificate-data", "client-key-data"])
def test_parse_refuses_a_certificate_for_a_key_and_a_key_for_a_certificate(field: str) -> None:
    def swap(data: dict[str, Any]) -> None:
        user = data["users"][0]["user"]
        (other,) = user.keys() - {field}
        user[field] = user[other]

    with pytest.raises(ValueError, match=field):
        parse_changed(swap)
