"""An engine that is down, killed, paused or not ours to use: never a traceback, never a lost point, never a pass."""

import multiprocessing
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sample_lab import SampleLab, front, outcomes, slipway

from checks import catalog, grade
from checks.clients.base import Engine
from checks.model import Lab, Outcome, Report
from sandboxes import settings
from sandboxes.engine import find as machine
from sandboxes.engine.endpoint import Endpoint
from sandboxes.host import packages
from sandboxes.settings import Settings

COULD_NOT, PASSED = Outcome.COULD_NOT_CHECK, Outcome.PASSED
POINTS = 6
NOBODY = 65534


def nothing_lost(report: Report) -> None:
    """Every check could not be checked, says why, and takes no point from anybody."""
    assert set(outcomes(report).values()) == {COULD_NOT}
    assert (report.earned, report.possible, report.unchecked) == (0, 0, POINTS)
    assert all(result.reason for result in report.results)


def test_check_without_an_engine_could_not_be_checked(tiny_labs: Path, tmp_path: Path) -> None:
    engine = Engine(Endpoint(f"unix://{tmp_path}/absent.sock", "the test"))
    report = grade.grade(catalog.find("90"), engine, settings.load(), wait=5).report
    nothing_lost(report)
    assert "no Docker engine answers" in report.results[0].reason


def test_check_command_without_an_engine_says_so(tiny_labs: Path, tmp_path: Path) -> None:
    ran = slipway("check", "90", environment={"DOCKER_HOST": f"unix://{tmp_path}/absent.sock"})
    assert ran.code == 2
    assert "could not check" in ran.out.lower()
    assert "slipway up" in ran.out
    assert ran.seconds < 5


# Where in the engine's answers it goes away: before the first byte, within headers, within bodies, near the end.
@pytest.mark.parametrize("limit", [0, 1, 150, 400, 900, 2000, 5000, 9000, 14000, 20000])
def test_broken_off_during_a_check(solved: SampleLab, tmp_path: Path, limit: int) -> None:
    with front(tmp_path, limit, "break") as before:
        report = solved.grade(engine=before.engine).report
    assert set(outcomes(report).values()) <= {PASSED, COULD_NOT}, report.to_json()["results"]
    assert report.earned == report.possible
    assert limit > 400 or not report.passed


@pytest.mark.parametrize("limit", [0, 400, 2000, 9000])
def test_broken_off_is_never_a_pass(tiny: SampleLab, tmp_path: Path, limit: int) -> None:
    with front(tmp_path, limit, "break") as before:
        report = tiny.grade(engine=before.engine).report
    assert PASSED not in outcomes(report).values()


@pytest.mark.parametrize("limit", [0, 900, 5000])
def test_frozen_during_a_check(solved: SampleLab, tmp_path: Path, limit: int) -> None:
    started = time.monotonic()
    with front(tmp_path, limit, "freeze") as before:
        report = solved.grade(engine=before.engine).report
    assert time.monotonic() - started < 20
    assert set(outcomes(report).values()) <= {PASSED, COULD_NOT}, report.to_json()["results"]
    assert COULD_NOT in outcomes(report).values()
    assert "did not answer within 5 s" in str(report.to_json())


@pytest.mark.parametrize("limit", [0, 900, 5000])
def test_answers_of_the_wrong_shape(solved: SampleLab, tmp_path: Path, limit: int) -> None:
    with front(tmp_path, limit, "garbage") as before:
        report = solved.grade(engine=before.engine).report
    assert set(outcomes(report).values()) <= {PASSED, COULD_NOT}, report.to_json()["results"]
    assert COULD_NOT in outcomes(report).values()


class OwnDaemon:
    """A Docker daemon of the test's own, to be stopped and killed.

    It has a network of its own, too: two daemons in one would take the bridge from each other.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"unix://{folder}/docker.sock"

    def start(self) -> None:
        roots = [f"--{root}={self.folder}/{root}" for root in ("data-root", "exec-root")]
        options = ["-H", self.url, *roots, f"--pidfile={self.folder}/pid", "--bridge=none", "--iptables=false"]
        apart = [*packages.privilege(), "unshare", "--net", "--mount", "--", machine.find_daemon()]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen([*apart, *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while not machine.describe(Endpoint(self.url), timeout=1).ok:
            assert self.process.poll() is None and time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.1)

    def signal(self, name: str) -> None:
        pid = (self.folder / "pid").read_text(encoding="ascii").strip()
        subprocess.run([*packages.privilege(), "kill", f"-{name}", pid], check=True)

    def end(self) -> None:
        if self.process.poll() is not None:
            # One that was killed left its helper running: started again and told to stop, it takes that along.
            self.start()
        self.signal("TERM")
        self.process.wait(60)
        subprocess.run([*packages.privilege(), "rm", "-rf", f"{self.folder}/data-root", f"{self.folder}/exec-root"], check=True)


@pytest.fixture(scope="module")
def own_daemon(engine: object) -> Iterator[OwnDaemon]:
    with tempfile.TemporaryDirectory(prefix="slipway-daemon-", ignore_cleanup_errors=True) as name:
        own = OwnDaemon(Path(name))
        own.start()
        try:
            yield own
        finally:
            own.end()


def grade_on(own: OwnDaemon) -> Report:
    return grade.grade(catalog.find("90"), Engine(Endpoint(own.url)), settings.load(), wait=0).report


def test_a_real_daemon_paused(tiny_labs: Path, own_daemon: OwnDaemon) -> None:
    assert outcomes(grade_on(own_daemon))["image-built"] is Outcome.NOT_YET
    own_daemon.signal("STOP")
    try:
        started = time.monotonic()
        nothing_lost(grade_on(own_daemon))
        assert time.monotonic() - started < 15
    finally:
        own_daemon.signal("CONT")
    assert outcomes(grade_on(own_daemon))["image-built"] is Outcome.NOT_YET


def test_a_real_daemon_killed(tiny_labs: Path, own_daemon: OwnDaemon) -> None:
    """Checks run one after the other while the daemon is killed under them."""
    reports: list[Report] = []
    stop = threading.Event()

    def keep_grading() -> None:
        while not stop.is_set():
            reports.append(grade_on(own_daemon))

    grading = threading.Thread(target=keep_grading)
    grading.start()
    time.sleep(0.5)
    own_daemon.signal("KILL")
    time.sleep(1.5)
    stop.set()
    grading.join(30)
    first = [report.results[0].outcome for report in reports]
    assert set(first) == {Outcome.NOT_YET, COULD_NOT}
    assert first == sorted(first, key=[Outcome.NOT_YET, COULD_NOT].index), "an engine that is gone was heard again"
    nothing_lost(reports[-1])


def _as_nobody(lab: Lab, chosen: Settings, url: str, answer: Connection) -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    answer.send(grade.grade(lab, Engine(Endpoint(url)), chosen, wait=0).report.to_json())


def test_no_rights_on_the_socket(tiny_labs: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="slipway-closed-") as name:
        Path(name).chmod(0o755)
        with front(Path(name), 10**9, "break") as before:
            before.path.chmod(0)
            near, far = multiprocessing.Pipe()
            chosen = replace(settings.load(), state=Path(name), work=Path(name))
            arguments = (catalog.find("90"), chosen, before.engine.endpoint.url, far)
            process = multiprocessing.get_context("fork").Process(target=_as_nobody, args=arguments)
            process.start()
            assert near.poll(30)
            report = Report.from_json(near.recv())
            process.join(10)
    nothing_lost(report)
    assert "permission denied on the Docker socket" in report.results[0].reason
    assert "slipway doctor" in report.results[0].reason
