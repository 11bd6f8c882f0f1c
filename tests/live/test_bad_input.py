"""Containers in every bad state, strange names, huge logs, full disks, two at once, Ctrl-C: on the real engine."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_lab import INTERRUPTED, NAME, PORT, SampleLab, command, docker, interrupt, slipway

from checks import progress
from checks.clients.base import Engine
from checks.model import Outcome, Report, Result
from sandboxes.host import packages

PUBLISH = f"{PORT}:8080"
MEGABYTE = 1_000_000
UNICODE = "größe-大-🚢-‮"


def result(tiny: SampleLab, id: str, wait: float = 0) -> Result:
    return next(result for result in tiny.grade(wait).report.results if result.id == id)


def replace_container(*options: str, script: str, start: bool = True) -> None:
    docker("rm", "--force", NAME)
    how = ["run", "--detach"] if start else ["create"]
    docker(*how, "--name", NAME, "--publish", PUBLISH, *options, NAME, "sh", "-c", script)


def test_a_restart_loop_is_named_with_its_reason(solved: SampleLab) -> None:
    replace_container("--restart=always", script="echo cannot find my database; exit 3")
    # Between two starts the engine waits longer each time: after the fifth, long enough to be seen at rest.
    deadline = time.monotonic() + 60
    while True:
        count, status = docker("inspect", "--format", "{{.RestartCount}} {{.State.Status}}", NAME).split()
        if int(count) >= 5 and status == "restarting":
            break
        assert time.monotonic() < deadline, (count, status)
        time.sleep(0.1)
    seen = result(solved, "running")
    assert seen.outcome is Outcome.NOT_YET
    assert "exit code 3" in seen.findings[0].why
    assert "cannot find my database" in seen.findings[0].why


@pytest.mark.parametrize("moment", range(6))
def test_a_restart_loop_never_passes(solved: SampleLab, moment: int) -> None:
    replace_container("--restart=always", script="sleep 0.15; exit 1")
    time.sleep(0.3 + moment / 10)
    assert result(solved, "answers").outcome is not Outcome.PASSED


def test_container_that_is_paused_is_named(solved: SampleLab) -> None:
    docker("pause", NAME)
    seen = result(solved, "running")
    assert seen.outcome is Outcome.NOT_YET
    assert (seen.findings[0].observed, "docker unpause" in seen.findings[0].hint) == ("paused", True)
    docker("unpause", NAME)
    assert result(solved, "running").outcome is Outcome.PASSED


def test_created_and_never_started(solved: SampleLab) -> None:
    replace_container(script="httpd -f", start=False)
    time.sleep(1)
    assert result(solved, "running").outcome is Outcome.WAITING
    seen = result(solved, "running", wait=20)
    assert seen.outcome is Outcome.NOT_YET
    assert "never started" in seen.findings[0].message


def test_container_that_ran_out_of_memory_is_named(solved: SampleLab) -> None:
    # The engine listens for the kernel's word on memory only when the process has been started.
    replace_container("--memory=8m", "--memory-swap=8m", script="sleep 1; tail /dev/zero")
    docker("wait", NAME)
    seen = result(solved, "running")
    assert seen.outcome is Outcome.NOT_YET
    assert "OOMKilled" in seen.findings[0].why


def test_container_that_was_killed_is_named_with_its_signal(solved: SampleLab) -> None:
    replace_container("--memory=8m", script="sleep 60")
    docker("kill", NAME)
    why = result(solved, "running").findings[0].why
    assert "SIGKILL" in why
    assert "memory limit of 8 MiB" in why


def test_a_log_that_is_not_kept(solved: SampleLab) -> None:
    replace_container("--log-driver=none", script="exit 5")
    docker("wait", NAME)
    seen = result(solved, "running")
    assert seen.outcome is Outcome.NOT_YET
    assert "exit code 5" in seen.findings[0].why


def create(engine: Engine, name: str, body: dict[str, object]) -> None:
    answer = engine.request("POST", f"/containers/create?name={name}", body)
    assert answer.status == 201, answer.message


def test_labels_in_unicode_with_nul_and_of_a_megabyte(solved: SampleLab, tmp_path: Path) -> None:
    labels = {UNICODE: UNICODE, "nul": "a\u0000b", "long": "x" * MEGABYTE, "": "empty", "newline\n": "\r\n\t"}
    docker("rm", "--force", NAME)
    binds = [f"{NAME}-data:/data"]
    ports = {"8080/tcp": [{"HostPort": str(PORT)}]}
    body = {"Image": NAME, "Labels": labels, "Env": [f"GREETING={UNICODE}"], "ExposedPorts": {"8080/tcp": {}}}
    create(solved.engine, NAME, {**body, "HostConfig": {"Binds": binds, "PortBindings": ports}})
    docker("start", NAME)
    evidence = tmp_path / "evidence.json"
    live = slipway("check", "90", "--json", "--evidence", str(evidence))
    assert live.code == 0, live.out[-3000:]
    assert live.seconds < 5
    kept = json.loads(evidence.read_text(encoding="utf-8"))["snapshot"]["objects"]["container"][NAME]
    assert kept["Config"]["Labels"].items() >= labels.items()
    again = slipway("check", "--from", str(evidence), "--json")
    assert json.loads(again.out) == json.loads(live.out)


@pytest.mark.timeout(600)
def test_a_log_of_500_megabytes(solved: SampleLab) -> None:
    line = "x" * 4000
    replace_container(
        "--volume", f"{NAME}-data:/data",
        script=f"yes {line} | head -c 500000000; echo the end; mkdir w; echo afloat > w/index.html; httpd -f -p 8080 -h w",
    )  # fmt: skip
    deadline = time.monotonic() + 500
    while "the end" not in docker("logs", "--tail", "1", NAME):
        assert time.monotonic() < deadline
        time.sleep(1)
    ran = slipway("check", "90", "--wait", "5")
    assert ran.code == 0, ran.out
    assert ran.seconds < 5
    assert len(ran.out) < 10_000
    tail = solved.grade().snapshot.objects["container"][NAME]["LogTail"]
    assert 0 < len(tail) < MEGABYTE
    assert tail.rstrip().endswith("the end")


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (("check", "90-tinny"), "90-tiny"),
        (("check", "90", "anwsers"), "answers"),
        (("hint", "90", "runing"), "running"),
        (("start", "tinny"), "tiny"),
        (("solve", "89"), "slipway list"),
        (("dev", "check", "90-tin"), "90-tiny"),
    ],
)
def test_an_unknown_name_suggests_the_nearest(tiny: SampleLab, arguments: tuple[str, ...], advice: str) -> None:
    ran = slipway(*arguments)
    assert (ran.code, ran.out) == (64, "")
    assert advice in ran.err


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own with room for one small file, and an old report on it."""
    folder = tmp_path / "full"
    folder.mkdir()
    options = "size=64k,mode=777"
    subprocess.run([*packages.privilege(), "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
    try:
        (folder / "report").write_text("the old report\n", encoding="utf-8")
        with open(folder / "filler", "wb", buffering=0) as filler:
            try:
                while filler.write(b"x" * 1024):
                    pass
            except OSError:
                filler.close()
        yield folder
    finally:
        subprocess.run([*packages.privilege(), "umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("option", [["--output"], ["--json", "--output"], ["--format", "html", "--output"], ["--evidence"]])
def test_a_full_disk_keeps_the_old_report(solved: SampleLab, full: Path, option: list[str]) -> None:
    ran = slipway("check", "90", *option, str(full / "report"))
    assert ran.code == 2
    assert "could not be written" in ran.err
    assert "No space left" in ran.err
    assert (full / "report").read_text(encoding="utf-8") == "the old report\n"
    assert {path.name for path in full.iterdir()} == {"report", "filler"}


def test_a_full_disk_under_the_progress_does_not_hide_the_report(solved: SampleLab, full: Path) -> None:
    known = json.loads((solved.settings.state / "checkout.json").read_text(encoding="utf-8"))
    (full / "report").unlink()  # which leaves room for this one file
    (full / "checkout.json").write_text(json.dumps({**known, "state": str(full)}), encoding="utf-8")
    ran = slipway("check", "90", environment={"SLIPWAY_STATE": str(full)})
    assert "passed" in ran.out.lower()
    assert "could not be written" in ran.err


def test_two_checks_at_once(solved: SampleLab) -> None:
    many = [subprocess.Popen(command("check", "90", "--json"), stdout=subprocess.PIPE) for _ in range(6)]
    reports = []
    for process in many:
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        reports.append(Report.from_json(json.loads(out)))
    assert {report.earned for report in reports} == {6}
    assert set(progress.read(solved.settings, "90-tiny").passed) == {result.id for result in reports[0].results}


# From the first moment of the interpreter to after the end: most lie within the check, which takes about 0.2 s.
@pytest.mark.parametrize("moment", [step / 50 for step in range(0, 30)])
def test_ctrl_c_during_a_check(solved: SampleLab, moment: float, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text("old", encoding="utf-8")
    ended = interrupt(["check", "90", "--json", "--output", str(report)], moment)
    assert ended.returncode in (0, *INTERRUPTED)
    assert report.read_text(encoding="utf-8") == "old" or Report.from_json(json.loads(report.read_text(encoding="utf-8")))
    assert progress.read(solved.settings, "90-tiny").started


@pytest.mark.parametrize("moment", [0.3, 1.0, 2.0])
def test_ctrl_c_while_waiting(solved: SampleLab, moment: float) -> None:
    docker("rm", "--force", NAME)
    docker("create", "--name", NAME, NAME)
    ended = interrupt(["check", "90", "--wait", "30"], moment)
    assert ended.returncode in INTERRUPTED
    assert result(solved, "running").outcome is not Outcome.PASSED


@pytest.mark.parametrize("moment", [0.1, 0.2, 0.3, 0.5])
def test_ctrl_c_during_a_reset_can_be_continued(solved: SampleLab, moment: float) -> None:
    ended = interrupt(["reset", "90", "--yes"], moment)
    assert ended.returncode in (0, *INTERRUPTED)
    assert slipway("reset", "90", "--yes").code == 0
    assert not docker("ps", "--all", "--quiet", "--filter", f"name=^{NAME}$")
