"""Copies: objects that two learners cannot both have made, by the identities that engines and clusters give to objects.

A container's ID, a Pod's UID, the ID of an image that a learner built: whoever makes the same object again gets another one.
What is reported is a fact for the instructor to ask about. It changes no mark.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from checks.classroom.records import Grade
from checks.classroom.stored_evidence import EvidenceReader
from checks.classroom.submission import SubmissionError
from checks.snapshot import Json, Snapshot

# Objects of a cluster that belong to everyone who uses it, and events, which only report about others.
_COMMON = {"Node", "Namespace", "StorageClass", "IngressClass", "PriorityClass", "Event"}
_DOCKER = {"container", "image", "network", "volume", "swarm"}


@dataclass(frozen=True, order=True)
class Identity:
    """An identity that only one act of making can give. `what` names it: `container ID`, `Pod UID`, `image ID`, …"""

    what: str
    value: str


@dataclass(frozen=True)
class Shared:
    """An identity in the evidence of several learners, with (learner, lab, name of the object, source) for each place."""

    identity: Identity
    places: tuple[tuple[str, str, str, str], ...]

    @property
    def learners(self) -> tuple[str, ...]:
        """The learners, in order."""
        return tuple(sorted({place[0] for place in self.places}))


def find(grades: Iterable[Grade], reader: EvidenceReader) -> list[Shared]:
    """Return every identity that the evidence of more than one learner holds, and where. Evidence that cannot be read is
    left out: it has been named when it was graded."""
    places: dict[Identity, set[tuple[str, str, str, str]]] = defaultdict(set)
    for grade in _one_each(grades):
        try:
            snapshot = reader.read(grade).snapshot
        except SubmissionError:
            continue
        for identity, name in identities(snapshot):
            places[identity].add((grade.learner, grade.lab, name, grade.source))
    shared = (Shared(identity, tuple(sorted(found))) for identity, found in sorted(places.items()))
    return [item for item in shared if len(item.learners) > 1]


def _one_each(grades: Iterable[Grade]) -> Iterator[Grade]:
    """Yield one grade for each piece of evidence."""
    seen: set[str] = set()
    for grade in grades:
        if grade.evidence and grade.evidence not in seen:
            seen.add(grade.evidence)
            yield grade


def identities(snapshot: Snapshot) -> Iterator[tuple[Identity, str]]:
    """Yield the identities in a snapshot, each with the name of its object. Values of another type than a text are left out."""
    for kind, objects in snapshot.objects.items():
        for name, item in objects.items():
            for what, value in _of_docker(kind, item, snapshot) if kind in _DOCKER else _of_cluster(kind, item):
                if isinstance(value, str) and value:
                    yield Identity(what, value), f"{kind}/{name}"


def _of_docker(kind: str, item: Json, snapshot: Snapshot) -> Iterator[tuple[str, object]]:
    if kind in ("container", "network") and not (kind == "network" and item.get("Name") in ("bridge", "host", "none")):
        yield f"{kind} ID", item.get("Id")
        # To the nanosecond, so no two are equal by chance.
        yield f"creation time of a {kind}", item.get("Created")
    if kind == "image" and _is_built(item, snapshot):
        yield "image ID", item.get("Id")
        yield "creation time of an image", item.get("Created")


def _is_built(image: Json, snapshot: Snapshot) -> bool:
    """Tell whether an image bears a name that the learner gives in this lab: what is downloaded is the same for everyone."""
    scope = snapshot.scope or {}
    own, projects = scope.get("images") or [], scope.get("projects") or []
    tags = [tag for tag in image.get("RepoTags") or () if isinstance(tag, str)]
    names = {name for tag in tags for name in (tag, tag.rsplit(":", 1)[0])}
    return bool(names & set(own)) or any(name.startswith(f"{project}-") for name in names for project in projects)


def _of_cluster(kind: str, item: Json) -> Iterator[tuple[str, object]]:
    metadata = item.get("metadata")
    if kind not in _COMMON and isinstance(metadata, dict):
        yield f"{kind} UID", metadata.get("uid")
