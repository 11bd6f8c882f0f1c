"""What can go wrong between a client and a server, on a real socket, from a chosen request on.

Each function of `WIRE` takes the place of an answer and returns true, or does something beside it and returns false.
"""

import json
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

LONG = 10.0  # seconds: far beyond every deadline of the tests
DROP = 0.03  # seconds between two bytes of a server that drips
HUGE = 3 * 2**20  # bytes
DEEP = 100_000  # levels


@dataclass
class Clock:
    """The time of a server: that of this machine, or of a recording, which a test may move."""

    offset: float = 0.0

    def now(self) -> float:
        return time.time() + self.offset


@dataclass
class Line:
    """A request that is about to be answered, and the answer that it would get."""

    handler: BaseHTTPRequestHandler
    code: int
    body: bytes
    hit: int
    over: threading.Event

    @property
    def method(self) -> str:
        return self.handler.command

    @property
    def path(self) -> str:
        return self.handler.path

    def head(self, length: int | str | None = None, code: int = 200, kind: str = "application/json", more: str = "") -> bytes:
        """The head of a response."""
        size = "" if length is None else f"Content-Length: {length}\r\n"
        return f"HTTP/1.1 {code} Word\r\nContent-Type: {kind}\r\n{size}{more}\r\n".encode()

    def send(self, data: bytes) -> bool:
        """Send these bytes in place of the answer, and close the connection."""
        self.handler.close_connection = True
        with suppress(OSError):
            self.handler.wfile.write(data)
        return True

    def answer(self, code: int, body: bytes, kind: str = "application/json", more: str = "") -> bool:
        """Send a whole answer."""
        return self.send(self.head(len(body), code, kind, more) + body)

    def status(self, code: int, message: str, more: str = "") -> bool:
        """Refuse, in the form that both APIs understand."""
        words = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": code}
        return self.answer(code, json.dumps(words).encode(), more=more)

    def drip(self, data: bytes) -> bool:
        """Send one byte at a time."""
        self.handler.close_connection = True
        with suppress(OSError):
            for byte in data:
                self.handler.wfile.write(bytes([byte]))
                if self.over.wait(DROP):
                    break
        return True


Act = Callable[[Line], bool]


@dataclass
class Trouble:
    """An act from request number `after` on. `begins` is called before the first one, `hits` counts them."""

    act: Act
    after: float = 0
    begins: Callable[[], None] = lambda: None
    seen: int = 0
    hits: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def breaks(self, handler: BaseHTTPRequestHandler, code: int, body: bytes) -> bool:
        """Act, where it is time. Return whether the answer has been replaced."""
        with self.lock:
            self.seen += 1
            if self.seen <= self.after:
                return False
            self.hits += 1
            if self.hits == 1:
                self.begins()
        return self.act(Line(handler, code, body, self.hits, self.over))


def hang(line: Line) -> bool:
    line.handler.close_connection = True
    line.over.wait(LONG)
    return True


def reset(line: Line) -> bool:
    """Break the connection off so that the other side gets an error, not an end."""
    connection = line.handler.connection
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())
    raise ConnectionAbortedError


def cut(line: Line, share: float = 0.5) -> bytes:
    return line.body[: max(1, int(len(line.body) * share))]


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


CHUNKED = "Transfer-Encoding: chunked\r\n"
HTML = b"<html><body>Please log in to the guest network.</body></html>"


def restarted(line: Line) -> bool:
    """The first answer is lost with its connection; the following ones are as before."""
    return line.send(b"") if line.hit == 1 else False


def in_json(act: Act) -> Act:
    """The act on an answer of the API; a page of a learner's server, which may be anything, is lost instead."""
    return lambda line: line.send(b"") if "/proxy/" in line.path else act(line)


WIRE: dict[str, Act] = {
    "closes without a word": lambda line: line.send(b""),
    "resets": reset,
    "hangs": hang,
    "drips its head": lambda line: line.drip(line.head(len(line.body)) + line.body),
    "drips a body": lambda line: (
        line.handler.wfile.write(line.head(len(line.body) + 1000)) and line.drip(b" " * 1000 + line.body)
    ),
    "drips the size of a chunk": lambda line: line.handler.wfile.write(line.head(more=CHUNKED)) and line.drip(b"0" * 1000),
    "sends garbage": lambda line: line.send(os.urandom(200) + b"\r\n\r\n"),
    "speaks SSH": lambda line: line.send(b"SSH-2.0-OpenSSH_9.2p1\r\n"),
    "sends a login page": in_json(lambda line: line.answer(200, HTML, "text/html")),
    "sends half of the JSON": in_json(lambda line: line.answer(200, cut(line))),
    "sends less than it announces": lambda line: line.send(line.head(len(line.body) + 500) + line.body),
    "announces less than it sends": in_json(lambda line: line.send(line.head(len(line.body) // 2) + line.body)),
    "breaks off in its head": lambda line: line.send(line.head(len(line.body))[:30]),
    "breaks off in a chunk": lambda line: line.send(line.head(more=CHUNKED) + chunk(line.body)[:-4]),
    "sends a wrong chunk": lambda line: line.send(line.head(more=CHUNKED) + b"zz\r\n" + line.body),
    "sends more than can be read": in_json(lambda line: line.answer(200, b'{"items": "' + b"x" * HUGE + b'"}')),
    "sends deep nesting": in_json(lambda line: line.answer(200, b"[" * DEEP + b"]" * DEEP)),
    "sends nothing but null": in_json(lambda line: line.answer(200, b"null")),
    "sends an empty object": in_json(lambda line: line.answer(200, b"{}")),
    "sends a text for an object": in_json(lambda line: line.answer(200, b'"it is well"')),
    "sends objects without content": in_json(lambda line: line.answer(200, b"[{}]")),
    "sends bytes that are no text": in_json(lambda line: line.answer(200, b'{"items": "\xff\xfe\x80"}')),
    "redirects": in_json(lambda line: line.answer(302, b"", more="Location: /elsewhere\r\n")),
    "answers 401": lambda line: line.status(401, "Unauthorized"),
    "answers 403": lambda line: line.status(403, "forbidden by a plugin"),
    "answers 404 to everything": in_json(lambda line: line.answer(404, b"404 page not found\n", "text/plain")),
    "answers 429 with a long Retry-After": lambda line: line.status(429, "too many requests", "Retry-After: 60\r\n"),
    "answers 500": lambda line: line.status(500, "the disk is damaged"),
    "answers 502": in_json(lambda line: line.answer(502, b"<html>Bad Gateway</html>", "text/html")),
    "answers 503": lambda line: line.status(503, "shutting down"),
    "is restarted between two requests": restarted,
    "answers each request late": lambda line: line.over.wait(0.05),
}
