"""The HTTP probe: a request from the host, as the learner's browser would make it."""

import socket
import time
from urllib.parse import urlsplit

from checks.model import Probe
from checks.snapshot import Json
from sandboxes.http1 import Connection, NotHttp, Response

BODY_LIMIT = 64 * 1024  # bytes


def describe(error: Exception) -> str:
    """A failed request in one of a few words that checks can compare."""
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "closed"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, NotHttp):
        return "not HTTP"
    return f"failed: {error}"


def request(probe: Probe) -> Json:
    """Request `url` (method, body and headers optional). The timeout bounds the whole exchange, not each read."""
    url, method = probe.options["url"], probe.options.get("method", "GET")
    result: Json = {"kind": "http", "request": f"{method} {url}", "ok": False, "error": "", "status": 0, "body": ""}
    where = urlsplit(url)
    # As bytes, a plain host name is spared the detour through the table of international names, which is slow to load.
    host = where.hostname or ""
    address = (host.encode() if host.isascii() else host, where.port or 80)
    connection = Connection(lambda seconds: socket.create_connection(address, seconds), probe.timeout)
    path = (where.path or "/") + (f"?{where.query}" if where.query else "")
    headers = {"User-Agent": "slipway-check", "Connection": "close", **probe.options.get("headers", {})}
    sent = probe.options.get("body", "").encode()
    deadline = time.monotonic() + probe.timeout
    try:
        response = connection.request(method, path, sent, headers, host=where.netloc)
        body = _read(response, connection, deadline)
    except OSError as error:
        return {**result, "error": describe(error)}
    finally:
        connection.close()
    text = body.decode("utf-8", errors="replace")
    return {**result, "ok": True, "status": response.status, "headers": response.headers, "body": text}


def _read(response: Response, connection: Connection, deadline: float) -> bytes:
    """The body up to the limit. A server that drips bytes for ever runs into the deadline."""
    body = b""
    while len(body) < BODY_LIMIT:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if connection.sock is not None:
            connection.sock.settimeout(left)
        part = response.read1(BODY_LIMIT - len(body))
        if not part:
            break
        body += part
    return body
