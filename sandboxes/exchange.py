"""One request and its response over a connection of urllib3, which the Docker and Kubernetes SDKs use underneath.

This module adds what a grader needs and the libraries leave to their callers: a deadline on the whole exchange, a limit
on the size of a response, and one kind of error. Whatever fails below is an OSError here: `ConnectionRefusedError`,
`FileNotFoundError`, `PermissionError`, `TimeoutError`, `Closed`, `NotHttp`, or an error of TLS.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import wraps
from typing import Any

from urllib3 import BaseHTTPResponse, HTTPConnectionPool
from urllib3.connection import HTTPConnection, HTTPException
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as Urllib3Timeout

from sandboxes.deadlines import ending

PART = 64 * 1024  # bytes
# Bytes of a body for which no limit is given. A LIST of 10,000 Pods has about 100 MiB.
LARGEST = 256 * 2**20
WRAPPERS = ("requests", "urllib3")
# What the libraries raise. The exceptions of requests are OSErrors.
ERRORS = (HTTPError, HTTPException, OSError)
ENDED_BY_TLS = ("SSLEOFError", "SSLZeroReturnError")


class NotHttp(OSError):
    """The other side sent something that is not an HTTP response."""


class TooLarge(OSError):
    """The body of the response has more than LARGEST bytes."""


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


@contextmanager
def whole(response: BaseHTTPResponse, seconds: float) -> Iterator[None]:
    """Read a response within the block in at most so many seconds. Raises TimeoutError, however many bytes still drip in."""
    sock = getattr(response.connection, "sock", None)
    with ending(sock, time.monotonic() + seconds) if sock is not None else nullcontext() as watched:
        try:
            yield
        except Exception as error:
            if watched is not None and watched.passed:
                raise TimeoutError(f"the response did not end within {seconds:g} s") from error
            raise
        if watched is not None and watched.passed:
            # A body whose socket was shut down may look complete.
            raise TimeoutError(f"the response did not end within {seconds:g} s")


def headers(response: BaseHTTPResponse) -> dict[str, str]:
    """Return a response's headers by their names in lower case."""
    return {name.lower(): value for name, value in response.headers.items()}


def read(response: BaseHTTPResponse, deadline: float, limit: int | None = None) -> bytes:
    """Read a response's body until its end, or `limit` bytes of it. Raises TimeoutError at `deadline` (monotonic time).

    Without `limit`, a body of more than LARGEST bytes raises TooLarge. The connection goes back to its pool, or is closed
    where the body was not read to its end. On a connection that the response itself ends, a single wait takes at most the
    timeout of the request.
    """
    parts: list[bytes] = []
    size, most = 0, LARGEST + 1 if limit is None else limit
    sock = getattr(response.connection, "sock", None)
    watched = None
    try:
        with ending(sock, deadline) if sock is not None else nullcontext() as watched:
            while size < most:
                left = deadline - time.monotonic()
                if left <= 0 or watched is not None and watched.passed:
                    raise TimeoutError("the response did not end in time")
                if sock is not None:
                    if parts and response.connection is None:
                        break  # read to its end: another thread may use the connection by now, or have closed it
                    sock.settimeout(left)
                part = response.read1(min(PART, most - size), decode_content=False)
                if not part:
                    break
                parts.append(part)
                size += len(part)
            else:
                discard(response)
    except BaseException as error:
        discard(response)
        if watched is not None and watched.passed:
            raise TimeoutError("the response did not end in time") from error
        raise
    if watched is not None and watched.passed:
        # A chunked body whose socket was shut down may look complete.
        raise TimeoutError("the response did not end in time")
    if limit is None and size > LARGEST:
        raise TooLarge(f"the response has more than {LARGEST} bytes")
    return b"".join(parts)


def watch(pool: HTTPConnectionPool) -> HTTPConnectionPool:
    """Make requests, and the heads of responses, on a pool's connections end in time, also where they drip. Return the pool.

    The time is that of the request, which limits a single wait otherwise. It applies to each of the two.
    """
    if getattr(pool, "slipway_watched", False):
        return pool
    create: Callable[[], HTTPConnection] = pool._new_conn
    pool.slipway_watched = True  # type: ignore[attr-defined]
    pool._new_conn = lambda: _watched(create())  # type: ignore[method-assign]
    return pool


def _watched(connection: HTTPConnection) -> HTTPConnection:
    connection.request = _sending(connection)  # type: ignore[method-assign]
    connection.getresponse = _beginning(connection)  # type: ignore[method-assign]
    return connection


def _sending(connection: HTTPConnection) -> Callable[..., None]:
    """Return the connection's `request` with a deadline: the other side may read one byte at a time."""
    plain = connection.request

    @wraps(plain)
    def request(*arguments: Any, **options: Any) -> None:
        if not isinstance(connection.timeout, int | float):
            return plain(*arguments, **options)
        if connection.sock is None:
            connection.connect()
        with ending(connection.sock, time.monotonic() + connection.timeout) as deadline:
            try:
                return plain(*arguments, **options)
            except (*ERRORS, ValueError) as error:
                if deadline.passed:
                    raise TimeoutError("the request was not received in time") from error
                raise

    return request


def _beginning(connection: HTTPConnection) -> Callable[[], BaseHTTPResponse]:
    """Return the connection's `getresponse` with a deadline: the head of the response may drip."""
    plain = connection.getresponse

    @wraps(plain)
    def getresponse() -> BaseHTTPResponse:
        if not isinstance(connection.timeout, int | float):
            return plain()
        with ending(connection.sock, time.monotonic() + connection.timeout) as deadline:
            try:
                response = plain()
            except (*ERRORS, ValueError) as error:
                if deadline.passed:
                    raise TimeoutError("the response did not begin in time") from error
                raise
        if deadline.passed:
            raise TimeoutError("the response did not begin in time")
        return response

    return getresponse


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
    connection.timeout = timeout
    watched = None
    try:
        connection.connect()
        with ending(connection.sock, deadline) as watched:
            about = {"User-Agent": "slipway", "Connection": "close", **(sent or {})}
            connection.request(method, path, body or None, about, preload_content=False)
            response = connection.getresponse()
            complete = Response(response.status, read(response, deadline, limit), headers(response))
    except (*ERRORS, ValueError) as error:
        if watched is not None and watched.passed:
            raise TimeoutError(f"no complete response within {timeout:g} s") from error
        raise failure(error) from error
    finally:
        connection.close()
    if watched.passed:
        # A body that ends with its connection looks complete when the connection is broken off.
        raise TimeoutError(f"no complete response within {timeout:g} s")
    return complete
