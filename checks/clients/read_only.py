"""Clients that only read: whatever would change something on the other side is refused before it is sent."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from checks.clients.base import Engine, EngineError
from checks.clients.named_cluster import NamedCluster

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

READING = ("GET", "HEAD")
LEAST = 0.1  # seconds that a request gets when the time is over


class _Reading:
    """Refuses what is no reading, and keeps all requests together within a deadline."""

    end = float("inf")

    def allow(self, seconds: float) -> None:
        """Give the requests from now on so many seconds, all together."""
        self.end = time.monotonic() + seconds

    def left(self, method: str, timeout: float) -> float:
        """Return the time that a request has. Raise EngineError for one that is not sent."""
        if method not in READING:
            raise EngineError(f"a live target is only read, so {method} was not sent")
        left = self.end - time.monotonic()
        if left < LEAST:
            raise EngineError("the time for this target is over")
        return min(timeout, left)


class ReadOnlyEngine(_Reading, Engine):
    """A client of a Docker engine that sends GET and HEAD only."""

    def send(self, method: str, path: str, timeout: float, body: bytes | None, headers: Mapping[str, str]) -> "BaseHTTPResponse":
        return super().send(method, path, self.left(method, timeout), body, headers)

    def explain(self, error: OSError, timeout: float) -> str:
        return f"the Docker engine at {self.endpoint.url} cannot be reached ({_words(error)})"


class ReadOnlyCluster(_Reading, NamedCluster):
    """A client of a cluster that sends GET and HEAD only."""

    def send(self, method: str, path: str, timeout: float, body: bytes | None, headers: Mapping[str, str]) -> "BaseHTTPResponse":
        return super().send(method, path, self.left(method, timeout), body, headers)


def _words(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
