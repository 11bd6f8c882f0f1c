"""A stand-in for the Docker engine's stream of events: sends what a test gives it, and breaks off when it is told to."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from queue import Queue
from typing import Any

from fake_engine import FakeEngine

from sandboxes.engine.endpoint import Endpoint


class EventStream:
    """The engine. `asked` has the path of each request for the stream; `send` is seen by every open one, `drop` ends them.

    `engine`, where there is one, answers all other requests.
    """

    def __init__(self, socket: Path, engine: FakeEngine | None = None) -> None:
        self.socket, self.engine = socket, engine
        self.asked: list[str] = []
        self.open: list[Queue[bytes | None]] = []
        self.lock = threading.Lock()

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(f"unix://{self.socket}")

    def send(self, moment: float, action: str = "stop", name: str = "web", kind: str = "container", **attributes: str) -> None:
        """Send an event of a time, in seconds since 1970."""
        about = {"name": name, **attributes}
        event: dict[str, Any] = {"Type": kind, "Action": action, "Actor": {"ID": "0123", "Attributes": about}}
        self.send_line(json.dumps({**event, "time": int(moment), "timeNano": int(moment * 10**9)}).encode())

    def send_line(self, line: bytes) -> None:
        for lines in self.open:
            lines.put(line + b"\n")

    def drop(self) -> None:
        """Close the connections in the middle of the stream."""
        for lines in self.open:
            lines.put(None)
        self.open = []

    def lines(self, path: str) -> Iterator[bytes]:
        """Yield what a connection gets, from now on."""
        lines: Queue[bytes | None] = Queue()
        self.asked.append(path)
        self.open = [*self.open, lines]
        return iter(lines.get, None)


@contextmanager
def event_stream(folder: Path, engine: FakeEngine | None = None) -> Iterator[EventStream]:
    """Run one on a socket in `folder` while the block runs."""
    running = EventStream(folder / "events.sock", engine)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if "/events" in self.path and "until=" not in self.path:
                self.stream()
            elif running.engine is not None:
                self.answer(running.engine, sent)

        def stream(self) -> None:
            lines = running.lines(self.path)
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            with suppress(OSError):  # the client has left
                for line in lines:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
            self.close_connection = True

        def answer(self, engine: FakeEngine, sent: bytes) -> None:
            with running.lock:
                code, body = engine.reply(self.command, self.path, sent)
            lines = body if "/events" in self.path else () if body is None else [body]
            data = body if isinstance(body, bytes) else "\n".join(map(json.dumps, lines)).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            if code != 204:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_HEAD = do_POST = do_DELETE = handle_any  # noqa: N815

        def date_time_string(self, timestamp: float | None = None) -> str:
            moment = running.engine.now if running.engine and timestamp is None else timestamp
            return super().date_time_string(moment)

        def address_string(self) -> str:
            return "unix"

        def log_message(self, *arguments: object) -> None:
            pass

    class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, request: object, address: object) -> None:
            pass  # a client that does not wait breaks off: that is what the tests want to see

    with Server(str(running.socket), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield running
        finally:
            running.drop()
            server.shutdown()
