"""A command in a Pod: Kubernetes' exec subprotocol over a WebSocket.

In the subprotocol v5.channel.k8s.io the first byte of a message is its channel: 1 stdout, 2 stderr, 3 how it ended. The
SDK's own `kubernetes.stream` is not used: it replaces the shared client's methods, and turns a refusal into mere text.
"""

import time
from typing import TYPE_CHECKING

from urllib3.connection import HTTPSConnection

from checks.clients.base import Answer, DeadlineExceeded, EngineError
from checks.clients.cluster import Cluster, refusal
from checks.snapshot import Json
from sandboxes import exchange, json_text
from sandboxes.deadlines import ending

if TYPE_CHECKING:
    from websocket import WebSocket

PROTOCOL = "v5.channel.k8s.io"
STDOUT, STDERR, STATUS = 1, 2, 3
NOT_THERE = "container not found"


class Slow(Exception):
    """The command did not end in time. `channels` holds what it had printed so far."""

    def __init__(self, channels: dict[int, bytes]) -> None:
        super().__init__("still running")
        self.channels = channels


def execute(cluster: Cluster, path: str, timeout: float, limit: int) -> tuple[dict[int, bytes], Answer | None]:
    """Run the command that `path` (…/exec?command=…) names. Returns its output by channel, or the API's refusal.

    At most `limit` bytes of a channel are kept. Raises EngineError when the cluster fails, also by closing the connection
    before it says how the command ended; Slow for a command that does not end within `timeout` seconds.
    """
    from websocket import WebSocketBadStatusException, WebSocketException, WebSocketTimeoutException

    cluster.prepare()
    deadline = time.monotonic() + timeout
    channels: dict[int, bytes] = {STDOUT: b"", STDERR: b"", STATUS: b""}
    connection = _connection(cluster, timeout)
    begun = False
    try:
        connection.connect()
        with ending(connection.sock, deadline) as watched:
            try:
                line = _upgrade(connection, path)
                begun = True
                _collect(line, channels, deadline, limit)
            except (WebSocketException, *exchange.ERRORS, ValueError) as error:
                if watched.passed:
                    raise TimeoutError from error
                raise
    except WebSocketBadStatusException as refused:
        headers = {name.lower(): value for name, value in (refused.resp_headers or {}).items()}
        return channels, Answer(refused.status_code, refused.resp_body or b"", headers)
    except (TimeoutError, WebSocketTimeoutException) as error:
        if begun:
            raise Slow(channels) from error
        raise DeadlineExceeded(cluster.explain(TimeoutError(), timeout)) from error
    except WebSocketException as error:
        closed = exchange.Closed("the connection was closed before the command ended")
        raise EngineError(cluster.explain(closed, timeout)) from error
    except exchange.ERRORS as error:
        inner = exchange.failure(error)
        kind = DeadlineExceeded if isinstance(inner, TimeoutError) else EngineError
        raise kind(cluster.explain(inner, timeout)) from error
    finally:
        connection.close()
    return channels, None


def _connection(cluster: Cluster, timeout: float) -> HTTPSConnection:
    """A connection of its own to the API server, with the certificates of the SDK's client."""
    about = cluster.api().configuration
    return HTTPSConnection(
        "127.0.0.1", cluster.access.port, timeout=timeout,
        ca_certs=about.ssl_ca_cert, cert_file=about.cert_file, key_file=about.key_file,
    )  # fmt: skip


def _upgrade(connection: HTTPSConnection, path: str) -> "WebSocket":
    """The WebSocket that the API server opens on a connection. Raises WebSocketBadStatusException when it refuses."""
    from websocket import create_connection

    return create_connection(
        f"wss://{connection.host}:{connection.port}{path}", socket=connection.sock, timeout=connection.timeout,
        subprotocols=[PROTOCOL], header=["User-Agent: slipway"], suppress_origin=True, skip_utf8_validation=True,
    )  # fmt: skip


def _collect(line: "WebSocket", channels: dict[int, bytes], deadline: float, limit: int) -> None:
    """Read messages into their channels until the command has ended. Raises TimeoutError at the deadline."""
    from websocket import ABNF

    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        line.settimeout(left)
        code, payload = line.recv_data()
        if code == ABNF.OPCODE_CLOSE:
            raise exchange.Closed("the connection was closed before the command ended")
        channel = payload[0] if payload else None
        if channel in channels and len(channels[channel]) < limit:
            channels[channel] += payload[1 : 1 + limit - len(channels[channel])]
        if channel == STATUS:
            return


def ended(status: bytes) -> Json:
    """Return how a command ended: its exit code (None when it never ran) and, for a failure, the message.

    Raises EngineError where the status says neither.
    """
    try:
        data = json_text.loads(status)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise EngineError("the cluster did not say how a command in a Pod ended")
    if data.get("status") == "Success":
        return {"exit": 0, "error": ""}
    causes = (data.get("details") or {}).get("causes") or ()
    code = next((cause["message"] for cause in causes if cause.get("reason") == "ExitCode"), "")
    if code.isdigit():
        return {"exit": int(code), "error": ""}
    return {"exit": None, "error": str(data.get("message", "the command could not be run"))}


def explain(answer: Answer) -> str:
    """Return the API's refusal to run a command. Raises EngineError where it says nothing about the Pod."""
    # The kubelet answers 500 for a container that does not run.
    if answer.absent("exec") or answer.status in (400, 409) or (answer.status == 500 and NOT_THERE in answer.message):
        return answer.message
    raise EngineError(refusal(answer, "exec"))
