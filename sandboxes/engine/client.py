"""The one way to a Docker engine: the Docker SDK's low-level client, for everything that Slipway asks of an engine.

Source of the paths: the Docker Engine API reference, https://docs.docker.com/reference/api/engine/.
"""

import time
from collections.abc import Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sandboxes import exchange, json_text
from sandboxes.engine.endpoint import Endpoint

if TYPE_CHECKING:
    from docker import APIClient
    from docker.tls import TLSConfig
    from requests import Response
    from urllib3 import BaseHTTPResponse, HTTPConnectionPool

# 1.41 is Docker 20.10: the oldest engine with BuildKit and what Compose v2 asks for.
API_VERSION = "1.41"
CONNECTIONS = 16
AGENT = "slipway"
PORT, TLS_PORT = 2375, 2376


def connect(endpoint: Endpoint, timeout: float = 5.0, version: str = API_VERSION) -> "APIClient":
    """Return a client of the engine at `endpoint`; nothing is sent yet.

    `version` is that of the API which the SDK's own methods use, `timeout` (seconds) how long they wait. Proxies and
    other settings of the environment do not count. Raises OSError where the client's settings cannot be used: a damaged
    file of the Docker command, or certificates that are missing.
    """
    from docker import APIClient
    from docker.errors import DockerException

    try:
        client = APIClient(
            _address(endpoint), version=version, timeout=timeout, tls=_tls(endpoint), user_agent=AGENT,
            max_pool_size=CONNECTIONS,
        )  # fmt: skip
    except (DockerException, AttributeError, TypeError, ValueError) as error:
        raise OSError(f"the docker command's config.json, or a certificate, cannot be used: {error}") from error
    client.trust_env = False
    client.hooks["response"].append(_in_time)
    if endpoint.scheme == "ssh":
        from sandboxes.engine.tunnel import Adapter

        client.mount("http+docker://", Adapter(endpoint.url))
    _watch(client)
    return client


def _watch(client: "APIClient") -> None:
    """Watch every pool of connections that the SDK's client opens: its adapters have one for each URL."""
    adapter = client.get_adapter(client.base_url)
    plain = adapter.get_connection_with_tls_context

    @wraps(plain)
    def pool(*arguments: Any, **options: Any) -> "HTTPConnectionPool":
        return exchange.watch(plain(*arguments, **options))

    adapter.get_connection_with_tls_context = pool


def _in_time(response: "Response", *, timeout: float | None = None, stream: bool = False, **_: Any) -> None:
    """Read the body of an answer to a method of the SDK in at most `timeout` seconds. A stream is left to its reader."""
    if not stream and timeout is not None:
        with exchange.whole(response.raw, timeout):
            _ = response.content


def connections(client: "APIClient") -> "HTTPConnectionPool":
    """Return the pool of connections that the SDK's client uses itself.

    A request on it takes half of the time of one through the client's session, which prepares redirects, cookies and
    proxies again each time; a check makes dozens.
    """
    from requests import Request

    adapter = client.get_adapter(client.base_url)
    request = Request("GET", client.base_url).prepare()
    return adapter.get_connection_with_tls_context(request, client.verify, proxies=None, cert=client.cert)


def send(
    pool: "HTTPConnectionPool", method: str, path: str, timeout: float, body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> "BaseHTTPResponse":  # fmt: skip
    """Send a request to a path of the API, without a version: the engine's newest. The body of the response is not read yet.

    Raises OSError or an error of urllib3; `exchange.failure` says what is underneath.
    """
    about = {"User-Agent": AGENT, **(headers or {})}
    return pool.urlopen(
        method, path, body=body, headers=about, timeout=timeout, preload_content=False, retries=False, redirect=False
    )


def get(client: "APIClient", path: str, timeout: float) -> Any:
    """Return the JSON at `path`. The whole exchange takes at most `timeout` seconds, plus one wait of as long.

    Raises OSError (of which TimeoutError, PermissionError, ConnectionError) when the engine cannot be reached, and
    ValueError when the other side does not speak the API.
    """
    deadline = time.monotonic() + timeout
    try:
        response = send(connections(client), "GET", path, timeout)
        body = exchange.read(response, deadline)
    except exchange.ERRORS as error:
        inner = exchange.failure(error)
        if isinstance(inner, exchange.NotHttp):
            raise ValueError(f"no HTTP response ({inner})") from error
        raise inner from error
    if response.status != 200:
        raise ValueError(f"GET {path} was answered with status {response.status}")
    return json_text.loads(body)


def _address(endpoint: Endpoint) -> str:
    """Return the engine's address as the SDK takes it."""
    if endpoint.scheme == "ssh":
        # The SDK's own way over ssh has no timeout: `connect` puts a tunnel in the place of this socket.
        return "unix:///ssh"
    parts = urlsplit(endpoint.url)
    if endpoint.scheme == "tcp" and not parts.port:
        return f"tcp://{parts.netloc}:{PORT if endpoint.tls is None else TLS_PORT}"
    return endpoint.url


def _tls(endpoint: Endpoint) -> "TLSConfig | bool":
    """Return the certificates of an endpoint that exist; False without TLS."""
    if endpoint.tls is None:
        return False
    from docker.tls import TLSConfig

    authority, certificate, key = (endpoint.tls / name for name in ("ca.pem", "cert.pem", "key.pem"))
    return TLSConfig(
        client_cert=(str(certificate), str(key)) if certificate.is_file() else None,
        ca_cert=str(authority) if authority.is_file() else None,
        verify=endpoint.verify,
    )
