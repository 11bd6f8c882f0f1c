"""The exec subprotocol over a websocket: frames whole, split, cut and strange; how a command ended."""

import io
import json

import pytest

from checks.clients.base import Answer, EngineError
from checks.probes import pod_exec
from sandboxes.http1 import Closed, NotHttp


def frame(payload: bytes, code: int = 2, final: bool = True) -> bytes:
    length = len(payload)
    if length < 126:
        size = bytes([length])
    elif length < 65536:
        size = bytes([126]) + length.to_bytes(2, "big")
    else:
        size = bytes([127]) + length.to_bytes(8, "big")
    return bytes([(0x80 if final else 0) | code]) + size + payload


class Line:
    """The other side's bytes, and what is sent to it."""

    def __init__(self) -> None:
        self.sent = b""
        self.sock = self

    def settimeout(self, seconds: float) -> None:
        assert seconds > 0

    def sendall(self, data: bytes) -> None:
        self.sent += data


def read(data: bytes, line: Line | None = None) -> list[bytes]:
    return list(pod_exec.messages(line or Line(), io.BytesIO(data), deadline=float("inf")))


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 300_000])
def test_messages_of_every_length(size: int) -> None:
    assert read(frame(b"x" * size) + frame(b"", 8)) == [b"x" * size]


def test_a_message_in_parts_is_joined_and_a_ping_between_them_is_answered() -> None:
    line = Line()
    parts = frame(b"\x01har", final=False) + frame(b"are you there", 9) + frame(b"bour", 0) + frame(b"", 8)
    assert read(parts, line) == [b"\x01harbour"]
    assert (line.sent[0], line.sent[1] & 0x80) == (0x8A, 0x80)
    mask, covered = line.sent[2:6], line.sent[6:]
    assert bytes(byte ^ mask[at % 4] for at, byte in enumerate(covered)) == b"are you there"


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_connection_that_ends_within_a_message_is_told(cut: int) -> None:
    with pytest.raises(Closed):
        read(frame(b"ten bytes.")[:cut])


def test_nonsense_is_refused() -> None:
    for data in (b"\x82\xff" + b"x" * 20, b"\x82\x7f" + (1 << 40).to_bytes(8, "big")):
        with pytest.raises(NotHttp):
            read(data)


def failure(**details: object) -> bytes:
    return json.dumps({"status": "Failure", "message": "went wrong", "details": details}).encode()


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (b'{"status": "Success"}', 0, ""),
        (failure(causes=[{"reason": "ExitCode", "message": "7"}]), 7, ""),
        (failure(causes=[{"reason": "ExitCode", "message": "many"}]), None, "went wrong"),
        (failure(), None, "went wrong"),
        (b"", None, "the cluster did not say how the command ended"),
        (b"{", None, "the cluster did not say how the command ended"),
    ],
)
def test_how_a_command_ended(status: bytes, code: int | None, error: str) -> None:
    assert pod_exec.ended(status) == {"exit": code, "error": error}


def test_a_refusal_about_the_pod_is_a_fact_and_any_other_a_failure() -> None:
    assert pod_exec.explain(Answer(404, b'{"message": "pods \\"x\\" not found"}', {})) == 'pods "x" not found'
    with pytest.raises(EngineError, match="too much to do"):
        pod_exec.explain(Answer(429, b"", {}))
