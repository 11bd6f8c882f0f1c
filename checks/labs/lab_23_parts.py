"""What the checks of lab 23 look at one by one: a part of the application that runs, a claim, a path, a row."""

import json
from datetime import UTC, datetime
from typing import Any

from checks import expect
from checks.vocabulary import kube as expect_kube, services as expect_services, visitor as expect_visitor, workloads as expect_workloads
from checks.vocabulary.pods import restarts
from checks.vocabulary.storage import is_below
from checks.vocabulary.kube import age, image_name, name_of, seconds, subject
from checks.vocabulary.workloads import current_set, sets_of
from checks.model import Finding
from checks.snapshot import Json, Snapshot

HOST, API = "myapp.example.com", "/api/visits"
PAGE = "The harbour"
# What a reference to a variable begins with, where Kubernetes has left it as it was.
REFERENCE = "$("
# As long as a new route may take to be known to the controller, in seconds.
NEW_ROUTE = 20.0


def there(snapshot: Snapshot, kind: str, name: str) -> Json:
    """An object that a needed check has found."""
    found = snapshot.object(kind, name)
    assert found is not None
    return found


def runs(snapshot: Snapshot, kind: str, name: str, count: int, images: tuple[str, ...], hint: str) -> expect.Findings:
    """So many Pods of one of these images are asked for, and all of them run and are ready."""
    item = there(snapshot, kind, name)
    used = [image_name(each.get("image", "")) for each in item["spec"]["template"]["spec"]["containers"]]
    yield from expect_workloads.replicas(item, count, f"`kubectl scale {kind.lower()} {name} --replicas={count}`")
    if not set(used) & set(images):
        expected, path = " or ".join(images), "spec.template.spec.containers[].image"
        yield Finding(f"{name} runs {', '.join(used)}, not {expected}.", subject(item), path, expected, used, hint=hint)
    yield from expect_workloads.rolled_out(snapshot, item, hint)


def leads(snapshot: Snapshot, name: str, port: int, count: int) -> expect.Findings:
    """The Service has this port, and so many ready Pods stand behind it."""
    service = there(snapshot, "Service", name)
    yield from expect_services.port(service, port, f"Give it the port {port}.")
    yield from expect_services.endpoints(snapshot, service, "Its selector has to be what the Pods carry.", count)


def headless(snapshot: Snapshot, name: str) -> expect.Findings:
    """The Service has no address of its own, and leads to a ready Pod."""
    service = there(snapshot, "Service", name)
    if (found := service["spec"].get("clusterIP")) != "None":
        message = f"The Service {name} has an address of its own: it is not headless."
        why = "Its name then leads to that address, and no Pod of the StatefulSet has a name."
        hint = "Delete the Service, and apply it with `clusterIP: None`: the address of a Service cannot be changed."
        yield Finding(message, subject(service), "spec.clusterIP", "None", found, why, hint)
    yield from expect_services.endpoints(snapshot, service, f"Its selector has to choose the Pod {name}-0.")


def on_a_claim(snapshot: Snapshot, item: Json, volume_of_image: str, hint: str) -> expect.Findings:
    """The database's files lie on a bound claim. `volume_of_image` is where its image has a volume of its own."""
    for pod in snapshot.pods(owner=item):
        container = pod["spec"]["containers"][0]
        named = {each["name"]: each.get("value") for each in container.get("env") or ()}
        path = named.get("PGDATA") or volume_of_image
        mounts = {each["mountPath"].rstrip("/"): each["name"] for each in container.get("volumeMounts") or ()}
        around = [mount for mount in mounts if is_below(path, mount)]
        # What lies above the image's own volume is covered by that.
        hidden = [mount for mount in around if is_below(path, volume_of_image) and not is_below(mount, volume_of_image)]
        holding = max((mount for mount in around if mount not in hidden), key=len, default="")
        claim = _claim(snapshot, pod, mounts.get(holding, ""))
        if claim is None:
            observed = [f"{name} at {mount}" for mount, name in mounts.items() if "serviceaccount" not in mount]
            why = f"The volume {mounts[holding]} goes with the Pod." if holding else "They go with the container."
            if hidden and not holding:
                covered = f"It covers what {hidden[0]} has there, and goes with the Pod."
                why = f"The image itself has a volume at {volume_of_image}. {covered}"
            message = f"{name_of(pod)} keeps its files at {path} on no claim."
            yield Finding(message, subject(pod), "volumeMounts", f"a claim at {volume_of_image}", observed, why, hint)
        elif (phase := (claim.get("status") or {}).get("phase")) != "Bound":
            yield Finding(f"The claim {name_of(claim)} is {phase}.", subject(claim), "status.phase", "Bound", phase, hint=hint)


def _claim(snapshot: Snapshot, pod: Json, volume: str) -> Json | None:
    """The claim that a volume of the Pod stands for; None where it is of another kind."""
    found = next((each for each in pod["spec"].get("volumes") or () if each["name"] == volume), {})
    name = (found.get("persistentVolumeClaim") or {}).get("claimName")
    return snapshot.object("PersistentVolumeClaim", name) if name else None


def unexpanded(snapshot: Snapshot, deployment: Json) -> expect.Findings:
    """No variable refers to one that stands below it: Kubernetes would leave the reference as it is."""
    logs = [text for pod in snapshot.pods(owner=deployment) for text in (pod.get("LogTails") or {}).values()]
    said = [line for text in logs for line in text.splitlines() if REFERENCE in line]
    for container in deployment["spec"]["template"]["spec"]["containers"]:
        variables = container.get("env") or []
        for place, each in enumerate(variables):
            value, below = str(each.get("value", "")), [other["name"] for other in variables[place:]]
            later = [name for name in below if f"{REFERENCE}{name})" in value]
            if later:
                names = " and ".join(later)
                message = f"{each['name']} stands above {names}, to which it refers."
                why = "Kubernetes goes through the list once, from the top. A name without a value yet stays as it is written."
                why += f"\nThe log says: {said[-1]}" if said else ""
                path, hint = f"env[{each['name']}]", f"Move {each['name']} below {names}, then apply the file."
                yield Finding(message, subject(deployment), path, f"below {names}", f"above {names}", why, hint)


def asks(deployment: Json, name: str, path: str, port: int) -> expect.Findings:
    """The first container has this probe, an HTTP request for `path`."""
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    get = (container.get(name) or {}).get("httpGet") or {}
    named = {each.get("name"): each.get("containerPort") for each in container.get("ports") or ()}
    found = f"{get.get('path', '/')} on port {get.get('port')}" if get else list(container.get(name) or ()) or None
    if get and get.get("path", "/").partition("?")[0] == path and named.get(get.get("port"), get.get("port")) == port:
        return
    message, why = f"The {name} of {container['name']} does not ask for {path}.", ""
    if name == "livenessProbe" and get.get("path") == "/ready":
        why = "/ready asks the database. When that is away, every backend would be started again, for nothing, and again."
    where, wanted = f"containers[{container['name']}].{name}", f"httpGet {path} on port {port}"
    yield Finding(message, subject(deployment), where, wanted, found, why, "Correct it in manifests/backend.yaml and apply it.")


def page(snapshot: Snapshot) -> expect.Findings:
    """The Ingress hands out the frontend's page."""
    yield from _routed(snapshot, "page", "/", PAGE, "frontend")


def api(snapshot: Snapshot) -> expect.Findings:
    """The Ingress leads the API's path to the backend: reading and writing."""
    yield from expect.first(
        _routed(snapshot, "before", API, '"visits"', "backend"),
        expect_kube.answers(snapshot, "arrival", "ingress", "id", "`kubectl logs deployment/backend` says why.", 201),
    )


def _routed(snapshot: Snapshot, probe_id: str, path: str, contains: str, service: str) -> expect.Findings:
    ingresses = snapshot.of_kind("Ingress")
    rules = [rule for item in ingresses.values() for rule in item["spec"].get("rules") or ()]
    routes = [
        f"{rule.get('host', 'any host')}{each.get('path', '/')}"
        for rule in rules
        for each in (rule.get("http") or {}).get("paths") or ()
    ]
    where = subject(next(iter(ingresses.values()))) if ingresses else "ingress/myapp"
    hint = f"In manifests/ingress.yaml, {HOST} and the path {path.rpartition('/')[0] or '/'} lead to {service}; then apply it."
    young = any(age(item, snapshot) < NEW_ROUTE for item in ingresses.values())
    seen, routed = snapshot.probe(probe_id), f"The Ingress has: {', '.join(routes) or 'nothing'}."
    for finding in expect_kube.answers(snapshot, probe_id, where, contains, hint):
        why = finding.why if ingresses else "There is no Ingress in the namespace."
        if ingresses and seen["ok"] and "<html" in seen["body"].lower() and service == "backend":
            why = f"The answer is a page: the request went to the frontend, which knows no {path}. {routed}"
        elif ingresses and seen["ok"] and seen["status"] == 404:
            why = f"No route fits, or what it leads to has no {path}. {routed}"
        yield Finding(**{**vars(finding), "why": why, "waiting": young and not finding.waiting})


def row(snapshot: Snapshot) -> expect.Findings:
    """The visit that was made lies in the database's table."""
    rows = _rows(snapshot)
    if isinstance(rows, Finding):
        yield rows
        return
    id, numbers = _json(snapshot.probe("arrival")["body"]).get("id"), rows[2]
    if id not in numbers:
        message = f"The visit {id} was answered, but the database in postgres-0 has no such row."
        hint = "DATABASE_URL has to lead to the Service postgres, and to the database appdb."
        yield Finding(message, "pod/postgres-0", "table visits", f"a row with the id {id}", numbers[:10], "", hint)


def back(snapshot: Snapshot) -> expect.Findings:
    """The visit comes back by the same way."""
    before, after = (_json(snapshot.probe(name)["body"]).get("visits", 0) for name in ("before", "back"))
    if after <= before:
        hint = "`kubectl logs deployment/backend` says how the requests went."
        path = f"GET {API}"
        yield Finding("A visit was made, and the count did not grow.", "ingress", path, f"more than {before}", after, hint=hint)


def _rows(snapshot: Snapshot) -> tuple[int, float, list[int]] | Finding:
    """How many rows there are, when the first was written (seconds since 1970), and the last ones' numbers."""
    probe = snapshot.probe("rows")
    count, _, rest = probe["stdout"].strip().partition("|")
    first, _, numbers = rest.partition("|")
    if not probe["ok"] or not count.isdigit():
        why, hint = probe["error"] or probe["stderr"].strip(), "`kubectl logs postgres-0` says how the database is."
        message = "The table visits in postgres-0 cannot be read."
        return Finding(message, "pod/postgres-0", "SELECT FROM visits", "rows", why or "nothing", why, hint)
    return int(count), float(first or 0), [int(each) for each in numbers.split(",") if each]


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def updated(snapshot: Snapshot, deployment: Json, old: str, new: str) -> expect.Findings:
    """The Deployment has gone from one image to the other, by an update of its template."""
    current, where = current_set(snapshot, deployment), subject(deployment)
    before = [_images(each) for each in sets_of(snapshot, deployment) if each is not current]
    path, hint = "spec.template.spec.containers[].image", f"`kubectl set image deployment/backend backend={new}`"
    if current is None or new not in (now := _images(current)):
        found = _images(deployment)
        message = f"{name_of(deployment)} runs {', '.join(found)}, not {new} yet."
        yield Finding(message, where, path, new, found, hint=hint)
    elif not any(old in images for images in before):
        message = f"{name_of(deployment)} runs {new}, but it never ran {old}: that was no update."
        hint = f"Set the image to {old}, wait, and update to {new} while the visitor asks."
        yield Finding(message, where, "its ReplicaSets", f"one of {old}, and one of {new}", [*before, now], hint=hint)
    else:
        yield from expect_workloads.rolled_out(snapshot, deployment, "`kubectl rollout status deployment/backend`")


def _images(item: Json) -> list[str]:
    return [image_name(each.get("image", "")) for each in item["spec"]["template"]["spec"]["containers"]]


def says_version(snapshot: Snapshot, probe_id: str, version: str, image: str) -> expect.Findings:
    """The last answer that the visitor got came from this version."""
    answered = [each for each in expect_visitor.requests(snapshot.probe(probe_id)["text"]) if each.ok]
    if answered and answered[-1].said != version:
        said = answered[-1].said
        message = f"Pods of {image} answer, and they say that they are version {said}."
        why = "A tag says what somebody called an image, not what is in it."
        hint = f"Build it with `--build-arg VERSION={version}`, load it, and `kubectl rollout restart deployment/backend`."
        yield Finding(message, f"image/{image}", '"version"', version, said, why, hint)


def survived(snapshot: Snapshot, database: Json) -> expect.Findings:
    """The first row was written before the database's Pod was made."""
    rows, pods = _rows(snapshot), snapshot.pods(owner=database)
    if isinstance(rows, Finding):
        yield rows
        return
    for pod in pods[:1]:
        made = pod["metadata"]["creationTimestamp"]
        first = datetime.fromtimestamp(rows[1], UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if rows[1] else "none"
        if not rows[1] or seconds(first, made) <= 0:
            message = f"The first visit is of {first}, {name_of(pod)} was made at {made}: nothing has survived a Pod yet."
            hint = "Make a visit, then `kubectl delete pod postgres-0`. Leave the claim where it is."
            why = _why_nothing_survived(snapshot, database, pod)
            yield Finding(message, subject(pod), "the first row", f"older than {made}", first, why, hint)


def _why_nothing_survived(snapshot: Snapshot, database: Json, pod: Json) -> str:
    made = database["metadata"]["creationTimestamp"]
    for name, claim in snapshot.of_kind("PersistentVolumeClaim").items():
        if name.endswith(name_of(pod)) and seconds(made, claim["metadata"]["creationTimestamp"]) > 2:
            return f"The claim {name} is younger than the StatefulSet: the old one was removed, and the rows with it."
    if restarts(pod):
        return "Its container was started again, in the same Pod."
    return "No Pod of the database has been lost since the first visit."
