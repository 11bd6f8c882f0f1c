"""Waiting for the default objects of a new namespace."""

from types import SimpleNamespace
from typing import Any

import pytest

from checks.clients.base import EngineError
from checks.lifecycle import namespace_defaults


class SlowCluster:
    """A cluster that has no default objects for the first `missing` requests. It notes the time given to each."""

    def __init__(self, missing: int) -> None:
        self.missing = missing
        self.given: list[float] = []

    def request(self, method: str, path: str, *, timeout: float = 5.0) -> Any:
        self.given.append(timeout)
        return SimpleNamespace(status=404 if len(self.given) <= self.missing else 200)


def test_wait_gives_each_request_the_time_that_is_left() -> None:
    cluster = SlowCluster(missing=3)
    namespace_defaults.wait(cluster, ("lab-20-probes",))
    assert len(cluster.given) == 6
    assert all(25 < seconds <= namespace_defaults.SECONDS for seconds in cluster.given)


def test_wait_ends_and_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namespace_defaults, "SECONDS", 0.1)
    with pytest.raises(EngineError, match="serviceaccounts/default.*kube-root-ca.crt"):
        namespace_defaults.wait(SlowCluster(missing=10_000), ("lab-20-probes",))
