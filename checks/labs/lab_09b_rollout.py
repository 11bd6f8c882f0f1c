"""The checks of lab 09b: two rollouts as visitors saw them, one with a gap and one without; six decisions."""

from checks.labs.lab_09b_stories import CHOICES, STORIES
from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.vocabulary import answers_file, availability, compose, container_images, containers

MACHINES = ("east", "west")
IMAGE = "harbour-hello"
SERVICE = "web"


def web(snapshot: Snapshot, machine: str) -> Json:
    """The container of a machine, which is known to exist."""
    return compose.require_service(snapshot, f"slipway-{machine}", SERVICE)


@check(
    "gap-measured",
    "gap.log shows version 1, then a gap, then version 2",
    points=2,
    hints=[
        "watch.py runs the command after `--`, and sends requests to the proxy at the same time.",
        "Build harbour-hello:2 first. Both machines must run version 1 when you start: `bash rollout.sh 1` goes back.",
        "`docker build --build-arg VERSION=2 --tag harbour-hello:2 .`, then `python3 watch.py gap.log -- bash rollout.sh 2`.",
    ],
)
def gap_measured(snapshot: Snapshot) -> containers.Findings:
    hint = "With version 1 running: `python3 watch.py gap.log -- bash rollout.sh 2`, rollout.sh as it was given to you."
    build = f"`docker build --build-arg VERSION=2 --tag {IMAGE}:2 .`"
    yield from containers.first(
        container_images.image_exists(snapshot, f"{IMAGE}:2", build),
        availability.recorded(snapshot, "gap", hint),
        availability.versions(snapshot, "gap", "1", "2", hint),
        _gap(snapshot, hint),
    )


def _gap(snapshot: Snapshot, hint: str) -> containers.Findings:
    log = availability.requests(snapshot, "gap")
    if all(request.good for request in log):
        message = "gap.log shows no gap: every request was answered. That is the next task; this one measures the trouble."
        expected, observed = "some requests without an answer", f"{len(log)} requests, all answered"
        yield Finding(message, "file/gap.log", "requests that failed", expected, observed, hint=hint)


@check(
    "no-gap",
    "rolling.log shows how version 2 became version 3 without a lost request",
    points=3,
    hints=[
        "When can the proxy reach no server? rollout.sh continues with west as soon as east has started, and "
        "started is not ready. Lab 05 had the same problem with a database.",
        "Give web in machine.yaml a health check that requests http://localhost:8000/. `up -d --wait` comes back when the "
        "containers are healthy.",
        'In machine.yaml under web: `healthcheck:` with `test: ["CMD", "python", "-c", "import urllib.request; '
        "urllib.request.urlopen('http://localhost:8000/')\"]` and `interval: 1s`. In rollout.sh: `up -d --wait`.",
    ],
)
def no_gap(snapshot: Snapshot) -> containers.Findings:
    hint = "Bring back version 2 with `bash rollout.sh 2`, then `python3 watch.py rolling.log -- bash rollout.sh 3`."
    yield from containers.first(
        *(_runs(snapshot, machine) for machine in MACHINES),
        availability.recorded(snapshot, "rolling", hint),
        availability.versions(snapshot, "rolling", "2", "3", hint),
        availability.none_failed(snapshot, "rolling", "Go on to west only when east is healthy. Then measure again."),
        *(_rolled_out(snapshot, machine, hint) for machine in MACHINES),
    )


def _runs(snapshot: Snapshot, machine: str) -> containers.Findings:
    hint = f"`bash on.sh {machine} start` starts it again; `bash begin.sh` creates both, with version 1."
    yield from compose.services_run(snapshot, f"slipway-{machine}", [SERVICE], hint)


def _rolled_out(snapshot: Snapshot, machine: str, hint: str) -> containers.Findings:
    """What runs on the machine now is version 3, and was made and seen during the measurement."""
    container, log = web(snapshot, machine), availability.requests(snapshot, "rolling")
    yield from containers.first(
        container_images.runs_image(snapshot, container, f"{IMAGE}:3", hint),
        _seen(log, container, machine, hint),
    )


def _seen(log: availability.Log, container: Json, machine: str, hint: str) -> containers.Findings:
    if not (availability.answered_by(log, container) and availability.within(log, container["Created"])):
        message = f"The container that runs on {machine} now is another one than rolling.log saw coming."
        why = f"It was created at {container['Created'][:19]}; the log ends at {log[-1].at:%Y-%m-%dT%H:%M:%S}."
        observed = sorted({request.container for request in log if request.machine == machine and request.version == "3"})
        yield Finding(message, containers.subject(container), "Id", container["Id"][:12], observed, why, hint)


@check(
    "decided",
    "answers.toml says for each of six stories: Compose or Kubernetes, and why",
    points=6,
    hints=[
        "Ask of each story: does it need more than one machine, and must something act while no one is watching?",
        "What must happen automatically: a machine that takes over, a number that changes, many teams that deploy? "
        "That is an orchestrator's work. Where nothing of the kind is needed, you pay its price for nothing.",
        'Three of the six are Compose. A choice is "compose" or "kubernetes", a reason has five words or more.',
    ],
)
def decided(snapshot: Snapshot) -> containers.Findings:
    answers = answers_file.table(snapshot, "answers", 'choice = "…"')
    if isinstance(answers, Finding):
        yield answers
        return
    for story, (right, why) in STORIES.items():
        yield from answers_file.chosen(answers, story, CHOICES, right, why, cost=1)
