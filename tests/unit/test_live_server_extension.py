"""The Jupyter server extension, in a real Jupyter server of its own: streams, buttons, and who may use them."""

import http.client
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import recorded
from event_stream import EventStream, event_stream
from fake_engine import FakeEngine
from played_live import put

from checks import catalog
from sandboxes import settings
from sandboxes.jupyter import config
from sandboxes.settings import ROOT, Settings

LAB, OTHER, CLUSTER_LAB = "01-flask", "02-layers", "12-deployments"
SECONDS = 60.0  # only what hangs: the modules of the labs load slowly on a busy machine


@dataclass
class Desk:
    """A Jupyter server with the extension, and the stand-in engine that it watches."""

    port: int
    token: str
    engine: FakeEngine
    events: EventStream

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], Any]:
        """Send a request as the owner of the token. Return the status, the headers, and the JSON or text of the answer."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)) as connection:
            sent = {"Authorization": f"token {self.token}", **headers}
            connection.request(method, f"/{path}", None if body is None else json.dumps(body), sent)
            answer = connection.getresponse()
            text = answer.read().decode()
            kind = answer.headers.get("Content-Type", "")
            return answer.status, dict(answer.headers), json.loads(text) if "json" in kind and text else text

    def cookies(self, path: str) -> list[str]:
        """Return the cookies that a page sets."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return answer.headers.get_all("Set-Cookie") or []

    @contextmanager
    def stream(self, lab: str = LAB) -> Iterator["Stream"]:
        """Open the stream of a lab, as a browser tab does."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)) as connection:
            connection.request("GET", f"/slipway/stream?lab={lab}", headers={"Authorization": f"token {self.token}"})
            yield Stream(connection.getresponse())

    def stop_container(self, name: str, running: bool = False) -> None:
        """Stop a container of the engine, or start it, with its events."""
        (container,) = (item for item in self.engine.containers.values() if item["Name"] == f"/{name}")
        status = {"Running": running, "Status": "running" if running else "exited", "ExitCode": 0 if running else 137}
        with self.events.lock:
            container["State"] |= status
        for action in ("start",) if running else ("kill", "die", "stop"):
            self.events.send(time.time(), action, name)


class Stream:
    """The events of a response, one after the other."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.response = response

    def next(self) -> tuple[str, dict[str, Any]]:
        """The name and the data of the next event."""
        name, deadline = "", time.monotonic() + SECONDS
        for line in iter(self.response.readline, b""):
            assert time.monotonic() < deadline, "there are only pings"
            field, _, value = line.decode().rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                return name, json.loads(value)
        raise AssertionError("the stream has ended")

    def until(self, outcome: str, check: str = "container-runs") -> dict[str, Any]:
        """Read on until a check has an outcome. Return the view."""
        while True:
            _, view = self.next()
            if outcomes(view).get(check) == outcome:
                return view


def outcomes(view: dict[str, Any]) -> dict[str, str]:
    return {check["id"]: check["outcome"] for task in view["tasks"] for check in task["checks"]}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A Jupyter server that is configured as `slipway up` does it, without JupyterLab, on a free port."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="slipway-") as short:
        folder = tmp_path_factory.mktemp("desk")
        engine = FakeEngine(Path(short) / "events.sock")
        engine.info |= {"Driver": "overlay2", "Name": "stand-in", "DockerRootDir": "/var/lib/docker", "OperatingSystem": "Linux"}
        put(engine, recorded.state(LAB))
        with event_stream(Path(short), engine) as events:
            for name in ("work", "state", "cluster"):
                patch.setenv(f"SLIPWAY_{name.upper()}", str(folder / name))
            patch.setenv("DOCKER_HOST", events.endpoint.url)
            chosen = settings.load()
            chosen.work.mkdir(parents=True)
            process, port = _start(chosen, folder / "log")
            try:
                yield Desk(port, config.token(chosen), engine, events)
            finally:
                process.terminate()
                process.wait(timeout=20)
            assert "Traceback" not in (folder / "log").read_text(encoding="utf-8")


def _start(chosen: Settings, log: Path) -> tuple[subprocess.Popen[bytes], int]:
    port = _free_port()
    file = config.write(chosen, port)
    made = json.loads(file.read_text(encoding="utf-8"))
    del made["ServerApp"]["jpserver_extensions"]["jupyterlab"], made["ServerApp"]["default_url"]
    file.write_text(json.dumps(made), encoding="utf-8")
    command = [sys.executable, "-m", "jupyter_server", f"--config={file}"]
    environment = {**config.environment(chosen), "PYTHONPATH": str(ROOT)}
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, cwd=chosen.work)
    deadline = time.monotonic() + SECONDS
    while not _answers(port):
        assert process.poll() is None and time.monotonic() < deadline, log.read_text(encoding="utf-8")
        time.sleep(0.1)
    return process, port


def _free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _answers(port: int) -> bool:
    with closing(socket.socket()) as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def started(desk: Desk) -> Desk:
    """The server, with lab 01 started by its button, and the recorded containers there."""
    containers = dict(desk.engine.containers)
    # The lab began before what was recorded.
    desk.engine.ahead = datetime.fromisoformat(recorded.state(LAB).started).timestamp() - 60 - time.time()
    with desk.events.lock:
        desk.engine.containers = {}
        images, desk.engine.images = desk.engine.images, {}
        desk.engine.add_image("sha256:" + "b" * 64, *catalog.find(LAB).images)
    status, _, answer = desk.ask("POST", f"slipway/labs/{LAB}/start")
    assert (status, answer.get("new")) == (200, True), answer
    with desk.events.lock:
        desk.engine.containers, desk.engine.images = containers, desk.engine.images | images
    return desk


def test_course_and_views_need_the_token(desk: Desk) -> None:
    paths = ("slipway/course", f"slipway/stream?lab={LAB}", f"slipway/labs/{LAB}/picture")
    for path in paths:
        status, _, _ = desk.ask("GET", path, Authorization="")
        assert status == 403, path
    for name in ("check", "reset", "start", "hint", "solution"):
        status, _, _ = desk.ask("POST", f"slipway/labs/{LAB}/{name}", Authorization="")
        assert status == 403, name
    assert not desk.engine.writes


def test_button_of_another_site_is_refused(desk: Desk) -> None:
    """A browser sends the cookie with any site's request, but only our own pages know the XSRF token."""
    set_cookies = [value for path in ("/login", f"/login?token={desk.token}") for value in desk.cookies(path)]
    cookies = "; ".join(value.partition(";")[0] for value in set_cookies)
    by_cookie = {"Authorization": "", "Cookie": cookies, "Host": f"127.0.0.1:{desk.port}"}
    status, _, _ = desk.ask("GET", "slipway/course", **by_cookie)
    assert status == 200
    status, _, _ = desk.ask("POST", f"slipway/labs/{LAB}/hint", {"check": "image-built"}, **by_cookie)
    assert status == 403
    token = re.search(r"_xsrf=([^;]+)", cookies)
    assert token is not None
    status, _, _ = desk.ask(
        "POST", f"slipway/labs/{LAB}/hint", {"check": "image-built"}, **by_cookie, **{"X-XSRFToken": token[1]}
    )
    assert status == 200


def test_course_lists_the_labs_in_order(desk: Desk) -> None:
    status, headers, course = desk.ask("GET", "slipway/course")
    assert status == 200 and "json" in headers["Content-Type"]
    assert [lab["id"] for lab in course["labs"]] == [lab.id for lab in catalog.labs()]
    assert course["next"] == "00-start"


def test_unknown_lab_wrong_json_and_unknown_names_are_answered_in_words(desk: Desk) -> None:
    asked = (
        ("GET", "slipway/stream?lab=99-none", None),
        ("GET", "slipway/stream", None),
        ("POST", "slipway/labs/99-none/start", None),
        ("POST", f"slipway/labs/{LAB}/hint", {"check": "no-such-check"}),
        ("POST", f"slipway/labs/{LAB}/hint", [3]),
        ("POST", f"slipway/labs/{LAB}/solution", {"task": "no-such-task"}),
    )
    for method, path, body in asked:
        status, headers, answer = desk.ask(method, path, body)
        assert status == 404 and "json" in headers["Content-Type"], (path, answer)
        assert answer["message"] and "Traceback" not in answer["message"], path


def test_cluster_that_is_not_there_is_a_state_of_the_view_not_an_error(desk: Desk) -> None:
    with desk.stream(CLUSTER_LAB) as stream:
        name, view = stream.next()
    assert (name, view["state"]) == ("snapshot", "not started")
    status, _, answer = desk.ask("GET", f"slipway/labs/{CLUSTER_LAB}/picture")
    assert status == 503 and answer["message"] and "Traceback" not in json.dumps(answer)


def test_check_needs_an_open_stream(desk: Desk) -> None:
    status, _, answer = desk.ask("POST", f"slipway/labs/{OTHER}/check")
    assert status == 409 and "stream" in answer["message"]


def test_stream_begins_with_a_snapshot_and_two_tabs_share_one_stream_of_events(started: Desk) -> None:
    opened = len(started.events.asked)
    with started.stream() as first, started.stream() as second:
        for stream in (first, second):
            name, view = stream.next()
            assert name == "snapshot"
            if outcomes(view)["container-runs"] != "passed":
                stream.until("passed")
        started.stop_container("my-running-app")
        for stream in (first, second):
            red = stream.until("not yet")
            (broken,) = (check for task in red["tasks"] for check in task["checks"] if check["id"] == "container-runs")
            assert broken["broken"]["why"] == "Container my-running-app was stopped"
        started.stop_container("my-running-app", running=True)
        for stream in (first, second):
            stream.until("passed")
        assert len(started.events.asked) == opened + 1


def test_nothing_is_asked_of_the_engine_once_the_last_tab_has_left(started: Desk) -> None:
    with started.stream() as stream:
        stream.next()
    deadline = time.monotonic() + SECONDS
    asked = -1
    while asked != (asked := len(started.engine.log)):  # a look that had begun ends
        assert time.monotonic() < deadline
        time.sleep(1.0)
    started.stop_container("my-running-app")
    time.sleep(2.5)
    assert len(started.engine.log) == asked
    with started.stream() as stream:
        stream.until("not yet")  # seen by the next tab, though no event was
    started.stop_container("my-running-app", running=True)


def test_full_check_comes_through_the_stream(started: Desk) -> None:
    with started.stream() as stream:
        stream.next()
        status, _, _ = started.ask("POST", f"slipway/labs/{LAB}/check")
        assert status == 202
        while (view := stream.next()[1])["state"] == "checking":
            pass
        assert view["state"] == "ready"


def test_hints_come_one_at_a_time_and_are_recorded(started: Desk) -> None:
    levels = [started.ask("POST", f"slipway/labs/{LAB}/hint", {"check": "port-published"})[2] for _ in range(2)]
    assert [hint["level"] for hint in levels] == [1, 2]
    assert levels[0]["text"] != levels[1]["text"] and levels[0]["more"]
    kept = json.loads((settings.load().state / "labs" / f"{LAB}.json").read_text(encoding="utf-8"))
    assert kept["hints"]["port-published"] == 2


def test_picture_is_that_of_what_exists(started: Desk) -> None:
    status, headers, text = started.ask("GET", f"slipway/labs/{LAB}/picture")
    assert status == 200 and headers["Content-Type"].startswith("text/vnd.mermaid")
    assert "my-running-app" in text


def test_reset_removes_what_the_lab_made_and_the_view_begins_again(started: Desk) -> None:
    with started.stream() as stream:
        stream.next()
        status, _, answer = started.ask("POST", f"slipway/labs/{LAB}/reset")
        assert status == 200 and not answer["left"], answer
        assert any("my-running-app" in name for name in answer["removed"])
        stream.until("blocked")
    assert "container/my-running-app" not in started.engine.names()
