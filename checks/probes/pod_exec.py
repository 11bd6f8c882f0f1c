"""A command in a Pod: the exec subprotocol of Kubernetes over a websocket, as much of both as that needs.

The kubernetes library could do it too, but loading it takes longer than a whole check. Sources: RFC 6455; the
subprotocol v5.channel.k8s.io, in which the first byte of a message is its channel (1 stdout, 2 stderr, 3 how it ended).
"""

import base64
import json
import os
import time
from collections.abc import Iterator
from typing import BinaryIO

from checks.clients.base import Answer, EngineError
from checks.clients.cluster import Cluster, refusal
from checks.snapshot import Json
from sandboxes.http1 import Closed, Connection, NotHttp

PROTOCOL = "v5.channel.k8s.io"
STDOUT, STDERR, STATUS = 1, 2, 3
CONTINUED, CLOSE, PING, PONG = 0x0, 0x8, 0x9, 0xA
FINAL, MASKED = 0x80, 0x80
LARGEST_FRAME = 16 * 1024 * 1024  # bytes
REFUSAL_LIMIT = 64 * 1024  # bytes


class Slow(Exception):
    """The command did not end in time; what it had printed so far comes with it."""

    def __init__(self, channels: dict[int, bytes]) -> None:
        super().__init__("still running")
        self.channels = channels


def execute(cluster: Cluster, path: str, timeout: float, limit: int) -> tuple[dict[int, bytes], Answer | None]:
    """Run what `path` (…/exec?command=…) names. Returns what came by channel, or the API's refusal.

    At most `limit` bytes of a channel are kept. Raises EngineError when the cluster fails, Slow for a command that does
    not end within `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    connection = cluster.open(timeout)
    channels: dict[int, bytes] = {STDOUT: b"", STDERR: b"", STATUS: b""}
    key = base64.b64encode(os.urandom(16)).decode()
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Protocol": PROTOCOL,
        "User-Agent": "slipway",
    }
    begun = False
    try:
        response = connection.request("GET", path, headers=headers, host=cluster.host)
        if response.status != 101:
            return channels, Answer(response.status, response.read(REFUSAL_LIMIT), response.headers)
        begun = True
        for payload in messages(connection, response.stream, deadline):
            channel = payload[0] if payload else STATUS
            if channel in channels and len(channels[channel]) < limit:
                channels[channel] += payload[1 : 1 + limit - len(channels[channel])]
            if channel == STATUS and payload:
                break
    except TimeoutError as error:
        if begun:
            raise Slow(channels) from error
        raise EngineError(cluster.explain(error, timeout)) from error
    except OSError as error:
        raise EngineError(cluster.explain(error, timeout)) from error
    finally:
        connection.close()
    return channels, None


def messages(connection: Connection, stream: BinaryIO, deadline: float) -> Iterator[bytes]:
    """The messages that the other side sends until it closes, joined where they come in parts; its pings are answered."""
    parts = b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.sock.settimeout(left)
        final, code, payload = frame(stream)
        if code == CLOSE:
            return
        if code == PING:
            connection.sock.sendall(masked(PONG, payload))
        elif code != PONG:
            parts += payload
            if final:
                yield parts
                parts = b""


def frame(stream: BinaryIO) -> tuple[bool, int, bytes]:
    """One frame: whether it ends its message, its code, its payload. Raises Closed at the end, NotHttp for nonsense."""
    first, second = _exactly(stream, 2)
    length = second & ~MASKED
    if length >= 126:
        length = int.from_bytes(_exactly(stream, 2 if length == 126 else 8), "big")
    if second & MASKED or length > LARGEST_FRAME:
        raise NotHttp("what came back is no websocket frame of a server")
    return bool(first & FINAL), first & 0x0F, _exactly(stream, length)


def masked(code: int, payload: bytes) -> bytes:
    """A short frame as a client has to send it."""
    mask = os.urandom(4)
    covered = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload[:125]))
    return bytes([FINAL | code, MASKED | len(covered)]) + mask + covered


def _exactly(stream: BinaryIO, length: int) -> bytes:
    data = stream.read(length)
    if data is None or len(data) < length:
        raise Closed("the connection was closed before the command ended")
    return data


def ended(status: bytes) -> Json:
    """How a command ended, from its status message: exit code (None when it never ran) and, for a failure, the words."""
    try:
        data = json.loads(status)
    except ValueError:
        return {"exit": None, "error": "the cluster did not say how the command ended"}
    if data.get("status") == "Success":
        return {"exit": 0, "error": ""}
    causes = (data.get("details") or {}).get("causes") or ()
    code = next((each["message"] for each in causes if each.get("reason") == "ExitCode"), "")
    if code.isdigit():
        return {"exit": int(code), "error": ""}
    return {"exit": None, "error": str(data.get("message", "the command could not be run"))}


def explain(answer: Answer) -> str:
    """The API's refusal to run a command. Raises EngineError where it says nothing about the Pod."""
    if answer.status in (400, 404, 409, 500):
        return answer.message
    raise EngineError(refusal(answer, "exec"))
