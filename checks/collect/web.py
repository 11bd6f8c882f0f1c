"""The HTTP probe: a request from the host, as the learner's browser would make it."""

import http.client
import time
from urllib.parse import urlsplit

from checks.model import Probe
from checks.snapshot import Json

BODY_LIMIT = 64 * 1024  # bytes


def describe(error: Exception) -> str:
    """A failed request in one of a few words that checks can compare."""
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, ConnectionResetError | BrokenPipeError | http.client.RemoteDisconnected):
        return "closed"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, http.client.HTTPException):
        return "not HTTP"
    return f"failed: {error}"


def request(probe: Probe) -> Json:
    """Request `url` (method, body and headers optional). The timeout bounds the whole exchange, not each read."""
    url, method = probe.options["url"], probe.options.get("method", "GET")
    result: Json = {"kind": "http", "request": f"{method} {url}", "ok": False, "error": "", "status": 0, "body": ""}
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port or 80, timeout=probe.timeout)
    path = (where.path or "/") + (f"?{where.query}" if where.query else "")
    headers = {"User-Agent": "slipway-check", **probe.options.get("headers", {})}
    deadline = time.monotonic() + probe.timeout
    try:
        connection.request(method, path, probe.options.get("body"), headers)
        response = connection.getresponse()
        body = _read(response, connection, deadline)
    except (OSError, http.client.HTTPException) as error:
        return {**result, "error": describe(error)}
    finally:
        connection.close()
    names = {name.lower(): value for name, value in response.getheaders()}
    text = body.decode("utf-8", errors="replace")
    return {**result, "ok": True, "status": response.status, "headers": names, "body": text}


def _read(response: http.client.HTTPResponse, connection: http.client.HTTPConnection, deadline: float) -> bytes:
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
