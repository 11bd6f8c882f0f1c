"""A run of tests in lanes: what starts when, what a crash or Ctrl-C leaves, what is counted, and that no test is forgotten."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from checks.dev.lanes import offline_engine, plan, second_cluster
from checks.dev.lanes.job import Job, Running, Use
from checks.dev.lanes.report import Report
from checks.dev.lanes.schedule import Schedule
from sandboxes import settings
from sandboxes.host import resources
from sandboxes.settings import ROOT

SECONDS = 60
# When something began and ended, in seconds of one clock.
Span = tuple[float, float]


def python(name: str, code: str, lane: str = "a", **options: object) -> Job:
    """A step that runs some lines of Python."""
    return Job(name, (sys.executable, "-c", textwrap.dedent(code)), lane, **{"step": True, **options})


def suite(name: str, folder: Path, code: str, lane: str = "a", **options: object) -> Job:
    """A job that runs a module of tests."""
    path = folder / f"test_{name}.py"
    path.write_text(textwrap.dedent(code), encoding="utf-8")
    return Job(name, plan.pytest(f"--rootdir={folder}", "--confcutdir", str(folder), str(path)), lane, **options)


def finish(folder: Path, *jobs: Job, widths: dict[str, int] | None = None, whole: bool = False) -> Report:
    """Run jobs to their end."""
    report = Report(Schedule(jobs, widths or {}, folder), whole)
    report.schedule.run(report.ended, report.tick)
    return report


def times(folder: Path, *jobs: Job, widths: dict[str, int] | None = None, at_once: int = sys.maxsize) -> dict[str, Span]:
    """Run jobs to their end. Returns when each was started, and when the schedule saw its end."""
    seen: dict[str, Span] = {}

    def ended(running: Running, _: object) -> None:
        seen[running.job.name] = (running.begun, time.monotonic())

    Schedule(jobs, widths or {}, folder, at_once=at_once).run(ended, lambda: None)
    return seen


def brief(name: str, lane: str, **options: object) -> Job:
    """A step that ends at once."""
    return python(name, "", lane, **options)


def overlap(one: Span, other: Span) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])


def test_a_lane_runs_as_many_jobs_at_once_as_it_is_wide(tmp_path: Path) -> None:
    jobs = [brief("one", "a"), brief("two", "a"), brief("left", "b"), brief("right", "b")]
    seen = times(tmp_path, *jobs, widths={"b": 2})
    assert not overlap(seen["one"], seen["two"])
    assert overlap(seen["left"], seen["right"])


def test_the_earlier_job_goes_first_when_no_more_may_run_at_once(tmp_path: Path) -> None:
    seen = times(tmp_path, *(brief(name, name) for name in ("one", "two", "three")), at_once=2)
    assert overlap(seen["one"], seen["two"])
    assert min(seen["one"][1], seen["two"][1]) <= seen["three"][0]


def test_a_job_runs_after_what_it_needs(tmp_path: Path) -> None:
    seen = times(tmp_path, brief("late", "a", needs=("early",)), brief("early", "b"))
    assert seen["early"][1] <= seen["late"][0]


def test_a_job_waits_for_a_step_that_may_fail(tmp_path: Path) -> None:
    broken = python("broken", "raise SystemExit(1)", "b")
    late = brief("late", "d", after=("early", "broken"))
    seen = times(tmp_path, broken, brief("early", "a"), late, brief("never", "c", needs=("broken",)))
    assert max(seen["early"][1], seen["broken"][1]) <= seen["late"][0]
    assert "never" not in seen


def test_what_needs_the_engine_alone_waits_and_is_waited_for(tmp_path: Path) -> None:
    jobs = [brief("beside", "a", use=Use.SHARED), brief("alone", "b", use=Use.ALONE), brief("after", "c", use=Use.SHARED)]
    seen = times(tmp_path, *jobs, brief("apart", "d"))
    assert not overlap(seen["alone"], seen["beside"]) and not overlap(seen["alone"], seen["after"])
    assert overlap(seen["apart"], seen["beside"])


def test_the_summary_counts_all_jobs_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = """
        import pytest

        def test_right(): pass
        def test_wrong(): assert 1 == 2, "the reason"
        @pytest.mark.skip(reason="not today")
        def test_skipped(): pass
    """
    two = """
        import pytest

        @pytest.fixture
        def broken(): raise OSError("no such thing")
        def test_right(): pass
        def test_error(broken): pass
    """
    report = finish(tmp_path, suite("one", tmp_path, one), suite("two", tmp_path, two, "b"))
    assert not report.summary()
    text = capsys.readouterr().out
    assert "the reason" in text and "no such thing" in text and "1  not today" in text
    assert "the reason" in text[text.index("\nfailed:") :]  # a long output is often read from its end
    lines = text.splitlines()
    assert lines[-2] == "2 passed, 2 failed, 1 skipped"
    assert lines[-1].startswith("1 failed, 2 passed, 1 skipped, 1 error in ")


def test_a_run_without_a_fault_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = finish(tmp_path, suite("one", tmp_path, "def test_right(): pass"), whole=True)
    assert report.summary()
    assert capsys.readouterr().out.splitlines()[-2] == "1 passed, 0 failed, 0 skipped"


def test_a_crash_fails_the_test_that_ran_and_those_that_had_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = """
        import os

        def test_before(): pass
        def test_crash(): os._exit(3)
        def test_after(): pass
    """
    report = finish(tmp_path, suite("one", tmp_path, code))
    assert not report.summary()
    text = capsys.readouterr().out
    assert "one: ended with exit code 3" in text
    assert text.splitlines()[-2] == "1 passed, 3 failed, 0 skipped"


def test_a_step_that_fails_cancels_what_needs_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    step = python("prepare", "raise SystemExit('no engine here')", "b")
    report = finish(tmp_path, suite("one", tmp_path, "def test_right(): pass", needs=("prepare",)), step)
    assert not report.summary()
    text = capsys.readouterr().out
    assert "no engine here" in text and "ERROR one: not run, since “prepare” failed" in text


def test_a_module_that_cannot_be_imported_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = finish(tmp_path, suite("one", tmp_path, "import no_such_module"))
    assert not report.summary()
    assert "No module named 'no_such_module'" in capsys.readouterr().out


def test_a_test_that_no_job_has_fails_a_whole_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    job = suite("one", tmp_path, "def test_here(): pass\ndef test_forgotten(): pass")
    narrowed = Job(job.name, (*job.command, "-k", "here"), job.lane)
    assert not finish(tmp_path, narrowed, whole=True).summary()
    assert "test_forgotten: not run: no job has it" in capsys.readouterr().out
    assert finish(tmp_path, narrowed).summary()


HOLDING = """
    import pathlib, time

    import pytest

    @pytest.fixture
    def held():
        pathlib.Path("FOLDER/begun").touch()
        yield
        pathlib.Path("FOLDER/cleared").touch()

    def test_that_waits(held): time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_a_run_that_is_stopped_lets_its_jobs_clear_away(tmp_path: Path, number: signal.Signals) -> None:
    if number is signal.SIGKILL and sys.platform != "linux":
        pytest.skip("only Linux tells a process that its parent was killed")
    job = suite("one", tmp_path, HOLDING.replace("FOLDER", str(tmp_path)))
    code = f"""
import sys
from pathlib import Path
from checks.cli.__main__ import guarded
from checks.dev.lanes import run
from checks.dev.lanes.job import Job
sys.exit(guarded(lambda: run.some([Job("one", {job.command!r}, "a")])))
"""
    variables = {**os.environ, "SLIPWAY_STATE": str(tmp_path / "state")}
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True)
    wait_for(tmp_path / "begun")
    process.send_signal(number)
    out, _ = process.communicate(timeout=SECONDS)
    wait_for(tmp_path / "cleared")
    if number is not signal.SIGKILL:
        assert process.returncode == 130
        assert "0 passed, 0 failed, 0 skipped" in out


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} does not come"
        time.sleep(0.05)


@pytest.fixture(params=[(True, True), (True, False), (False, True)], ids=["with both", "one cluster", "no offline engine"])
def planned(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs of a whole run, where a machine has room for offline engines and a second cluster, and where it has not."""
    offline, second = request.param
    monkeypatch.setattr(offline_engine, "possible", lambda: offline)
    monkeypatch.setattr(second_cluster, "possible", lambda: second)
    return plan.whole(tmp_path)


def test_every_file_of_tests_is_in_one_job(planned: list[Job]) -> None:
    jobs = [job for job in planned if not job.step and job.name not in ("exchanges", plan.UNITS)]
    assert len({job.name for job in jobs}) == len(jobs)
    files = {
        path.relative_to(ROOT).as_posix()
        for folder in ("live", "browser")
        for path in (ROOT / "tests" / folder).glob("test_*.py")
    }
    named = {file: [job.name for job in jobs if file in job.command] for file in files}
    shared = {plan.LABS, plan.OFFLINE_LABS}
    assert [file for file in plan.EXCHANGES if not (ROOT / file).is_file()] == []
    assert {file: where for file, where in named.items() if len(where) != 1 and file not in shared} == {}


def test_every_job_waits_for_jobs_that_come_before_it(planned: list[Job]) -> None:
    done: set[str] = set()
    while ready := [job for job in planned if job.name not in done and {*job.needs, *job.after} <= done]:
        done |= {job.name for job in ready}
    assert done == {job.name for job in planned}


def test_what_is_left_has_the_engine_and_the_cluster_for_itself(planned: list[Job]) -> None:
    rest = planned[-1]
    assert rest.use is Use.ALONE and "tests/live/test_cluster_restart.py" in rest.command
    # They compare all images and containers of the engine, and two of the labs on the cluster build some.
    for job in planned:
        if job.name == "second solutions":
            assert {"lab 23-three-tier", "lab 23c-checkpoint-kubernetes", "machine", "a company's network"} <= {*job.after}


@pytest.mark.parametrize("lab", ["20b-on-call", "26-network-policies"])
def test_a_lab_that_would_disturb_others_runs_beside_none_of_its_cluster(planned: list[Job], lab: str) -> None:
    second = {job.name: job for job in planned}.get(plan.SECOND)
    alone = [job for job in planned if job.name == f"lab {lab}"]
    if second:
        assert not alone
        proofs = [f"{plan.LABS}::test_lab[{lab}-{state}]" for state in ("solved", "second")]
        assert [word for word in second.command if lab in word] == proofs
    else:
        (job,) = alone
        (leftovers,) = [job for job in planned if job.name == "leftovers"]
        assert job.use is Use.ALONE and job.name in leftovers.needs


def test_the_second_cluster_is_beside_the_first_and_needs_instances(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = tmp_path / "max_user_instances"
    monkeypatch.setattr(second_cluster, "LIMIT", limit)
    monkeypatch.setattr(resources, "kernel_limit", lambda name: int((tmp_path / name).read_text()))
    monkeypatch.setattr(resources, "available_memory", lambda: 16 * resources.GIB)
    limit.write_text("128")
    assert not second_cluster.possible() and limit.read_text() == "128"
    second_cluster.raise_limit()
    assert second_cluster.possible() and limit.read_text() == "512"
    limit.write_text("1024")
    second_cluster.raise_limit()
    assert limit.read_text() == "1024"
    monkeypatch.setattr(resources, "available_memory", lambda: 4 * resources.GIB)
    assert not second_cluster.possible()
    monkeypatch.setenv("SLIPWAY_CLUSTER", str(tmp_path / "first"))
    assert second_cluster.folder() == tmp_path / "first-second"


def test_a_command_gets_the_second_cluster_which_is_removed_whatever_became_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    monkeypatch.setenv("SLIPWAY_CLUSTER", str(tmp_path / "first"))
    monkeypatch.setattr(second_cluster, "get_images", seen.append)
    monkeypatch.setattr(second_cluster.manage, "ensure", lambda _: settings.load().cluster.mkdir())
    monkeypatch.setattr(second_cluster.manage, "delete", lambda _: seen.append(settings.load().cluster))
    told = tmp_path / "told"
    code = f"import os, pathlib; pathlib.Path({str(told)!r}).write_text(os.environ['SLIPWAY_CLUSTER']); raise SystemExit(3)"
    assert second_cluster.main([sys.executable, "-c", code]) == 3
    second = tmp_path / "first-second"
    assert told.read_text() == str(second) and not second.exists()
    assert seen == [[settings.load().node_image], second]


def test_a_limit_that_cannot_be_raised_leaves_one_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As in a container: the kernel's settings can be read, and not be written.
    monkeypatch.setattr(second_cluster, "LIMIT", tmp_path / "absent" / "max_user_instances")
    monkeypatch.setattr(resources, "kernel_limit", lambda _: 128)
    monkeypatch.setattr(resources, "available_memory", lambda: None)
    second_cluster.raise_limit()
    assert not second_cluster.possible()


def test_a_command_that_is_attended_ends_before_what_it_stands_on(tmp_path: Path) -> None:
    child = f"import pathlib, signal, sys, time\n{HELD_CHILD.replace('FOLDER', str(tmp_path))}"
    code = f"""
import os, pathlib, sys
from checks.dev.lanes.parent import attend
try:
    attend([sys.executable, "-c", {child!r}], os.environ)
finally:
    pathlib.Path({str(tmp_path / "after")!r}).write_text(str(pathlib.Path({str(tmp_path / "cleared")!r}).exists()))
"""
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL)
    wait_for(tmp_path / "begun")
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(SECONDS)
    assert (tmp_path / "after").read_text() == "True"


HELD_CHILD = """
try:
    pathlib.Path("FOLDER/begun").touch()
    time.sleep(60)
finally:
    time.sleep(0.5)
    pathlib.Path("FOLDER/cleared").touch()
"""
