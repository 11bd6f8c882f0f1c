"""A Snapshot: what was true on the learner's engine or cluster at one moment, as raw API JSON, and what the probes saw.

It is the only input of a check. It loads, saves and redacts; it never talks to an engine.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SNAPSHOT_FORMAT = "slipway-snapshot/1"
# The name that an engine draws for a volume that was given none.
_DRAWN = re.compile(r"[0-9a-f]{64}")
Json = dict[str, Any]
# The kinds between what a learner makes and its Pods.
OWNERS = ("ReplicaSet", "Job", "Deployment", "StatefulSet", "DaemonSet", "CronJob")


# How the error of a probe begins whose command did not end in time.
STILL_RUNNING = "still running after"
OUT_OF_MEMORY = "this machine ran out of memory; close what else runs, then check again"


class Unknown(Exception):
    """A fact that a check needs was not collected, through no fault of the learner; the message says why."""


@dataclass(frozen=True)
class Snapshot:
    """Facts about one lab's scope.

    `objects` maps a kind ("container", "image", "volume", "network", and "swarm" for a lab that may turn Swarm mode on)
    to the objects by name, each the engine's own JSON; an image is keyed by its ID and carries its build steps under
    "History". On a cluster the kinds are Kubernetes' own ("Pod", "Deployment"), and an object in another namespace than
    the lab's own is keyed "namespace/name". `probes` maps a probe's id to its result. `errors` maps a kind or a probe's id
    to the reason for which it could not be collected. `taken` is the engine's own time (ISO 8601, UTC), `started` the time
    at which the learner started the lab. `scope` are the names that were asked for, by kind in the plural (None: not
    known): what was not asked for is not known to be absent.
    """

    lab: str
    taken: str
    started: str = ""
    engine: dict[str, str] = field(default_factory=dict)
    objects: dict[str, dict[str, Json]] = field(default_factory=dict)
    probes: dict[str, Json] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    scope: dict[str, list[str]] | None = None

    def of_kind(self, kind: str) -> dict[str, Json]:
        """Return all objects of a kind, by name. Raise Unknown if the engine could not list them."""
        if kind in self.errors:
            raise Unknown(self.errors[kind])
        if kind not in self.objects:
            raise Unknown(f"nothing was collected about {kind}s")
        return self.objects[kind]

    def container(self, name: str) -> Json | None:
        return self._look_up("container", name)

    def volume(self, name: str) -> Json | None:
        return self._look_up("volume", name)

    def network(self, name: str) -> Json | None:
        return self._look_up("network", name)

    def swarm(self) -> Json:
        """Return the engine's Swarm mode: "LocalNodeState" is inactive, active, pending, locked or error."""
        return self.of_kind("swarm")["swarm"]

    def _look_up(self, kind: str, name: str) -> Json | None:
        item = self.of_kind(kind).get(name)
        if item is None and self.scope is not None and not self.scope["projects"]:
            self._demand(name in self.scope[f"{kind}s"], f"the {kind} {name}")
        return item

    def _demand(self, in_scope: bool, thing: str) -> None:
        if not in_scope:
            raise Unknown(f"{thing} is not in the lab's scope; its lab.toml is incomplete")

    def image(self, reference: str) -> Json | None:
        """Return the image that has this tag now; `reference` without a tag means `:latest`."""
        wanted = tagged(reference)
        image = next((image for image in self.of_kind("image").values() if wanted in (image["RepoTags"] or ())), None)
        if image is None and self.scope is not None:
            repository = wanted.rsplit(":", 1)[0]
            named = {wanted, repository} & set(self.scope["images"])
            of_project = any(repository.startswith(f"{project}-") for project in self.scope["projects"])
            self._demand(bool(named) or of_project, f"the image {reference}")
        return image

    def image_of(self, container: Json) -> Json | None:
        """Return the image that a container runs, by ID: its tag may have moved to another image."""
        return self.of_kind("image").get(container["Image"])

    def services(self, project: str) -> dict[str, list[Json]]:
        """Return the containers of a Compose project by service, one-off `compose run` containers left out."""
        if self.scope is not None:
            self._demand(project in self.scope["projects"], f"the Compose project {project}")
        by_service: dict[str, list[Json]] = {}
        for container in self.of_kind("container").values():
            labels = container["Config"]["Labels"] or {}
            if labels.get("com.docker.compose.project") == project:
                if labels.get("com.docker.compose.oneoff", "False") == "False":
                    by_service.setdefault(labels["com.docker.compose.service"], []).append(container)
        return by_service

    def object(self, kind: str, name: str, namespace: str = "") -> Json | None:
        """Return an object of the cluster, in the lab's own namespace unless another one of its scope is named."""
        own = (self.scope or {}).get("namespaces") or [namespace]
        if namespace and self.scope is not None:
            self._demand(namespace in own, f"the namespace {namespace}")
        return self.of_kind(kind).get(name if namespace in ("", own[0]) else f"{namespace}/{name}")

    def require(self, kind: str, name: str) -> Json:
        """Return the object of this kind and name, which a needed check has found.

        `kind` is a key of `objects`; `name` is an image's reference where the kind is "image". Raises Unknown where the
        object is missing: the check does not name in its `needs` the one that looks for it.
        """
        look_ups = {"container": self.container, "volume": self.volume, "network": self.network, "image": self.image}
        item = look_ups[kind](name) if kind in look_ups else self.object(kind, name)
        if item is None:
            raise Unknown(
                f"{kind} {name} is missing, and no needed check looks for it. This is a bug in Slipway, not in your work"
            )
        return item

    def pod(self, name: str) -> Json | None:
        return self.object("Pod", name)

    def pods(self, selector: Mapping[str, str] | None = None, owner: Json | None = None) -> list[Json]:
        """Return the Pods that have all labels of `selector` and descend from `owner`, the oldest first."""
        wanted = (selector or {}).items()
        matching = [pod for pod in self.of_kind("Pod").values() if wanted <= (pod["metadata"].get("labels") or {}).items()]
        by_uid = {} if owner is None else self._owners()
        kept = [pod for pod in matching if owner is None or self._descends(pod, owner, by_uid)]
        return sorted(kept, key=lambda pod: (pod["metadata"].get("creationTimestamp", ""), pod["metadata"]["name"]))

    def descends(self, child: Json, ancestor: Json) -> bool:
        """Return whether `child` descends from `ancestor` by owner references: by UID, since a name can be reused.

        Raises Unknown where an owner is of a kind that could not be collected.
        """
        return self._descends(child, ancestor, self._owners())

    def _owners(self) -> dict[str, Json]:
        """Return what can own a Pod, by its UID."""
        return {item["metadata"]["uid"]: item for kind in OWNERS for item in self.objects.get(kind, {}).values()}

    def _descends(self, child: Json, ancestor: Json, by_uid: Mapping[str, Json]) -> bool:
        # Anyone can write owner references that lead in a circle: each owner is looked at once.
        for _ in range(len(by_uid) + 1):
            owners = child["metadata"].get("ownerReferences") or ()
            owner = next((owner for owner in owners if owner.get("controller")), None)
            if owner is None or owner["uid"] == ancestor["metadata"]["uid"]:
                return owner is not None
            if owner["uid"] not in by_uid:
                if owner["kind"] in self.errors:
                    raise Unknown(self.errors[owner["kind"]])
                return False
            child = by_uid[owner["uid"]]
        return False

    def events(self, about: Json) -> list[Json]:
        """Return the events about an object, by its UID, the latest last."""
        uid = about["metadata"]["uid"]
        events = self.of_kind("Event").values()
        return sorted((event for event in events if (event.get("involvedObject") or {}).get("uid") == uid), key=event_time)

    def probe(self, id: str) -> Json:
        """Return the result of a probe. Raise Unknown if it could not run."""
        if id in self.errors:
            raise Unknown(self.errors[id])
        if id not in self.probes:
            raise Unknown(f"the probe “{id}” was not run")
        return self.probes[id]

    def digests(self) -> dict[str, str]:
        """Return the ID of every image seen, by its first tag (or by its ID where it has none)."""
        images = self.objects.get("image", {})
        digests = {(image.get("RepoTags") or [id])[0]: id for id, image in sorted(images.items())}
        for pod in self.objects.get("Pod", {}).values():
            for container in (pod.get("status") or {}).get("containerStatuses") or ():
                if container.get("imageID"):
                    digests[container["image"]] = container["imageID"].rpartition("@")[2]
        return digests

    def to_json(self) -> Json:
        """Return the snapshot as JSON values. They are its own, not copies."""
        return {"format": SNAPSHOT_FORMAT, **vars(self)}

    @staticmethod
    def from_json(data: Json) -> "Snapshot":
        """Return the snapshot that `to_json` wrote. Raise KeyError, TypeError or ValueError where it is not one."""
        if data["format"] != SNAPSHOT_FORMAT:
            raise ValueError(f"format is {data['format']!r}, not {SNAPSHOT_FORMAT!r}")
        snapshot = Snapshot(**{name: value for name, value in data.items() if name != "format"})
        tables = (snapshot.engine, snapshot.objects, snapshot.probes, snapshot.errors)
        if not all(isinstance(table, dict) for table in tables):
            raise TypeError("engine, objects, probes and errors must be objects")
        return snapshot

    def dumps(self) -> str:
        """Return the snapshot as text: one line per leaf, keys sorted, so that two snapshots can be compared by eye."""
        return json.dumps(self.to_json(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def event_time(event: Json) -> str:
    """Return when an event was last seen. (Which of its times is filled in depends on who wrote it.)"""
    series = (event.get("series") or {}).get("lastObservedTime")
    times = (series, event.get("lastTimestamp"), event.get("eventTime"), event["metadata"].get("creationTimestamp"))
    return next((time for time in times if time), "")


def tagged(reference: str) -> str:
    """Return an image reference with its tag: `web` becomes `web:latest`."""
    return reference if ":" in reference.rsplit("/", 1)[-1] or "@" in reference else f"{reference}:latest"


def is_anonymous(volume: str) -> bool:
    """Return whether this is the name of an anonymous volume."""
    return _DRAWN.fullmatch(volume) is not None
