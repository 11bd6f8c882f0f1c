"""The words of probes: how they ask and for how long, and a container that its own probe kills told from others."""

from typing import Any

import pytest

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import health_probes

TAKEN = "2026-01-01T10:01:00Z"


@pytest.mark.parametrize(
    ("probe", "how", "what", "holds", "allowed"),
    [
        ({"httpGet": {"path": "/live", "port": 80}}, "httpGet", "/live", 30, 30),
        ({"httpGet": {"port": 80}, "periodSeconds": 2}, "httpGet", "/", 6, 6),
        ({"httpGet": None, "failureThreshold": 1}, "httpGet", "/", 10, 10),
        ({"tcpSocket": {"port": 80}, "initialDelaySeconds": 9, "periodSeconds": 1}, "tcpSocket", "tcpSocket", 3, 12),
        ({"exec": {"command": ["true"]}}, "exec", "exec", 30, 30),
        ({}, "nothing", "nothing", 30, 30),
    ],
)
def test_how_a_probe_asks_and_for_how_long(probe: Json, how: str, what: str, holds: float, allowed: float) -> None:
    assert (health_probes.handler(probe), health_probes.asks_for(probe)) == (how, what)
    assert (health_probes.holds_out(probe), health_probes.allows(probe)) == (holds, allowed)


def test_what_a_probe_is_about() -> None:
    assert health_probes.is_about({"httpGet": {"path": "/ready"}}, "/ready")
    # Whether a query changes the answer is up to the program. That of lab 20 takes it for another page.
    assert not health_probes.is_about({"httpGet": {"path": "/ready?who=me"}}, "/ready")
    assert not health_probes.is_about({"exec": {"command": ["curl", "-f", "http://localhost/ready?who=me"]}}, "/ready")
    assert health_probes.is_about({"exec": {"command": ["curl", "http://localhost/ready"]}}, "/ready")
    assert not health_probes.is_about({"httpGet": {"path": "/live"}}, "/ready")
    assert not health_probes.is_about({"tcpSocket": {"port": 80}}, "/ready")
    assert not health_probes.is_about({"exec": {}}, "/ready")


@pytest.mark.parametrize(
    "command",
    [
        ["redis-cli", "ping"],
        ["/usr/local/bin/redis-cli", "-p", "6379", "PING"],
        ["timeout", "2", "redis-cli", "ping"],
        ["sh", "-c", "redis-cli ping"],
        ["bash", "-ec", 'test "$(redis-cli -p 6379 PING)" = PONG'],
        ["sh", "-c", "# asks\nif redis-cli ping; then exit 0; fi; exit 1"],
        ["sh", "-c", "REDISCLI_AUTH=x redis-cli ping | grep PONG"],
        ["sh", "-c", "set -e; exec redis-cli ping"],
    ],
)
def test_a_command_that_asks_redis(command: list[str]) -> None:
    assert health_probes.runs({"exec": {"command": command}}, "redis-cli", "ping")


@pytest.mark.parametrize(
    "command",
    [
        ["echo", "redis-cli ping"],
        ["sh", "-c", "echo redis-cli ping"],
        ["sh", "-c", "# redis-cli ping\nls /"],
        ["sh", "-c", "ls / # redis-cli ping"],
        ["sh", "-c", "redis-cli --version; echo ping"],
        ["test", "-x", "/usr/local/bin/redis-cli", "ping"],
        [],
    ],
)
def test_a_command_that_only_names_what_would_ask(command: list[str]) -> None:
    assert not health_probes.runs({"exec": {"command": command}}, "redis-cli", "ping")


@pytest.mark.parametrize(("timeout", "seconds"), [(1, 4), (60, 120)])
def test_a_hang_is_noticed_only_when_each_request_has_waited(timeout: int, seconds: float) -> None:
    probe = {"periodSeconds": 2, "failureThreshold": 2, "timeoutSeconds": timeout}
    assert (health_probes.notices(probe), health_probes.holds_out(probe)) == (seconds, 4)


def deployment(**container: Any) -> Json:
    spec = {"replicas": 1, "template": {"spec": {"containers": [container] if container else []}}}
    return {"kind": "Deployment", "metadata": {"name": "web", "uid": "web"}, "spec": spec}


def test_a_probe_that_is_missing() -> None:
    (finding,) = health_probes.probed(deployment(name="a", readinessProbe={"exec": {}}), "livenessProbe", "Why.", "hint")
    assert (finding.expected, finding.observed) == ("livenessProbe", ["readinessProbe"])
    assert list(health_probes.probed(deployment(name="a", livenessProbe={"exec": {}}), "livenessProbe", "", "")) == []
    assert len(list(health_probes.probed(deployment(), "livenessProbe", "", ""))) == 1


def findings(status: Json, killed: str = "Container a failed liveness probe, will be restarted") -> list[Finding]:
    owned = lambda kind, name, owner: {  # noqa: E731
        "kind": kind,
        "metadata": {
            "name": name,
            "uid": name,
            "ownerReferences": [{"kind": "", "name": "", "uid": owner, "controller": True}],
        },
    }
    pod = {**owned("Pod", "web-1", "set"), "status": {"containerStatuses": [{"name": "a", **status}]}}
    messages = {"Killing": killed, "Unhealthy": "Liveness probe failed: refused"}
    events = {
        reason: {"reason": reason, "message": words, "involvedObject": {"uid": "web-1"}, "metadata": {"name": reason}}
        for reason, words in messages.items()
        if words
    }
    objects = {"Pod": {"web-1": pod}, "ReplicaSet": {"set": owned("ReplicaSet", "set", "web")}, "Event": events}
    snapshot = Snapshot("lab", TAKEN, objects={**objects, "Deployment": {"web": deployment(name="a")}})
    return list(health_probes.lets_live(snapshot, snapshot.objects["Deployment"]["web"], 5, "hint", "it hung"))


def ended(started: str, finished: str, **more: Any) -> Json:
    times = {"startedAt": f"2026-01-01T10:{started}Z", "finishedAt": f"2026-01-01T10:{finished}Z"}
    return {"restartCount": 1, "lastState": {"terminated": {**times, **more}}}


def test_a_container_that_is_killed_before_it_has_opened() -> None:
    (finding,) = findings(ended("00:50", "00:53"))
    assert "killed the container of web-1 after 3 s; it needs 5 s to start" in finding.message
    assert "startupProbe" in finding.hint
    assert "The probe said: Liveness probe failed: refused" in finding.why
    assert not finding.waiting


def test_a_container_that_is_killed_later_and_is_ready_for_the_moment_is_waited_for() -> None:
    (finding,) = findings({**ended("00:10", "00:53"), "ready": True})
    assert "43 s after it started" in finding.message
    assert finding.waiting


@pytest.mark.parametrize(
    "status",
    [
        {},
        {"restartCount": 0, "lastState": {}},
        ended("00:50", "00:53", message="it hung: somebody asked"),
        {**ended("00:01", "00:04"), "ready": True},
    ],
)
def test_a_container_that_lives_hung_or_was_killed_long_ago(status: Json) -> None:
    assert findings(status) == []


def test_a_container_that_ended_by_itself_was_not_killed() -> None:
    assert findings(ended("00:50", "00:53"), killed="") == []
