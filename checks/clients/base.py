"""The graders' clients of the Docker Engine API and of a cluster's API server: raw JSON over the SDKs' own connections.

The SDKs open the connections and speak HTTP and TLS; their typed objects are not used, since a check looks at what the
API says. Either SDK is loaded by the first request, so a lab loads only the one that it needs.
"""

import json
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sandboxes import exchange
from sandboxes.engine import client
from sandboxes.engine.endpoint import Endpoint
from sandboxes.errors import SlipwayError

if TYPE_CHECKING:
    from docker import APIClient
    from urllib3 import BaseHTTPResponse, HTTPConnectionPool

DEADLINE = 5.0  # seconds
STREAM_DEADLINE = 600.0  # seconds: for the layers of the largest image on a slow disk
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WORKERS = 12
HEADERS = {"Content-Type": "application/json"}
CLOSED = (ConnectionResetError, BrokenPipeError)
# What can be sent again where a connection turns out to be closed (RFC 9110, "Idempotent Methods").
REPEATABLE = ("GET", "HEAD", "PUT", "DELETE")


class EngineError(SlipwayError):
    """The engine or the cluster gave no response that can be used: it is down, too slow, or refuses. Says why in words."""


class DeadlineExceeded(EngineError):
    """The response was not complete in time."""


class Answer(exchange.Response):
    """A response of the API: HTTP status, body, and headers by their names in lower case."""

    def json(self) -> Any:
        """Return the body's JSON. Raises EngineError for anything else."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise EngineError("the response is not valid JSON") from error

    @property
    def message(self) -> str:
        """The API's own words for a refusal."""
        try:
            return str(json.loads(self.body)["message"])
        except (ValueError, KeyError, TypeError):
            return self.body[:200].decode(errors="replace")


class Client(ABC):
    """A client of one API, safe to use from several threads. `what` names the API's side in messages."""

    what = "the API"

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(WORKERS)
        self._headers: dict[str, str] = {}
        self._lock = threading.Lock()

    @abstractmethod
    def send(self, method: str, path: str, timeout: float, body: bytes | None, headers: Mapping[str, str]) -> "BaseHTTPResponse":
        """Send a request on a connection of the SDK's pool. The body of the response is not read yet.

        Raises what the SDK and its libraries raise (`exchange.ERRORS`).
        """

    @abstractmethod
    def disconnect(self) -> None:
        """Close the open connections. A later request opens new ones."""

    @abstractmethod
    def explain(self, error: OSError, timeout: float) -> str:
        """Say what a failed connection means and what to do about it."""

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
        """Send a request, with `body` as JSON, and read at most `limit` bytes of the response within `timeout` seconds.

        Raises EngineError (of which DeadlineExceeded); a status of 400 or more is an Answer.
        """
        payload = None if body is None else json.dumps(body).encode()
        sent = {**HEADERS, **(headers or {})}
        try:
            try:
                return self._exchange(method, path, payload, timeout, limit, sent)
            except CLOSED:
                if method not in REPEATABLE:
                    raise
                # The connection may have been closed while it was idle: a second one shows whether the API is there.
                return self._exchange(method, path, payload, timeout, limit, sent)
        except OSError as error:
            raise self._failed(error, timeout) from error

    def get(self, path: str, *, timeout: float = DEADLINE) -> Any:
        """Return the JSON at `path`; None when the object does not exist (404). Raises EngineError."""
        answer = self.request("GET", path, timeout=timeout)
        if answer.status == 404:
            return None
        if answer.status >= 400:
            raise EngineError(self.refusal(answer, f"GET {path}"))
        return answer.json()

    def refusal(self, answer: Answer, what: str) -> str:
        """Say what a status of 400 or more means. `what` is the request."""
        return f"{self.what} answered {answer.status} to {what}: {answer.message}"

    @contextmanager
    def stream(self, path: str, *, timeout: float) -> Iterator[exchange.Body]:
        """Open a response that is read part by part. `timeout` (seconds) limits each wait, STREAM_DEADLINE the whole.

        Raises EngineError when it does not begin well, or breaks off.
        """
        response: BaseHTTPResponse | None = None
        try:
            response = self.send("GET", path, timeout, None, HEADERS)
            if response.status >= 400:
                raise EngineError(f"{self.what} answered {response.status} to GET {path}")
            with exchange.whole(response, STREAM_DEADLINE):
                yield exchange.Body(response)
        except exchange.ERRORS as error:
            raise self._failed(exchange.failure(error), timeout) from error
        finally:
            if response is not None:
                exchange.discard(response)

    @property
    def time(self) -> str:
        """The other side's own time as of its last response, ISO 8601 in UTC; empty where there was none."""
        words = self._headers.get("date", "").split()  # "Mon, 23 Nov 2026 09:12:02 GMT", the form of RFC 9110
        if len(words) != 6 or words[2] not in MONTHS:
            return ""
        return f"{words[3]}-{MONTHS.index(words[2]) + 1:02}-{words[1]}T{words[4]}Z"

    def close(self) -> None:
        """End the worker threads and close the connections."""
        self.pool.shutdown(wait=False)
        self.disconnect()

    def _exchange(
        self, method: str, path: str, body: bytes | None, timeout: float, limit: int | None, headers: Mapping[str, str]
    ) -> Answer:
        """One request and its whole response. Raises OSError, one of CLOSED when the connection was closed."""
        deadline = time.monotonic() + timeout
        try:
            response = self.send(method, path, timeout, body, headers)
            exchange.refuse_cut(response)
            content = exchange.read(response, deadline, limit)
        except exchange.ERRORS as error:
            raise exchange.failure(error) from error
        self._headers = exchange.headers(response)
        return Answer(response.status, content, self._headers)

    def _failed(self, error: OSError, timeout: float) -> EngineError:
        kind = DeadlineExceeded if isinstance(error, TimeoutError) else EngineError
        return kind(self.explain(error, timeout))


class Engine(Client):
    """A client of the Docker engine at `endpoint`."""

    what = "the Docker engine"

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__()
        self.endpoint = endpoint
        self._api: APIClient | None = None
        self._connections: HTTPConnectionPool | None = None

    def send(self, method: str, path: str, timeout: float, body: bytes | None, headers: Mapping[str, str]) -> "BaseHTTPResponse":
        return client.send(self._connected(), method, path, timeout, body, headers)

    def disconnect(self) -> None:
        with self._lock:
            if self._api is not None:
                self._api.close()
                self._api = None

    @property
    def about(self) -> dict[str, str]:
        """The versions of the engine ("server") and of its API ("api"), which every response carries; {} before the first."""
        about = self._headers
        return {"server": about.get("server", ""), "api": about.get("api-version", "")} if about else {}

    def explain(self, error: OSError, timeout: float) -> str:
        url = self.endpoint.url
        if isinstance(error, FileNotFoundError | ConnectionRefusedError):
            return f"no Docker engine answers at {url} ({self.endpoint.source}); start it with `slipway up`"
        if isinstance(error, PermissionError):
            return f"permission denied on the Docker socket {url}; `slipway doctor` says how to get access"
        if isinstance(error, TimeoutError):
            return f"the Docker engine at {url} did not answer within {timeout:g} s; see `slipway doctor`"
        return f"the connection to the Docker engine at {url} failed ({error or type(error).__name__})"

    def _connected(self) -> "HTTPConnectionPool":
        with self._lock:
            if self._api is None or self._connections is None:
                self._api = client.connect(self.endpoint)
                self._connections = client.connections(self._api)
            return self._connections
