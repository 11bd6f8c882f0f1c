"""The live view on the real engine: green while one works, red with the cause, and right again after a break."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from played_live import Looking, check, outcomes
from sample_lab import NAME, SampleLab, command, docker, front

from checks.dev import execute
from checks.dev.paths import places
from checks.live import sources
from checks.live.subscribers import Subscriber
from checks.live.watcher import Watcher

# From the event to the view: what the panel's users are promised.
SOON = 2.0


@pytest.fixture
def looking(tiny: SampleLab) -> Iterator[Looking]:
    watcher, subscriber = Watcher(tiny.settings), Subscriber()
    with watcher.subscribed(tiny.lab, subscriber) as watched:
        yield Looking(watched, subscriber)
    watcher.close()


def passes(view: dict[str, str]) -> bool:
    return view["running"] == "passed"


def test_task_turns_green_while_one_works_red_with_the_cause_and_green_again(tiny: SampleLab, looking: Looking) -> None:
    assert not passes(outcomes(looking.until(lambda now: now["state"] == "ready")))
    execute.script(places(tiny.settings).second(tiny.lab), tiny.folder, tiny.settings)
    looking.until(passes)
    looking.watched.ask()
    looking.until(lambda now: now["state"] == "ready" and now["answers"] == now["note-kept"] == "passed")
    docker("stop", "--time", "0", NAME)
    red = check(looking.until(lambda now: now["running"] == "not yet", SOON), "running")
    assert red["broken"]["why"] == f"Container {NAME} was stopped"
    assert red["findings"][0]["subject"] == f"container/{NAME}"
    docker("start", NAME)
    green = looking.until(passes, SOON)
    assert check(green, "running")["broken"] is None
    assert check(green, "answers")["note"]
    told = [(entry["to"], entry["why"]) for entry in green["history"] if entry["check"] == "running"]
    assert told[-2:] == [("not yet", f"Container {NAME} was stopped"), ("passed", f"Container {NAME} was started")]


def test_what_happens_while_the_stream_is_broken_is_seen_when_it_is_back(
    solved: SampleLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with front(tmp_path, 10**9, "freeze") as before:
        monkeypatch.setattr(sources.backend, "connect", lambda lab=None: before.engine)
        watcher, subscriber = Watcher(solved.settings), Subscriber()
        with watcher.subscribed(solved.lab, subscriber) as watched:
            looking = Looking(watched, subscriber)
            looking.until(passes)
            before.close()
            docker("kill", NAME)
            looking.until(lambda now: now["state"] == "unreachable")
            with front(tmp_path, 10**9, "freeze"):
                red = check(looking.until(lambda now: now["running"] == "not yet", SOON), "running")
        watcher.close()
    assert red["broken"]["why"] == f"Container {NAME} was killed"


def test_nothing_is_asked_of_the_engine_when_no_one_is_looking(solved: SampleLab) -> None:
    watcher, subscriber = Watcher(solved.settings), Subscriber()
    with watcher.subscribed(solved.lab, subscriber) as watched:
        Looking(watched, subscriber).until(passes)
    docker("kill", NAME)
    time.sleep(0.5)
    assert watched.latest is not None and passes(outcomes(watched.latest))
    with watcher.subscribed(solved.lab, subscriber) as watched:
        red = Looking(watched, subscriber).until(lambda now: now["running"] == "not yet", SOON)
    assert check(red, "running")["broken"]["why"] == f"Container {NAME} was killed"
    watcher.close()


def test_watch_prints_each_change_as_a_line_and_as_json(solved: SampleLab) -> None:
    for options in ((), ("--json",)):
        process = subprocess.Popen(
            command("watch", "90", *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        assert process.stdout is not None
        first = process.stdout.readline()
        docker("stop", "--time", "0", NAME)
        told = ""
        while "was stopped" not in told:
            told = process.stdout.readline()
            assert told, first
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=10)
        assert "Traceback" not in errors
        if options:
            assert json.loads(first)["lab"]["id"] == "90-tiny"
            assert check(json.loads(told), "running")["broken"]["why"] == f"Container {NAME} was stopped"
        else:
            assert "passed" in first and "broken since" in told
        docker("start", NAME)
