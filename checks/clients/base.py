"""HTTP to the Docker Engine API or to a cluster's API server: one small pool of keep-alive connections, a deadline on
every call, raw JSON.

The docker and kubernetes libraries are left out on purpose: importing either takes longer than a whole check.
"""

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sandboxes.engine.client import connection
from sandboxes.engine.endpoint import Endpoint
from sandboxes.errors import SlipwayError
from sandboxes.http1 import Connection, Response

DEADLINE = 5.0  # seconds
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WORKERS = 12
HEADERS = {"Content-Type": "application/json", "User-Agent": "slipway"}
CLOSED = (ConnectionResetError, BrokenPipeError)


class EngineError(SlipwayError):
    """The engine, or the cluster, gave no answer that can be used: it is down, too slow, or refused. Says why in words."""


@dataclass(frozen=True)
class Answer:
    """An answer of the API: HTTP status, body, and headers by their names in lower case."""

    status: int
    body: bytes
    headers: dict[str, str]

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise EngineError("what answered sent something that is not JSON") from error

    @property
    def message(self) -> str:
        """The API's own words for a refusal."""
        try:
            return str(json.loads(self.body)["message"])
        except (ValueError, KeyError, TypeError):
            return self.body[:200].decode(errors="replace")


class Client(ABC):
    """A connection pool to one API. Safe to use from several threads. `what` names the API's side in messages."""

    what = "the API"
    host = ""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(WORKERS)
        self._about: dict[str, str] = {}
        self._idle: list[Connection] = []
        self._lock = threading.Lock()

    @abstractmethod
    def open(self, timeout: float) -> Connection:
        """A new connection, not opened yet."""

    @abstractmethod
    def explain(self, error: Exception, timeout: float) -> str:
        """What a failed connection means, with the way out."""

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        timeout: float = DEADLINE,
        limit: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask the API. `body` is sent as JSON; at most `limit` bytes of the answer's are read.

        Raises EngineError; a 4xx is an Answer.
        """
        payload = b"" if body is None else json.dumps(body).encode()
        kept = self._kept()
        if kept is not None:
            try:
                return self._send(kept, method, path, payload, timeout, limit, headers or {})
            except CLOSED:
                pass  # an idle connection may have been closed meanwhile: a fresh one settles whether anybody is there
        try:
            return self._send(self.open(timeout), method, path, payload, timeout, limit, headers or {})
        except CLOSED as error:
            raise EngineError(self.explain(error, timeout)) from error

    def get(self, path: str, *, timeout: float = DEADLINE) -> Any:
        """The JSON at `path`; None when the object does not exist (404)."""
        answer = self.request("GET", path, timeout=timeout)
        if answer.status == 404:
            return None
        if answer.status >= 400:
            raise EngineError(f"{self.what} answered {answer.status} to GET {path}: {answer.message}")
        return answer.json()

    @contextmanager
    def stream(self, path: str, *, timeout: float) -> Iterator[Response]:
        """An answer read bit by bit, on a connection of its own. Raises EngineError when it does not begin well."""
        own = self.open(timeout)
        try:
            response = own.request("GET", path, host=self.host)
            if response.status >= 400:
                raise EngineError(f"{self.what} answered {response.status} to GET {path}")
            yield response
        except OSError as error:
            raise EngineError(self.explain(error, timeout)) from error
        finally:
            own.close()

    @property
    def time(self) -> str:
        """The other side's own time as of its last answer, ISO 8601 in UTC; empty where it has not answered."""
        words = self._about.get("date", "").split()  # "Mon, 23 Nov 2026 09:12:02 GMT", the form of RFC 9110
        if len(words) != 6 or words[2] not in MONTHS:
            return ""
        return f"{words[3]}-{MONTHS.index(words[2]) + 1:02}-{words[1]}T{words[4]}Z"

    def close(self) -> None:
        self.pool.shutdown(wait=False)
        with self._lock:
            for each in self._idle:
                each.close()
            self._idle.clear()

    def _kept(self) -> Connection | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _send(
        self,
        on: Connection,
        method: str,
        path: str,
        payload: bytes,
        timeout: float,
        limit: int | None,
        headers: Mapping[str, str],
    ) -> Answer:
        on.timeout = timeout
        try:
            response = on.request(method, path, payload, {**HEADERS, **headers}, host=self.host)
            data = response.read(-1 if limit is None else limit)
        except CLOSED:
            on.close()
            raise
        except OSError as error:
            on.close()
            if type(error).__name__ == "SSLEOFError":
                raise ConnectionResetError("the connection was closed") from error
            raise EngineError(self.explain(error, timeout)) from error
        self._about = response.headers
        if response.ended and response.keeps_open:
            with self._lock:
                self._idle.append(on)
        else:
            on.close()
        return Answer(response.status, data, response.headers)


class Engine(Client):
    """The Docker engine."""

    what, host = "the Docker engine", "docker"

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__()
        self.endpoint = endpoint

    def open(self, timeout: float) -> Connection:
        return connection(self.endpoint, timeout)

    @property
    def about(self) -> dict[str, str]:
        """The engine's version and that of its API, which every answer carries; {} where it has not answered."""
        about = self._about
        return {"server": about.get("server", ""), "api": about.get("api-version", "")} if about else {}

    def explain(self, error: Exception, timeout: float) -> str:
        url = self.endpoint.url
        if isinstance(error, FileNotFoundError | ConnectionRefusedError):
            return f"no Docker engine answers at {url} ({self.endpoint.source}); start it with `slipway up`"
        if isinstance(error, PermissionError):
            return f"you have no rights on {url}; `slipway doctor` says how to get them"
        if isinstance(error, TimeoutError):
            return f"the Docker engine at {url} did not answer within {timeout:g} s; `slipway doctor` looks at it"
        return f"the connection to the Docker engine at {url} failed ({error or type(error).__name__})"
