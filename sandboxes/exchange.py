"""One request and its response over a connection of urllib3, which the Docker and Kubernetes SDKs use underneath.

This module adds what a grader needs and the libraries leave to their callers: a deadline on the whole exchange, a limit
on the size of a response, and one kind of error. Whatever fails below is an OSError here: `ConnectionRefusedError`,
`FileNotFoundError`, `PermissionError`, `TimeoutError`, `Closed`, `NotHttp`, or an error of TLS.
"""

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPException
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as Urllib3Timeout

PART = 64 * 1024  # bytes
BOTH_WAYS = 2  # SHUT_RDWR
WRAPPERS = ("requests", "urllib3")
# What the libraries raise. The exceptions of requests are OSErrors.
ERRORS = (HTTPError, HTTPException, OSError)
ENDED_BY_TLS = ("SSLEOFError", "SSLZeroReturnError")


class NotHttp(OSError):
    """The other side sent something that is not an HTTP response."""


class Closed(ConnectionResetError):
    """The other side closed the connection before the response was complete."""


@dataclass(frozen=True)
class Response:
    """A complete response: status, body, and headers by their names in lower case."""

    status: int
    body: bytes
    headers: dict[str, str]


class Body:
    """The body of a response as a file that can be read once, from beginning to end."""

    def __init__(self, response: BaseHTTPResponse) -> None:
        self._response = response

    def read(self, size: int) -> bytes:
        """Read at most `size` bytes; b"" at the end. Raises OSError."""
        try:
            return self._response.read(size, decode_content=False)
        except ERRORS as error:
            raise failure(error) from error


def headers(response: BaseHTTPResponse) -> dict[str, str]:
    """Return a response's headers by their names in lower case."""
    return {name.lower(): value for name, value in response.headers.items()}


def read(response: BaseHTTPResponse, deadline: float, limit: int | None = None) -> bytes:
    """Read a response's body until its end, or `limit` bytes of it. Raises TimeoutError at `deadline` (monotonic time).

    The connection goes back to its pool, or is closed where the body was not read to its end. A single wait takes at most
    what is left until the deadline; on a connection that the response itself ends, the timeout of the request.
    """
    parts: list[bytes] = []
    size = 0
    sock = getattr(response.connection, "sock", None)
    try:
        while limit is None or size < limit:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("the response did not end in time")
            if sock is not None:
                sock.settimeout(left)
            part = response.read1(PART if limit is None else min(PART, limit - size), decode_content=False)
            if not part:
                return b"".join(parts)
            parts.append(part)
            size += len(part)
    except BaseException:
        discard(response)
        raise
    discard(response)
    return b"".join(parts)


def discard(response: BaseHTTPResponse) -> None:
    """Close the connection of a response whose rest is not wanted; its pool may open another in its place."""
    response.close()
    response.release_conn()


def refuse_cut(response: BaseHTTPResponse) -> None:
    """Raise Closed for a response whose head was cut off.

    Python's parser takes the end of the connection for the end of the head. A server that keeps the connection open gives
    the length of every body; Docker's own streams are the exception.
    """
    about = headers(response)
    framed = response.length_remaining is not None or about.get("transfer-encoding", "").lower() == "chunked"
    closes = response.version < 11 or about.get("connection", "").lower() == "close"
    if not (framed or closes or about.get("content-type", "").startswith("application/vnd.docker.")):
        discard(response)
        raise Closed("the response was cut off")


def failure(error: BaseException) -> OSError:
    """Return the failure underneath an error of requests, urllib3 or the HTTP parser, as an OSError."""
    inner = error
    while not (isinstance(inner, OSError) and type(inner).__module__.partition(".")[0] not in WRAPPERS):
        parts = (*inner.args, getattr(inner, "reason", None), inner.__cause__)
        wrapped = next((part for part in parts if isinstance(part, BaseException)), None)
        if wrapped is None:
            break
        inner = wrapped
    if isinstance(inner, Urllib3Timeout | TimeoutError):
        return TimeoutError(str(inner))
    kind = type(inner).__name__
    if kind in ENDED_BY_TLS:
        return Closed("the connection was closed")
    if kind == "RemoteDisconnected":
        return Closed("the connection was closed without a response")
    if kind == "IncompleteRead":
        return Closed("the response was cut off")
    if isinstance(inner, OSError):
        return inner
    return NotHttp(f"{kind}: {inner}") if isinstance(inner, HTTPException) else OSError(str(inner) or kind)


def once(
    connection: HTTPConnection,
    method: str,
    path: str,
    *,
    timeout: float,
    limit: int,
    body: bytes = b"",
    sent: Mapping[str, str] | None = None,
) -> Response:
    """Send one request on a connection that is closed afterwards: no redirect, no retry, no proxy. Raises OSError.

    The whole exchange ends within `timeout` seconds, also with a server that sends one byte at a time. `sent` are the
    headers; at most `limit` bytes of the body are read.
    """
    deadline = time.monotonic() + timeout
    late = threading.Event()
    connection.timeout = timeout
    watch: threading.Timer | None = None
    try:
        connection.connect()
        watch = threading.Timer(max(0.0, deadline - time.monotonic()), _break_off, (connection.sock, late))
        watch.daemon = True
        watch.start()
        about = {"User-Agent": "slipway", "Connection": "close", **(sent or {})}
        connection.request(method, path, body or None, about, preload_content=False)
        response = connection.getresponse()
        complete = Response(response.status, read(response, deadline, limit), headers(response))
    except (*ERRORS, ValueError) as error:
        if late.is_set():
            raise TimeoutError(f"no complete response within {timeout:g} s") from error
        raise failure(error) from error
    finally:
        if watch is not None:
            watch.cancel()
        connection.close()
    if late.is_set():
        # A body that ends with its connection looks complete when the connection is broken off.
        raise TimeoutError(f"no complete response within {timeout:g} s")
    return complete


def _break_off(sock: object, late: threading.Event) -> None:
    """End every wait of another thread on a socket."""
    late.set()
    with suppress(OSError):  # The other side may have been faster.
        sock.shutdown(BOTH_WAYS)  # type: ignore[attr-defined]
