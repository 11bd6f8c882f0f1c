"""Connections to our cluster's API server, and one small read-only client on top.

Light on purpose: standard library only, TLS loaded when the first connection is opened, a deadline on everything.
"""

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from sandboxes.cluster.access import Access
from sandboxes.http1 import Connection, json_answer

if TYPE_CHECKING:
    import ssl

KUBE_SYSTEM = "/api/v1/namespaces/kube-system"


def connection(access: Access, timeout: float) -> Connection:
    """A connection that trusts this cluster's own authority and no other; not opened yet."""
    return Connection(lambda seconds: _connect(access, seconds), timeout)


def get(access: Access, path: str, timeout: float) -> Any:
    """The JSON answer to GET `path`, waiting at most `timeout` seconds for each step of the exchange.

    Raises OSError when the API server cannot be reached or is not the cluster's own, ValueError when it does not answer 200.
    """
    host = f"127.0.0.1:{access.port}"
    return json_answer(connection(access, timeout), path, headers={"User-Agent": "slipway"}, host=host)


def kube_system_uid(access: Access, timeout: float = 5.0) -> str:
    """What tells a cluster from every other, also from one made later under the same name. Raises as `get` does."""
    return str(get(access, KUBE_SYSTEM, timeout)["metadata"]["uid"])


def _connect(access: Access, timeout: float) -> socket.socket:
    plain = socket.create_connection((b"127.0.0.1", access.port), timeout)
    try:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _context(access).wrap_socket(plain, server_hostname="127.0.0.1")
    except BaseException:
        plain.close()
        raise


@cache
def _context(access: Access) -> "ssl.SSLContext":
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cadata=access.authority.decode("ascii", errors="replace"))
        with _as_file(access.certificate + b"\n" + access.key) as path:
            context.load_cert_chain(path)
    except ssl.SSLError as error:
        raise OSError(f"the kubeconfig's certificate, key or authority cannot be used: {error.reason or error}") from error
    return context


@contextmanager
def _as_file(data: bytes) -> Iterator[str]:
    """A path at which the ssl module can read `data`; in memory where the system can do that."""
    if hasattr(os, "memfd_create"):
        number = os.memfd_create("slipway")
        try:
            os.write(number, data)
            yield f"/proc/self/fd/{number}"
        finally:
            os.close(number)
    else:
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            yield file.name
