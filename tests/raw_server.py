"""A server that sends prepared bytes, whatever it is asked: for responses that no real server would send."""

import contextlib
import re
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Raw:
    """What the server sends on each of its connections, part by part, and what it has received.

    `pause` is the seconds between the parts; `replies` holds what is sent for one request after the other on a connection,
    which is closed after the last one. Of a connection that is held open, nothing more is sent.
    """

    address: str | int
    replies: list[list[bytes]] = field(default_factory=list)
    pause: float = 0.0
    hold: bool = False
    connections: int = 0
    received: list[bytes] = field(default_factory=list)


@contextlib.contextmanager
def tcp(*replies: list[bytes], pause: float = 0.0, hold: bool = False) -> Iterator[Raw]:
    """Run a server on a free port of the loopback address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        raw = Raw(listener.getsockname()[1], list(replies), pause, hold)
        threading.Thread(target=_accept, args=(listener, raw), daemon=True).start()
        yield raw


@contextlib.contextmanager
def unix(*replies: list[bytes], pause: float = 0.0, hold: bool = False) -> Iterator[Raw]:
    """Run a server on a unix socket. pytest's own folders can be too long for the path of a socket."""
    folder = tempfile.mkdtemp()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder}/s")
        listener.listen(32)
        raw = Raw(f"{folder}/s", list(replies), pause, hold)
        threading.Thread(target=_accept, args=(listener, raw), daemon=True).start()
        yield raw
    shutil.rmtree(folder)


def _accept(listener: socket.socket, raw: Raw) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            raw.connections += 1
            threading.Thread(target=_serve, args=(connection, raw), daemon=True).start()


def _request(connection: socket.socket) -> bytes:
    """One request, with its body; b"" where the other side has closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (part := connection.recv(65536)):
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    while length and len(body) < int(length[1]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def _serve(connection: socket.socket, raw: Raw) -> None:
    with contextlib.suppress(OSError), connection:
        for parts in raw.replies:
            if not (data := _request(connection)):
                return
            raw.received.append(data)
            for part in parts:
                connection.sendall(part)
                time.sleep(raw.pause)
        while raw.hold and connection.recv(65536):
            pass
