"""Jobs and CronJobs: completion, retries, parallelism, schedules.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

import re
from collections.abc import Collection, Sequence

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary.containers import Findings
from checks.vocabulary.objects import condition, name_of, subject
from checks.vocabulary.pods import trouble_of

GAVE_UP = "BackoffLimitExceeded"
OVER = ("Succeeded", "Failed")
BACKOFF = "spec.backoffLimit"
USUAL_BACKOFF = 6
# The fields of a schedule with their ranges. (Day 7 of the week is day 0, Sunday.)
FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of the month", 1, 31), ("month", 1, 12), ("day of the week", 0, 7))
RANGE = re.compile(r"(\d+)-(\d+)")
Times = tuple[frozenset[int], ...]


def is_complete(job: Json) -> bool:
    """Tell whether the Job is complete.

    Example:
        jobs.is_complete({"status": {"conditions": [{"type": "Complete", "status": "True"}]}})
        # True
    """
    return condition(job, "Complete").get("status") == "True"


def has_failed(job: Json) -> bool:
    """Tell whether the Job has failed for good.

    Example:
        jobs.has_failed({"status": {"conditions": [{"type": "Failed", "status": "True"}]}})
        # True
    """
    return condition(job, "Failed").get("status") == "True"


def in_words(job: Json) -> str:
    """Return the progress of a Job as text.

    Example:
        jobs.in_words({"spec": {"completions": 5}, "status": {"succeeded": 3, "failed": 1, "active": 1}})
        # '3 of 5 succeeded, 1 failed, 1 active'
    """
    status, wanted = job.get("status") or {}, job["spec"].get("completions") or 1
    succeeded, failed, active = (int(status.get(name) or 0) for name in ("succeeded", "failed", "active"))
    return f"{succeeded} of {wanted} succeeded, {failed} failed, {active} active"


def completed(snapshot: Snapshot, job: Json, hint: str) -> Findings:
    """Yield a finding unless as many Pods have succeeded as the Job asks for; waiting while it makes progress.

    Example:
        yield from jobs.completed(snapshot, count, "`kubectl describe job count` shows its Pods.")
        # The Job count is stuck.
    """
    if is_complete(job):
        return
    name, pods = name_of(job), snapshot.pods(owner=job)
    failed = int((job.get("status") or {}).get("failed") or 0)
    why, waiting = _stuck(snapshot, pods), False
    if has_failed(job):
        end = condition(job, "Failed")
        message = f"The Job {name} has given up: {end.get('message') or end.get('reason', 'it failed')}."
        why = _why_failed(snapshot, pods)
    elif job["spec"].get("suspend"):
        message, why = f"The Job {name} is suspended: it starts no Pod.", ""
    elif failed and not why:
        message, why = f"Attempts of the Job {name} fail, and it retries.", _why_failed(snapshot, pods)
    else:
        waiting = not why
        message = f"The Job {name} is running." if waiting else f"The Job {name} is stuck."
    path = "status.conditions[Complete]"
    yield Finding(message, subject(job), path, "True", in_words(job), why, hint, waiting=waiting)


def _stuck(snapshot: Snapshot, pods: list[Json]) -> str:
    """Return what keeps a Pod that is not over from getting on; empty where all are on their way."""
    for pod in pods:
        status = pod.get("status") or {}
        states = [container_status.get("state") or {} for container_status in status.get("containerStatuses") or ()]
        ended_well = any((state.get("terminated") or {}).get("exitCode") == 0 for state in states)
        if status.get("phase") in OVER or ended_well:
            continue
        trouble = trouble_of(snapshot, pod)
        if trouble and not trouble.waiting:
            return f"{name_of(pod)}: {trouble.message}\n{trouble.why}".strip()
    return ""


def _why_failed(snapshot: Snapshot, pods: list[Json]) -> str:
    """Return why the latest failed Pod failed: its exit code and the end of its log."""
    failed = [pod for pod in pods if (pod.get("status") or {}).get("phase") == "Failed"]
    if not failed:
        return "No failed Pod is left that shows why."
    trouble = trouble_of(snapshot, failed[-1])
    return f"{name_of(failed[-1])}: {trouble.why}" if trouble else ""


def gave_up(snapshot: Snapshot, job: Json, backoff: int, hint: str) -> Findings:
    """Yield a finding unless the Job has failed after `backoff` retries.

    Example:
        yield from jobs.gave_up(snapshot, doomed, 2, "Set backoffLimit.")
        # The Job doomed retries up to 6 times before it gives up, not 2 times.
    """
    name, retries = name_of(job), job["spec"].get("backoffLimit", USUAL_BACKOFF)
    if is_complete(job):
        message = f"The Job {name} has completed; it should have failed."
        yield Finding(message, subject(job), "status.conditions", "Failed", in_words(job), hint=hint)
    elif retries != backoff:
        message = f"The Job {name} retries up to {retries} times before it gives up, not {_times(backoff)}."
        why = f"Until then it has neither succeeded nor failed. So far: {in_words(job)}."
        if retries == USUAL_BACKOFF:
            why += f" (The default is {USUAL_BACKOFF}.)"
        yield Finding(message, subject(job), BACKOFF, backoff, retries, why, hint)
    elif has_failed(job):
        reason = condition(job, "Failed").get("reason", "")
        if reason != GAVE_UP:
            message = f"The Job {name} has failed for another reason: {reason}."
            why = condition(job, "Failed").get("message", "")
            yield Finding(message, subject(job), "status.conditions[Failed].reason", GAVE_UP, reason, why, hint)
    else:
        why = _stuck(snapshot, snapshot.pods(owner=job))
        # A container that ends with an error is expected here; one that never starts is not.
        stuck = why and "exit code" not in why
        message = f"The Job {name} is stuck." if stuck else f"The Job {name} has not given up yet."
        path = "status.conditions[Failed]"
        yield Finding(message, subject(job), path, "True", in_words(job), why, hint, waiting=not stuck)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def attempts(snapshot: Snapshot, job: Json) -> list[Json]:
    """Return the failed Pods of a Job that still exist and are not being deleted, the oldest first.

    Example:
        len(jobs.attempts(snapshot, doomed))
        # 3
    """
    failed = [pod for pod in snapshot.pods(owner=job) if (pod.get("status") or {}).get("phase") == "Failed"]
    return [pod for pod in failed if not pod["metadata"].get("deletionTimestamp")]


def lifetime(pod: Json) -> tuple[str, str]:
    """Return when a Pod was created and when its last container ended (ISO 8601); "" for a Pod that has not ended.

    Example:
        jobs.lifetime({"metadata": {"creationTimestamp": "2026-01-01T12:00:00Z"}})
        # ('2026-01-01T12:00:00Z', '')
    """
    status = pod.get("status") or {}
    states = [
        (container_status.get("state") or {}).get("terminated") or {}
        for container_status in status.get("containerStatuses") or ()
    ]
    ends = [state.get("finishedAt") or "" for state in states]
    over = status.get("phase") in OVER and ends and all(ends)
    return pod["metadata"].get("creationTimestamp", ""), max(ends) if over else ""


def most_at_once(pods: list[Json]) -> int:
    """Return how many of the Pods existed at the same time, at most.

    A Pod counts from its creation until its last container ended, even if a busy node started it late. Times are whole
    seconds: a Pod that ends in the second in which another is created comes before it.

    Example:
        jobs.most_at_once(snapshot.pods(owner=count))
        # 2
    """
    changes = []
    for pod in pods:
        made, ended = lifetime(pod)
        changes.append((made, 1))
        changes += [(ended, -1)] if ended else []
    most, now = min(1, len(pods)), 0
    for _, change in sorted(changes):
        now += change
        most = max(most, now)
    return most


def has_run(snapshot: Snapshot, cron: Json, hint: str, apart: Collection[str] = ()) -> Findings:
    """Yield a finding unless a Job created from the CronJob is complete. Jobs named in `apart` are not mentioned.

    Example:
        yield from jobs.has_run(snapshot, nightly, "`kubectl create job --from=cronjob/nightly now`", apart=["count"])
        # The CronJob nightly has no Job yet.
    """
    jobs = list(snapshot.of_kind("Job").values())
    runs = [job for job in jobs if snapshot.descends(job, cron)]
    if any(is_complete(job) for job in runs):
        return
    if runs:
        yield from completed(snapshot, runs[-1], "`kubectl describe` and `kubectl logs` say what happened to it.")
        return
    others = [name_of(job) for job in jobs if name_of(job) not in apart]
    why = f"The Job {others[0]} does not belong to it: it was created from something else." if others else ""
    message = f"The CronJob {name_of(cron)} has no Job yet."
    yield Finding(message, subject(cron), "its Jobs", "a complete Job made from it", others, why, hint)


def runs_on_schedule(cron: Json, schedule: str, words: str, hint: str) -> Findings:
    """Yield a finding unless the CronJob's schedule means the same times as `schedule`. `words` says these times in words.

    Example:
        yield from jobs.runs_on_schedule(nightly, "0 2 * * *", "every night at two", "The first field is the minute.")
        # The CronJob nightly does not run every night at two: its schedule is * 2 * * *.
    """
    observed = str(cron["spec"].get("schedule", ""))
    wanted, given = times(schedule), times(observed)
    if given != wanted:
        message = f"The CronJob {name_of(cron)} does not run {words}: its schedule is {observed}."
        yield Finding(message, subject(cron), "spec.schedule", words, observed, _meaning(given), hint)


def _meaning(given: Times | None) -> str:
    if given is None:
        return ""
    minutes, hours = len(given[0]), len(given[1])
    which = [f"{name} {_listed(values, low, high)}" for (name, low, high), values in zip(FIELDS, given, strict=True)]
    runs = f" On each day on which it runs, that is {minutes * hours} runs." if minutes * hours > 1 else ""
    return f"The five fields mean: {', '.join(which)}.{runs}"


def _listed(values: frozenset[int], low: int, high: int) -> str:
    full = high - low + (0 if high == 7 else 1)
    return "any" if len(values) == full else ", ".join(map(str, sorted(values)))


def times(schedule: str) -> Times | None:
    """Return the minutes, hours, days, months and weekdays of a schedule, each as a set of numbers.

    None for a schedule that Kubernetes does not accept. Sunday is 0.

    Example:
        jobs.times("0 2 1 1 sun") == jobs.times("00 2 1 jan 7")
        # True
    """
    from croniter import CroniterError, croniter  # a fifth of a second to load, for two checks of the course

    # What croniter reads and Kubernetes does not: seconds as a sixth field, ranges that run backwards, the last day (L).
    backwards = any(int(first) > int(last) for first, last in RANGE.findall(schedule))
    if backwards or not schedule.startswith("@") and len(schedule.split()) != len(FIELDS):
        return None
    try:
        fields, _ = croniter.expand(schedule)
        return tuple(_numbers(values, low, high) for values, (_, low, high) in zip(fields, FIELDS, strict=True))
    except (CroniterError, ValueError):
        return None


def _numbers(values: Sequence[int | str], low: int, high: int) -> frozenset[int]:
    """Return the values of one field; "*" is all of them."""
    every = range(low, high + (0 if high == 7 else 1))
    return frozenset(every if "*" in values else (int(value) for value in values))
