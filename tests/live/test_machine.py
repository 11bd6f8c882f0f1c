"""The machine for real: a daemon of our own, JupyterLab, the commands, the whole launcher."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandboxes import jupyter, settings
from sandboxes.engine import daemon, find
from sandboxes.engine.endpoint import Endpoint
from sandboxes.errors import SlipwayError
from sandboxes.host import packages
from sandboxes.images import prefetch
from sandboxes.settings import Settings
from sandboxes.steps import Progress

pytestmark = pytest.mark.live
ROOT = Path(__file__).resolve().parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="a second Docker daemon needs root")


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Folders apart from a learner's own, in a path with blanks and umlauts."""
    folder = Path(tempfile.mkdtemp(prefix="slipway-test-")) / "Bücher & mehr"
    monkeypatch.setenv("SLIPWAY_STATE", str(folder / "state"))
    monkeypatch.setenv("SLIPWAY_WORK", str(folder / "my work"))
    # `slipway down` stops a cluster: not the one that other tests share.
    monkeypatch.setenv("SLIPWAY_CLUSTER", str(folder / "state" / "cluster"))
    chosen = settings.load()
    yield chosen
    prefetch.stop(chosen)
    jupyter.stop(chosen)
    shutil.rmtree(folder.parent)


# --- a daemon of our own --------------------------------------------------------------------------------------------


@pytest.fixture
def own_daemon() -> Iterator[daemon.Daemon]:
    """A second daemon, with folders, socket and network of its own: it cannot disturb the one that is there.

    The network namespace is what matters most: a daemon told to do without a bridge removes the one that it finds.
    """
    if not find.find_daemon():
        pytest.skip("no Docker daemon is installed")
    folder = Path(tempfile.mkdtemp(prefix="sw"))
    arguments = (
        "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec", "--pidfile", f"{folder}/pid",
        "--bridge", "none", "--iptables=false", "--ip6tables=false",
    )  # fmt: skip
    apart = ("unshare", "--net", "--mount", "--")
    made = daemon.Daemon(folder / "state", f"unix://{folder}/s", arguments, apart)
    yield made
    daemon.stop(made, Progress())
    shutil.rmtree(folder, ignore_errors=True)


@as_root
def test_own_daemon_starts_once_and_is_stopped_by_us_alone(own_daemon: daemon.Daemon) -> None:
    started = daemon.start(own_daemon, Progress())
    assert started.ok and started.id != find.describe().id
    process = own_daemon.running()
    assert process is not None and "dockerd" in Path(f"/proc/{process.pid}/cmdline").read_text()
    assert os.getsid(process.pid) == process.pid, "it must not get our terminal's Ctrl-C"
    assert daemon.start(own_daemon, Progress()).id == started.id
    assert own_daemon.running() == process, "the daemon that runs is used, not replaced"
    assert daemon.stop(own_daemon, Progress())
    assert not process.alive and find.describe(Endpoint(own_daemon.url)).state is find.State.NOT_RUNNING
    assert not daemon.stop(own_daemon, Progress()), "nothing is left to stop"


@as_root
def test_a_daemon_that_cannot_start_gives_its_reason(own_daemon: daemon.Daemon) -> None:
    broken = daemon.Daemon(
        own_daemon.folder, own_daemon.url, (*own_daemon.arguments, "--storage-driver", "nonsense"), own_daemon.apart
    )
    with pytest.raises(SlipwayError) as failed:
        daemon.start(broken, Progress())
    assert "nonsense" in failed.value.message and str(own_daemon.log) in failed.value.fix


@as_root
def test_stop_never_stops_a_foreign_engine(own_daemon: daemon.Daemon) -> None:
    daemon.start(own_daemon, Progress())
    process = own_daemon.running()
    own_daemon.record.unlink()
    assert not daemon.stop(own_daemon, Progress())
    assert process.alive
    process.save(own_daemon.record)


# --- packages -------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not packages.available(), reason="no apt here")
def test_a_private_source_fetches_and_leaves_the_machine_as_it_was() -> None:
    codename = packages.os_release().get("VERSION_CODENAME", "")
    address = packages.mirror(codename)
    if not address or not packages.KEYRING.is_file():
        pytest.skip("no Debian mirror among this machine's sources")
    watched = [path for path in Path("/etc/apt").rglob("*") if path.is_file()] + [Path("/var/lib/apt/lists")]
    before = {path: path.stat().st_mtime_ns for path in watched}
    with packages.private_source(f"deb [signed-by={packages.KEYRING}] {address} trixie main") as source:
        files = source.download(["docker-compose"], lambda line: None)
        fields = subprocess.run(["dpkg-deb", "-f", files[0], "Package", "Version"], capture_output=True, text=True).stdout
    assert "Package: docker-compose" in fields and re.search(r"Version: 2\.", fields)
    assert not source.folder.exists()
    assert {path: path.stat().st_mtime_ns for path in watched} == before


# --- JupyterLab -----------------------------------------------------------------------------------------------------


def ask(server: jupyter.Server, path: str, method: str = "GET", token: bool = True) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    headers = {"Authorization": f"token {server.token}"} if token else {}
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_jupyter_is_private_and_set_up_as_promised(place: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    learners = tmp_path / ".jupyter"
    learners.mkdir()
    (learners / "jupyter_server_config.py").write_text("raise SystemExit('the learner’s own configuration was read')\n")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(learners))
    monkeypatch.setenv("HOME", str(tmp_path))
    server = jupyter.start(place, jupyter.free_port(18890), lambda detail: None)
    assert server.answers() and jupyter.find(place).port == server.port
    assert stat.S_IMODE((place.state / "jupyter" / "token").stat().st_mode) == 0o600
    assert stat.S_IMODE((place.state / "jupyter" / "config.json").stat().st_mode) == 0o600
    assert server.token not in Path(f"/proc/{server.process.pid}/cmdline").read_text()
    assert ask(server, "/api/contents", token=False)[0] == 403
    listening = subprocess.run(["ss", "-Hltn", f"sport = :{server.port}"], capture_output=True, text=True).stdout
    assert f"127.0.0.1:{server.port}" in listening and listening.count("\n") == 1
    kernel = json.loads(ask(server, "/api/kernelspecs")[1])["kernelspecs"]
    assert list(kernel) == ["python3"] and kernel["python3"]["spec"]["display_name"] == "Slipway"
    assert kernel["python3"]["spec"]["argv"][0] == sys.executable
    page = ask(server, "/lab")[1]
    assert '"news": {"disabled": true}' in page and "@jupyterlab/apputils-extension:announcements" in page
    browser = json.loads(ask(server, "/lab/api/settings/@jupyterlab/filebrowser-extension:browser")[1])
    assert browser["schema"]["properties"]["showHiddenFiles"]["default"] is True
    assert sorted(path.name for path in learners.iterdir()) == ["jupyter_server_config.py"]
    assert jupyter.stop(place) and not server.process.alive and not jupyter.stop(place)


def test_kernels_and_terminals_find_our_commands(place: Settings) -> None:
    from sandboxes.jupyter import config

    config.write(place, 18889)
    binaries = str(Path(sys.executable).parent)
    shell = config.server_config(place, 18889)["ServerApp"]["terminado_settings"]["shell_command"]
    assert shell[1:] == ["--rcfile", f"{place.state}/jupyter/bashrc"]
    completed = subprocess.run(
        [*shell, "-i"], input="command -v slipway\n", capture_output=True, text=True, env={"PATH": os.defpath, "HOME": "/"}
    )
    assert f"{binaries}/slipway" in completed.stdout.splitlines(), completed.stderr
    assert config.environment(place)["PATH"].startswith(binaries + os.pathsep)
    assert config.environment(place)["SLIPWAY_WORK"] == str(place.work)


def test_jupyter_that_cannot_start_gives_its_reason(place: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not jupyter.is_free(port) and jupyter.free_port(port) != port
        with pytest.raises(SlipwayError) as failed:
            jupyter.start(place, port, lambda detail: None)
    assert "server.log" in failed.value.fix and jupyter.find(place) is None


# --- the commands ---------------------------------------------------------------------------------------------------


def slipway(*arguments: str, **options: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-I", "-m", "checks.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=280, stdin=subprocess.DEVNULL, **options)


@pytest.fixture
def images_ready(need_images: Callable, place: Settings) -> None:
    from checks import catalog

    need_images(sorted({name for lab in catalog.labs() if lab.sandbox == "docker" for name in lab.images}))


@pytest.mark.usefixtures("images_ready")
def test_up_detached_status_up_again_and_down(place: Settings) -> None:
    first = slipway("up", "--detach", "--no-browser")
    assert first.returncode == 0, first.stderr
    address = re.search(r"http://127\.0\.0\.1:\d+/lab/tree/\S+/lab\.ipynb\?token=\S+", first.stdout).group()
    server = jupyter.find(place)
    assert server.answers() and server.token in address
    notebook = re.search(r"/lab/tree/(\S+)\?", address).group(1)
    assert (place.work / notebook).is_file() and ask(server, f"/api/contents/{notebook}?content=0")[0] == 200
    again = slipway("up", "--detach", "--no-browser")
    assert "already running" in again.stdout and address in again.stdout
    assert jupyter.find(place).process == server.process
    standing = json.loads(slipway("status", "--json").stdout)
    assert standing["engine"]["state"] == "ok" and standing["jupyter"]["answers"]
    assert standing["images"]["missing"] == [] and standing["labs"]
    shown = slipway("status").stdout
    assert server.url() in shown and "Docker" in shown
    before = find.describe().id
    ended = slipway("down")
    assert ended.returncode == 0 and "JupyterLab has stopped." in ended.stdout
    assert not server.process.alive and find.describe().id == before, "an engine that we did not start goes on"


@pytest.mark.usefixtures("images_ready")
def test_ctrl_c_stops_jupyterlab_only_and_says_so(place: Settings) -> None:
    command = [sys.executable, "-I", "-m", "checks.cli", "up", "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    try:
        wait_until(lambda: (server := jupyter.find(place)) is not None and server.answers())
        server = jupyter.find(place)
        time.sleep(0.5)
        os.killpg(process.pid, signal.SIGINT)
        words, _ = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0, words
    assert "Press Ctrl-C to stop JupyterLab." in words and "`./slipway down`" in words and "Traceback" not in words
    assert not server.process.alive and find.describe().ok


@pytest.mark.usefixtures("images_ready")
def test_a_busy_port_is_avoided_or_refused(place: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = slipway("up", "--detach", "--no-browser", "--port", str(port))
        assert refused.returncode == 2 and f"Port {port} is in use" in refused.stderr and "--port" in refused.stderr
        place.state.mkdir(parents=True, exist_ok=True)
        (place.state / "settings.toml").write_text(f"port = {port}\n", encoding="utf-8")
        moved = slipway("up", "--detach", "--no-browser")
        assert moved.returncode == 0, moved.stderr
        assert jupyter.find(place).port != port and f"Port {port} is in use" in moved.stderr


def test_doctor_examines_this_machine(place: Settings) -> None:
    completed = slipway("doctor", "--json")
    data = json.loads(completed.stdout)
    assert completed.returncode == (0 if data["ok"] else 1)
    levels = {check["id"]: check["level"] for check in data["checks"]}
    assert levels["engine"] == levels["python"] == levels["write"] == levels["local"] == "fine"
    assert all(check["fix"] for check in data["checks"] if check["level"] == "problem")


def test_doctor_and_status_without_an_engine(place: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    completed = slipway("doctor")
    assert completed.returncode == 1 and "/nonexistent/docker.sock" in completed.stdout and "Fix:" in completed.stdout
    shown = slipway("status")
    assert shown.returncode == 0 and "not running" in shown.stdout
    refused = slipway("up", "--detach", "--no-browser")
    assert refused.returncode == 2 and "/nonexistent/docker.sock" in refused.stderr and "Traceback" not in refused.stderr


def test_prefetch_is_recorded_stopped_and_continued(place: Settings, need_images: Callable) -> None:
    need_images(["busybox:1.35"])
    assert prefetch.start(["busybox:1.35"], place)
    wait_until(lambda: not prefetch.read(place).running)
    work = prefetch.read(place)
    assert work.references == ("busybox:1.35",) and not work.error, prefetch.log_path(place).read_text()
    assert not prefetch.stop(place)
    # One that fails says why, and the process that runs is ended when asked.
    assert prefetch.start(["no-such-image:1"], place)
    wait_until(lambda: not prefetch.read(place).running)
    assert "no-such-image" in prefetch.read(place).error


# --- the launcher with the whole project ----------------------------------------------------------------------------


@pytest.mark.timeout(600)
def test_whole_project_in_a_path_with_blanks_and_umlauts(tmp_path: Path) -> None:
    project = tmp_path / "Über Häfen & Schiffe"
    ignored = shutil.ignore_patterns(".git", ".venv", ".slipway", "work", "built-site", "__pycache__", "tests")
    shutil.copytree(ROOT, project, ignore=ignored)
    env = {name: value for name, value in os.environ.items() if not name.startswith("SLIPWAY_")}
    completed = subprocess.run([project / "slipway", "--version"], capture_output=True, text=True, env=env)
    assert completed.returncode == 0 and completed.stdout.startswith("slipway "), completed.stderr
    assert list(project.glob("checks/__pycache__/model.*.pyc"))
    again = subprocess.run([project / "slipway", "status", "--json"], capture_output=True, text=True, env=env, cwd="/")
    assert again.returncode == 0 and again.stderr == "" and json.loads(again.stdout)["labs"]
    script = subprocess.run([project / ".venv/bin/slipway", "--version"], capture_output=True, text=True, env=env)
    assert script.stdout == completed.stdout, script.stderr
