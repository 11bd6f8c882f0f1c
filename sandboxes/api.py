"""Connections to the Docker Engine API over whatever an Endpoint names, and one small read-only client on top.

Light on purpose: standard library only, a deadline on everything. Source of the paths: the Docker Engine API reference,
https://docs.docker.com/reference/api/engine/.
"""

import http.client
import json
import socket
from typing import Any
from urllib.parse import urlsplit

from sandboxes.endpoint import Endpoint


class Connection(http.client.HTTPConnection):
    """An HTTP connection over a unix socket, TCP, TLS, or the docker command's tunnel over ssh."""

    def __init__(self, endpoint: Endpoint, timeout: float) -> None:
        super().__init__("docker", timeout=timeout)
        self.endpoint = endpoint

    def connect(self) -> None:
        if self.endpoint.scheme == "unix":
            self.sock = socket.socket(socket.AF_UNIX)
        elif self.endpoint.scheme == "ssh":
            self.sock = _tunnel(self.endpoint)
        else:
            where = urlsplit(self.endpoint.url)
            port = where.port or (2376 if self.endpoint.tls else 2375)
            self.sock = socket.create_connection((where.hostname, port), self.timeout)
        try:
            self.sock.settimeout(self.timeout)
            if self.endpoint.scheme == "unix":
                self.sock.connect(self.endpoint.socket_path)
            elif self.endpoint.tls is not None:
                self.sock = _secure(self.sock, self.endpoint)
        except OSError:
            self.close()
            raise


def get(endpoint: Endpoint, path: str, timeout: float) -> Any:
    """The JSON answer to GET `path`, waiting at most `timeout` seconds for each step of the exchange.

    Raises OSError (of which TimeoutError, PermissionError, ConnectionError) when the engine cannot be reached, and
    ValueError when what answers does not speak the API.
    """
    connection = Connection(endpoint, timeout)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
    except http.client.HTTPException as error:
        raise ValueError(f"no HTTP answer ({type(error).__name__})") from error
    finally:
        connection.close()
    if answer.status != 200:
        raise ValueError(f"GET {path} was answered with status {answer.status}")
    return json.loads(body)


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
