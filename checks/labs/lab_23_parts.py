"""What the checks of lab 23 look at one by one: variables and their order, the ways through the Ingress, the update."""

from collections.abc import Iterator

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers, ingress, objects, rollout_availability, workloads
from checks.vocabulary.objects import age, image_name, name_of, subject
from checks.vocabulary.workloads import current_set, sets_of

HOST, API = "myapp.example.com", "/api/visits"
PAGE = "The harbour"
# What a reference to a variable begins with, where Kubernetes has left it as it was.
REFERENCE = "$("
# As long as a new route may take to be known to the controller, in seconds.
NEW_ROUTE = 20.0


def unexpanded(snapshot: Snapshot, deployment: Json) -> containers.Findings:
    """Yield a finding for each variable that refers to one defined below it: Kubernetes leaves the reference as it is."""
    logs = [text for pod in snapshot.pods(owner=deployment) for text in (pod.get("LogTails") or {}).values()]
    log_lines = [line for text in logs for line in text.splitlines() if REFERENCE in line]
    for container in deployment["spec"]["template"]["spec"]["containers"]:
        variables = container.get("env") or []
        for place, variable in enumerate(variables):
            value, below = str(variable.get("value", "")), [other["name"] for other in variables[place:]]
            later = [name for name in below if f"{REFERENCE}{name})" in value]
            if later:
                names = " and ".join(later)
                message = f"{variable['name']} is defined above {names}, to which it refers."
                why = "Kubernetes goes through the list once, from the top. A name without a value yet stays as it is written."
                why += f"\nThe log says: {log_lines[-1]}" if log_lines else ""
                path, hint = f"env[{variable['name']}]", f"Move {variable['name']} below {names}, then apply the file."
                yield Finding(message, subject(deployment), path, f"below {names}", f"above {names}", why, hint)


def page(snapshot: Snapshot) -> containers.Findings:
    """Yield a finding unless the Ingress hands out the frontend's page."""
    yield from _routed(snapshot, "page", "/", PAGE, "frontend")


def api(snapshot: Snapshot) -> containers.Findings:
    """Yield a finding unless the Ingress routes the API's path to the backend: reading and writing."""
    yield from containers.first(
        _routed(snapshot, "before", API, '"visits"', "backend"),
        objects.answers(snapshot, "arrival", "ingress", "id", "`kubectl logs deployment/backend` says why.", 201),
    )


def _routed(snapshot: Snapshot, probe_id: str, path: str, contains: str, service: str) -> containers.Findings:
    ingresses = snapshot.of_kind("Ingress")
    routes = [str(rule) for rule in ingress.routes(snapshot)]
    where = subject(next(iter(ingresses.values()))) if ingresses else "ingress/myapp"
    hint = f"In manifests/ingress.yaml, {HOST} and the path {path.rpartition('/')[0] or '/'} route to {service}; then apply it."
    young = any(age(item, snapshot) < NEW_ROUTE for item in ingresses.values())
    answer, routed = snapshot.probe(probe_id), f"The Ingress has: {'; '.join(routes) or 'nothing'}."
    for finding in objects.answers(snapshot, probe_id, where, contains, hint):
        why = finding.why if ingresses else "There is no Ingress in the namespace."
        if ingresses and answer["ok"] and "<html" in answer["body"].lower() and service == "backend":
            why = f"The answer is a page: the request went to the frontend, which knows no {path}. {routed}"
        elif ingresses and answer["ok"] and answer["status"] == 404:
            why = f"No route matches, or its backend has no {path}. {routed}"
        why = " ".join([*_wrong_routes(snapshot, path, service), why])
        yield Finding(**{**vars(finding), "why": why.strip(), "waiting": young})


def _wrong_routes(snapshot: Snapshot, path: str, service: str) -> Iterator[str]:
    """Yield what is wrong with the routes to a Service: another path, a kind of path that stops there, a port that it has not."""
    for rule in ingress.routes(snapshot):
        if rule.service == service:
            ports = (snapshot.object("Service", service) or {"spec": {}})["spec"].get("ports") or ()
            known = {str(value) for port in ports for value in (port.get("port"), port.get("name")) if value}
            if rule.kind == "Exact" and not rule.takes(path):
                yield f"The route is {rule}: Exact matches only this path, not the paths below it."
            if rule.port not in known:
                yield f"The route is {rule}: the Service has only the port {', '.join(sorted(known)) or 'none'}."


def updated(snapshot: Snapshot, deployment: Json, old: str, new: str) -> containers.Findings:
    """Yield a finding unless the Deployment has gone from one image to the other, by an update of its template."""
    current, where = current_set(snapshot, deployment), subject(deployment)
    before = [_images(replica_set) for replica_set in sets_of(snapshot, deployment) if replica_set is not current]
    path, hint = "spec.template.spec.containers[].image", f"`kubectl set image deployment/backend backend={new}`"
    if current is None or new not in (now := _images(current)):
        images = _images(deployment)
        message = f"{name_of(deployment)} runs {', '.join(images)}, not {new} yet."
        yield Finding(message, where, path, new, images, hint=hint)
    elif not any(old in images for images in before):
        message = f"{name_of(deployment)} runs {new}, but it never ran {old}: that was no update."
        hint = f"Set the image to {old}, wait, and update to {new} while the visitor sends requests."
        yield Finding(message, where, "its ReplicaSets", f"one of {old}, and one of {new}", [*before, now], hint=hint)
    else:
        yield from workloads.rolled_out(snapshot, deployment, "`kubectl rollout status deployment/backend`")


def _images(item: Json) -> list[str]:
    return [image_name(container.get("image", "")) for container in item["spec"]["template"]["spec"]["containers"]]


def says_version(snapshot: Snapshot, probe_id: str, version: str, image: str) -> containers.Findings:
    """Yield a finding unless the last answer that the visitor got came from this version."""
    answered = [request for request in rollout_availability.requests(snapshot.probe(probe_id)["text"]) if request.ok]
    if answered and answered[-1].said != version:
        answered_version = answered[-1].said
        message = f"Pods of {image} answer, and they say that they are version {answered_version}."
        why = "A tag is the name that an image was given, not what is in it."
        hint = f"Build it with `--build-arg VERSION={version}`, load it, and `kubectl rollout restart deployment/backend`."
        yield Finding(message, f"image/{image}", '"version"', version, answered_version, why, hint)
