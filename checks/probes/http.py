"""The HTTP probe: a request from the host, as the learner's browser would make it."""

import errno
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection

from checks.clients.answer import EngineError
from checks.model import Probe
from checks.snapshot import Json
from sandboxes import exchange

BODY_LIMIT = 64 * 1024  # bytes
# What this machine lacks: files, memory, buffers, ports.
LACKS = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EADDRNOTAVAIL)


def describe(error: OSError) -> str:
    """Return the word for a failed request that checks compare: refused, closed, timeout, not HTTP, or "failed: …".

    Raises EngineError where this machine has failed, and what was asked has no part in it.
    """
    if type(error).__name__ == "gaierror":
        raise EngineError(f"this machine cannot look a name up ({error.strerror}); does /etc/hosts have localhost?") from error
    if error.errno in LACKS:
        raise EngineError(f"this machine could not send a request ({error.strerror})") from error
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "closed"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, exchange.NotHttp):
        return "not HTTP"
    return f"failed: {error}"


def request(probe: Probe) -> Json:
    """Request `url` (method, body and headers optional). The probe's timeout limits the whole exchange, not each read.

    Redirects are not followed, proxies not used: the result is what this address answers. With `times`, it is requested that
    often, one after the other, until a request fails or the time is over: "bodies" has all answers, the rest is of the last.
    """
    deadline, bodies = time.monotonic() + probe.timeout, []
    result = _request(probe, probe.timeout)
    if "times" not in probe.options:
        return result
    while result["ok"]:
        bodies.append(result["body"])
        left = deadline - time.monotonic()
        if len(bodies) >= probe.options["times"] or left <= 0:
            break
        result = _request(probe, left)
    return {**result, "bodies": bodies}


def _request(probe: Probe, timeout: float) -> Json:
    url, method = probe.options["url"], probe.options.get("method", "GET")
    result: Json = {"kind": "http", "request": f"{method} {url}", "ok": False, "error": "", "status": 0, "body": ""}
    headers, body = probe.options.get("headers", {}), probe.options.get("body", "").encode()
    try:
        response = fetch(url, headers, timeout, BODY_LIMIT, method, body)
    except OSError as error:
        return {**result, "error": describe(error)}
    return {**result, "ok": True, **seen(response)}


def fetch(
    url: str, headers: Mapping[str, str], timeout: float, limit: int, method: str = "GET", body: bytes = b""
) -> exchange.Response:
    """Send one request as the probe does, and read at most `limit` bytes of the body. Raises OSError."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {"Host": parts.netloc, "User-Agent": "slipway-check", **headers}
    connection = HTTPConnection(parts.hostname or "", parts.port or 80)
    return exchange.once(connection, method, path, timeout=timeout, limit=limit, body=body, sent=sent)


def seen(response: exchange.Response) -> Json:
    """Return a response as a probe's result holds it."""
    text = response.body.decode("utf-8", errors="replace")
    return {"status": response.status, "headers": response.headers, "body": text}
