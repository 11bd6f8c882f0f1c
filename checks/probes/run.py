"""Probes: what can only be known by doing it, run side by side, each with its own deadline, stored like any other fact.

A probe's result is JSON. `ok` says whether it could be done; when the learner's side did not answer, `error` says how
(that is a fact about the learner's state). When the engine or the cluster itself failed, the probe is listed under errors
instead.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from checks.clients.base import Client
from checks.model import Probe
from checks.probes import api_request, container_exec, container_network, http, mounts, registry_image
from checks.snapshot import OUT_OF_MEMORY, Json
from sandboxes.errors import SlipwayError


@dataclass
class Context:
    """What a probe may use: the engine or the cluster, the learner's copy of the lab, a folder for what never changes.

    `namespace` is the lab's own on the cluster.
    """

    engine: Client
    workspace: Path
    cache: Path
    namespace: str = ""


PROBERS: dict[str, Callable[[Probe, Context], Json]] = {
    "http": lambda probe, context: http.request(probe),
    "registry_image": lambda probe, context: registry_image.look(probe),
    "exec": lambda probe, context: container_exec.execute(probe, context.engine),
    "resolve": lambda probe, context: container_network.resolve(probe, context.engine),
    "connect": lambda probe, context: container_network.connect(probe, context.engine),
    "logs": lambda probe, context: container_exec.logs(probe, context.engine),
    "image_files": lambda probe, context: _files().image_files(probe, context.engine, context.cache),
    "image_passwords": lambda probe, context: _passwords().search(probe, context.engine, context.cache),
    "health_check": lambda probe, context: _health().rehearse(probe, context.engine, context.cache),
    "api": lambda probe, context: api_request.ask(probe, context.engine),
    "file": lambda probe, context: _files().workspace_file(probe, context.workspace),
    "changes": lambda probe, context: mounts.changes(probe, context.engine),
    "shared": lambda probe, context: mounts.shared(probe, context.engine, context.workspace),
    "pod_http": lambda probe, context: _pods().pod_http(probe, context.engine, context.namespace),
    "pod_exec": lambda probe, context: _pods().pod_exec(probe, context.engine, context.namespace),
    "pod_logs": lambda probe, context: _pod_logs().pod_logs(probe, context.engine, context.namespace),
    "pod_resolve": lambda probe, context: _pods().pod_resolve(probe, context.engine, context.namespace),
    "service_http": lambda probe, context: _pods().service_http(probe, context.engine, context.namespace),
    "ingress_http": lambda probe, context: _pods().ingress_http(probe, context.engine),
    "ingress_tls": lambda probe, context: _tls().ingress_tls(probe, context.engine),
    "built_images": lambda probe, context: _carried().look(probe),
    "elsewhere": lambda probe, context: _elsewhere().elsewhere(probe, context.engine, context.namespace),
    "allowed": lambda probe, context: _rights().allowed(probe, context.engine, context.namespace),
    "admission": lambda probe, context: _admission().admission(probe, context.engine, context.namespace),
    "kubectl_aim": lambda probe, context: _kubectl().aim(probe, context.engine, context.workspace.name),
}
ON_DOCKER = frozenset({"exec", "resolve", "connect", "logs", "image_files", "image_passwords", "changes", "shared"})
ON_DOCKER |= {"health_check"}
OF_CLUSTER = ("pod_", "service_", "ingress_", "built_", "kubectl_", "elsewhere", "allowed", "admission")
ON_CLUSTER = frozenset({name for name in PROBERS if name.startswith(OF_CLUSTER)})


def _files() -> ModuleType:
    """Loaded when a lab needs it: unpacking archives brings in modules that the other probes do without."""
    from checks.probes import image_files

    return image_files


def _passwords() -> ModuleType:
    from checks.probes import image_passwords

    return image_passwords


def _health() -> ModuleType:
    from checks.probes import health_check

    return health_check


def _pods() -> ModuleType:
    """Loaded for the labs on a cluster."""
    from checks.probes import pods

    return pods


def _pod_logs() -> ModuleType:
    from checks.probes import pod_logs

    return pod_logs


def _elsewhere() -> ModuleType:
    from checks.probes import elsewhere

    return elsewhere


def _carried() -> ModuleType:
    from checks.probes import node_images

    return node_images


def _tls() -> ModuleType:
    from checks.probes import tls

    return tls


def _kubectl() -> ModuleType:
    from checks.probes import kubectl

    return kubectl


def _rights() -> ModuleType:
    from checks.probes import rights

    return rights


def _admission() -> ModuleType:
    from checks.probes import admission

    return admission


def run(probes: tuple[Probe, ...], context: Context) -> tuple[dict[str, Json], dict[str, str]]:
    """Run probes: those with `after` once the named ones are done. Returns results and, for what failed, reasons."""
    seen: dict[str, Json] = {}
    errors: dict[str, str] = {}
    waiting = list(probes)
    while waiting:
        done = seen.keys() | errors.keys()
        ready = [probe for probe in waiting if done.issuperset(probe.options.get("after", ()))] or waiting
        waiting = [probe for probe in waiting if probe not in ready]
        jobs = {probe.id: context.engine.submit(_run_one, probe, context) for probe in ready}
        for id, job in jobs.items():
            try:
                seen[id] = job.result()
            except SlipwayError as error:
                errors[id] = str(error)
            except MemoryError:
                errors[id] = OUT_OF_MEMORY
            except Exception as error:  # an answer in no known form, or a prober's own fault: it costs nobody a point
                what = f"{type(error).__name__}: {error}"
                errors[id] = f"the probe “{id}” failed ({what}): an answer could not be understood, or it is a bug in Slipway"
    return seen, errors


def _run_one(probe: Probe, context: Context) -> Json:
    return PROBERS[probe.kind](probe, context)


def needed(probes: Iterable[Probe], checks: set[str]) -> tuple[Probe, ...]:
    """The probes that the wanted checks look at, and those that must run before them."""
    by_id = {probe.id: probe for probe in probes}
    wanted = {probe.id for probe in by_id.values() if not probe.checks or checks & set(probe.checks)}
    stack = list(wanted)
    while stack:
        for id in by_id[stack.pop()].options.get("after", ()):
            if id not in wanted:
                wanted.add(id)
                stack.append(id)
    return tuple(probe for probe in by_id.values() if probe.id in wanted)
