"""The probe of a certificate: what the cluster's Ingress controller shows to whoever asks for a host over TLS.

The certificate is read as it is served, whoever signed it: a first connection takes it unseen, a second one trusts that
very certificate and no other, which is what makes the standard library take it apart.
"""

import hashlib
import socket
import ssl
import time
from collections.abc import Callable

from checks.clients.base import EngineError
from checks.clients.cluster import Cluster
from checks.model import Probe
from checks.probes.http import BODY_LIMIT, describe
from checks.snapshot import Json
from sandboxes.http1 import Connection

ADDRESS = "127.0.0.1"


def ingress_tls(probe: Probe, cluster: Cluster) -> Json:
    """Ask for `path` of the host name `host` over TLS at the cluster's own HTTPS port on this machine.

    `certificate` holds names, subject, issuer, not_before, not_after (as in the certificate, UTC) and sha256.
    """
    port = cluster.ports().get("https")
    if port is None:
        raise EngineError("no port of this machine leads to the cluster's Ingress; `./slipway cluster status` says more")
    return request(probe, port)


def request(probe: Probe, port: int) -> Json:
    """The request at a port of the loopback address. No certificate for that host is a fact, and no error of ours."""
    host, path = probe.options["host"], probe.options.get("path", "/")
    result: Json = {"kind": probe.kind, "request": f"GET https://{host}{path}", "ok": False, "error": "", "status": 0}
    result |= {"body": "", "certificate": {}}
    deadline = time.monotonic() + probe.timeout

    def dial(context: ssl.SSLContext) -> ssl.SSLSocket:
        plain = socket.create_connection((ADDRESS, port), max(deadline - time.monotonic(), 0.1))
        return context.wrap_socket(plain, server_hostname=host)

    try:
        certificate = _certificate(dial)
        result["certificate"] = certificate
        connection = Connection(lambda seconds: dial(_trusting()), max(deadline - time.monotonic(), 0.1))
        try:
            response = connection.request("GET", path, b"", {"User-Agent": "slipway-check", "Connection": "close"}, host=host)
            body = response.read1(BODY_LIMIT)
        finally:
            connection.close()
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionResetError):
        return {**result, "error": "closed"}
    except ssl.SSLError as error:
        return {**result, "error": f"no TLS: {error.reason or error}"}
    except OSError as error:
        return {**result, "error": describe(error)}
    text = body.decode("utf-8", errors="replace")
    return {**result, "ok": True, "status": response.status, "headers": response.headers, "body": text}


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
            told = second.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return {**about, "fault": error.verify_message, "names": [], "subject": "", "issuer": ""}
    names = [value for kind, value in told.get("subjectAltName", ()) if kind == "DNS"]
    dates = {"not_before": told.get("notBefore", ""), "not_after": told.get("notAfter", "")}
    return {
        **about,
        "names": names,
        "subject": _words(told.get("subject", ())),
        "issuer": _words(told.get("issuer", ())),
        **dates,
    }


def _trusting() -> ssl.SSLContext:
    """Takes whatever is served: what it is gets looked at, not believed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _words(name: tuple) -> str:
    """A distinguished name: "commonName=harbour.example.com, organizationName=Harbour"."""
    return ", ".join(f"{key}={value}" for part in name for key, value in part)
