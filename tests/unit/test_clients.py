"""The clients of the engine and the cluster against servers that break off, drip, and send garbage; where keys are kept."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import raw_server
from fake_api_server import Authority, Decoy
from urllib3.response import HTTPResponse

from checks.clients import base
from checks.clients.base import DeadlineExceeded, Engine, EngineError
from checks.clients.cluster import Cluster
from sandboxes import exchange
from sandboxes.cluster import client, kubeconfig
from sandboxes.engine import client as engine_client
from sandboxes.engine.endpoint import Endpoint
from sandboxes.errors import SlipwayError


def reply(body: bytes, *, head: bytes = b"") -> bytes:
    return b"HTTP/1.1 200 OK\r\n" + head + b"Content-Length: %d\r\n\r\n" % len(body) + body


OK = reply(b"{}")
DRIP = [b" "] * 200
WHOLE = 4.0  # seconds: a server that drips takes longer until it has finished, however busy this machine is


def engine_at(raw: raw_server.Raw) -> Engine:
    return Engine(Endpoint(f"unix://{raw.address}", "a test"))


# --- the engine -----------------------------------------------------------------------------------------------------


def test_a_connection_is_kept_for_the_next_request() -> None:
    with raw_server.unix([OK], [OK], [OK], hold=True) as raw:
        engine = engine_at(raw)
        assert [engine.get("/x") for _ in range(3)] == [{}, {}, {}]
        assert raw.connections == 1


def test_a_connection_may_be_closed_by_another_thread_once_a_response_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = HTTPResponse.read1

    def read1(response: HTTPResponse, *arguments: Any, **options: Any) -> bytes:
        part = plain(response, *arguments, **options)
        if response.connection is None:  # back in the pool, which is where another thread would take it from
            engine.disconnect()
        return part

    with raw_server.unix([OK], hold=True) as raw:
        engine = engine_at(raw)
        monkeypatch.setattr(HTTPResponse, "read1", read1)
        assert engine.get("/x") == {}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_connection_that_was_closed_while_idle_is_replaced(method: str) -> None:
    with raw_server.unix([OK]) as raw:
        engine = engine_at(raw)
        for count in (1, 2, 3):
            assert engine.request(method, "/x").status == 200
            time.sleep(0.05)
            assert raw.connections == count


def test_a_write_is_not_sent_twice_when_the_engine_breaks_off() -> None:
    with raw_server.unix([b""]) as raw:
        with pytest.raises(EngineError, match="failed"):
            engine_at(raw).request("POST", "/containers/create", {})
        assert len(raw.received) == 1


@pytest.mark.parametrize(
    "parts",
    [
        [b""],
        [b"garbage\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{}"],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"],
        # Cut off within the head: for Python's parser that is an empty body.
        [b"HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\n"],
        [b"HTTP/1.1 200 OK\r\nTransfer-Enc"],
        [OK[:-2]],
    ],
)
def test_a_response_that_is_not_whole_is_no_response(parts: list[bytes]) -> None:
    with raw_server.unix(parts) as raw:
        for method in ("GET", "POST"):
            with pytest.raises(EngineError, match="the connection to the Docker engine"):
                engine_at(raw).request(method, "/containers/json", timeout=2)


@pytest.mark.parametrize("parts", [[], [b"H"], [b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", *DRIP]])
def test_an_engine_that_is_silent_or_drips_is_given_up(parts: list[bytes]) -> None:
    with raw_server.unix(parts, pause=0.05, hold=True) as raw:
        begun = time.monotonic()
        with pytest.raises(DeadlineExceeded, match="did not answer within 0.4 s"):
            engine_at(raw).request("GET", "/x", timeout=0.4)
        assert time.monotonic() - begun < WHOLE


HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
NEVER_WHOLE = {
    "status line": [b"HTTP/1.1 200", *[b"O"] * 200],
    "header": [b"HTTP/1.1 200 OK\r\nX: ", *[b"a"] * 200],
    "headers": [b"HTTP/1.1 200 OK\r\n", *[b"A: b\r\n"] * 90],
    "chunk size": [HEAD + b"\r\n", *[b"0"] * 200],
    "chunk extension": [HEAD + b"\r\n2;", *[b"x"] * 200],
    "chunk": [HEAD + b"\r\nff\r\n", *[b"x"] * 200],
    "trailer": [HEAD + b"\r\n2\r\n{}\r\n0\r\nA: ", *[b"x"] * 200],
    "body": [b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", *DRIP],
    "interim responses": [b"HTTP/1.1 100 Continue\r\n\r\n"] * 90,
}


@pytest.mark.parametrize("part", NEVER_WHOLE)
def test_an_engine_that_never_finishes_a_response_is_given_up(part: str) -> None:
    """I, 32. No single wait is long, and the whole would be."""
    with raw_server.unix(NEVER_WHOLE[part], pause=0.05, hold=True) as raw:
        begun = time.monotonic()
        with pytest.raises(DeadlineExceeded, match="did not answer within 0.4 s"):
            engine_at(raw).request("GET", "/x", timeout=0.4)
        assert time.monotonic() - begun < WHOLE


def test_a_deadline_that_was_kept_breaks_nothing_off() -> None:
    with raw_server.unix([OK], [OK], hold=True) as raw:
        engine = engine_at(raw)
        for _ in range(2):
            assert engine.request("GET", "/x", timeout=0.3).status == 200
            time.sleep(0.5)
        assert raw.connections == 1


def test_a_response_without_an_end_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "LARGEST", 100_000)
    with raw_server.unix([reply(b"x" * 100_000)], [reply(b"x" * 100_001)], hold=True) as raw:
        engine = engine_at(raw)
        assert len(engine.request("GET", "/x").body) == 100_000
        with pytest.raises(EngineError, match="more than 100000 bytes"):
            engine.request("GET", "/x")


def test_a_command_that_prints_for_ever_is_given_up() -> None:
    """The response of `exec` ends with its connection: each wait is limited, and so is the whole."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"
    with raw_server.unix([head, *DRIP], pause=0.05) as raw:
        begun = time.monotonic()
        with pytest.raises(DeadlineExceeded):
            engine_at(raw).request("POST", "/exec/x/start", {}, timeout=0.4)
        assert time.monotonic() - begun < WHOLE


def test_no_more_than_the_limit_is_read_and_the_rest_is_in_nobodys_way() -> None:
    with raw_server.unix([reply(b"x" * 1_000_000)], [OK], hold=True) as raw:
        engine = engine_at(raw)
        assert engine.request("GET", "/logs", limit=1000).body == b"x" * 1000
        assert engine.request("GET", "/logs", limit=1000).body == b"x" * 1000
        assert raw.connections == 2


def test_the_engines_time_and_version_come_from_its_headers() -> None:
    head = b"Date: Mon, 23 Nov 2026 09:12:02 GMT\r\nApi-Version: 1.45\r\nServer: Docker/26.1.5 (linux)\r\n"
    with raw_server.unix([reply(b"{}", head=head)], [reply(b"{}", head=b"Date: some day\r\n")], hold=True) as raw:
        engine = engine_at(raw)
        assert (engine.time, engine.about) == ("", {})
        engine.get("/x")
        assert engine.time == "2026-11-23T09:12:02Z"
        assert engine.about == {"server": "Docker/26.1.5 (linux)", "api": "1.45"}
        engine.get("/x")
        assert engine.time == ""


def test_a_stream_that_breaks_off_is_told() -> None:
    with (
        raw_server.unix([b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nsome"]) as raw,
        pytest.raises(EngineError, match="cut off"),
        engine_at(raw).stream("/images/x/get", timeout=2) as stream,
    ):
        while stream.read(100):
            pass


def test_a_stream_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "STREAM_DEADLINE", 0.4)
    with raw_server.unix(NEVER_WHOLE["body"], pause=0.05, hold=True) as raw:
        begun = time.monotonic()
        with pytest.raises(EngineError), engine_at(raw).stream("/images/x/get", timeout=2) as stream:
            while stream.read(10):
                pass
        assert time.monotonic() - begun < WHOLE


def test_a_redirect_of_the_engine_is_not_followed() -> None:
    with raw_server.unix([b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"]) as raw:
        assert engine_at(raw).request("GET", "/x").status == 302
        assert len(raw.received) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", '{"auths": {"x": {"auth": "%"}}}', '{"proxies": 3}'])
def test_a_damaged_configuration_of_the_docker_command_is_used_or_named(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    (tmp_path / "config.json").write_text(text, encoding="utf-8")
    with raw_server.unix([OK]) as raw:
        try:
            assert engine_at(raw).get("/x") == {}
        except EngineError as error:
            assert "config.json, or a certificate, cannot be used" in error.message


def test_an_engine_over_tcp_is_reached_without_the_proxies_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    with raw_server.tcp([OK]) as raw:
        assert Engine(Endpoint(f"tcp://127.0.0.1:{raw.address}", "a test")).get("/x") == {}


def test_a_port_of_tcp_need_not_be_said() -> None:
    assert engine_client.connect(Endpoint("tcp://192.0.2.7")).base_url == "http://192.0.2.7:2375"


def test_an_engine_over_ssh_is_reached_through_the_docker_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for the docker command leads its standard input and output to a socket, as `dial-stdio` does."""
    with raw_server.unix([OK], [OK]) as raw:
        docker = tmp_path / "docker"
        relay = (
            f"#!{sys.executable}\n"
            "import os, socket, sys, threading\n"
            f"open({str(tmp_path / 'said')!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')\n"
            "s = socket.socket(socket.AF_UNIX)\n"
            f"s.connect({raw.address!r})\n"
            "def up():\n"
            "    while data := os.read(0, 65536): s.sendall(data)\n"
            "    s.shutdown(socket.SHUT_WR)\n"
            "threading.Thread(target=up, daemon=True).start()\n"
            "while data := s.recv(65536): os.write(1, data)\n"
        )
        docker.write_text(relay, encoding="utf-8")
        docker.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        engine = Engine(Endpoint("ssh://kim@harbour.example", "a test"))
        assert [engine.get("/x"), engine.get("/x")] == [{}, {}]
        engine.close()
        assert (tmp_path / "said").read_text(encoding="utf-8") == "-H ssh://kim@harbour.example system dial-stdio\n"


# --- the cluster ----------------------------------------------------------------------------------------------------


@pytest.fixture
def cluster(cluster_folder: Path) -> Iterator[Cluster]:
    connected = Cluster(cluster_folder)
    yield connected
    connected.close()


def test_the_key_is_kept_beside_the_kubeconfig_for_its_owner_alone(
    cluster: Cluster, cluster_folder: Path, ours: Authority
) -> None:
    cluster.get("/version")
    for name in (client.AUTHORITY, client.CLIENT):
        assert (cluster_folder / name).stat().st_mode & 0o777 == 0o600
    assert ours.pem("client.key") in (cluster_folder / client.CLIENT).read_bytes()
    assert sorted(path.name for path in cluster_folder.iterdir() if path.name.endswith(".part")) == []


@pytest.mark.parametrize("spoil", ["readable", "other", "link", "binary"])
def test_a_key_file_that_is_not_as_it_was_written_is_replaced(
    spoil: str, cluster: Cluster, cluster_folder: Path, ours: Authority, tmp_path: Path
) -> None:
    cluster.get("/version")
    path, elsewhere = cluster_folder / client.CLIENT, tmp_path / "elsewhere"
    if spoil == "readable":
        path.chmod(0o644)
    elif spoil == "other":
        path.write_text("another key", encoding="ascii")
    elif spoil == "binary":
        path.write_bytes(b"\xff\xfe")
    else:
        elsewhere.write_bytes(path.read_bytes())
        elsewhere.chmod(0o600)
        path.unlink()
        path.symlink_to(elsewhere)
    client.connect(cluster.access, cluster_folder)
    assert not path.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o600
    assert ours.pem("client.key") in path.read_bytes()


def test_no_key_is_ever_written_to_the_folder_for_temporary_files(
    cluster_folder: Path, server: Decoy, tmp_path: Path, ours: Authority
) -> None:
    """Run a process that asks the API server and a Pod, and ends without any cleaning up; look at what it leaves."""
    temporary, home = tmp_path / "tmp", tmp_path / "home"
    temporary.mkdir()
    home.mkdir()
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from checks.clients.cluster import Cluster\n"
        "from checks.probes import pod_exec\n"
        "cluster = Cluster(Path(sys.argv[1]))\n"
        "cluster.verify()\n"
        "cluster.write('POST', '/api/v1/namespaces', {})\n"
        "print(pod_exec.execute(cluster, '/api/v1/namespaces/x/pods/y/exec?command=true', 2, 100)[1].status)\n"
        "print('\\n'.join(sorted(os.listdir(os.environ['TMPDIR']))))\n"
        "sys.stdout.flush()\n"
        "os._exit(0)\n"
    )
    before = set(os.listdir("/tmp"))
    completed = subprocess.run(
        [sys.executable, "-c", code, str(cluster_folder)], capture_output=True, text=True, check=True,
        env={**os.environ, "TMPDIR": str(temporary), "HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert completed.stdout.split() == ["404"]
    assert list(temporary.iterdir()) == list(home.iterdir()) == []
    secret = ours.pem("client.key").split(b"\n")[1]
    new = [Path("/tmp") / name for name in set(os.listdir("/tmp")) - before]
    assert [path for path in new if path.is_file() and secret in path.read_bytes()] == []
    assert server.log == [
        "GET /api/v1/namespaces/kube-system",
        "GET /api/v1/namespaces/kube-system",
        "POST /api/v1/namespaces",
        "GET /api/v1/namespaces/x/pods/y/exec?command=true",
    ]


def test_a_cluster_is_reached_without_the_proxies_of_the_environment(
    cluster_folder: Path, server: Decoy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    assert Cluster(cluster_folder).version() == "v1.37.2"


def test_a_certificate_that_cannot_be_used_is_told_in_words(cluster_folder: Path, server: Decoy) -> None:
    access, identity = kubeconfig.load(cluster_folder)
    damaged = b"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"
    kubeconfig.write(
        cluster_folder, kubeconfig.Access(access.context, access.server, access.authority, access.certificate, damaged), identity
    )
    with pytest.raises(EngineError, match="the cluster's API server"):
        Cluster(cluster_folder).version()
    assert server.log == []


def test_a_folder_that_cannot_be_written_is_named(cluster_folder: Path, server: Decoy) -> None:
    (cluster_folder / client.AUTHORITY).mkdir()
    with pytest.raises(SlipwayError, match="could not be written"):
        Cluster(cluster_folder).version()


def test_what_a_refusal_of_the_api_says_is_passed_on(
    cluster_folder: Path, server: Decoy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLIPWAY_CLUSTER", str(cluster_folder))
    assert client.read("/version") == {"gitVersion": "v1.37.2"}
    server.choose = lambda method, path: (403, {"message": "nodes is forbidden"})
    with pytest.raises(client.Unanswered, match="nodes is forbidden"):
        client.read("/api/v1/nodes")
    server.choose = lambda method, path: (200, b"<html>")
    with pytest.raises(client.Unanswered):
        client.read("/api/v1/nodes")
    server.choose = lambda method, path: None
    server.delay = 0.5
    with pytest.raises(client.Unanswered, match="no answer within 0.2 seconds"):
        client.read("/api/v1/nodes", 0.2)
    (cluster_folder / kubeconfig.FILE).write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(client.Unanswered, match="is not a kubeconfig"):
        client.read("/version")
