"""What can be the matter with an engine, with real sockets; which packages are chosen; whose processes are ended."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer

import pytest

from sandboxes.engine import daemon, endpoint, ensure, find, install
from sandboxes.engine.endpoint import Endpoint
from sandboxes.engine.find import State
from sandboxes.engine.install import Part
from sandboxes.errors import SlipwayError
from sandboxes.host import packages, processes
from sandboxes.steps import Progress

VERSION = {"Version": "26.1.5", "ApiVersion": "1.45"}
INFO = {
    "ID": "3c95cb0d", "Name": "vm", "Driver": "overlay2", "CgroupVersion": "2", "OperatingSystem": "Debian",
    "DockerRootDir": "/var/lib/docker", "NCPU": 2, "MemTotal": 2**33, "SystemTime": "2026-11-23T09:22:49.780815466Z",
}  # fmt: skip
OTHER = Endpoint("unix:///nonexistent/docker.sock", "DOCKER_HOST")


class Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True


@pytest.fixture
def serve() -> Iterator[Callable[[dict[str, bytes]], Endpoint]]:
    """Answers GET requests on a unix socket with what each path maps to."""
    with contextlib.ExitStack() as stack:
        # pytest's own folders can be too long for the path of a socket.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))

        def begin(answers: dict[str, bytes]) -> Endpoint:
            class Handler(BaseHTTPRequestHandler):
                def do_GET(self) -> None:
                    self.send_response(200 if self.path in answers else 404)
                    self.end_headers()
                    self.wfile.write(answers.get(self.path, b"{}"))

                def log_message(self, *_: object) -> None:
                    pass

                def address_string(self) -> str:
                    return "test"

            server = stack.enter_context(Server(str(folder / "s"), Handler))
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
            stack.callback(server.shutdown)
            return Endpoint(f"unix://{folder}/s", "a test")

        yield begin


def answers(**version: str) -> dict[str, bytes]:
    return {"/version": json.dumps({**VERSION, **version}).encode(), "/info": json.dumps(INFO).encode()}


def test_describe_returns_the_facts_of_an_engine(serve: Callable) -> None:
    engine = find.describe(serve(answers()))
    assert engine.ok and not engine.too_old
    assert (engine.version, engine.api_version, engine.storage, engine.cgroup) == ("26.1.5", "1.45", "overlay2", "2")
    assert (engine.id, engine.name, engine.cpus, engine.memory) == ("3c95cb0d", "vm", 2, 2**33)
    assert json.loads(json.dumps(engine.to_json()))["endpoint"]["source"] == "a test"


@pytest.mark.parametrize(("api", "too_old"), [("1.40", True), ("1.41", False), ("1.9", True), ("2.0", False)])
def test_engine_is_too_old_by_the_number_of_its_api_version(serve: Callable, api: str, too_old: bool) -> None:
    assert find.describe(serve(answers(ApiVersion=api))).too_old is too_old


@pytest.mark.parametrize("version", [b"<html>not an engine</html>", b'{"Version": 1}', b"[]", b""])
def test_describe_of_another_server_is_unresponsive(serve: Callable, version: bytes) -> None:
    engine = find.describe(serve({**answers(), "/version": version}))
    assert engine.state is State.UNRESPONSIVE and engine.reason


def test_describe_without_socket_and_program_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "DEFAULT_URL", OTHER.url)
    monkeypatch.setattr(find, "find_daemon", lambda: "")
    engine = find.describe(OTHER)
    assert engine.state is State.NOT_INSTALLED
    assert find.problem(engine).fix


def test_describe_without_socket_but_with_a_program_is_not_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "DEFAULT_URL", OTHER.url)
    monkeypatch.setattr(find, "find_daemon", lambda: "/usr/sbin/dockerd")
    engine = find.describe(OTHER)
    assert engine.state is State.NOT_RUNNING
    assert "slipway up" in find.problem(engine).fix


def test_a_chosen_endpoint_without_engine_is_named_and_not_replaced() -> None:
    engine = find.describe(OTHER)
    assert engine.state is State.NOT_RUNNING
    assert OTHER.url in find.problem(engine).message and "docker context use" in find.problem(engine).fix


def test_socket_left_by_a_dead_daemon_is_not_running(tmp_path: Path) -> None:
    path = tempfile.mkdtemp() + "/s"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(path)
    engine = find.describe(Endpoint(f"unix://{path}", "a test"))
    shutil.rmtree(os.path.dirname(path))
    assert engine.state is State.NOT_RUNNING


def test_describe_ends_at_the_deadline() -> None:
    folder = tempfile.mkdtemp()
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(f"{folder}/s")
        silent.listen()
        engine = find.describe(Endpoint(f"unix://{folder}/s", "a test"), timeout=0.2)
    shutil.rmtree(folder)
    assert engine.state is State.UNRESPONSIVE and "0.2 seconds" in engine.reason
    assert "does not answer" in find.problem(engine).message


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")
def test_socket_without_rights_says_how_to_get_them(serve: Callable) -> None:
    where = serve(answers())
    os.chmod(where.socket_path, 0o600)
    os.chmod(os.path.dirname(where.socket_path), 0o755)
    # Loaded before: the other user may not be able to read this Python's files.
    assert find.user_name() == "root" and find.group_is_new() in (True, False)
    os.seteuid(65534)
    try:
        engine = find.describe(where)
        fix = find.problem(engine).fix
    finally:
        os.seteuid(0)
    assert engine.state is State.NO_RIGHTS and "usermod -aG docker" in fix


def test_remote_engine_is_refused_unless_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SLIPWAY_STATE", str(tmp_path))
    monkeypatch.setenv("DOCKER_HOST", "tcp://192.0.2.7:2375")
    with pytest.raises(SlipwayError, match="on another machine"):
        find.connect()
    with pytest.raises(SlipwayError, match="on another machine"):
        ensure.ensure(Progress())
    monkeypatch.setenv("SLIPWAY_REMOTE_ENGINE", "1")
    endpoint.refuse_remote(endpoint.find())
    monkeypatch.delenv("SLIPWAY_REMOTE_ENGINE")
    (tmp_path / "settings.toml").write_text("allow_remote_engine = true\n", encoding="utf-8")
    endpoint.refuse_remote(endpoint.find())


PARTS = [Part.DAEMON, Part.CLIENT, Part.COMPOSE, Part.BUILDX]
BOOKWORM = {"ID": "debian", "VERSION_CODENAME": "bookworm"}


def offer(monkeypatch: pytest.MonkeyPatch, offered: dict[str, str], docker: bool = False) -> list[str]:
    """Pretend that the machine's sources offer these packages, and whether Docker's repository answers."""
    asked: list[str] = []
    monkeypatch.setattr(packages, "candidate", lambda name: offered.get(name, ""))
    monkeypatch.setattr(packages, "mirror", lambda codename: "http://mirror.example/debian/")
    monkeypatch.setattr(install, "_answers", lambda address: asked.append(address) or docker)
    return asked


def test_install_on_ubuntu_uses_packages_of_ubuntu(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = offer(monkeypatch, {"docker.io": "24.0.7", "docker-compose-v2": "2.24.6+ds1", "docker-buildx": "0.12.1"})
    way = install.choose(PARTS, {"ID": "ubuntu", "VERSION_CODENAME": "noble"})
    assert way.packages == ("docker.io", "docker-compose-v2", "docker-buildx")
    assert not way.source and not asked


def test_install_on_debian_trixie_uses_packages_of_debian(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"docker.io": "26.1.5", "docker-cli": "26.1.5", "docker-compose": "2.26.1-4", "docker-buildx": "0.13.1"}
    offer(monkeypatch, own)
    way = install.choose(PARTS, {"ID": "debian", "VERSION_CODENAME": "trixie"})
    assert way.packages == ("docker.io", "docker-cli", "docker-compose", "docker-buildx") and not way.source


def test_compose_v1_does_not_count_and_docker_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = offer(monkeypatch, {"docker.io": "20.10", "docker-compose": "1.29.2-3", "docker-buildx": "1"}, docker=True)
    way = install.choose(PARTS, BOOKWORM)
    assert asked == ["https://download.docker.com/linux/debian/dists/bookworm/Release"]
    assert way.source == "deb [signed-by={key}] https://download.docker.com/linux/debian bookworm stable"
    assert way.key == "https://download.docker.com/linux/debian/gpg"
    assert "docker-ce" in way.packages and "docker-compose-plugin" in way.packages


def test_bookworm_without_docker_takes_the_next_release(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, {"docker.io": "20.10", "docker-compose": "1.29.2-3"})
    way = install.choose([Part.COMPOSE, Part.BUILDX], BOOKWORM)
    assert way.packages == ("docker-compose", "docker-buildx")
    assert way.source.endswith("http://mirror.example/debian/ trixie main") and not way.key


def test_install_on_a_system_without_packages_names_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, {})
    with pytest.raises(SlipwayError) as refused:
        install.choose(PARTS, {"ID": "linuxmint", "ID_LIKE": "ubuntu debian", "UBUNTU_CODENAME": "jammy"})
    assert find.INSTALL_PAGE in refused.value.fix


def test_install_needs_consent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(packages.CONSENT, raising=False)
    monkeypatch.setattr(sys, "stdin", open(os.devnull))  # noqa: SIM115
    monkeypatch.setattr(packages, "available", lambda: True)
    monkeypatch.setattr(packages, "privilege", lambda: [])
    monkeypatch.setattr(processes, "run", lambda *arguments, **options: pytest.fail(f"ran {arguments}"))
    with pytest.raises(SlipwayError) as refused:
        install.install(PARTS, Progress())
    assert "slipway up --yes" in refused.value.fix
    with pytest.raises(SlipwayError, match="is needed to build images"):
        packages.ensure_packages(["slipway-no-such-package"], reason="build images")


def test_os_release_is_read_with_quotes(tmp_path: Path) -> None:
    path = tmp_path / "os-release"
    path.write_text('# a comment\nID=debian\nVERSION_CODENAME="bookworm"\nEMPTY=\n', encoding="utf-8")
    assert packages.os_release(path) == {"ID": "debian", "VERSION_CODENAME": "bookworm", "EMPTY": ""}
    assert packages.os_release(tmp_path / "absent") == {}


def test_a_pid_that_was_handed_out_again_is_not_ours(tmp_path: Path) -> None:
    other = subprocess.Popen(["sleep", "60"])
    try:
        stale = processes.Process(other.pid, "an earlier start")
        stale.save(tmp_path / "record.json")
        assert processes.load(tmp_path / "record.json") is None
        assert processes.terminate(stale, 1)
        assert other.poll() is None
        ours = processes.Process(other.pid, processes.start_time(other.pid))
        ours.save(tmp_path / "record.json")
        assert processes.load(tmp_path / "record.json") == ours
        assert processes.terminate(ours, 10)
    finally:
        other.kill()
        other.wait()
    assert processes.load(tmp_path / "record.json") is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"pid": 1, "started": "x", "more": 2}'])
def test_load_of_a_damaged_record_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "record.json").write_text(text, encoding="utf-8")
    assert processes.load(tmp_path / "record.json") is None


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ('time="x" level=info msg="ok"\nfailed to start daemon: Error initializing network controller\n', "failed to start"),
        ('time="x" level=fatal msg="no space left \\"on\\" device"\ntime="x" level=info msg="bye"\n', "no space left"),
        ("", "its log is empty"),
    ],
)
def test_reason_of_a_daemon_is_the_last_error_in_its_log(tmp_path: Path, log: str, words: str) -> None:
    (tmp_path / "dockerd.log").write_text(log, encoding="utf-8")
    assert words in daemon._reason(daemon.Daemon(tmp_path))
