"""Connections to the Docker Engine API over whatever an Endpoint names, and one small read-only client on top.

Light on purpose: standard library only, a deadline on everything. Source of the paths: the Docker Engine API reference,
https://docs.docker.com/reference/api/engine/.
"""

import socket
from typing import Any
from urllib.parse import urlsplit

from sandboxes.engine.endpoint import Endpoint
from sandboxes.http1 import Connection, json_answer


def connection(endpoint: Endpoint, timeout: float) -> Connection:
    """A connection over a unix socket, TCP, TLS, or the docker command's tunnel over ssh; not opened yet."""
    return Connection(lambda seconds: _connect(endpoint, seconds), timeout)


def get(endpoint: Endpoint, path: str, timeout: float) -> Any:
    """The JSON answer to GET `path`, waiting at most `timeout` seconds for each step of the exchange.

    Raises OSError (of which TimeoutError, PermissionError, ConnectionError) when the engine cannot be reached, and
    ValueError when what answers does not speak the API.
    """
    return json_answer(connection(endpoint, timeout), path)


def _connect(endpoint: Endpoint, timeout: float) -> socket.socket:
    if endpoint.scheme == "ssh":
        return _tunnel(endpoint)
    if endpoint.scheme == "tcp":
        where = urlsplit(endpoint.url)
        port = where.port or (2376 if endpoint.tls else 2375)
        plain = socket.create_connection((where.hostname, port), timeout)
        return plain if endpoint.tls is None else _secure(plain, endpoint)
    found = socket.socket(socket.AF_UNIX)
    try:
        found.settimeout(timeout)
        found.connect(endpoint.socket_path)
    except OSError:
        found.close()
        raise
    return found


def _secure(plain: socket.socket, endpoint: Endpoint) -> socket.socket:
    import ssl

    authority = endpoint.tls / "ca.pem"
    context = ssl.create_default_context(cafile=str(authority) if authority.is_file() else None)
    if (endpoint.tls / "cert.pem").is_file():
        context.load_cert_chain(endpoint.tls / "cert.pem", endpoint.tls / "key.pem")
    if not endpoint.verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(plain, server_hostname=urlsplit(endpoint.url).hostname)


def _tunnel(endpoint: Endpoint) -> socket.socket:
    """A socket whose other end is `docker system dial-stdio`, which knows the way over ssh."""
    import shutil
    import subprocess

    client = shutil.which("docker")
    if client is None:
        raise OSError("an ssh:// engine needs the docker command, which is not installed")
    ours, theirs = socket.socketpair()
    command = [client, "-H", endpoint.url, "system", "dial-stdio"]
    subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL)
    theirs.close()
    return ours
