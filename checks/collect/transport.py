"""HTTP to the Docker Engine API: one small pool of keep-alive connections, a deadline on every call, raw JSON.

The docker library is left out on purpose: importing it takes longer than a whole check.
"""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from sandboxes.api import Connection
from sandboxes.endpoint import Endpoint
from sandboxes.errors import SlipwayError

DEADLINE = 5.0  # seconds


class EngineError(SlipwayError):
    """The engine did not give an answer that can be used: it is down, too slow, or refused. Says why in words."""


@dataclass(frozen=True)
class Answer:
    """An answer of the engine: HTTP status, body and headers."""

    status: int
    body: bytes
    headers: http.client.HTTPMessage

    @property
    def time(self) -> str:
        """The engine's own time, ISO 8601 in UTC; empty where it does not say."""
        date = self.headers.get("Date")
        return parsedate_to_datetime(date).strftime("%Y-%m-%dT%H:%M:%SZ") if date else ""

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise EngineError("the Docker engine sent an answer that is not JSON") from error

    @property
    def message(self) -> str:
        """The engine's own words for a refusal."""
        try:
            return str(json.loads(self.body)["message"])
        except (ValueError, KeyError, TypeError):
            return self.body[:200].decode(errors="replace")


class Engine:
    """A connection pool to one engine. Safe to use from several threads."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._idle: list[http.client.HTTPConnection] = []
        self._lock = threading.Lock()

    def request(
        self, method: str, path: str, body: Any = None, *, timeout: float = DEADLINE, limit: int | None = None
    ) -> Answer:
        """Ask the engine. At most `limit` bytes of the body are read. Raises EngineError; a 4xx is an Answer."""
        try:
            return self._send(self._connection(), method, path, body, timeout, limit)
        except (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected):
            # A kept connection may have been closed by the engine meanwhile: a fresh one settles whether it is up.
            try:
                return self._send(self._new(), method, path, body, timeout, limit)
            except (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected) as error:
                raise EngineError(explain(error, self.endpoint, timeout)) from error

    def get(self, path: str, *, timeout: float = DEADLINE) -> Any:
        """The JSON at `path`; None when the object does not exist (404)."""
        answer = self.request("GET", path, timeout=timeout)
        if answer.status == 404:
            return None
        if answer.status >= 400:
            raise EngineError(f"the Docker engine answered {answer.status} to GET {path}: {answer.message}")
        return answer.json()

    @contextmanager
    def stream(self, path: str, *, timeout: float) -> Iterator[http.client.HTTPResponse]:
        """An answer read bit by bit, on a connection of its own. Raises EngineError when it does not begin well."""
        connection = self._new()
        connection.timeout = timeout
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            if response.status >= 400:
                raise EngineError(f"the Docker engine answered {response.status} to GET {path}")
            yield response
        except (OSError, http.client.HTTPException) as error:
            raise EngineError(explain(error, self.endpoint, timeout)) from error
        finally:
            connection.close()

    def close(self) -> None:
        with self._lock:
            for connection in self._idle:
                connection.close()
            self._idle.clear()

    def _connection(self) -> http.client.HTTPConnection:
        with self._lock:
            return self._idle.pop() if self._idle else self._new()

    def _new(self) -> http.client.HTTPConnection:
        return Connection(self.endpoint, DEADLINE)

    def _send(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: Any, timeout: float, limit: int | None
    ) -> Answer:
        payload = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "slipway"}
        try:
            connection.timeout = timeout
            if connection.sock is not None:
                connection.sock.settimeout(timeout)
            connection.request(method, path, payload, headers)
            response = connection.getresponse()
            data = response.read() if limit is None else response.read(limit)
        except (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected):
            connection.close()
            raise
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise EngineError(explain(error, self.endpoint, timeout)) from error
        whole = response.isclosed() and not response.will_close
        if whole:
            with self._lock:
                self._idle.append(connection)
        else:
            connection.close()
        return Answer(response.status, data, response.headers)


def explain(error: Exception, endpoint: Endpoint, timeout: float) -> str:
    """What a failed connection to the engine means, with the way out."""
    if isinstance(error, FileNotFoundError | ConnectionRefusedError):
        return f"no Docker engine answers at {endpoint.url} ({endpoint.source}); start it with `slipway up`"
    if isinstance(error, PermissionError):
        return f"you have no rights on {endpoint.url}; `slipway doctor` says how to get them"
    if isinstance(error, TimeoutError):
        return f"the Docker engine at {endpoint.url} did not answer within {timeout:g} s; `slipway doctor` looks at it"
    return f"the connection to the Docker engine at {endpoint.url} failed ({error or type(error).__name__})"
