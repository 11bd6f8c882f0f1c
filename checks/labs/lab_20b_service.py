"""A service of lab 20b: its own program, rolled out, and reached through its own Service."""

from dataclasses import replace

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers, objects, services, workloads
from checks.vocabulary.objects import image_name, name_of, subject
from checks.vocabulary.pod_containers import main_container

IMAGE, PROGRAM, FILE = "python:3.11-slim", "program", "harbour.py"
COMMAND = ("python3", "/program/harbour.py")


def workload(snapshot: Snapshot, place: str, kind: str = "Deployment") -> Json | None:
    """Return the workload that has the name of its namespace, `place`."""
    return snapshot.object(kind, place, place)


def container(item: Json, place: str) -> Json:
    """Return the container of a workload or a Pod that runs the program of `place`."""
    return main_container((item.get("spec") or {}).get("template") or item, place)


def runs(snapshot: Snapshot, place: str, hint: str, kind: str = "Deployment") -> containers.Findings:
    """Yield a finding unless the workload of a place is rolled out with at least one Pod, and runs its own program."""
    item = workload(snapshot, place, kind)
    yield from containers.first(
        objects.exists(snapshot, kind, place, f"`kubectl apply -n {place} -f night/{place}.yaml` creates it again.", place),
        _scaled(item, place) if item else (),
        _commanded(item, place) if item else (),
        _delivered(snapshot, place),
        workloads.rolled_out(snapshot, item, hint) if item else (),
        _of_image(item, place) if item else (),
    )


def answers(snapshot: Snapshot, place: str, text: str, hint: str, kind: str = "Deployment") -> containers.Findings:
    """Yield a finding unless the Service of a place answers with `text`, and only Pods of its workload answer."""
    service = snapshot.object("Service", place, place)
    yield from containers.first(
        objects.exists(snapshot, "Service", place, f"`kubectl apply -n {place} -f night/{place}.yaml` creates it again.", place),
        services.endpoints(snapshot, service, hint) if service else (),
        _own_endpoints(snapshot, service, place, kind, hint) if service else (),
        _answered(snapshot, place, text, hint),
    )


def _answered(snapshot: Snapshot, place: str, text: str, hint: str) -> containers.Findings:
    """Yield what is wrong with the answer of a Service that has endpoints; waiting if they came after the request."""
    came = snapshot.probe(place)["error"] == "no endpoints"
    for finding in objects.answers(snapshot, place, f"service/{place}", text, hint):
        yield replace(finding, waiting=came)


def _scaled(item: Json, place: str) -> containers.Findings:
    if item["spec"].get("replicas", 1) == 0:
        message = f"{place} is scaled to 0: it has no Pod."
        hint = f"`kubectl scale {item['kind'].lower()} {place} -n {place} --replicas=1`"
        yield Finding(message, subject(item), "spec.replicas", "1 or more", 0, hint=hint)


def _commanded(item: Json, place: str) -> containers.Findings:
    """Yield a finding unless the container starts the program, and nothing around it."""
    spec, wanted = container(item, place), [*COMMAND, place]
    started = [*(spec.get("command") or ()), *(spec.get("args") or ())]
    if started != wanted:
        path = f"spec.template.spec.containers[{spec.get('name', '')}].command"
        why = "A command around the program can keep the container running when the program has failed."
        hint = f"Start the program as in night/{place}.yaml: `command: [{', '.join(wanted)}]`."
        message = f"The container of {place} does not start {FILE} by its own command."
        yield Finding(message, subject(item), path, " ".join(wanted), " ".join(started) or "no command", why, hint)


def _delivered(snapshot: Snapshot, place: str) -> containers.Findings:
    """Yield a finding unless the ConfigMap holds the program as the lab delivers it."""
    hint = f"`kubectl create configmap {PROGRAM} --from-file={FILE} -n {place}`, after deleting the one that is there."
    delivered, config = snapshot.probe("program"), snapshot.object("ConfigMap", PROGRAM, place)
    yield from objects.exists(snapshot, "ConfigMap", PROGRAM, hint, place)
    if config and (config.get("data") or {}).get(FILE) != delivered["text"]:
        message = f"The program in the namespace {place} is not the one that came with the lab."
        why = "The program is correct: the fault is in how it is run."
        yield Finding(message, subject(config), f"data[{FILE}]", f"{FILE} as delivered", "another text", why, hint)


def _of_image(item: Json, place: str) -> containers.Findings:
    image = str(container(item, place).get("image", ""))
    if image_name(image) != IMAGE:
        message = f"{place} runs the image {image}, not {IMAGE}."
        hint = f"`kubectl set image {item['kind'].lower()} {place} -n {place} {place}={IMAGE}`"
        path = f"spec.template.spec.containers[{container(item, place).get('name', '')}].image"
        yield Finding(message, subject(item), path, IMAGE, image, hint=hint)


def _own_endpoints(snapshot: Snapshot, service: Json, place: str, kind: str, hint: str) -> containers.Findings:
    """Yield a finding if anything other than the workload's own Pods is behind the Service."""
    item = workload(snapshot, place, kind)
    own = {name_of(pod) for pod in snapshot.pods(owner=item)} if item else set()
    behind = services.addresses(snapshot, service)
    if strangers := sorted(name or address for address, name in behind.items() if name not in own):
        message = f"The Service {place} sends requests to something other than the Pods of {place}: {', '.join(strangers)}."
        yield Finding(message, subject(service), "its endpoints", sorted(own), sorted(behind.values()), hint=hint)
