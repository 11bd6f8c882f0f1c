"""The one way to our cluster: the Kubernetes SDK's client, for everything that Slipway asks of the API server.

The SDK's own loader of kubeconfigs is not used: it runs commands that a kubeconfig names, follows it to any server, and
leaves the private key in the folder for temporary files. Here the kubeconfig has been read strictly before
(`sandboxes.cluster.kubeconfig`), and the key never leaves the cluster's folder.
"""

import os
import stat
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandboxes import exchange, json_text
from sandboxes.cluster import kubeconfig, paths
from sandboxes.cluster.access import Access
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import read_text, write_whole

if TYPE_CHECKING:
    from kubernetes.client import ApiClient
    from urllib3 import BaseHTTPResponse

KUBE_SYSTEM = "/api/v1/namespaces/kube-system"
AUTHORITY, CLIENT = "authority.crt", "client.pem"
CONNECTIONS = 16
SECONDS = 10.0


class Unanswered(Exception):
    """The API server did not answer, or refused; the text says why."""


def connect(access: Access, folder: Path) -> "ApiClient":
    """Return a client that trusts this cluster's own authority and no other; nothing is sent yet.

    The SDK takes certificates from files: they are kept in `folder`, beside the kubeconfig, readable by their owner alone.
    An access without a certificate proves itself by a header of each request. Proxies and other settings of the environment
    do not count. Raises SlipwayError where the files cannot be written.
    """
    from kubernetes.client.api_client import ApiClient
    from kubernetes.client.configuration import Configuration

    authority, client = folder / AUTHORITY, folder / CLIENT
    _keep(authority, access.authority)
    if access.certificate:
        # The certificate and its key in one file: replaced together, they always belong together.
        _keep(client, access.certificate + b"\n" + access.key)
    own = str(client) if access.certificate else None
    configuration = Configuration(
        host=access.server, ssl_ca_cert=str(authority), cert_file=own, key_file=own,
        retries=False, proxy="", no_proxy="*", connection_pool_maxsize=CONNECTIONS,
    )  # fmt: skip
    return ApiClient(configuration)


def send(
    api: "ApiClient", method: str, path: str, timeout: float, body: bytes | None = None, headers: dict[str, str] | None = None
) -> "BaseHTTPResponse":
    """Send a request to the API server. The body of the response is not read yet.

    Raises OSError or an error of urllib3; `exchange.failure` says what is underneath.
    """
    exchange.watch(api.rest_client.pool_manager.connection_from_url(api.configuration.host))
    return api.rest_client.pool_manager.urlopen(
        method, f"{api.configuration.host}{path}", body=body, headers={"User-Agent": "slipway", **(headers or {})},
        timeout=timeout, preload_content=False, retries=False, redirect=False,
    )  # fmt: skip


def get(api: "ApiClient", path: str, timeout: float) -> Any:
    """Return the JSON at `path`. The whole exchange takes at most `timeout` seconds, plus one wait of as long.

    Raises OSError when the API server cannot be reached or is not the cluster's own, ValueError for a status other than
    200 and for a response that is not JSON.
    """
    deadline = time.monotonic() + timeout
    try:
        response = send(api, "GET", path, timeout)
        body = exchange.read(response, deadline)
    except exchange.ERRORS as error:
        raise exchange.failure(error) from error
    if response.status != 200:
        raise ValueError(_refusal(body) or f"GET {path} was answered with status {response.status}")
    return json_text.loads(body)


def read(path: str, timeout: float = SECONDS) -> Any:
    """Return the JSON at `path` of the cluster whose kubeconfig is in our folder. Raises Unanswered."""
    try:
        access = kubeconfig.read(paths.kubeconfig())
        return get(_connection(access, paths.location()), path, timeout)
    except TimeoutError as error:
        raise Unanswered(f"no answer within {timeout:g} seconds") from error
    except SlipwayError as error:
        raise Unanswered(error.message) from error
    except (OSError, ValueError) as error:
        raise Unanswered(str(error) or type(error).__name__) from error


@lru_cache(maxsize=1)
def _connection(access: Access, folder: Path) -> "ApiClient":
    """Return the client of the last call, with its open connections: waiting for the cluster takes many requests."""
    return connect(access, folder)


def _refusal(body: bytes) -> str:
    """Return the API's own words for a refusal; empty where it gives none."""
    try:
        return str(json_text.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return ""


def _keep(path: Path, content: bytes) -> None:
    """Write a file that its owner alone can read, unless it is there as it should be."""
    text = content.decode("ascii", errors="replace")
    try:
        about = path.lstat()
        private = stat.S_ISREG(about.st_mode) and about.st_mode & 0o077 == 0 and about.st_uid == os.geteuid()
        if private and read_text(path) == text:
            return
    except (OSError, ValueError):
        pass  # Written below, or that call raises the reason.
    if path.is_symlink():  # only the link is removed: the key belongs in this folder
        path.unlink()
    write_whole(path, text, 0o600)
