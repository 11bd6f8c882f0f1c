"""Grading live targets: each way to an engine, evidence like a submission's, and targets that cannot be used."""

import json
import os
import shutil
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import class_cases as cases
import pytest
from class_targets import CONTEXT, FILE, TARGET, SharedCluster
from fake_api_server import Authority, Decoy
from fake_engine import FakeEngine

from checks import catalog
from checks.classroom import folder as class_folder
from checks.classroom import grading, live, live_grading, marks, regrade, targets
from checks.classroom.records import Grade, MarkState
from checks.classroom.store import Store, open_store
from checks.classroom.stored_evidence import EvidenceReader
from checks.cli.__main__ import main
from checks.model import Outcome

DOCKER_LAB, LAB = "01-flask", "11-pods"


@pytest.fixture
def work(docker: FakeEngine) -> FakeEngine:
    """An engine with the solution of lab 01 on it."""
    docker.add_recorded(cases.snapshot("solved", DOCKER_LAB).objects)
    return docker


def look(target: str, folder: Path, lab: str = DOCKER_LAB) -> live.Seen:
    (seen,) = live.look_at([live.Look("ada", catalog.find(lab), targets.parse(target), target)], folder, settle=0)
    return seen


def passed(seen: live.Seen) -> set[str]:
    assert seen.graded is not None, seen.reason
    return {result.id for result in seen.graded.report.results if result.outcome is Outcome.PASSED}


def test_engine_by_its_socket_is_only_read(work: FakeEngine, tmp_path: Path) -> None:
    seen = look(f"unix://{work.socket}", tmp_path)
    assert passed(seen)
    unchecked = [result for result in seen.graded.report.results if result.outcome is Outcome.COULD_NOT_CHECK]
    assert unchecked and all("a submission brings its result" in result.reason or result.blocked_by for result in unchecked)
    assert work.writes == [] and not any("/exec" in line for line in work.log)


def test_engine_by_a_context(work: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hashlib

    meta = tmp_path / "docker" / "contexts" / "meta" / hashlib.sha256(b"ada").hexdigest() / "meta.json"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"Name": "ada", "Endpoints": {"docker": {"Host": f"unix://{work.socket}"}}}))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    monkeypatch.setenv("DOCKER_HOST", "unix:///elsewhere")  # the roster decides, not the instructor's shell
    assert passed(look("context:ada", tmp_path)) == passed(look(f"unix://{work.socket}", tmp_path))
    seen = look("context:eve", tmp_path)
    assert seen.paused and "does not exist" in seen.reason


@pytest.fixture
def tls_port(work: FakeEngine, ours: Authority) -> Iterator[int]:
    """A port with TLS in front of the engine, which demands a certificate of our authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ours.folder / "server.crt", ours.folder / "server.key")
    context.load_verify_locations(ours.folder / "ca.crt")
    context.verify_mode = ssl.CERT_REQUIRED
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, context, str(work.socket)), daemon=True).start()
        yield server.getsockname()[1]


def _serve(server: socket.socket, context: ssl.SSLContext, path: str) -> None:
    while True:
        try:
            plain, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=_forward, args=(plain, context, path), daemon=True).start()


def _forward(plain: socket.socket, context: ssl.SSLContext, path: str) -> None:
    """Pass requests to the engine and its answers back, one after the other."""
    with socket.socket(socket.AF_UNIX) as inner:
        try:
            inner.connect(path)
            with context.wrap_socket(plain, server_side=True) as outer:
                threading.Thread(target=_copy, args=(inner, outer), daemon=True).start()
                _copy(outer, inner)
        except OSError:
            plain.close()


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass


def certificates(folder: Path, of: Authority, authority: Authority) -> None:
    folder.mkdir(parents=True)
    for name, source in (("ca.pem", authority.folder / "ca.crt"), ("cert.pem", of.folder / "client.crt")):
        shutil.copy(source, folder / name)
    shutil.copy(of.folder / "client.key", folder / "key.pem")


def test_engine_by_tcp_needs_both_sides_certificates(
    work: FakeEngine, tls_port: int, ours: Authority, theirs: Authority, tmp_path: Path
) -> None:
    target = f"tcp://127.0.0.1:{tls_port}?certs="
    certificates(tmp_path / "certs" / "ada", ours, ours)
    assert passed(look(f"{target}certs/ada", tmp_path)) == passed(look(f"unix://{work.socket}", tmp_path))
    certificates(tmp_path / "certs" / "eve", ours, theirs)
    before = len(work.log)
    seen = look(f"{target}certs/eve", tmp_path)  # what answers is not the engine that the certificates are for
    assert seen.paused and seen.graded is None and "certificate" in seen.reason.lower()
    certificates(tmp_path / "certs" / "uma", theirs, ours)
    assert look(f"{target}certs/uma", tmp_path).paused
    assert len(work.log) == before
    (tmp_path / "certs" / "ada" / "key.pem").unlink()
    assert "has no key.pem" in look(f"{target}certs/ada", tmp_path).reason


STUB = """#!{python}
import socket, sys, threading
open({log!r}, "a").write(" ".join(sys.argv[1:]) + "\\n")
engine = socket.socket(socket.AF_UNIX)
engine.connect({path!r})
us = socket.socket(fileno=0)
def back():
    while data := engine.recv(65536):
        us.sendall(data)
threading.Thread(target=back, daemon=True).start()
while data := us.recv(65536):
    engine.sendall(data)
"""


def test_engine_by_ssh_is_reached_as_the_docker_command_does(
    work: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tunnel is the docker command's own (`docker system dial-stdio`), which runs ssh: a program stands in for it here."""
    program, log = tmp_path / "bin" / "docker", tmp_path / "log"
    program.parent.mkdir()
    program.write_text(STUB.format(python=sys.executable, log=str(log), path=str(work.socket)))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    assert passed(look("ssh://ada@vm:2222", tmp_path)) == passed(look(f"unix://{work.socket}", tmp_path))
    assert set(log.read_text().splitlines()) == {"-H ssh://ada@vm:2222 system dial-stdio"}


def test_engine_that_fails_in_the_middle_is_paused(work: FakeEngine, tmp_path: Path) -> None:
    for path in ("/containers/json", "/images/json", "/volumes", "/networks"):
        work.refusals[f"GET {path}"] = (500, "broken pipe")
    labs = ["01", "02", "03", "04", "06"]
    target = f"unix://{work.socket}"
    wanted = [live.Look("ada", catalog.find(lab), targets.parse(target), target) for lab in labs]
    found = list(live.look_at(wanted, tmp_path, settle=0))
    assert [seen.graded for seen in found] == [None] * 5
    assert [seen.paused for seen in found] == [False, False, True, True, True]
    assert not any("lab-06" in line for line in work.log)


def classroom(folder: Path, targets_of: dict[str, str], labs: tuple[str, ...] = (LAB,)) -> class_folder.ClassFolder:
    """A class whose learners have these targets."""
    cases.classroom(folder, targets_of, labs)
    rows = "".join(f"{id},Learner {id.title()},{target}\n" for id, target in targets_of.items())
    (folder / "roster.csv").write_text("id,name,target\n" + rows, encoding="utf-8")
    return class_folder.open_class(folder)


def run(folder: Path, minutes: int = 0) -> tuple[grading.Summary, Store]:
    store, summary = open_store(folder), grading.Summary()
    request = grading.Request((), cases.NOW.replace(minute=minutes))
    live_grading.run(class_folder.open_class(folder), store, request, summary, settle=0)
    return summary, store


def grades(store: Store) -> list[Grade]:
    return list(store.grades())


@pytest.fixture
def cluster(server: Decoy, tmp_path: Path) -> SharedCluster:
    opened = classroom(tmp_path / "class", {"ada": TARGET, "bob": TARGET})
    shared = SharedCluster(server, opened.folder)
    shared.add("ada", cases.snapshot("solved", LAB))
    shared.add("bob", cases.snapshot("untouched", LAB))
    return shared


def test_evidence_of_a_live_target_is_a_submission(cluster: SharedCluster, tmp_path: Path) -> None:
    folder = tmp_path / "class"
    summary, store = run(folder)
    assert (summary.graded, summary.ungraded, summary.paused) == (2, [], 0)
    ada, bob = grades(store)
    assert ada.source == f"live target {TARGET}" and ada.evidence and ada.submitted_at == cases.NOW.replace(minute=0)
    stored = EvidenceReader(class_folder.open_class(folder), store).read(ada)
    assert (stored.envelope.learner, stored.envelope.lab) == ("ada", LAB)
    assert "web" in stored.snapshot.objects["Pod"]
    assert regrade.run(class_folder.open_class(folder), store, regrade.Request(cases.NOW)) == []
    assert bob.earned == 0 < ada.earned


def test_appeal_shows_what_was_found_live(cluster: SharedCluster, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    run(tmp_path / "class")
    assert main(["class", "show", "ada", "11", "--class", str(tmp_path / "class")]) == 0
    shown = capsys.readouterr().out
    assert "live target kubeconfig:" in shown and "runs herald, web" in shown and "could not be checked" in shown


def test_same_result_again_keeps_the_earlier_grade_and_its_time(cluster: SharedCluster, tmp_path: Path) -> None:
    run(tmp_path / "class")
    summary, store = run(tmp_path / "class", minutes=30)
    assert (summary.graded, summary.known) == (0, 2) and len(grades(store)) == 2
    cluster.items.clear()
    cluster.add("ada", cases.snapshot("solved", LAB))
    cluster.add("bob", cases.snapshot("solved", LAB))
    summary, store = run(tmp_path / "class", minutes=45)
    assert (summary.graded, summary.known) == (1, 1) and grades(store)[-1].learner == "bob"


def test_submission_counts_over_the_live_target(cluster: SharedCluster, tmp_path: Path) -> None:
    cases.hand_in(tmp_path / "class", "ada", cases.body("solved", LAB), lab=LAB)
    cases.run(tmp_path / "class")
    summary, store = run(tmp_path / "class")
    assert summary.graded == 1
    assert [(grade.learner, grade.source.startswith("live")) for grade in grades(store)] == [("ada", False), ("bob", True)]


def test_target_that_cannot_be_used_is_reported_once_and_is_no_zero(tmp_path: Path) -> None:
    labs = ("01-flask", "02-layers", "03-volumes")
    opened = classroom(tmp_path / "class", {"ada": f"unix://{tmp_path}/none.sock"}, labs)
    summary, store = run(opened.folder)
    assert summary.paused == 3 and summary.ungraded == [] and len(summary.notes) == 1
    assert (
        summary.notes[0].startswith(f"Paused: live target unix://{tmp_path}/none.sock: ")
        and "cannot be reached" in summary.notes[0]
    )
    states = {marks.mark(opened.about, "ada", lab, 10, list(store.grades("ada", lab))).state for lab in labs}
    assert states == {MarkState.NOT_GRADED}
    assert len(grades(run(opened.folder, minutes=9)[1])) == 3


def test_one_failing_target_costs_no_other_learner_a_grade(cluster: SharedCluster, tmp_path: Path, work: FakeEngine) -> None:
    folder = tmp_path / "class"
    text = (folder / "roster.csv").read_text().replace(f"Learner Bob,{TARGET}", f"Learner Bob,kubeconfig:none?context={CONTEXT}")
    (folder / "roster.csv").write_text(text)
    summary, store = run(folder)
    assert (summary.graded, summary.paused) == (1, 1) and "kubeconfig" in summary.notes[0]


def test_command_grades_files_and_targets(cluster: SharedCluster, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    folder = tmp_path / "class"
    (folder / "submissions").rmdir()
    assert main(["grade", str(folder)]) == 0
    assert "Graded: 2. Graded before: 0. Not graded: 0." in capsys.readouterr().out
    assert main(["grade", str(folder), "--learner", "ada", "--lab", "11"]) == 0
    assert "Graded: 0. Graded before: 1." in capsys.readouterr().out
    (folder / FILE).unlink()
    assert main(["grade", str(folder)]) == 1
    captured = capsys.readouterr()
    assert "Not graded: 2." in captured.out and (captured.out + captured.err).count("Paused: ") == 1
    assert cluster.server.writes == []


def test_wrong_target_is_refused_before_anything_is_contacted(
    cluster: SharedCluster, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    path = tmp_path / "class" / "roster.csv"
    path.write_text(path.read_text() + "eve,Eve,tcp://vm\n")
    assert main(["grade", str(tmp_path / "class")]) == 64
    assert "roster.csv:4:9: The target lacks “certs”" in capsys.readouterr().err
    assert cluster.server.log == []
