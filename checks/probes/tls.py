"""The certificate probe: what the cluster's Ingress controller serves to a visitor who asks for a host over TLS.

The certificate is read as it is served, whoever signed it: a first connection accepts it unseen, a second one trusts that
very certificate and no other, which is what makes the standard library decode it.
"""

import hashlib
import socket
import ssl
import time
from collections.abc import Callable

from urllib3.connection import HTTPSConnection

from checks.clients.base import EngineError
from checks.clients.cluster import Cluster
from checks.model import Probe
from checks.probes.http import BODY_LIMIT, describe, seen
from checks.snapshot import Json
from sandboxes import exchange

ADDRESS = "127.0.0.1"


def ingress_tls(probe: Probe, cluster: Cluster) -> Json:
    """Request `path` of the host name `host` over TLS at the cluster's own HTTPS port on this machine.

    `certificate` holds names, subject, issuer, not_before, not_after (as in the certificate, UTC) and sha256.
    """
    port = cluster.ports().get("https")
    if port is None:
        raise EngineError("no port of this machine is forwarded to the cluster's Ingress; see `./slipway cluster status`")
    return request(probe, port)


def request(probe: Probe, port: int) -> Json:
    """Make the request at a port of the loopback address. A missing certificate for that host is a result, not an error."""
    host, path = probe.options["host"], probe.options.get("path", "/")
    result: Json = {"kind": probe.kind, "request": f"GET https://{host}{path}", "ok": False, "error": "", "status": 0}
    result |= {"body": "", "certificate": {}}
    deadline = time.monotonic() + probe.timeout

    def left() -> float:
        return max(deadline - time.monotonic(), 0.1)

    def dial(context: ssl.SSLContext) -> ssl.SSLSocket:
        plain = socket.create_connection((ADDRESS, port), left())
        return context.wrap_socket(plain, server_hostname=host)

    try:
        result["certificate"] = _certificate(dial)
        connection = HTTPSConnection(ADDRESS, port, ssl_context=_trusting(), server_hostname=host, assert_hostname=False)
        sent = {"Host": host, "User-Agent": "slipway-check"}
        response = exchange.once(connection, "GET", path, timeout=left(), limit=BODY_LIMIT, sent=sent)
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionResetError):
        return {**result, "error": "closed"}
    except ssl.SSLError as error:
        return {**result, "error": f"no TLS: {error.reason or error}"}
    except OSError as error:
        return {**result, "error": describe(error)}
    return {**result, "ok": True, **seen(response)}


def _certificate(dial: Callable[[ssl.SSLContext], ssl.SSLSocket]) -> Json:
    """The certificate that is served; one that is not valid now is described by the reason alone."""
    with dial(_trusting()) as first:
        served = first.getpeercert(binary_form=True) or b""
    about: Json = {"sha256": hashlib.sha256(served).hexdigest(), "fault": ""}
    strict = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    strict.check_hostname = False
    strict.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    strict.load_verify_locations(cadata=served)
    try:
        with dial(strict) as second:
            fields = second.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return {**about, "fault": error.verify_message, "names": [], "subject": "", "issuer": ""}
    names = [value for kind, value in fields.get("subjectAltName", ()) if kind == "DNS"]
    dates = {"not_before": fields.get("notBefore", ""), "not_after": fields.get("notAfter", "")}
    return {
        **about,
        "names": names,
        "subject": _words(fields.get("subject", ())),
        "issuer": _words(fields.get("issuer", ())),
        **dates,
    }


def _trusting() -> ssl.SSLContext:
    """A context that accepts whatever is served: the certificate is examined, not trusted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _words(name: tuple) -> str:
    """A distinguished name: "commonName=harbour.example.com, organizationName=Harbour"."""
    return ", ".join(f"{key}={value}" for part in name for key, value in part)
