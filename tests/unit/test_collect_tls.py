"""The certificate that an Ingress serves is described, trusted or not; where none comes, that is a fact as well."""

import hashlib
import socket
import ssl
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from fake_api_server import Authority, Decoy

from checks.clients.base import EngineError
from checks.model import Probe
from checks.probes import tls
from checks.snapshot import Json


def ask(port: int | None, host: str = "harbour.example", timeout: float = 2.0) -> Json:
    cluster: Any = SimpleNamespace(ports=lambda: {} if port is None else {"https": port})
    return tls.ingress_tls(Probe("tls", "ingress_tls", {"host": host, "path": "/page"}, timeout), cluster)


@pytest.fixture
def closing() -> Iterator[int]:
    """A port on which every connection is closed at once, as where no certificate is there for the name."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            while True:
                try:
                    server.accept()[0].close()
                except OSError:
                    return

        threading.Thread(target=run, daemon=True).start()
        yield server.getsockname()[1]


def test_what_is_served_is_described_though_nobody_vouches_for_it(server: Decoy, ours: Authority) -> None:
    server.answers["/page"] = (200, b"open")
    seen = ask(server.port)
    assert (seen["ok"], seen["status"], seen["body"], seen["error"]) == (True, 200, "open", "")
    assert seen["request"] == "GET https://harbour.example/page"
    der = ssl.PEM_cert_to_DER_cert(ours.pem("server.crt").decode())
    found = seen["certificate"]
    assert (found["subject"], found["issuer"]) == ("commonName=server", "commonName=decoy-ca")
    assert found["names"] == []  # it is for an address, and for no host
    assert found["fault"] == ""
    assert found["sha256"] == hashlib.sha256(der).hexdigest()
    assert ssl.cert_time_to_seconds(found["not_before"]) < ssl.cert_time_to_seconds(found["not_after"])


def test_a_connection_that_is_closed_has_no_certificate(closing: int) -> None:
    seen = ask(closing)
    assert (seen["ok"], seen["error"], seen["certificate"]) == (False, "closed", {})


def test_a_closed_port_is_refused_and_a_cluster_without_one_cannot_be_asked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert ask(port)["error"] == "refused"
    with pytest.raises(EngineError, match="no port of this machine"):
        ask(None)
