"""The connections to live targets, and what can be found out through each without changing anything there."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from checks.classroom.targets import Target
from checks.clients import named_kubeconfig
from checks.clients.base import Client, EngineError
from checks.clients.read_only import ReadOnlyCluster, ReadOnlyEngine
from checks.collect import docker
from checks.collect.class_wide import Probed
from checks.model import Lab, Probe
from checks.probes import run as probing
from checks.probes.run import Context
from checks.snapshot import Snapshot
from sandboxes import settings
from sandboxes.engine import endpoint
from sandboxes.engine.endpoint import Endpoint
from sandboxes.errors import SlipwayError

# Probes that read what the engine has recorded. Every other one runs a command, sends the learner's program a request, or
# reads files on the learner's own machine.
READING = ("logs", "api", "changes", "image_files", "image_passwords", "pod_logs")
NOT_RUN = "the probe “{}” is not run on a live target, which is only read; a submission brings its result"
CONTACT_SECONDS = 10.0
LIST_SECONDS = 60.0
LAB_SECONDS = 60.0


@contextmanager
def engine(target: Target, folder: Path) -> Iterator[ReadOnlyEngine]:
    """Connect to a Docker engine, and see that it answers. `folder` is that of the class. Raise SlipwayError."""
    client = ReadOnlyEngine(endpoint_of(target, folder))
    try:
        client.allow(CONTACT_SECONDS)
        if client.get("/version") is None:
            raise EngineError(f"what answers at {client.endpoint.url} is not a Docker engine")
        yield client
    finally:
        client.close()


def endpoint_of(target: Target, folder: Path) -> Endpoint:
    """Return the endpoint of a Docker engine. Raise SlipwayError for a context or certificates that are missing."""
    if target.kind == "context":
        return endpoint.find({**_home(), "DOCKER_CONTEXT": target.address})
    if not target.certs:
        return Endpoint(target.address, "the roster")
    certificates = folder / target.certs
    if missing := [name for name in ("ca.pem", "cert.pem", "key.pem") if not (certificates / name).is_file()]:
        raise SlipwayError(f"the folder {target.certs} of the target {target.address} has no {missing[0]}")
    return Endpoint(target.address, "the roster", certificates)


def _home() -> dict[str, str]:
    """Return the variables that say where the Docker command keeps its contexts."""
    return {name: os.environ[name] for name in ("DOCKER_CONFIG", "HOME") if name in os.environ}


def look_at_engine(lab: Lab, client: ReadOnlyEngine) -> Snapshot:
    """Return the state of a lab on an engine. Never raises for a failing engine."""
    client.allow(LAB_SECONDS)
    snapshot = docker.collect(lab, client, _context(lab, client), reading(lab), "")
    return without(snapshot, lab, reading(lab))


def probe_cluster(lab: Lab, client: ReadOnlyCluster) -> Probed:
    """Return the results of a lab's probes that only read, on a cluster of the learner's own. Never raises."""
    client.allow(LAB_SECONDS)
    return probing.run(reading(lab), _context(lab, client))


def reading(lab: Lab) -> tuple[Probe, ...]:
    """Return the probes of a lab that only read."""
    return tuple(probe for probe in lab.probes if probe.kind in READING and not probe.options.get("after"))


def _context(lab: Lab, client: Client) -> Context:
    return Context(client, Path(os.devnull), settings.load().state / "cache", lab.namespace)


@contextmanager
def cluster(target: Target, folder: Path) -> Iterator[ReadOnlyCluster]:
    """Connect to a cluster, and see that it answers. `folder` is that of the class. Raise SlipwayError."""
    client = ReadOnlyCluster(named_kubeconfig.load(folder / target.address, target.context))
    try:
        client.allow(CONTACT_SECONDS)
        if not isinstance(client.get("/version"), dict):
            raise EngineError(f"what answers at {client.access.server} is not an API server")
        client.allow(LIST_SECONDS)
        yield client
    finally:
        client.close()


def without(snapshot: Snapshot, lab: Lab, run: Iterable[Probe] = ()) -> Snapshot:
    """Return a snapshot that says of the lab's probes, except for those that were run, why they were not."""
    ids = [probe.id for probe in lab.probes if probe not in run]
    return replace(snapshot, errors={**snapshot.errors, **{id: NOT_RUN.format(id) for id in ids}})


def failed(snapshot: Snapshot) -> str:
    """Return why no objects of an engine could be collected; "" where there are some, or none exist."""
    reasons = [snapshot.errors[kind] for kind in docker.READERS if kind in snapshot.errors]
    return reasons[0] if reasons and not any(snapshot.objects.values()) else ""
