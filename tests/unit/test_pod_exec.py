"""A command in a Pod, over a real WebSocket: messages whole, split, cut off and strange; refusals; how a command ended."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fake_api_server import Authority, Decoy, decoy, status

from checks.clients.base import Answer, DeadlineExceeded, EngineError
from checks.clients.cluster import Cluster
from checks.probes import pod_exec
from checks.probes.pod_exec import STATUS, STDERR, STDOUT

PATH = "/api/v1/namespaces/x/pods/y/exec?stdout=true&command=echo&command=a%20b"
LIMIT = 256 * 1024
SUCCESS = b'\x03{"status": "Success"}'


def frame(payload: bytes, code: int = 2, final: bool = True) -> bytes:
    """A frame as a server sends it: unmasked."""
    length = len(payload)
    if length < 126:
        size = bytes([length])
    elif length < 65536:
        size = bytes([126]) + length.to_bytes(2, "big")
    else:
        size = bytes([127]) + length.to_bytes(8, "big")
    return bytes([(0x80 if final else 0) | code]) + size + payload


DONE = frame(SUCCESS) + frame(b"\x03\xe8", 8)


@pytest.fixture
def cluster(cluster_folder: Path) -> Iterator[Cluster]:
    connected = Cluster(cluster_folder)
    yield connected
    connected.close()


def run(cluster: Cluster, timeout: float = 5.0, limit: int = LIMIT) -> dict[int, bytes]:
    channels, refused = pod_exec.execute(cluster, PATH, timeout, limit)
    assert refused is None
    return channels


@pytest.mark.parametrize("size", [0, 1, 124, 125, 65534, 65535, 200_000])
def test_output_of_every_length_arrives_whole(cluster: Cluster, server: Decoy, size: int) -> None:
    server.frames = [frame(b"\x01" + b"x" * size) + DONE]
    assert run(cluster) == {STDOUT: b"x" * size, STDERR: b"", STATUS: SUCCESS[1:]}
    assert server.log == [f"GET {PATH}"]


def test_channels_are_told_apart_and_strange_ones_left_out(cluster: Cluster, server: Decoy) -> None:
    parts = [frame(b"\x01out"), frame(b"\x02err"), frame(b"\x01more"), frame(b"\x07what"), frame(b""), frame(b"\xff\xfe"), DONE]
    server.frames = parts
    assert run(cluster) == {STDOUT: b"outmore", STDERR: b"err", STATUS: SUCCESS[1:]}


def test_a_message_in_parts_is_joined_and_a_ping_between_them_is_answered(cluster: Cluster, server: Decoy) -> None:
    server.frames = [frame(b"\x01har", final=False), frame(b"there?", 9), frame(b"bour", 0), DONE]
    server.hold = True
    assert run(cluster)[STDOUT] == b"harbour"
    deadline = time.monotonic() + 2
    while len(server.heard) < 12 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert (server.heard[0], server.heard[1]) == (0x8A, 0x86)
    mask, covered = server.heard[2:6], server.heard[6:12]
    assert bytes(byte ^ mask[at % 4] for at, byte in enumerate(covered)) == b"there?"


def test_no_more_than_the_limit_of_a_channel_is_kept(cluster: Cluster, server: Decoy) -> None:
    server.frames = [frame(b"\x01" + b"x" * 900), frame(b"\x01" + b"y" * 900), frame(b"\x02z"), DONE]
    channels = run(cluster, limit=1000)
    assert channels[STDOUT] == b"x" * 900 + b"y" * 100
    assert (channels[STDERR], channels[STATUS]) == (b"z", SUCCESS[1:])


def test_a_close_without_a_status_says_nothing_about_the_command(cluster: Cluster, server: Decoy) -> None:
    """An API server that is stopped closes its connections like this: the command may have been about to succeed."""
    server.frames = [frame(b"\x01out"), frame(b"\x03\xe8", 8)]
    with pytest.raises(EngineError, match="closed before the command ended"):
        run(cluster)


@pytest.mark.parametrize("cut", range(0, 13))
def test_a_connection_that_ends_within_a_message_is_told(cluster: Cluster, server: Decoy, cut: int) -> None:
    server.frames = [frame(b"\x01ten bytes.")[:cut]]
    with pytest.raises(EngineError, match="broke the connection off"):
        run(cluster)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\xf2\x05hello",  # reserved bits
        b"\x83\x05hello",  # a code that there is not
        b"\x89\x7e\x01\x00" + b"x" * 256,  # a ping that is too long
        b"\x00\x05hello",  # the rest of a message that never began
        b"\x82\x7f" + (1 << 40).to_bytes(8, "big") + b"x",  # a terabyte is announced, a byte comes
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_nonsense_is_refused(cluster: Cluster, server: Decoy, nonsense: bytes) -> None:
    server.frames = [nonsense]
    with pytest.raises(EngineError, match="broke the connection off"):
        run(cluster)


@pytest.mark.parametrize("parts", [[], [frame(b"\x01so far")], [frame(b"\x01so far"), frame(b"\x01x" * 100)[:9]]])
def test_a_command_that_does_not_end_is_slow_and_what_it_printed_is_kept(
    cluster: Cluster, server: Decoy, parts: list[bytes]
) -> None:
    server.frames, server.hold = parts, True
    begun = time.monotonic()
    with pytest.raises(pod_exec.Slow) as slow:
        run(cluster, timeout=1.0)
    assert time.monotonic() - begun < 4
    assert slow.value.channels[STDOUT] == (b"so far" if parts else b"")


def test_a_command_that_prints_for_ever_is_slow_as_well(cluster: Cluster, server: Decoy) -> None:
    server.frames, server.pause = [frame(b"\x01x")] * 100, 0.05
    begun = time.monotonic()
    with pytest.raises(pod_exec.Slow):
        run(cluster, timeout=1.0)
    assert time.monotonic() - begun < 4


def test_an_api_server_that_does_not_answer_is_given_up(cluster: Cluster, server: Decoy) -> None:
    cluster.api()
    server.delay, server.frames = 2.0, [DONE]
    with pytest.raises(DeadlineExceeded, match="did not answer within 0.3 s"):
        run(cluster, timeout=0.3)


def test_a_refusal_comes_with_its_words(cluster: Cluster, server: Decoy) -> None:
    server.choose = lambda method, path: status(404, 'pods "y" not found')
    _, refused = pod_exec.execute(cluster, PATH, 5, LIMIT)
    assert refused is not None
    assert (refused.status, refused.message) == (404, 'pods "y" not found')
    assert pod_exec.explain(refused) == 'pods "y" not found'


def test_a_request_that_is_answered_in_another_protocol_is_told(cluster: Cluster, server: Decoy) -> None:
    server.frames, server.subprotocol = [DONE], "v9.unknown"
    with pytest.raises(EngineError, match="broke the connection off"):
        run(cluster)


def test_another_clusters_certificate_gets_no_command(cluster: Cluster, server: Decoy, theirs: Authority) -> None:
    cluster.api()
    with decoy(theirs) as other:
        other.frames = [DONE]
        cluster.access = replace(server.access, server=other.access.server)
        with pytest.raises(EngineError, match="is not our cluster"):
            run(cluster)
        assert other.log == []


def test_nothing_listening_is_told_with_the_way_out(cluster: Cluster, server: Decoy) -> None:
    cluster.access = replace(server.access, server="https://127.0.0.1:1")
    with pytest.raises(EngineError, match="`./slipway cluster up` starts it"):
        run(cluster)


def failure(**details: object) -> bytes:
    return json.dumps({"status": "Failure", "message": "went wrong", "details": details}).encode()


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (b'{"status": "Success"}', 0, ""),
        (failure(causes=[{"reason": "ExitCode", "message": "7"}]), 7, ""),
        (failure(causes=[{"reason": "ExitCode", "message": "many"}]), None, "went wrong"),
        (failure(), None, "went wrong"),
    ],
)
def test_how_a_command_ended(status: bytes, code: int | None, error: str) -> None:
    assert pod_exec.ended(status) == {"exit": code, "error": error}


@pytest.mark.parametrize("status", [b"", b"{", b"[]", b"null", b"[" * 100_000])
def test_a_status_that_says_nothing_is_a_failure_of_the_cluster(status: bytes) -> None:
    with pytest.raises(EngineError, match="did not say how a command in a Pod ended"):
        pod_exec.ended(status)


def test_a_refusal_about_the_pod_is_a_fact_and_any_other_a_failure() -> None:
    assert pod_exec.explain(Answer(404, b'{"message": "pods \\"x\\" not found"}', {})) == 'pods "x" not found'
    assert pod_exec.explain(Answer(500, b'{"message": "container not found (\\"web\\")"}', {})).startswith("container not found")
    with pytest.raises(EngineError, match="too much to do"):
        pod_exec.explain(Answer(429, b"", {}))
    with pytest.raises(EngineError, match="etcdserver: request timed out"):
        pod_exec.explain(Answer(500, b'{"message": "etcdserver: request timed out"}', {}))
