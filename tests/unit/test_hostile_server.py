"""A learner's own server or program that does its worst: its check is "not yet" with a finding, and it stays in the count."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import raw_server
from fake_api_server import Authority, Reply, status
from fake_engine import FakeEngine
from replayed import Played, Seen, on_docker, on_kubernetes
from trouble import WIRE, Act, Line, Trouble

from checks.clients.base import Engine, EngineError
from checks.model import Outcome, Result
from checks.probes import container_exec

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
DRIP = [b"0"] * 400
SECONDS = 0.4  # for a request; a dripping server would take 12
LONGER = 1.0  # seconds for a request through the API server, which is well, and may be busy
MEGABYTE = b"x" * 2**20
DEEP = b"[" * 7000 + b"]" * 7000
SERVERS: dict[str, list[bytes]] = {
    "says nothing": [],
    "closes at once": [b""],
    "drips its status": [b"HTTP/1.1 200 ", *DRIP],
    "drips a header": [OK + b"X-Tide: ", *DRIP],
    "drips its body": [OK + b"Content-Length: 5000\r\n\r\n", *DRIP],
    "drips the size of a chunk": [CHUNKED, *DRIP],
    "drips a trailer": [CHUNKED + b"0\r\nX-Tide: ", *DRIP],
    "says “continue” for ever": [b"HTTP/1.1 100 Continue\r\n\r\n"] * 400,
    "sends garbage": [bytes(range(256)) * 4],
    "speaks SSH": [b"SSH-2.0-OpenSSH_9.2p1\r\n"],
    "redirects to itself": [b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"],
    "answers 401": [b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"],
    "answers 500": [b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\nOops"],
    "answers 503 with a long Retry-After": [b"HTTP/1.1 503 Busy\r\nRetry-After: 900\r\nContent-Length: 0\r\n\r\n"],
    "has a status that there is not": [b"HTTP/1.1 99999 Oh\r\n\r\n"],
    "sends ten gigabytes": [OK + b"\r\n", *[MEGABYTE] * 10_000],
    "sends a header without end": [OK + b"X-Tide: ", *[MEGABYTE] * 10_000],
    "sends a thousand headers": [OK + b"X-Tide: high\r\n" * 1000 + b"\r\n"],
    "announces less than nothing": [OK + b"Content-Length: -5\r\n\r\nHello"],
    "announces a word": [OK + b"Content-Length: many\r\n\r\nHello"],
    "announces two lengths": [OK + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nHello"],
    "breaks off": [OK + b"Content-Length: 500\r\n\r\nHello"],
    "sends a wrong chunk": [CHUNKED + b"zz\r\nHello"],
    "says it is compressed": [OK + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nHello"],
    "sends 7,000 levels": [OK + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(DEEP), DEEP)],
    "sends what is no text": [OK + b"Content-Length: 6\r\n\r\n\xff\xfe\x00\x1b[2"],
}


def not_yet(seen: Seen, check: str) -> Result:
    """The check has a finding and its points count; so do those of all others."""
    assert "Traceback" not in seen.errors and "fault in Slipway" not in seen.errors, seen.errors
    assert seen.report is not None and seen.seconds < 10
    result = next(result for result in seen.report.results if result.id == check)
    assert result.outcome is Outcome.NOT_YET, result
    assert result.findings and not result.reason
    assert seen.report.unchecked == 0 and seen.code == 1
    return result


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_in_a_container_that_misbehaves_is_not_yet(name: str, folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = SERVERS[name]
    with (
        tempfile.TemporaryDirectory(prefix="slipway-") as short,
        on_docker(Path(short), monkeypatch) as played,
        raw_server.tcp(parts, pause=0.03 if len(parts) in range(100, 1000) else 0, hold=True) as server,
    ):
        played.move_clock(60)  # no server that has only just begun
        url = f"http://127.0.0.1:{server.address}/"
        probes = (
            replace(probe, options={**probe.options, "url": url}, timeout=SECONDS) if probe.id == "greeting" else probe
            for probe in played.lab.probes
        )
        played.lab = replace(played.lab, probes=tuple(probes))
        assert not_yet(played.check(), "answers").earned == 0


@pytest.fixture
def cluster(ours: Authority, folders: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    with on_kubernetes(ours, folders / "cluster", monkeypatch) as played:
        yield played


def words(code: int, message: str) -> bytes:
    return json.dumps(status(code, message)[1]).encode()


# What a server in a Pod says in the API server's own form, to be taken for it.
FORGED = [
    (401, "Unauthorized"),
    (403, "pods is forbidden"),
    (404, "pods not found"),
    (429, "too many requests"),
    (500, "etcdserver: request timed out"),
    (503, "apiserver is shutting down"),
    (503, "error trying to reach service: dial tcp 10.0.0.7:80: connect: permission denied"),
]


@pytest.mark.parametrize(("code", "message"), FORGED)
def test_a_server_in_a_pod_that_speaks_like_the_api_server_is_not_yet(cluster: Played, code: int, message: str) -> None:
    real = cluster.server.choose

    def choose(method: str, path: str) -> Reply | None:
        if "/pods/web:80/proxy/" in path:
            return code, words(code, message)
        if "/pods/web:1/proxy/" in path:
            return status(503, "error trying to reach service: dial tcp 10.0.0.7:1: connect: connection refused")
        return real(method, path)

    cluster.server.choose = choose
    not_yet(cluster.check(), "web-page")


@pytest.mark.parametrize("act", ["hangs", "drips a body", "drips the size of a chunk"])
def test_a_server_in_a_pod_that_is_slow_is_not_yet_where_the_api_server_is_well(cluster: Played, act: str) -> None:
    cluster.limit(LONGER, probes_only=True)
    cluster.suffer(Trouble(_of_the_page(WIRE[act])))
    assert "no answer in time" in not_yet(cluster.check(), "web-page").findings[0].message


def test_a_page_of_ten_gigabytes_is_not_yet(cluster: Played) -> None:
    cluster.suffer(Trouble(_of_the_page(lambda line: _endless(line))))
    not_yet(cluster.check(), "web-page")


def _of_the_page(act: Act) -> Act:
    return lambda line: act(line) if "/pods/web:80/proxy/" in line.path else False


def _endless(line: Line) -> bool:
    line.handler.wfile.write(line.head(10 * 2**30))
    for _ in range(10_000):
        line.send(MEGABYTE)
    return True


def message(channel: int, data: bytes) -> bytes:
    """A WebSocket message of a channel, as the API server sends it."""
    payload = bytes([channel]) + data
    return b"\x82\x7f" + len(payload).to_bytes(8, "big") + payload


ENDED = message(3, b'{"status": "Success"}')
PROGRAMS: dict[str, tuple[list[bytes], bool]] = {
    "prints without end": ([message(1, b"x" * 32768)] * 40 + [ENDED], False),
    "prints what is no text": ([message(1, bytes(range(256))), ENDED], False),
    "does not end": ([message(1, b"Harbour")], True),
    "ends with 137": (
        [message(3, b'{"status": "Failure", "details": {"causes": [{"reason": "ExitCode", "message": "137"}]}}')],
        False,
    ),
    "prints nothing": ([ENDED], False),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_in_a_pod_that_misbehaves_is_not_yet(cluster: Played, name: str) -> None:
    if name == "does not end":
        cluster.limit(LONGER, probes_only=True)
    cluster.server.frames, cluster.server.hold = PROGRAMS[name]
    not_yet(cluster.check(), "harbour-page")


# --- a command in a container: what the engine's failure is, and what the program's --------------------------------


def frame(text: bytes, stream: int = 1) -> bytes:
    return bytes([stream, 0, 0, 0]) + len(text).to_bytes(4, "big") + text


def run(docker: FakeEngine, client: Engine, started: object, state: object, timeout: float = 2.0) -> dict:
    def reply(method: str, target: str, sent: bytes = b"") -> tuple[int, object]:
        if target.endswith("/containers/web/exec"):
            return 201, {"Id": "command"}
        return started if target.endswith("/start") else state  # type: ignore[return-value]

    docker.reply = reply  # type: ignore[method-assign,assignment]
    return container_exec.run(client, "web", ["true"], timeout)


ENDS = (200, {"Running": False, "ExitCode": 0})


def test_a_command_that_prints_more_than_is_read_is_a_fact(docker: FakeEngine, docker_client: Engine) -> None:
    seen = run(docker, docker_client, (200, frame(b"x" * 2**20)), (200, {"Running": False, "ExitCode": 137}))
    assert (seen["ok"], seen["exit"]) == (False, 137)
    assert len(seen["stdout"]) <= container_exec.OUTPUT_LIMIT


def test_a_command_that_closes_its_output_and_runs_on_is_a_fact(docker: FakeEngine, docker_client: Engine) -> None:
    seen = run(docker, docker_client, (200, frame(b"bye")), (200, {"Running": True, "ExitCode": None}), timeout=0.2)
    assert (seen["ok"], seen["error"], seen["stdout"]) == (False, "still running after 0.2 s", "bye")


def test_a_command_that_the_container_cannot_run_is_a_fact(docker: FakeEngine, docker_client: Engine) -> None:
    refusal = {"message": "OCI runtime exec failed: exec failed: unable to start container process"}
    assert "OCI runtime" in run(docker, docker_client, (500, refusal), ENDS)["error"]


@pytest.mark.parametrize(
    ("started", "state", "reason"),
    [
        ((200, b"<html>log in</html>"), ENDS, "could not be understood"),
        ((200, frame(b"half of it")[:-4]), ENDS, "broke an output off"),
        ((200, frame(b"out")), (404, {"message": "No such exec instance"}), "was restarted"),
        ((200, frame(b"out")), (200, {}), "could not be understood"),
        ((200, frame(b"out")), (200, []), "could not be understood"),
        ((500, {"message": "containerd: disk is damaged"}), ENDS, "disk is damaged"),
        ((302, b""), ENDS, "answered 302"),
    ],
)
def test_a_command_whose_engine_fails_says_nothing_about_the_container(
    docker: FakeEngine, docker_client: Engine, started: object, state: object, reason: str
) -> None:
    with pytest.raises(EngineError, match=reason):
        run(docker, docker_client, started, state)
