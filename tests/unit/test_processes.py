"""Processes that we started: recognized for certain before they are ended, run to their end, and kept from each other."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandboxes.errors import SlipwayError
from sandboxes.host import processes
from sandboxes.host.processes import Process
from sandboxes.images import commands


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    """A process of this test's own that runs until it is ended."""
    with subprocess.Popen(["sleep", "60"]) as running:
        yield running
        running.kill()


def test_process_is_alive_only_under_the_start_time_that_was_recorded(other: subprocess.Popen[bytes]) -> None:
    begun = processes.start_time(other.pid)
    assert Process(other.pid, begun).alive
    for recorded in (f"{begun}0", "another-boot/" + begun.rpartition("/")[2], ""):
        assert not Process(other.pid, recorded).alive


def test_process_without_a_start_time_is_never_alive() -> None:
    """Neither side knows one: that is no match."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert not Process(gone.pid, "").alive


def test_start_time_names_the_boot_and_differs_between_processes(other: subprocess.Popen[bytes]) -> None:
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    assert boot in processes.start_time(other.pid)
    assert processes.start_time(other.pid) != processes.start_time(os.getppid())


def test_start_time_of_a_zombie_is_empty() -> None:
    """It has ended, and only its parent has not asked for its exit code yet."""
    zombie = subprocess.Popen(["true"])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    assert processes.start_time(zombie.pid) == ""
    zombie.wait()


def test_terminate_ends_no_process_that_has_only_the_same_pid(other: subprocess.Popen[bytes]) -> None:
    assert processes.terminate(Process(other.pid, "an earlier start"), 1) is True
    time.sleep(0.1)
    assert other.poll() is None


def test_terminate_ends_no_process_that_has_only_the_same_pid_of_another_user_either(
    other: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    sudo = tmp_path / "sudo"
    sudo.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\nexec "$@"\n', encoding="utf-8")
    sudo.chmod(0o755)
    processes.terminate(Process(other.pid, "an earlier start"), 1, [str(sudo)])
    assert not (tmp_path / "asked").exists() and other.poll() is None
    threading.Thread(target=other.wait, daemon=True).start()
    assert processes.terminate(Process(other.pid, processes.start_time(other.pid)), 10, [str(sudo)])
    assert (tmp_path / "asked").read_text(encoding="utf-8") == f"kill -TERM {other.pid}\n"


def test_terminate_says_when_a_process_does_not_end_in_time() -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
    ticks: list[float] = []
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as stubborn:
        assert stubborn.stdout is not None and stubborn.stdout.readline() == b"ready\n"
        begun = time.monotonic()
        ours = Process(stubborn.pid, processes.start_time(stubborn.pid))
        assert processes.terminate(ours, 0.3, tick=lambda: ticks.append(time.monotonic())) is False
        assert 0.3 <= time.monotonic() - begun < 10
        assert ticks and stubborn.poll() is None
        stubborn.kill()


def test_save_keeps_a_record_that_only_its_owner_can_read(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Process(os.getpid(), processes.start_time(os.getpid()), {"token": "x"}).save(tmp_path / "record.json")
    finally:
        os.umask(before)
    assert (tmp_path / "record.json").stat().st_mode & 0o777 == 0o600
    process = processes.load(tmp_path / "record.json")
    assert process is not None and process.about == {"token": "x"}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pid": 1}', '{"pid": 1, "started": "x", "more": 1}'])
def test_load_of_a_damaged_record_is_no_process(tmp_path: Path, text: str) -> None:
    (tmp_path / "record.json").write_text(text, encoding="utf-8")
    assert processes.load(tmp_path / "record.json") is None


def test_start_detached_starts_a_session_of_its_own_with_its_output_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "log"
    log.parent.mkdir()
    log.write_text("old\n", encoding="utf-8")
    started = processes.start_detached(["sh", "-c", "echo out; echo err >&2; cat; sleep 60"], log)
    try:
        assert started.alive and os.getsid(started.pid) == started.pid
        for _ in range(100):
            if log.read_text(encoding="utf-8") == "out\nerr\n":
                break
            time.sleep(0.05)
        assert log.read_text(encoding="utf-8") == "out\nerr\n"
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        os.waitpid(started.pid, 0)


def test_run_returns_the_output_and_reports_each_line() -> None:
    lines: list[str] = []
    assert processes.run(["sh", "-c", "echo one; echo; echo ' two' >&2"], lines.append) == "one\n\n two\n"
    assert lines == ["one", "two"]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo 'E: no space'; echo bye; exit 3", "exit code 3: E: no space"),
        ("echo one; echo last; exit 1", "exit code 1: last"),
        ("exit 1", "no output"),
        ("kill -KILL $$", "exit code -9"),
    ],
)
def test_run_raises_with_what_went_wrong(script: str, words: str) -> None:
    with pytest.raises(SlipwayError) as failed:
        processes.run(["sh", "-c", script], lambda line: None)
    assert words in failed.value.message


def test_run_ends_the_command_when_it_is_interrupted(tmp_path: Path) -> None:
    def interrupt(line: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        processes.run(["sh", "-c", f"echo $$ > {tmp_path}/pid; echo begun; exec sleep 60"], interrupt)
    assert not Path("/proc", (tmp_path / "pid").read_text(encoding="ascii").strip()).exists()


def test_run_lets_a_command_that_must_not_be_cut_come_to_its_end(tmp_path: Path) -> None:
    def interrupt(line: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        processes.run(["sh", "-c", f"echo begun; sleep 0.3; touch {tmp_path}/done"], interrupt, uncut=True)
    assert (tmp_path / "done").exists()


def test_exclusive_lets_one_in_at_a_time_and_says_that_it_waits(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    order: list[str] = []
    waits = threading.Event()

    def second() -> None:
        waits.set()
        with processes.exclusive(tmp_path / "lock", "Waiting ..."):
            order.append("second")

    with processes.exclusive(tmp_path / "lock", "never said"):
        thread = threading.Thread(target=second)
        thread.start()
        waits.wait()
        time.sleep(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    assert capfd.readouterr().err == "Waiting ...\n"


def test_last_lines_are_those_that_say_something(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"x" * 70_000 + b"\none\n\n two \n\xff\nlast\n\n")
    assert processes.last_lines(tmp_path / "log") == ["two", "\ufffd", "last"]
    assert processes.last_lines(tmp_path / "absent") == []


# --- bounds ----------------------------------------------------------------------------------------------------------


def test_a_short_command_that_does_not_end_is_given_up() -> None:
    begun = time.monotonic()
    assert processes.ask(["sh", "-c", "echo yes; exec sleep 60"], 0.5) == ""
    assert time.monotonic() - begun < 10
    assert processes.ask(["echo", "yes"]) == "yes\n"
    assert processes.ask(["no-such-program"]) == ""


def test_a_line_without_an_end_comes_in_parts_and_only_the_last_lines_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "MOST_LINES", 3)
    longest: list[int] = []
    command = ["sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x; seq 1 10"]
    kept = processes.run(command, lambda line: longest.append(len(line)))
    assert max(longest) <= processes.LONGEST_LINE and kept.split() == ["8", "9", "10"]


def test_the_end_of_a_log_is_read_from_a_plain_file_only(tmp_path: Path) -> None:
    log = tmp_path / "log"
    os.mkfifo(log)
    assert processes.last_lines(log) == []
    log.unlink()
    log.symlink_to("/dev/zero")
    assert processes.last_lines(log) == []


KIND = """\
 ✗ Starting control-plane
Command Output: I1123 kubeadm prints hundreds of lines
ERROR: failed to create cluster: failed to init node with kubeadm: exit status 1
too many open files
Stack Trace:
sigs.k8s.io/kind/pkg/errors.WithStack
\tsigs.k8s.io/kind/pkg/errors/errors.go:59
runtime.main
\truntime/proc.go:250
runtime.goexit
\truntime/asm_amd64.s:1598
"""


def test_a_failed_command_shows_its_error_and_not_a_stack() -> None:
    """H, 27. A failed `cluster up` showed the end of a stack of Go functions."""
    shown = commands.reasons([line.strip() for line in KIND.splitlines()])
    assert shown == [
        "ERROR: failed to create cluster: failed to init node with kubeadm: exit status 1", "too many open files",
    ]  # fmt: skip
    build = ["#5 RUN false", "------", " > RUN false:", "------", "ERROR: failed to solve: exit code: 1"]
    assert commands.reasons(build) == build[-4:], "the lines before the error of a build say what it is"
