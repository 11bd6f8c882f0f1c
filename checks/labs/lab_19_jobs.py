"""The checks of lab 19: work shared by Pods a few at a time, a Job that gives up and can be read, and one every night."""

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers, jobs, objects, texts
from checks.vocabulary.objects import name_of, subject

COUNT, SHIPS, AT_ONCE, TRIES = "count", 5, 2, 3
WEIGH, BACKOFF, AGAIN, SAID = "weigh", 1, "weigh-again", "checked against"
NIGHTLY, AT_TWO = "nightly", "0 2 * * *"
KEEP_GOOD, KEEP_BAD = 2, 3
FORBID = "Forbid"
RESTARTS = ("Never", "OnFailure")
ANEW = "Change count.yaml, then `kubectl delete job count` and `kubectl apply -f count.yaml`."
LEAVE = "Leave WEIGHT out of weigh.yaml, delete the Job and apply it again: name the one that works weigh-again."
ANEW_WEIGH = "Change weigh.yaml, then `kubectl delete job weigh` and `kubectl apply -f weigh.yaml`."


@check(
    "count-complete",
    "The Job count is complete: five Pods have succeeded",
    points=2,
    hints=[
        "`kubectl apply -f count.yaml` says what is wrong with the file. `kubectl get jobs` lists the Jobs.",
        "A Job's Pods say `restartPolicy: Never` or `OnFailure`, under `spec.template.spec`. `completions` is under "
        "the Job's own `spec`, beside `template`.",
        "Under `spec`: `completions: 5`, `parallelism: 2`, `completionMode: Indexed`, `backoffLimit: 3`; under "
        "`spec.template.spec`: `restartPolicy: Never`. Then `kubectl delete job count --ignore-not-found` and apply again.",
    ],
)
def count_complete(snapshot: Snapshot) -> containers.Findings:
    job = snapshot.object("Job", COUNT)
    for finding in objects.exists(snapshot, "Job", COUNT, "Complete count.yaml and apply it."):
        yield Finding(**{**vars(finding), "why": _refused(snapshot) or finding.why})
    if job is None:
        return
    yield from containers.first(_wants(job), jobs.completed(snapshot, job, "`kubectl describe job count` says how far it is."))


def _refused(snapshot: Snapshot) -> str:
    """Return what the API server has against the file, where it is the restart policy: nothing in the cluster remembers it."""
    file = snapshot.probe("count-file")
    try:
        documents = [document for document in texts.yaml_documents(file["text"]) if isinstance(document, dict)]
        policy = documents[0]["spec"]["template"]["spec"].get("restartPolicy")
    except (LookupError, TypeError, AttributeError):
        return ""
    if policy in RESTARTS:
        return ""
    declared = f"restartPolicy: {policy}" if policy else "no restartPolicy"
    return (
        f"count.yaml says {declared}, and the API server refuses such a Job: a container that is always started again never "
        "ends. A refused object is nowhere in the cluster; only `kubectl apply` has said so."
    )


def _wants(job: Json) -> containers.Findings:
    completions = job["spec"].get("completions")
    if completions != SHIPS:
        count = completions or 1
        message = f"The Job {COUNT} is complete when {count} of its Pods ha{'ve' if count > 1 else 's'} succeeded."
        why = "Where nothing is said, a Job wants one." if completions in (None, 1) else ""
        yield Finding(message, subject(job), "spec.completions", SHIPS, completions, why, ANEW)
    tries = job["spec"].get("backoffLimit", jobs.USUAL_BACKOFF)
    if tries != TRIES:
        message = f"The Job {COUNT} may retry {tries} times, not {TRIES}."
        yield Finding(message, subject(job), jobs.BACKOFF, TRIES, tries, hint=ANEW, cost=1)


@check(
    "count-parallel",
    "Two Pods of count ran at a time, and never more",
    points=2,
    needs=["count-complete"],
    hints=[
        "`kubectl get pods -l job-name=count --sort-by=.metadata.creationTimestamp` shows by their ages who came when.",
        "`parallelism` under the Job's `spec` is how many Pods it runs at a time.",
        "`parallelism: 2` under `spec`, then `kubectl delete job count` and `kubectl apply -f count.yaml`.",
    ],
)
def count_parallel(snapshot: Snapshot) -> containers.Findings:
    job = snapshot.require("Job", COUNT)
    pods = snapshot.pods(owner=job)
    if len(pods) < SHIPS:
        message = f"Of the Pods of {COUNT}, {len(pods)} are left: how many ran at once is no longer known."
        yield Finding(message, subject(job), "its Pods", f"{SHIPS} ended Pods", objects.names(pods), hint=ANEW)
        return
    most = jobs.most_at_once(pods)
    if most == AT_ONCE:
        return
    asked = job["spec"].get("parallelism", 1)
    message = f"Up to {most} Pods of {COUNT} ran at the same time, not {AT_ONCE}."
    if most == 1:
        message = f"The Pods of {COUNT} ran one after the other, never two at a time."
    why = f"The Job's parallelism is {asked}."
    if asked == AT_ONCE:
        why += " It has been changed since: what counts is how the Pods ran."
    yield Finding(message, subject(job), "its Pods' times", f"{AT_ONCE} at once", [_span(pod) for pod in pods], why, ANEW)


def _span(pod: Json) -> str:
    made, ended = jobs.lifetime(pod)
    return f"{name_of(pod)}: {made[11:19]} to {ended[11:19] or 'now'}"


@check(
    "count-shared",
    "Each of the five ships was counted by its own Pod",
    points=2,
    needs=["count-complete"],
    hints=[
        "`kubectl logs -l job-name=count --prefix` shows which ship each Pod has counted.",
        "Something must tell the Pods apart. `kubectl explain job.spec.completionMode` says how a Job does it.",
        "`completionMode: Indexed` under `spec`, then `kubectl delete job count` and `kubectl apply -f count.yaml`.",
    ],
)
def count_shared(snapshot: Snapshot) -> containers.Findings:
    job = snapshot.require("Job", COUNT)
    mode = job["spec"].get("completionMode", "NonIndexed")
    if mode != "Indexed":
        message = f"The five Pods of {COUNT} have all done the same: none of them knew which ship is its own."
        why = f"With the mode {mode}, JOB_COMPLETION_INDEX is empty in every Pod, and any {SHIPS} that succeed will do."
        yield Finding(message, subject(job), "spec.completionMode", "Indexed", mode, why, ANEW)


@check(
    "weigh-gives-up",
    "The Job weigh has given up after its second attempt",
    points=2,
    hints=[
        "`kubectl describe job weigh` shows how many Pods have failed, and whether the Job has.",
        "`backoffLimit` under the Job's `spec` is how often it *re*tries. There are some seconds between two attempts.",
        "`backoffLimit: 1` under `spec` and `restartPolicy: Never` in weigh.yaml; `kubectl delete job weigh "
        "--ignore-not-found`, `kubectl apply -f weigh.yaml`, then wait a quarter of a minute.",
    ],
)
def weigh_gives_up(snapshot: Snapshot) -> containers.Findings:
    job = snapshot.object("Job", WEIGH)
    yield from containers.first(
        objects.exists(snapshot, "Job", WEIGH, "Complete weigh.yaml and apply it."),
        jobs.gave_up(snapshot, job, BACKOFF, LEAVE if jobs.is_complete(job) else ANEW_WEIGH) if job else (),
    )


@check(
    "weigh-attempts",
    "Both failed attempts of weigh are still there to be read",
    needs=["weigh-gives-up"],
    hints=[
        "`kubectl get pods -l job-name=weigh` shows what is left of the attempts.",
        "With `restartPolicy: OnFailure` the same Pod tries again, and goes when the Job gives up. With `Never`, each "
        "attempt is its own Pod, and stays.",
        "`restartPolicy: Never` in weigh.yaml, then `kubectl delete job weigh` and `kubectl apply -f weigh.yaml`.",
    ],
)
def weigh_attempts(snapshot: Snapshot) -> containers.Findings:
    job = snapshot.require("Job", WEIGH)
    attempts = jobs.attempts(snapshot, job)
    if len(attempts) >= BACKOFF + 1:
        return
    policy = job["spec"]["template"]["spec"].get("restartPolicy")
    message = f"Of the attempts of {WEIGH}, {len(attempts)} can still be read."
    why = "They were deleted."
    if policy == "OnFailure":
        why = "restartPolicy is OnFailure: one Pod tried again, and the Job removed it, with its log, when it gave up."
    expected = f"{BACKOFF + 1} failed Pods"
    yield Finding(message, subject(job), "its Pods", expected, objects.names(attempts), why, ANEW_WEIGH)


@check(
    "weigh-repaired",
    "The Job weigh-again has done what weigh could not",
    points=2,
    hints=[
        "`kubectl logs -l job-name=weigh` shows what the failed attempts have said.",
        "A container gets a variable under `env`, as a `name` and a `value`. The value must be text: put it in quotes.",
        "In weigh-again.yaml, a copy of weigh.yaml with `name: weigh-again`: `env:` and in it `- name: WEIGHT` with "
        '`value: "20"`. Then `kubectl apply -f weigh-again.yaml`.',
    ],
)
def weigh_repaired(snapshot: Snapshot) -> containers.Findings:
    job = snapshot.object("Job", AGAIN)
    hint = "Copy weigh.yaml to weigh-again.yaml, rename the Job in it, set WEIGHT, and apply it."
    yield from containers.first(
        objects.exists(snapshot, "Job", AGAIN, hint),
        jobs.completed(snapshot, job, f"`kubectl logs -l job-name={AGAIN}` shows what its attempts have said.") if job else (),
        objects.printed(snapshot, "weighed", f"job/{AGAIN}", SAID, "Leave the command as it is in weigh.yaml, and set WEIGHT."),
    )


@check(
    "nightly-scheduled",
    "The CronJob nightly runs every day at 02:00",
    points=2,
    hints=[
        "`kubectl apply -f nightly.yaml` says what is missing. `kubectl get cronjob` shows the current schedule.",
        "`schedule` has five fields: minute, hour, day of the month, month, day of the week. A star means any.",
        'Under the CronJob\'s `spec`: `schedule: "0 2 * * *"`. Then `kubectl apply -f nightly.yaml`.',
    ],
)
def nightly_scheduled(snapshot: Snapshot) -> containers.Findings:
    cron = snapshot.object("CronJob", NIGHTLY)
    yield from containers.first(
        objects.exists(snapshot, "CronJob", NIGHTLY, "Complete nightly.yaml and apply it."),
        _scheduled(cron) if cron else (),
    )


def _scheduled(cron: Json) -> containers.Findings:
    hint = "The fields are minute, hour, day of the month, month, day of the week."
    yield from jobs.runs_on_schedule(cron, AT_TWO, "every day at 02:00", hint)
    if cron["spec"].get("suspend"):
        message, hint = (
            f"The CronJob {NIGHTLY} is suspended: it starts nothing.",
            "Set `suspend: false`, or take it out.",
        )
        yield Finding(message, subject(cron), "spec.suspend", False, True, hint=hint, cost=1)


@check(
    "nightly-bounded",
    "nightly starts no run beside another, and keeps the last 2 that succeeded and the last 3 that failed",
    points=3,
    needs=["nightly-scheduled"],
    hints=[
        "`kubectl explain cronjob.spec` lists the fields with their meanings and defaults.",
        "One field is about runs that would overlap (concurrency), two are about how many ended ones are kept (history).",
        "Under the CronJob's `spec`: `concurrencyPolicy: Forbid`, `successfulJobsHistoryLimit: 2`, `failedJobsHistoryLimit: 3`.",
    ],
)
def nightly_bounded(snapshot: Snapshot) -> containers.Findings:
    cron = snapshot.require("CronJob", NIGHTLY)
    spec, hint = cron["spec"], "Change nightly.yaml and apply it: a CronJob, unlike a Job, may be changed."
    policy = spec.get("concurrencyPolicy", "Allow")
    if policy != FORBID:
        word = {"Allow": "starts beside it", "Replace": "ends it and takes its place"}.get(policy, "is started as well")
        message = f"If a run of {NIGHTLY} is still active, the next one {word}."
        yield Finding(message, subject(cron), "spec.concurrencyPolicy", FORBID, policy, hint=hint, cost=1)
    for name, wanted, usual in (("successfulJobsHistoryLimit", KEEP_GOOD, 3), ("failedJobsHistoryLimit", KEEP_BAD, 1)):
        limit = spec.get(name, usual)
        if limit != wanted:
            ended = "succeeded" if name.startswith("succ") else "failed"
            message = f"Of the runs that {ended}, the last {limit} are kept, not {wanted}."
            why = "That is the default." if limit == usual else ""
            yield Finding(message, subject(cron), f"spec.{name}", wanted, limit, why, hint, cost=1)


@check(
    "nightly-ran",
    "A run of nightly has been started by hand, and is complete",
    points=2,
    needs=["nightly-scheduled"],
    hints=[
        "`kubectl create job --help` shows an example that starts from a CronJob.",
        "A run is a Job that is created from the CronJob's own template. `kubectl create job NAME --from=…` creates one.",
        "`kubectl create job nightly-by-hand --from=cronjob/nightly`",
    ],
)
def nightly_ran(snapshot: Snapshot) -> containers.Findings:
    cron = snapshot.require("CronJob", NIGHTLY)
    hint = "`kubectl create job nightly-by-hand --from=cronjob/nightly`"
    yield from jobs.has_run(snapshot, cron, hint, (COUNT, WEIGH, AGAIN, "booking"))
