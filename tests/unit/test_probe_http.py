"""The HTTP probe against servers that answer anything: a few words that checks compare, and never a wait without end."""

import socket
import time

import pytest
import raw_server

from checks.clients.answer import EngineError
from checks.model import Probe
from checks.probes import http
from checks.snapshot import Json

OK = b"HTTP/1.1 200 OK\r\n"
DRIP = [b"a"] * 100
WHOLE = 4.0  # seconds: a server that drips takes longer until it has finished, however busy this machine is


def ask(port: object, timeout: float = 2.0, **options: object) -> Json:
    return http.request(Probe("it", "http", {"url": f"http://127.0.0.1:{port}/page?x=1", **options}, timeout))


@pytest.mark.parametrize(
    ("parts", "body"),
    [
        ([OK + b"Content-Length: 4\r\n\r\nopen"], "open"),
        ([OK + b"Content-Length: 4\r\n\r\nopen and more"], "open"),
        ([OK + b"\r\nopen"], "open"),
        ([b"HTTP/1.0 200 OK\r\n\r\n", b"op", b"en"], "open"),
        ([OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nop\r\n2;x=y\r\nen\r\n0\r\nA: b\r\n\r\n"], "open"),
        ([OK + b"\r\n" + b"x" * 100_000], "x" * http.BODY_LIMIT),
        ([OK + b"\r\n\xff\xfe"], "\ufffd\ufffd"),
    ],
)
def test_a_response_is_taken_as_it_comes(parts: list[bytes], body: str) -> None:
    with raw_server.tcp(parts) as raw:
        seen = ask(raw.address)
    assert (seen["ok"], seen["status"], seen["error"], seen["body"]) == (True, 200, "", body)


@pytest.mark.parametrize(
    ("parts", "word"),
    [
        ([b""], "closed"),
        ([OK + b"Content-Length: 400\r\n\r\nopen"], "closed"),
        ([OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nopen\r\n"], "closed"),
        ([OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nop"], "closed"),
        ([b"SSH-2.0-OpenSSH_9.2\r\n"], "not HTTP"),
        ([b"HTTP/1.1 ok\r\n\r\n"], "not HTTP"),
        ([b"\x16\x03\x01\x02"], "not HTTP"),
        ([b"x" * 100_000], "not HTTP"),
        ([OK + b"a: b\r\n" * 1000], "not HTTP"),
        ([OK + b"a: " + b"b" * 100_000], "not HTTP"),
    ],
)
def test_no_response_is_told_in_one_word(parts: list[bytes], word: str) -> None:
    with raw_server.tcp(parts) as raw:
        seen = ask(raw.address)
    assert (seen["ok"], seen["status"], seen["error"]) == (False, 0, word)


@pytest.mark.parametrize(
    "parts", [[], [b"H", *DRIP], [OK, *DRIP], [OK + b"\r\n", *DRIP], [OK + b"Content-Length: 999\r\n\r\n", *DRIP]]
)
def test_a_server_that_is_silent_or_drips_runs_into_the_deadline_of_the_whole_exchange(parts: list[bytes]) -> None:
    with raw_server.tcp(parts, pause=0.05, hold=True) as raw:
        begun = time.monotonic()
        assert ask(raw.address, timeout=0.4)["error"] == "timeout"
        assert time.monotonic() - begun < WHOLE


def test_nothing_listening_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert ask(port)["error"] == "refused"


def test_a_name_that_this_machine_cannot_look_up_says_nothing_about_the_server() -> None:
    probe = Probe("it", "http", {"url": "http://no-such-host.invalid/"}, 3)
    with pytest.raises(EngineError, match="cannot look a name up"):
        http.request(probe)


def test_a_redirect_is_the_answer_and_is_not_followed() -> None:
    with raw_server.tcp([b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"]) as raw:
        seen = ask(raw.address)
    assert (seen["status"], seen["headers"]["location"]) == (302, "http://127.0.0.1:1/")


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    with raw_server.tcp([OK + b"\r\nopen"]) as raw:
        assert ask(raw.address)["body"] == "open"


def test_what_is_sent_is_what_the_probe_says() -> None:
    with raw_server.tcp([OK + b"\r\n"]) as raw:
        ask(raw.address, method="POST", body="größe", headers={"Host": "harbour.example", "X-Tide": "high"})
    head, _, body = raw.received[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /page?x=1 HTTP/1.1"
    assert {"Host: harbour.example", "X-Tide: high", "User-Agent: slipway-check", "Content-Length: 7"} <= set(lines)
    assert sum(line.lower().startswith("host:") for line in lines) == 1
    assert body.decode() == "größe"
