"""Streams of an engine that drips, repeats itself, hangs or breaks off: each ends in time, and with the reason."""

import io
import json
import socket
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker  # noqa: F401 - loaded here, so that no test counts the time for it
import pytest
import raw_server
import requests

from sandboxes.engine import client as engine_client
from sandboxes.engine import streams
from sandboxes.engine.endpoint import Endpoint
from sandboxes.engine.streams import Bounds, Stalled, StreamFailed
from sandboxes.images import pull
from sandboxes.images.catalogue import Image
from sandboxes.images.pull import Patience, PullFailed

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
SOON = Bounds(begin=0.5, silent=0.4, whole=30)
PAUSE = 0.05
LONG = 2000  # parts: they take 100 seconds
IN_TIME = 20  # seconds, also on a machine that has much to do
HASTY = Patience(answer=0.5, stall=0.4, whole=1.5)
IMAGE = Image("slipway-streams-test:1", "an image of this test", "none", 1)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def event(**fields: Any) -> bytes:
    return chunk(json.dumps(fields).encode() + b"\n")


def downloading(current: int) -> bytes:
    return event(id="0123456789ab", status="Downloading", progressDetail={"current": current, "total": 10**9})


@contextmanager
def engine(parts: list[bytes], pause: float = PAUSE) -> Iterator[Any]:
    """A client of the SDK whose engine sends these parts, whatever it is asked."""
    with raw_server.unix(parts, pause=pause, hold=True) as raw:
        api = engine_client.connect(Endpoint(f"unix://{raw.address}"), timeout=0.5)
        yield api
        api.close()


def outcome(parts: list[bytes], read: Callable[[streams.Stream], object], bounds: Bounds = SOON) -> tuple[StreamFailed, float]:
    """How a stream failed, and after how many seconds."""
    started = time.monotonic()
    with engine(parts) as api, pytest.raises(StreamFailed) as failed, streams.opened(api, "GET", "/images/get", bounds) as stream:
        read(stream)
    return failed.value, time.monotonic() - started


DRIPS = {
    "status line": [b"HTTP/1.1 ", *[b"2"] * LONG],
    "header": [b"HTTP/1.1 200 OK\r\nX-Tide: ", *[b"x"] * LONG],
    "size of a chunk": [HEAD, *[b"0"] * LONG],
    "bytes of a chunk": [HEAD + b"fffff\r\n", *[b"x"] * LONG],
    "chunks of a byte": [HEAD, *[chunk(b"x")] * LONG],
    "trailer": [HEAD + b"0\r\nX-Tide: ", *[b"x"] * LONG],
    "nothing": [HEAD],
    "not even a head": [],
}


@pytest.mark.parametrize("reader", ["parts", "events"])
@pytest.mark.parametrize("name", DRIPS)
def test_bytes_that_drip_are_no_progress(name: str, reader: str) -> None:
    failure, seconds = outcome(DRIPS[name], lambda stream: list(getattr(stream, reader)()))
    assert isinstance(failure, Stalled) and str(failure) == "it did not answer for 0.5 seconds"
    assert 0.3 < seconds < IN_TIME


def test_a_megabyte_is_progress_and_what_stops_after_it_is_not() -> None:
    data = chunk(b"x" * 2**20)
    failure, seconds = outcome([HEAD, *[data] * 16, *[chunk(b"x")] * LONG], lambda stream: list(stream.parts()))
    assert isinstance(failure, Stalled) and str(failure) == "it made no progress for 0.4 seconds"
    assert seconds > 16 * PAUSE


def test_a_stream_whose_progress_never_ends_ends_at_the_last_deadline() -> None:
    failure, seconds = outcome([HEAD, *[chunk(b"x" * 2**20)] * LONG], lambda stream: list(stream.parts()), Bounds(5, 5, 1))
    assert isinstance(failure, Stalled) and str(failure) == "it did not end within 1 seconds"
    assert 0.8 < seconds < IN_TIME


def test_a_stream_that_is_cut_off_is_no_complete_one() -> None:
    with raw_server.unix([HEAD + chunk(b"half")]) as raw:
        api = engine_client.connect(Endpoint(f"unix://{raw.address}"))
        with pytest.raises(StreamFailed) as failed, streams.opened(api, "GET", "/images/get", SOON) as stream:
            list(stream.parts())
    assert not isinstance(failed.value, Stalled)


@pytest.mark.parametrize("line", [b"[1]\n", b"{\n", b"x" * (2**20 + 100), b"[" * 100_000 + b"\n"])
def test_a_line_that_is_no_event_is_refused(line: bytes) -> None:
    failure, _ = outcome([HEAD, chunk(line), chunk(b"")], lambda stream: list(stream.events()))
    assert "cannot be read" in str(failure)


def test_an_error_of_the_file_that_is_written_is_not_one_of_the_engine() -> None:
    def full(stream: streams.Stream) -> None:
        for _ in stream.parts():
            raise OSError(28, "No space left on device")

    parts = [HEAD, chunk(b"x" * 100)]
    with engine(parts) as api, pytest.raises(OSError, match="No space"), streams.opened(api, "GET", "/i", SOON) as stream:
        full(stream)


def test_an_upload_to_an_engine_that_reads_a_byte_at_a_time_ends(tmp_path: Path) -> None:
    archive = tmp_path / "large.tar"
    archive.write_bytes(b"x" * 8 * 2**20)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_sip, args=(listener,), daemon=True).start()
        api = engine_client.connect(Endpoint(f"tcp://127.0.0.1:{listener.getsockname()[1]}"))
        started = time.monotonic()
        with (
            archive.open("rb") as file,
            pytest.raises(Stalled, match="did not answer for 0.5 seconds"),
            streams.opened(api, "POST", "/images/load", SOON, data=file),
        ):
            pass
        assert time.monotonic() - started < IN_TIME


def _sip(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection:
        while connection.recv(1):
            time.sleep(0.01)


def pulled(parts: list[bytes], patience: Patience = HASTY) -> tuple[PullFailed, float]:
    started = time.monotonic()
    with engine(parts) as api, pytest.raises(PullFailed) as failed:
        pull.pull(api, IMAGE, lambda detail: None, patience)
    return failed.value, time.monotonic() - started


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([HEAD, *[event(status="Waiting", id="a")] * LONG], "it did not answer for 0.5 seconds"),
        ([HEAD, *[event(status="Retrying in 5 seconds", id="a")] * LONG], "it did not answer for 0.5 seconds"),
        ([HEAD, event(status="Pulling from x"), b"ffff\r\n", *[b" "] * LONG], "it made no progress for 0.4 seconds"),
        ([HEAD, *[downloading(7)] * LONG], "it made no progress for 0.4 seconds"),
        ([HEAD, *[downloading(number) for number in range(LONG)]], "it did not end within 1.5 seconds"),
    ],
    ids=["waits", "retries", "drips a line", "says the same again", "goes up by a byte"],
)
def test_a_pull_ends_in_time_whatever_the_engine_says(parts: list[bytes], reason: str) -> None:
    failure, seconds = pulled(parts)
    assert (failure.reason, failure.everywhere) == (reason, True)
    assert seconds < IN_TIME


def test_a_slow_pull_that_advances_is_not_given_up() -> None:
    slow = [HEAD, *[downloading(number) for number in range(12)], event(status="Download complete"), b"0\r\n\r\n"]
    with engine(slow, pause=0.1) as api:
        pull.pull(api, IMAGE, lambda detail: None, Patience(answer=0.5, stall=0.5))


def test_a_method_of_the_sdk_ends_in_time_where_the_body_of_its_answer_drips() -> None:
    slow = [b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{", *[b" "] * LONG]
    started = time.monotonic()
    with engine(slow) as api, pytest.raises((TimeoutError, requests.RequestException)):
        api.inspect_image("x")
    assert time.monotonic() - started < IN_TIME


def test_an_archive_that_arrives_whole_is_whole() -> None:
    with io.BytesIO() as raw:
        with tarfile.open(fileobj=raw, mode="w") as tar:
            tar.addfile(tarfile.TarInfo("kept"))
        data = raw.getvalue()
    parts = [HEAD, chunk(data[:5000]), chunk(data[5000:]), b"0\r\n\r\n"]
    with engine(parts) as api, streams.opened(api, "GET", "/images/get", SOON) as stream:
        assert b"".join(stream.parts()) == data
