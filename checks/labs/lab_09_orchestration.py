"""The checks of lab 09: a crash, two machines behind a reverse proxy, and the loss of one of them, as visitors saw it."""

from checks.labs import lab_09_visits as visits
from checks.labs.lab_09_visits import MACHINES, NORTH, SOUTH, VISITS
from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.vocabulary import availability, compose, container_images, container_ports, containers

LONE = "lone-harbour"
IMAGE = "harbour-front"
SERVICE = "web"
DOOR, DOOR_PROJECT = "door", "slipway-door"
# How long a machine has to be away, in seconds, before one can say that the others have stood in for it.
AWAY = 4.0


def web(snapshot: Snapshot, machine: str) -> Json:
    """The container of a machine, which a needed check has found."""
    return compose.require_service(snapshot, f"slipway-{machine}", SERVICE)


@check(
    "comes-back",
    "lone-harbour has crashed, and the engine has started it again",
    points=2,
    hints=[
        "The container's restart policy sets what the engine does after a crash. `docker run --help` and `docker update "
        "--help` know it.",
        "`--restart unless-stopped` when it is created, or `docker update --restart unless-stopped lone-harbour` and "
        "`docker start lone-harbour`. Then let it crash: a request to /storm does it.",
        "`docker rm --force lone-harbour`, then `docker run --detach --name lone-harbour --restart unless-stopped "
        "--publish 8010:8000 harbour-front:1`; three seconds later `curl http://localhost:8010/storm`.",
    ],
)
def comes_back(snapshot: Snapshot) -> containers.Findings:
    hint = f"Give {LONE} a restart policy: `docker update --restart unless-stopped {LONE}`, then `docker start {LONE}`."
    create = f"`docker run --detach --name {LONE} --restart unless-stopped --publish 8010:8000 {IMAGE}:1` creates it."
    yield from containers.first(
        containers.running(snapshot, LONE, create, hint),
        _lone(snapshot, hint),
    )


def _lone(snapshot: Snapshot, hint: str) -> containers.Findings:
    container = snapshot.require("container", LONE)
    again = f"`docker logs {LONE}` shows what it says."
    yield from containers.first(
        container_images.made_from(snapshot, container, f"{IMAGE}:1", f"Make {LONE} from {IMAGE}:1."),
        compose.comes_back([container], hint),
        _crashed(container),
        container_ports.publishes(container, 8010, 8000, "Publish it with `--publish 8010:8000`."),
        container_ports.answers(snapshot, "lone", container, '"version"', again),
    )


def _crashed(container: Json) -> containers.Findings:
    """The engine itself has started the container again after its process had ended."""
    if container["RestartCount"] == 0:
        message = f"{LONE} has not been restarted by the engine yet: its restart policy has had nothing to do."
        why = "A policy acts when a process ends on its own. The engine counts from 0 again when you start or restart the "
        why += "container yourself, and when the machine or the engine is restarted."
        hint = "Let it crash: `curl http://localhost:8010/storm`."
        expected, observed = "1 or more", container["RestartCount"]
        yield Finding(message, containers.subject(container), "RestartCount", expected, observed, why, hint)


@check(
    "machines-run",
    "web runs on north and on south",
    hints=[
        "machine.yaml describes what runs on a machine, on.sh says on which one. Read both, they are short.",
        "`bash on.sh north up -d` starts it on north. `bash on.sh north ps -a` shows what became of it.",
        "`bash on.sh north up -d`, then `bash on.sh south up -d`. If the image is missing: `docker build --build-arg "
        "VERSION=1 --tag harbour-front:1 .`",
    ],
)
def machines_run(snapshot: Snapshot) -> containers.Findings:
    for machine in MACHINES:
        hint = f"`bash on.sh {machine} up -d` creates and starts it, `bash on.sh {machine} start` starts it again."
        yield from compose.services_run(snapshot, f"slipway-{machine}", [SERVICE], hint)


@check(
    "door-spreads",
    "Port 8009 is answered by north and by south",
    points=2,
    needs=["machines-run"],
    hints=[
        "The door is nginx. The servers behind it are listed in door/harbour.conf.",
        "Each machine has its own line in the block `upstream`. nginx reads its configuration when it starts: "
        "after a change, `docker compose --file door.yaml restart`.",
        "Add `server south:8000 max_fails=0;` below the line of north, then `docker compose --file door.yaml up -d` "
        "and `docker compose --file door.yaml restart`.",
    ],
)
def door_spreads(snapshot: Snapshot) -> containers.Findings:
    hint = "`docker compose --file door.yaml up -d` starts the door; `logs` in place of `up -d` shows what it reports."
    door = compose.service(snapshot, DOOR_PROJECT, DOOR)
    if door is None:
        yield from compose.services_made(snapshot, DOOR_PROJECT, [DOOR], hint)
        return
    yield from containers.first(
        containers.process_runs(snapshot, door, hint),
        container_ports.publishes(door, 8009, 80, hint),
        _warming(snapshot, door, hint),
        visits.reaches(snapshot, door),
        *(container_ports.answers(snapshot, visit, door, '"machine"', hint) for visit in VISITS),
        visits.both_answer(snapshot, door),
    )


def _warming(snapshot: Snapshot, door: Json, hint: str) -> containers.Findings:
    """Yield a waiting finding for machines that have just started: they may not answer yet, which is no mistake."""
    young = [machine for machine in MACHINES if containers.seconds_running(web(snapshot, machine), snapshot) < containers.GRACE]
    answered = visits.answering(snapshot)
    if young and answered != list(MACHINES):
        message = f"{' and '.join(young)} has just started and does not answer through the door yet."
        expected, path = list(MACHINES), "machines that answered"
        yield Finding(message, containers.subject(door), path, expected, answered, hint=hint, waiting=True)


@check(
    "loss-survived",
    "loss.log shows that south answered while north was gone",
    points=3,
    needs=["machines-run"],
    hints=[
        "One command must stop north, wait some seconds and start it again; watch.py runs it and writes loss.log.",
        "`bash on.sh north kill` is the power failure, `bash on.sh north start` the power coming back. Write them "
        "into a small script, with `sleep 4` between them.",
        "loss.sh: `bash on.sh north kill`, `sleep 4`, `bash on.sh north start`. Then `python3 watch.py loss.log -- "
        "bash loss.sh`.",
    ],
)
def loss_survived(snapshot: Snapshot) -> containers.Findings:
    hint = "Lose north, wait some seconds and start it again, all while watch.py writes loss.log."
    yield from containers.first(
        availability.recorded(snapshot, "loss", hint),
        _went_and_came(snapshot, hint),
        availability.none_failed(snapshot, "loss", "Both machines must run and be listed in door/harbour.conf before you start."),
    )


def _went_and_came(snapshot: Snapshot, hint: str) -> containers.Findings:
    """The process on north did not begin before the log; in the log, only south has answered for a while.

    A later start, such as after a reboot, takes nothing from what the log shows.
    """
    north, south, log = web(snapshot, NORTH), web(snapshot, SOUTH), availability.requests(snapshot, "loss")
    began = north["State"]["StartedAt"]
    if not availability.within(log, began) and not availability.after(log, began):
        message = f"{NORTH} did not come back while loss.log was written."
        expected = f"{log[0].at:%H:%M:%S} or later"
        yield Finding(message, containers.subject(north), "State.StartedAt", expected, began[11:19], hint=hint)
        return
    seen, alone = availability.answered_by(log, north), 0.0
    for before, after in zip(seen, seen[1:], strict=False):
        between = [request for request in availability.answered_by(log, south) if before.at < request.at < after.at]
        alone = max(alone, (between[-1].at - between[0].at).total_seconds() if between else 0.0)
    if alone < AWAY:
        message = f"{NORTH} was never away for {AWAY:g} seconds with {SOUTH} answering in its place."
        hint += f" {NORTH} must answer before and after it: do not remove its container."
        yield Finding(message, "file/loss.log", "seconds without north", f"{AWAY:g} or more", round(alone, 1), hint=hint)
