"""A response without an end, such as a stream of events: read line by line, and closed by another thread."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from sandboxes import exchange

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

LINE_LIMIT = 8 * 2**20  # bytes: the largest object that an API server stores has 1.5 MiB
BOTH_WAYS = 2  # SHUT_RDWR


class Lines:
    """The lines of a response whose head has arrived. One thread reads, any other may call `close`."""

    def __init__(self, response: "BaseHTTPResponse", idle: float | None) -> None:
        """Read from `response`. `idle` is the longest wait for a part, in seconds (None: as long as it takes)."""
        self._response = response
        self._socket = getattr(response.connection, "sock", None)
        self._closed = threading.Event()
        if self._socket is not None:
            self._socket.settimeout(idle)

    def __iter__(self) -> Iterator[bytes]:
        """Yield each line without its end, until the other side ends the response or `close` is called. Raise OSError."""
        rest = b""
        while part := self._part():
            *lines, rest = (rest + part).split(b"\n")
            if len(rest) > LINE_LIMIT:
                raise OSError(f"a line has more than {LINE_LIMIT} bytes")
            yield from (line for line in lines if line.strip())

    def close(self) -> None:
        """End the wait of the thread that reads."""
        self._closed.set()
        if self._socket is not None:
            with suppress(OSError):  # the other side may have been faster
                self._socket.shutdown(BOTH_WAYS)

    def discard(self) -> None:
        """Give up the connection. For the thread that reads."""
        exchange.discard(self._response)

    def _part(self) -> bytes:
        try:
            return self._response.read1(exchange.PART, decode_content=False)
        except (*exchange.ERRORS, ValueError, AttributeError) as error:  # the last two: closed while it was read
            if self._closed.is_set():
                return b""
            raise exchange.failure(error) from error
