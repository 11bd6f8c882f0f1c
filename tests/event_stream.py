"""A stand-in for the Docker engine's stream of events: sends what a test gives it, and breaks off when it is told to."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from queue import Queue
from typing import Any

from sandboxes.engine.endpoint import Endpoint


class EventStream:
    """The engine. `asked` has the path of each request; `send` is seen by the connection that is open, `drop` ends it."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.asked: list[str] = []
        self.lines: Queue[bytes | None] = Queue()

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(f"unix://{self.socket}")

    def send(self, moment: int, action: str = "stop", name: str = "web", kind: str = "container", **attributes: str) -> None:
        """Send an event of a time, in seconds since 1970."""
        about = {"name": name, **attributes}
        event: dict[str, Any] = {"Type": kind, "Action": action, "Actor": {"ID": "0123", "Attributes": about}}
        self.send_line(json.dumps({**event, "time": moment, "timeNano": moment * 10**9}).encode())

    def send_line(self, line: bytes) -> None:
        self.lines.put(line + b"\n")

    def drop(self) -> None:
        """Close the connection in the middle of the stream."""
        self.lines.put(None)


@contextmanager
def event_stream(folder: Path) -> Iterator[EventStream]:
    """Run one on a socket in `folder` while the block runs."""
    running = EventStream(folder / "events.sock")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # noqa: N802
            running.asked.append(self.path)
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            while (line := running.lines.get()) is not None:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
            self.close_connection = True

        def address_string(self) -> str:
            return "unix"

        def log_message(self, *arguments: object) -> None:
            pass

    class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        daemon_threads = True

    with Server(str(running.socket), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield running
        finally:
            running.drop()
            server.shutdown()
