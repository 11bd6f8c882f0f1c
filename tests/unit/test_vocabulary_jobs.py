"""The words of work that ends: schedules, how many Pods ran at once, Jobs that complete, fail, or are still at it."""

from typing import Any

import pytest

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import jobs

NOON = "2026-11-25T12:00:{:02}Z"


def pod(name: str, made: int, ended: int | None, phase: str = "Succeeded", code: int = 0) -> Json:
    state = {"running": {"startedAt": NOON.format(made)}}
    if ended is not None:
        state = {"terminated": {"startedAt": NOON.format(made), "finishedAt": NOON.format(ended), "exitCode": code}}
    about = {"name": name, "uid": name, "creationTimestamp": NOON.format(made)}
    about["ownerReferences"] = [{"uid": "job", "controller": True, "kind": "Job", "name": "work"}]
    status = {
        "phase": phase if ended is not None else "Running",
        "containerStatuses": [{"name": "c", "state": state, "ready": True}],
    }
    if ended is None:
        status["conditions"] = [{"type": "Ready", "status": "True"}]
    spec = {"restartPolicy": "Never", "nodeName": "node", "containers": [{"name": "c"}]}
    return {"kind": "Pod", "metadata": about, "spec": spec, "status": status}


def job(status: Json | None = None, **spec: Any) -> Json:
    item = {"kind": "Job", "metadata": {"name": "work", "uid": "job"}, "spec": spec}
    return item if status is None else {**item, "status": status}


def ended(kind: str, reason: str = "", message: str = "", **counts: int) -> Json:
    return {"conditions": [{"type": kind, "status": "True", "reason": reason, "message": message}], **counts}


def seen(*pods: Json) -> Snapshot:
    objects = {"Pod": {each["metadata"]["name"]: each for each in pods}, "Event": {}}
    return Snapshot("19-jobs", NOON.format(59), objects=objects)


@pytest.mark.parametrize(
    ("lives", "most"),
    [
        ([], 0),
        ([(0, 2), (3, 5)], 1),
        ([(0, 2), (2, 4)], 1),  # the next is made in the second in which the one before ends
        ([(0, 2), (0, 2), (2, 4), (2, 4), (4, 6)], 2),
        ([(0, 9), (1, 8), (2, 3)], 3),
        ([(0, None), (5, None)], 2),
        ([(3, 3)], 1),
    ],
)
def test_how_many_ran_at_once(lives: list[tuple[int, int | None]], most: int) -> None:
    assert jobs.most_at_once([pod(f"p{n}", *life) for n, life in enumerate(lives)]) == most


@pytest.mark.parametrize(
    "same", ["0 2 * * *", "00 02 * * *", "0 2 */1 * *", "0 2 1-31 jan-dec sun-sat", "0 2 ? * 0-7", "0 2 * * 0-6"]
)
def test_a_schedule_means_the_same_however_it_is_written(same: str) -> None:
    assert jobs.times(same) == jobs.times("0 2 * * *")


@pytest.mark.parametrize(
    "other", ["2 0 * * *", "* 2 * * *", "0 2 * * 1-5", "0 2 1 * *", "@daily", "*/30 2 * * *", "0 2,14 * * *"]
)
def test_schedules_that_mean_something_else(other: str) -> None:
    assert jobs.times(other) not in (None, jobs.times("0 2 * * *"))


@pytest.mark.parametrize(
    "broken", ["", "0 2 * *", "0 24 * * *", "60 2 * * *", "a b c d e", "0 5-2 * * *", "*/0 2 * * *", "@reboot"]
)
def test_what_is_no_schedule(broken: str) -> None:
    assert jobs.times(broken) is None


def test_a_schedule_is_explained() -> None:
    cron = {"kind": "CronJob", "metadata": {"name": "nightly"}, "spec": {"schedule": "* 2 * * 7"}}
    (finding,) = jobs.runs_on_schedule(cron, "0 2 * * *", "every day at 02:00", "hint")
    assert "day of the week 0. On each day on which it runs, that is 60 runs" in finding.why
    cron["spec"]["schedule"] = "every night"
    (finding,) = jobs.runs_on_schedule(cron, "0 2 * * *", "every day at 02:00", "hint")
    assert (finding.observed, finding.why) == ("every night", "")
    cron["spec"]["schedule"] = "0 2 * * *"
    assert not list(jobs.runs_on_schedule(cron, "0 2 * * *", "every day at 02:00", "hint"))


def completed(item: Json, *pods: Json) -> list[Finding]:
    return list(jobs.completed(seen(*pods), item, "hint"))


def test_a_job_that_is_done() -> None:
    assert not completed(job(ended("Complete", succeeded=5)))


@pytest.mark.parametrize(
    ("item", "pods", "says", "waiting"),
    [
        (job(), [], "The Job work is running", True),
        (job({}), [pod("p", 1, None)], "The Job work is running", True),
        (job({"active": 1}), [pod("p", 1, 2, "Running")], "The Job work is running", True),  # ended well, not yet said by the Pod
        (job({"failed": 1}), [pod("p", 1, 2, "Failed", 3)], "fail, and it retries", False),
        (job(suspend=True), [], "is suspended", False),
        (job(ended("Failed", "BackoffLimitExceeded", "limit")), [pod("p", 1, 2, "Failed", 3)], "has given up: limit", False),
        (job(ended("Failed")), [], "has given up", False),
    ],
)
def test_a_job_that_is_not_done(item: Json, pods: list[Json], says: str, waiting: bool) -> None:
    (finding,) = completed(item, *pods)
    assert says in finding.message and finding.waiting is waiting
    if any(each["status"]["phase"] == "Failed" for each in pods):
        assert "exit code 3" in finding.why


def test_a_job_whose_image_is_not_there_does_not_get_on() -> None:
    stuck = pod("p", 1, None)
    state = {"waiting": {"reason": "ErrImagePull", "message": "no such host"}}
    stuck["status"] = {"phase": "Pending", "containerStatuses": [{"name": "c", "image": "bussybox", "state": state}]}
    (finding,) = completed(job({"active": 1}), stuck)
    assert not finding.waiting and "cannot be pulled" in finding.why


@pytest.mark.parametrize(
    ("item", "says", "waiting"),
    [
        (job(ended("Failed", "BackoffLimitExceeded"), backoffLimit=1), None, False),
        (job(ended("Failed", "DeadlineExceeded"), backoffLimit=1), "for another reason: DeadlineExceeded", False),
        (job(ended("Complete"), backoffLimit=1), "has completed", False),
        (job({"failed": 1}, backoffLimit=1), "has not given up yet", True),
        (job({"failed": 1}), "up to 6 times before it gives up, not once", False),
    ],
)
def test_a_job_that_gives_up(item: Json, says: str | None, waiting: bool) -> None:
    found = list(jobs.gave_up(seen(), item, 1, "hint"))
    assert [finding.waiting for finding in found] == ([] if says is None else [waiting])
    assert says is None or says in found[0].message


def test_attempts_that_are_being_removed_cannot_be_read() -> None:
    first, second = pod("p", 1, 2, "Failed", 3), pod("q", 3, 4, "Failed", 3)
    second["metadata"]["deletionTimestamp"] = NOON.format(5)
    assert [each["metadata"]["name"] for each in jobs.attempts(seen(first, second), job())] == ["p"]
