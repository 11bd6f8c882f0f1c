"""Defaults spelled out, and other spellings of the same value."""

import re
from collections.abc import Iterator
from typing import Any

from checks.snapshot import Json
from metamorphic.bookkeeping import of_cluster
from metamorphic.changes import CLUSTER, DOCKER, harmless
from metamorphic.sidecars import templates

# What the API server keeps if it is written, and does not write by itself.
OF_POD_SPECS = {
    "automountServiceAccountToken": True,
    "hostUsers": True,
    "shareProcessNamespace": False,
    "setHostnameAsFQDN": False,
}
OF_PODS = {
    "dnsPolicy": "ClusterFirst", "enableServiceLinks": True, "preemptionPolicy": "PreemptLowerPriority", "priority": 0,
    "restartPolicy": "Always", "schedulerName": "default-scheduler", "securityContext": {}, "terminationGracePeriodSeconds": 30,
}  # fmt: skip
OF_CONTAINERS = {
    "imagePullPolicy": "IfNotPresent", "resources": {}, "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
}  # fmt: skip
OF_PROBES = {"failureThreshold": 3, "periodSeconds": 10, "successThreshold": 1, "timeoutSeconds": 1}
UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
AMOUNT = re.compile(r"(\d+)(Ki|Mi|Gi)")
# Under these keys, the image that a container was made from: as it was written on the command line or in a manifest.
HUB = "docker.io/library/"
IN_FILES = re.compile(r"^(\s*(?:- )?(?:FROM|image:)\s+)(\S+)", re.M)
PLAIN_IMAGE = re.compile(r"(?:busybox|nginx|postgres|python|redis):[\w.-]+")


@harmless(CLUSTER)
def defaults_spelled_out(snapshot: Json) -> Json:
    """Write out the defaults of Pods, containers, ports, probes, references and objects that may be immutable."""
    for spec in _pod_specs(snapshot):
        for name, value in (OF_POD_SPECS | OF_PODS).items():
            spec.setdefault(name, value)
        for container in [*spec["containers"], *(spec.get("initContainers") or ())]:
            _spell_out_container(container)
        for volume in spec.get("volumes") or ():
            for source in (volume.get(kind) for kind in ("configMap", "secret")):
                if source is not None:
                    source.setdefault("optional", False)
    for kind in ("ConfigMap", "Secret"):
        for item in snapshot["objects"].get(kind, {}).values():
            item.setdefault("immutable", False)
    return snapshot


def _spell_out_container(container: Json) -> None:
    for name, value in OF_CONTAINERS.items():
        container.setdefault(name, value)
    rights = container.setdefault("securityContext", {})
    rights.setdefault("privileged", False)
    for port in container.get("ports") or ():
        port.setdefault("protocol", "TCP")
    for probe in (container[name] for name in ("readinessProbe", "livenessProbe", "startupProbe") if name in container):
        for name, value in OF_PROBES.items():
            probe.setdefault(name, value)
    for reference in _references(container):
        reference.setdefault("optional", False)


def _references(container: Json) -> Iterator[Json]:
    """Yield what a container's variables refer to."""
    for variable in container.get("env") or ():
        source = variable.get("valueFrom") or {}
        yield from (source[kind] for kind in ("configMapKeyRef", "secretKeyRef") if kind in source)
    for source in container.get("envFrom") or ():
        yield from (source[kind] for kind in ("configMapRef", "secretRef") if kind in source)


def _pod_specs(snapshot: Json) -> Iterator[Json]:
    yield from (pod["spec"] for pod in snapshot["objects"].get("Pod", {}).values())
    yield from (template["spec"] for template in templates(snapshot))


@harmless(CLUSTER)
def amounts_in_bytes(snapshot: Json) -> Json:
    """Write every amount of memory and storage that objects ask for or allow as a plain number of bytes."""
    for item in of_cluster(snapshot):
        if item.get("kind") != "Node":
            _to_bytes(item)
    return snapshot


def _to_bytes(value: Any) -> None:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in list(parts):
        if isinstance(part, str) and (match := AMOUNT.fullmatch(part)) and re.search(r"memory|storage", str(key)):
            value[key] = str(int(match[1]) * UNITS[match[2]])
        _to_bytes(part)


@harmless(CLUSTER)
def whole_image_names(snapshot: Json) -> Json:
    """Write the images of the Docker Hub with their registry and repository, in Pods and templates, as a learner may."""
    for spec in _pod_specs(snapshot):
        for container in [*spec["containers"], *(spec.get("initContainers") or ())]:
            container["image"] = _whole(container["image"])
    return snapshot


@harmless()
def whole_image_names_in_files(snapshot: Json) -> Json:
    """Write the images of the Docker Hub with their registry and repository in Dockerfiles, Compose files and manifests."""
    for probe in snapshot["probes"].values():
        if probe["kind"] == "file" and probe.get("text"):
            probe["text"] = IN_FILES.sub(lambda match: match[1] + _whole(match[2]), probe["text"])
    return snapshot


@harmless(DOCKER)
def whole_image_names_of_containers(snapshot: Json) -> Json:
    """Write the images of the Docker Hub with their registry and repository, as a learner may for `docker run`."""
    for container in snapshot["objects"].get("container", {}).values():
        container["Config"]["Image"] = _whole(container["Config"]["Image"])
    return snapshot


def _whole(image: str) -> str:
    return f"{HUB}{image}" if PLAIN_IMAGE.fullmatch(image) else image


@harmless(DOCKER)
def empty_for_none(snapshot: Json) -> Json:
    """Write an empty list where the engine's configuration of a container has null, as other releases of it do."""
    for container in snapshot["objects"].get("container", {}).values():
        for name, value in container["HostConfig"].items():
            if value is None and name in _LISTS:
                container["HostConfig"][name] = []
        for name, empty in (("Env", []), ("Cmd", None), ("Entrypoint", None), ("Volumes", {}), ("Labels", {})):
            if container["Config"].get(name) is None:
                container["Config"][name] = empty
    return snapshot


_LISTS = (
    "Binds",
    "CapAdd",
    "CapDrop",
    "Dns",
    "DnsOptions",
    "DnsSearch",
    "ExtraHosts",
    "GroupAdd",
    "Links",
    "SecurityOpt",
    "VolumesFrom",
)


@harmless(DOCKER)
def none_for_empty(snapshot: Json) -> Json:
    """Write null where the configuration of a container has an empty list or object, and leave out what is null."""
    for container in snapshot["objects"].get("container", {}).values():
        for owner in (container["HostConfig"], container["Config"]):
            for name, value in list(owner.items()):
                if value in ([], {}):
                    owner[name] = None
    return snapshot


@harmless(DOCKER)
def ports_on_ipv4_only(snapshot: Json) -> Json:
    """Publish ports for the addresses of IPv4 alone, as an engine does on a machine without IPv6."""
    for container in snapshot["objects"].get("container", {}).values():
        for bindings in (container["NetworkSettings"].get("Ports") or {}).values():
            (bindings or [])[:] = [binding for binding in bindings or () if binding["HostIp"] != "::"]
    return snapshot
