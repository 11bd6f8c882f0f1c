"""Streams of an engine: exchanges that take minutes, each with a deadline that only progress extends, and a last one.

A timeout of the SDK limits each wait. An engine that sends one byte now and then, or repeats what it has said, is never
late for one of them.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from sandboxes import exchange, json_text
from sandboxes.deadlines import Deadline, ending

if TYPE_CHECKING:
    from docker import APIClient
    from requests import Response

LEAST = 2**20  # bytes: fewer are no progress of a download
LINE_LIMIT = 2**20  # bytes of one event
REFUSAL_LIMIT = 64 * 1024  # bytes
Event = dict[str, Any]


@dataclass(frozen=True)
class Bounds:
    """How long an exchange may take, in seconds: `begin` until its first progress, `silent` between any two, `whole` in all.

    Of an upload, `begin` limits the sending as well.
    """

    begin: float = 900.0
    silent: float = 900.0
    whole: float = 4 * 3600.0


UPLOAD = Bounds(begin=3600.0)


class StreamFailed(Exception):
    """A stream that did not come to its end. Not an OSError: it must not be taken for one of a file that is written."""


class Stalled(StreamFailed):
    """A stream made no progress in time, or did not end."""


class Refused(StreamFailed):
    """The engine refused the request; `status` is that of HTTP, and the message is the engine's."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Stream:
    """The body of a response that has begun, to be read once: as `parts` or as `events`."""

    def __init__(self, response: "Response", bounds: Bounds, deadline: Deadline, last: float) -> None:
        self._raw = response.raw
        self._bounds = bounds
        self._deadline = deadline
        self._last = last
        self._advanced = False

    def advance(self) -> None:
        """Extend the deadline: progress was made. `parts` does this by itself."""
        self._advanced = True
        self._deadline.extend(min(self._last, time.monotonic() + self._bounds.silent))

    def parts(self) -> Iterator[bytes]:
        """Yield the bytes as they arrive. Each LEAST of them are progress. Raises StreamFailed."""
        counted = 0
        for part in self._arriving():
            counted += len(part)
            if counted >= LEAST:
                counted = 0
                self.advance()
            yield part

    def events(self) -> Iterator[Event]:
        """Yield the JSON objects, one a line. Raises StreamFailed."""
        rest = b""
        for part in self._arriving():
            *lines, rest = (rest + part).split(b"\n")
            if len(rest) > LINE_LIMIT:
                raise StreamFailed("the engine's answer cannot be read: it has a line without an end")
            yield from (_event(line) for line in lines if line.strip())
        if rest.strip():
            yield _event(rest)

    def read(self, size: int) -> bytes:
        """Return the first `size` bytes, or all there are. Raises StreamFailed."""
        data = b""
        for part in self._arriving():
            data += part
            if len(data) >= size:
                break
        return data[:size]

    def _arriving(self) -> Iterator[bytes]:
        while part := self._part():
            yield part

    def _part(self) -> bytes:
        try:
            part = self._raw.read1(exchange.PART, decode_content=False)
        except (*exchange.ERRORS, ValueError) as error:
            if not self._deadline.passed:
                raise StreamFailed(str(exchange.failure(error))) from error
            part = b""
        if self._deadline.passed:
            # A body whose socket was shut down may look complete.
            raise Stalled(self._why())
        return part

    def _why(self) -> str:
        if time.monotonic() >= self._last:
            return f"it did not end within {self._bounds.whole:g} seconds"
        if self._advanced:
            return f"it made no progress for {self._bounds.silent:g} seconds"
        return f"it did not answer for {self._bounds.begin:g} seconds"


@contextmanager
def opened(
    client: "APIClient",
    method: str,
    path: str,
    bounds: Bounds,
    *,
    params: Mapping[str, Any] | None = None,
    data: IO[bytes] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Iterator[Stream]:
    """Send a request to a path of the SDK's API version, and yield the response's body. `data` is sent as a tar archive.

    Raises Refused for a status other than 200, Stalled, and StreamFailed when the connection fails.
    """
    started = time.monotonic()
    response = _begin(client, method, path, bounds, params, data, headers)
    sock = getattr(response.raw.connection, "sock", None)
    last, first = started + bounds.whole, min(started + bounds.whole, started + bounds.begin)
    with response, ending(sock, first) if sock is not None else nullcontext(Deadline(None, first)) as deadline:
        stream = Stream(response, bounds, deadline, last)
        if response.status_code != 200:
            raise Refused(response.status_code, _message(stream.read(REFUSAL_LIMIT), response.status_code))
        yield stream


def _begin(
    client: "APIClient",
    method: str,
    path: str,
    bounds: Bounds,
    params: Mapping[str, Any] | None,
    data: IO[bytes] | None,
    headers: Mapping[str, str] | None,
) -> "Response":
    url = f"{client.base_url}/v{client.api_version}{path}"
    about = {**({"Content-Type": "application/tar"} if data else {}), **(headers or {})}
    try:
        return client.request(method, url, params=params, data=data, headers=about, stream=True, timeout=bounds.begin)
    except exchange.ERRORS as error:
        failure = exchange.failure(error)
        if isinstance(failure, TimeoutError):
            raise Stalled(f"it did not answer for {bounds.begin:g} seconds") from error
        raise StreamFailed(str(failure)) from error


def _event(line: bytes) -> Event:
    try:
        event = json_text.loads(line)
    except ValueError as error:
        raise StreamFailed(f"the engine's answer cannot be read: {error}") from error
    if not isinstance(event, dict):
        raise StreamFailed("the engine's answer cannot be read: a line is no JSON object")
    return event


def _message(body: bytes, status: int) -> str:
    try:
        return str(json_text.loads(body)["message"]).strip()
    except (ValueError, KeyError, TypeError):
        return f"HTTP status: {status}"
