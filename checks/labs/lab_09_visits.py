"""Visits through the reverse proxy of lab 09: which of the machines have answered them."""

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers, texts

NORTH, SOUTH = MACHINES = ("north", "south")
VISITS = ("visit-1", "visit-2", "visit-3", "visit-4")
MORE_VISITS = "more-visits"
BAD_GATEWAY = 502


def reaches(snapshot: Snapshot, door: Json) -> containers.Findings:
    """Yield a finding if the door reaches no machine."""
    visit = snapshot.probe(VISITS[0])
    if visit["status"] == BAD_GATEWAY:
        message = "The door runs, but reaches none of the machines in its list."
        why = "nginx answers 502 when it reaches no server. The machines are called north and south, and listen on port 8000."
        hint = "Look at the block upstream of door/harbour.conf; then `docker compose --file door.yaml restart`."
        yield Finding(message, containers.subject(door), visit["request"], 200, BAD_GATEWAY, why, hint)


def both_answer(snapshot: Snapshot, door: Json) -> containers.Findings:
    """Yield a finding unless each of the machines has answered one of several visits."""
    answered = answering(snapshot)
    if answered != list(MACHINES):
        message = f"All {len(bodies(snapshot))} visits were answered by {' and '.join(answered)}."
        hint = "Name both in the block upstream of door/harbour.conf, then `docker compose --file door.yaml restart`."
        yield Finding(message, containers.subject(door), "machines that answered", list(MACHINES), answered, hint=hint)


def answering(snapshot: Snapshot) -> list[str]:
    """Return the machines that have answered a visit, sorted."""
    return sorted({machine(body) for body in bodies(snapshot)})


def bodies(snapshot: Snapshot) -> list[str]:
    """Return the answers to all visits. (The probe of many visits is younger than those of four.)"""
    more = snapshot.probe(MORE_VISITS)["bodies"] if MORE_VISITS in snapshot.probes else []
    return [*(snapshot.probe(visit)["body"] for visit in VISITS), *more]


def machine(body: str) -> str:
    """Return the name in the answer of a machine."""
    return str(texts.json_object(body).get("machine", "something else"))
