"""A small HTTP/1.1 client, over any socket.

Why not `http.client`: loading it, with the mail parser and TLS that it brings along, takes as long as everything else in
a cold `slipway check` together (see tests/bench/speed.py). This one does what the Docker Engine API and a lab's own
web server need: one request at a time, answers with a length, in chunks or up to the end, every read under a deadline.
Source: RFC 9112.
"""

import json
import socket
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

LONGEST_LINE = 64 * 1024  # bytes
MOST_HEADERS = 200
NO_BODY = (204, 304)


class NotHttp(OSError):
    """What came back is not an HTTP answer."""


class Closed(ConnectionResetError):
    """The other side closed the connection without an answer."""


class Response:
    """An answer whose head has been read. `headers` have names in lower case; `ended` says that the body is read."""

    def __init__(self, file: BinaryIO, method: str) -> None:
        self._file = file
        self.status, self.headers = _head(file)
        while 100 <= self.status < 200 and self.status != 101:
            self.status, self.headers = _head(file)
        self.chunked = self.headers.get("transfer-encoding", "").lower().endswith("chunked")
        length = self.headers.get("content-length")
        self._left: int | None = None  # bytes left of the body or of this chunk; None: up to the end
        if method == "HEAD" or self.status in NO_BODY:
            self._left, self.chunked = 0, False
        elif self.chunked:
            self._left = 0
        elif length is not None:
            self._left = _number(length, 10)
        self.ended = self._left == 0 and not self.chunked

    @property
    def keeps_open(self) -> bool:
        """Whether the connection can carry another request, once the body is read."""
        return (self.chunked or self._left is not None) and self.headers.get("connection", "").lower() != "close"

    @property
    def stream(self) -> BinaryIO:
        """What follows an answer of 101: the connection itself, in another protocol."""
        return self._file

    def read1(self, most: int) -> bytes:
        """Some bytes of the body, at most `most`; b"" at its end."""
        if self.chunked and self._left == 0 and not self.ended:
            self._next_chunk()
        if self.ended or most <= 0:
            return b""
        part = self._file.read1(most if self._left is None else min(most, self._left))
        if not part and self._left:
            raise Closed("the answer was cut short")
        if self._left is not None:
            self._left -= len(part)
        if self.chunked and self._left == 0:
            _line(self._file)
        elif not self.chunked:
            self.ended = not part or self._left == 0
        return part

    def read(self, most: int = -1) -> bytes:
        """The body, up to `most` bytes of it (all, if negative)."""
        parts, size = [], 0
        while most < 0 or size < most:
            part = self.read1(LONGEST_LINE if most < 0 else min(LONGEST_LINE, most - size))
            if not part:
                break
            parts.append(part)
            size += len(part)
        return b"".join(parts)

    def _next_chunk(self) -> None:
        self._left = _number(_line(self._file).split(b";")[0].decode("latin-1"), 16)
        if self._left == 0:
            self.ended = True
            while _line(self._file):
                pass


class Connection:
    """One connection, opened by `connect` (timeout in seconds -> socket) when it is first needed.

    `timeout` (seconds) bounds each wait.
    """

    def __init__(self, connect: Callable[[float], socket.socket], timeout: float) -> None:
        self.timeout = timeout
        self.sock: socket.socket | None = None
        self._connect = connect
        self._file: BinaryIO | None = None

    def request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None, host: str = "docker"
    ) -> Response:
        """Send a request and read the head of the answer. Raises OSError: refused, timed out, Closed, NotHttp."""
        if self.sock is None:
            self.sock = self._connect(self.timeout)
            self._file = self.sock.makefile("rb")
        self.sock.settimeout(self.timeout)
        head = {"Host": host, **(headers or {})}
        if body or method in ("POST", "PUT", "PATCH"):
            head["Content-Length"] = str(len(body))
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        self.sock.sendall("\r\n".join(lines).encode("latin-1") + body)
        return Response(self._file, method)

    def close(self) -> None:
        for each in (self._file, self.sock):
            if each is not None:
                each.close()
        self._file = self.sock = None


def json_answer(connection: Connection, path: str, headers: Mapping[str, str] | None = None, host: str = "docker") -> Any:
    """The JSON answer to GET `path` over a connection that is closed then.

    Raises OSError when nobody is reached, ValueError for what is not HTTP, is not JSON, or has another status than 200.
    """
    try:
        answer = connection.request("GET", path, headers=headers, host=host)
        body = answer.read()
    except NotHttp as error:
        raise ValueError(f"no HTTP answer ({error})") from error
    finally:
        connection.close()
    if answer.status != 200:
        raise ValueError(f"GET {path} was answered with status {answer.status}")
    return json.loads(body)


def _head(file: BinaryIO) -> tuple[int, dict[str, str]]:
    first = file.readline(LONGEST_LINE)
    if not first:
        raise Closed("the connection was closed without an answer")
    words = first.split(None, 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/1."):
        raise NotHttp(f"the answer begins with {first[:40]!r}")
    headers: dict[str, str] = {}
    for _ in range(MOST_HEADERS):
        line = _line(file)
        if not line:
            return _number(words[1].decode("latin-1"), 10), headers
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    raise NotHttp(f"the answer has more than {MOST_HEADERS} headers")


def _line(file: BinaryIO) -> bytes:
    line = file.readline(LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise Closed("the answer was cut short") if len(line) < LONGEST_LINE else NotHttp("a line has no end")
    return line.rstrip(b"\r\n")


def _number(text: str, base: int) -> int:
    try:
        number = int(text.strip(), base)
    except ValueError as error:
        raise NotHttp(f"{text[:40]!r} is no number") from error
    if number < 0:
        raise NotHttp(f"{number} is no length")
    return number
