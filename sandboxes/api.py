"""A small client for a few read-only questions to the Docker Engine API: is it there, which version, how is it set up.

Light on purpose: standard library only, one connection per question, a deadline on each. Source of the paths: the
Docker Engine API reference, https://docs.docker.com/reference/api/engine/.
"""

import http.client
import json
import shutil
import socket
import ssl
import subprocess
from typing import Any
from urllib.parse import urlsplit

from sandboxes.endpoint import Endpoint


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        try:
            self.sock.connect(self._path)
        except OSError:
            self.sock.close()
            raise


def get(endpoint: Endpoint, path: str, timeout: float) -> Any:
    """The JSON answer to GET `path`, waiting at most `timeout` seconds for each step of the exchange.

    Raises OSError (of which TimeoutError, PermissionError, ConnectionError) when the engine cannot be reached, and
    ValueError when what answers does not speak the API.
    """
    if endpoint.scheme == "ssh":
        return _get_through_cli(endpoint, path, timeout)
    connection = _connection(endpoint, timeout)
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


def _connection(endpoint: Endpoint, timeout: float) -> http.client.HTTPConnection:
    if endpoint.scheme == "unix":
        return UnixConnection(endpoint.socket_path, timeout)
    address = urlsplit(endpoint.url)
    if endpoint.tls is None:
        return http.client.HTTPConnection(address.hostname, address.port or 2375, timeout=timeout)
    authority = endpoint.tls / "ca.pem"
    context = ssl.create_default_context(cafile=authority if authority.is_file() else None)
    if (endpoint.tls / "cert.pem").is_file():
        context.load_cert_chain(endpoint.tls / "cert.pem", endpoint.tls / "key.pem")
    if not endpoint.verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(address.hostname, address.port or 2376, timeout=timeout, context=context)


def _get_through_cli(endpoint: Endpoint, path: str, timeout: float) -> Any:
    """Over ssh, the docker command's own tunnel carries the question."""
    client = shutil.which("docker")
    if client is None:
        raise OSError("an ssh:// engine needs the docker command, which is not installed")
    command = [client, "-H", endpoint.url, "system", "dial-stdio"]
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    try:
        done = subprocess.run(command, input=request, capture_output=True, timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(f"no answer within {timeout:g} s") from error
    if not done.stdout:
        raise OSError(done.stderr.decode(errors="replace").strip().splitlines()[-1:] or "no answer")
    return _parse(done.stdout)


def _parse(raw: bytes) -> Any:
    """The JSON body of a raw HTTP answer."""
    near, far = socket.socketpair()
    with near, far:
        near.settimeout(1)
        far.sendall(raw[:65536])
        far.shutdown(socket.SHUT_WR)
        answer = http.client.HTTPResponse(near)
        answer.begin()
        return json.loads(answer.read())
