"""The graders' clients of the Docker Engine API and of a cluster's API server: raw JSON over the SDKs' own connections.

The SDKs open the connections and speak HTTP and TLS; their typed objects are not used, since a check looks at what the
API says. Either SDK is loaded by the first request, so a lab loads only the one that it needs.
"""

import json
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from checks.clients.answer import Answer, DeadlineExceeded, Declined, EngineError
from checks.clients.lines import Lines
from checks.snapshot import OUT_OF_MEMORY, Json
from sandboxes import exchange
from sandboxes.engine import client
from sandboxes.engine.endpoint import Endpoint

if TYPE_CHECKING:
    from docker import APIClient
    from urllib3 import BaseHTTPResponse, HTTPConnectionPool

DEADLINE = 5.0  # seconds
STREAM_DEADLINE = 600.0  # seconds: for the layers of the largest image on a slow disk
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WORKERS = 12
HEADERS = {"Content-Type": "application/json"}
REFUSAL_LIMIT = 64 * 1024  # bytes
CLOSED = (ConnectionResetError, BrokenPipeError)
# What can be sent again where a connection turns out to be closed (RFC 9110, "Idempotent Methods").
REPEATABLE = ("GET", "HEAD", "PUT", "DELETE")


class Client(ABC):
    """A client of one API, safe to use from several threads.

    `what` names the API's side in messages. `deadline` is the number of seconds that an exchange may take where the request
    says nothing else.
    """

    what = "the API"
    deadline = DEADLINE

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(WORKERS)
        self._headers: dict[str, str] = {}
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Load the SDK, which a slow machine needs time for: it is no part of an exchange. Nothing is sent."""
        return

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
        timeout: float | None = None,
        limit: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request, with `body` as JSON, and read at most `limit` bytes of the response within `timeout` seconds.

        Raises EngineError (of which DeadlineExceeded); a status of 400 or more is an Answer.
        """
        timeout = self.deadline if timeout is None else timeout
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
        except MemoryError as error:
            raise EngineError(OUT_OF_MEMORY) from error

    def get(self, path: str, *, timeout: float | None = None) -> Any:
        """Return the JSON at `path`; None when the object does not exist (404). Raises EngineError."""
        answer = self.request("GET", path, timeout=timeout)
        if answer.absent(f"GET {path}"):
            return None
        if answer.status != 200:
            raise self.declined(answer, f"GET {path}")
        item = answer.json()
        if item is None:
            raise EngineError(f"{self.what} answered GET {path} with nothing (null)")
        return item

    def get_list(self, path: str, key: str = "") -> list[Json]:
        """Return the objects at `path`, a list or one under `key` that may be null. Raises EngineError for anything else.

        What is not a list must not be taken for an empty one: nothing would seem to exist.
        """
        answer = self.get(path)
        if answer is None:
            raise EngineError(f"{self.what} answered 404 to GET {path}, which every {self.what.rpartition(' ')[2]} knows")
        items = answer.get(key, ()) if key and isinstance(answer, dict) else answer
        items = [] if key and items is None else items
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise EngineError(f"the answer of {self.what} to GET {path} could not be understood: it is no list of objects")
        return items

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Call a function in a worker. Where the machine starts no more threads, the result is an EngineError that says so."""
        try:
            return self.pool.submit(function, *arguments)
        except RuntimeError as error:
            failed: Future[Any] = Future()
            failed.set_exception(EngineError(f"this machine starts no more threads ({error}); close what else runs"))
            return failed

    def declined(self, answer: Answer, what: str) -> Declined:
        """Return the error for a status of 400 or more. `what` is the request."""
        return Declined(self.refusal(answer, what), answer.status, answer.message)

    def refusal(self, answer: Answer, what: str) -> str:
        """Say what a status of 400 or more means. `what` is the request."""
        return f"{self.what} answered {answer.status} to {what}: {answer.message}"

    @contextmanager
    def stream(self, path: str, *, timeout: float) -> Iterator[exchange.Body]:
        """Open a response that is read part by part. `timeout` (seconds) limits each wait, STREAM_DEADLINE the whole.

        Raises EngineError when it does not begin well, or breaks off.
        """
        response: BaseHTTPResponse | None = None
        self.prepare()
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

    @contextmanager
    def lines(self, path: str, *, idle: float | None = None) -> Iterator[Lines]:
        """Open a response without an end. `idle` is the longest wait for more of it, in seconds (None: no limit).

        Raises EngineError when it does not begin well (Declined: with a status of 400 or more), or breaks off.
        """
        opened: Lines | None = None
        self.prepare()
        try:
            response = self.send("GET", path, DEADLINE, None, HEADERS)
            if response.status >= 400:
                answer = Answer(response.status, exchange.read(response, time.monotonic() + DEADLINE, REFUSAL_LIMIT), {})
                raise self.declined(answer, f"GET {path}")
            opened = Lines(response, idle)
            yield opened
        except exchange.ERRORS as error:
            raise self._failed(exchange.failure(error), idle or DEADLINE) from error
        finally:
            if opened is not None:
                opened.discard()

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
        self.prepare()
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

    def prepare(self) -> None:
        self._connected()

    def send(self, method: str, path: str, timeout: float, body: bytes | None, headers: Mapping[str, str]) -> "BaseHTTPResponse":
        return client.send(self._connected(), method, path, timeout, body, headers)

    def disconnect(self) -> None:
        with self._lock:
            if self._api is not None:
                self._api.close()
                self._api = None

    def starts(self, execution: str) -> None:
        """Take note that a command is about to run in a container for us, by the id of its execution."""
        return

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
