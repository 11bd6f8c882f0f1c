"""The vocabulary of an application of several tiers: images in the nodes, parts that run, a claim, rows and their age.

Each function is pure over a Snapshot and yields a Finding for what is not as expected. A probe of
rows (a `pod_exec` of psql in the database's Pod) prints: how many there are | when the first was written, in seconds since
1970 | the numbers of the last ones, with commas.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.times import seconds
from checks.vocabulary import containers, services, stored_rows, texts, workloads
from checks.vocabulary.container_storage import is_below
from checks.vocabulary.objects import image_name, name_of, subject
from checks.vocabulary.pod_containers import main_container
from checks.vocabulary.pod_volumes import volume_of
from checks.vocabulary.pods import restarts
from checks.vocabulary.statefulsets import claim_in


def in_nodes(snapshot: Snapshot, probe_id: str, folders: Mapping[str, str]) -> containers.Findings:
    """Yield a finding for each image of a `built_images` probe that a node lacks. `folders`: an image's build context."""
    stores = snapshot.probe(probe_id)
    for name, id in stores["engine"].items():
        hint = f"`slipway cluster load {name}` puts it into every node."
        where, observed = f"image/{name}", {node: has[name] for node, has in stores["nodes"].items()}
        lacking = [node for node, has in observed.items() if has != "same"]
        if not id and "none" not in observed.values():
            continue  # built, loaded, and removed from the engine since: the cluster does not miss it
        if not id:
            build = f"`docker build --tag {name} {folders[name]}` builds it."
            yield Finding(f"There is no image {name} on the engine.", where, "RepoTags", name, "none", hint=build)
        elif lacking:
            old = "other" in observed.values()
            message = f"The nodes have another image under the name {name}." if old else f"{name} is not in all nodes."
            why = "Building an image on the engine changes nothing in the nodes." if old else "A node has its own store."
            yield Finding(message, where, "the nodes’ images", "the one that was built", observed, why, hint)


def part_runs(snapshot: Snapshot, kind: str, name: str, count: int, images: tuple[str, ...], hint: str) -> containers.Findings:
    """Yield a finding unless `count` Pods of one of these images are requested, and all of them are ready."""
    item = snapshot.require(kind, name)
    used = [image_name(container.get("image", "")) for container in item["spec"]["template"]["spec"]["containers"]]
    yield from workloads.replicas(item, count, f"`kubectl scale {kind.lower()} {name} --replicas={count}`")
    if not set(used) & set(images):
        expected, path = " or ".join(images), "spec.template.spec.containers[].image"
        yield Finding(f"{name} runs {', '.join(used)}, not {expected}.", subject(item), path, expected, used, hint=hint)
    yield from workloads.rolled_out(snapshot, item, hint)


def leads_to_pods(snapshot: Snapshot, name: str, port: int, count: int) -> containers.Findings:
    """Yield a finding unless the Service has this port and `count` ready Pods."""
    service = snapshot.require("Service", name)
    yield from services.port(service, port, f"Give it the port {port}.")
    yield from services.endpoints(snapshot, service, "Its selector must match the labels of the Pods.", count)


def headless(snapshot: Snapshot, name: str) -> containers.Findings:
    """Yield a finding unless the Service has no address of its own, and has a ready Pod."""
    service = snapshot.require("Service", name)
    if (address := service["spec"].get("clusterIP")) != "None":
        message = f"The Service {name} has its own address: it is not headless."
        why = "Its name then resolves to that address, and no Pod of the StatefulSet has a DNS name."
        hint = "Delete the Service, and apply it with `clusterIP: None`: the address of a Service cannot be changed."
        yield Finding(message, subject(service), "spec.clusterIP", "None", address, why, hint)
    yield from services.endpoints(snapshot, service, f"Its selector must match the Pod {name}-0.")


def on_a_claim(snapshot: Snapshot, item: Json, image: str, volume_of_image: str, hint: str) -> containers.Findings:
    """Yield a finding unless the files of the container with this image are on a bound claim.

    `volume_of_image` is where the image has its own volume.
    """
    for pod in snapshot.pods(owner=item):
        container = main_container(pod, image.partition(":")[0])
        named = {variable["name"]: variable.get("value") for variable in container.get("env") or ()}
        path = named.get("PGDATA") or volume_of_image
        mounts = {mount["mountPath"].rstrip("/"): mount["name"] for mount in container.get("volumeMounts") or ()}
        around = [mount for mount in mounts if is_below(path, mount)]
        # The image's own volume covers a mount above it.
        hidden = [mount for mount in around if is_below(path, volume_of_image) and not is_below(mount, volume_of_image)]
        holding = max((mount for mount in around if mount not in hidden), key=len, default="")
        claim = _claim(snapshot, pod, mounts.get(holding, ""))
        if claim is None:
            observed = [f"{name} at {mount}" for mount, name in mounts.items() if "serviceaccount" not in mount]
            why = f"The volume {mounts[holding]} is deleted with the Pod." if holding else "They are deleted with the container."
            if hidden and not holding:
                covered = f"It covers what {hidden[0]} has there, and is deleted with the Pod."
                why = f"The image itself has a volume at {volume_of_image}. {covered}"
            message = f"{name_of(pod)} keeps its files at {path} on no claim."
            yield Finding(message, subject(pod), "volumeMounts", f"a claim at {volume_of_image}", observed, why, hint)
        elif (phase := (claim.get("status") or {}).get("phase")) != "Bound":
            yield Finding(f"The claim {name_of(claim)} is {phase}.", subject(claim), "status.phase", "Bound", phase, hint=hint)


def _claim(snapshot: Snapshot, pod: Json, volume: str) -> Json | None:
    """Return the claim that a volume of the Pod refers to; None for another kind of volume."""
    name = claim_in(volume_of(pod, volume))
    return snapshot.object("PersistentVolumeClaim", name) if name else None


def asks(deployment: Json, image: str, name: str, path: str, port: int, hint: str) -> containers.Findings:
    """Yield a finding unless the container with this image has this probe, an HTTP request for `path`."""
    container = main_container(deployment["spec"]["template"], image.partition(":")[0])
    get = (container.get(name) or {}).get("httpGet") or {}
    named = {entry.get("name"): entry.get("containerPort") for entry in container.get("ports") or ()}
    observed = f"{get.get('path', '/')} on port {get.get('port')}" if get else list(container.get(name) or ()) or None
    if get and get.get("path", "/").partition("?")[0] == path and named.get(get.get("port"), get.get("port")) == port:
        return
    message, why = f"The {name} of {container['name']} does not request {path}.", ""
    if name == "livenessProbe" and get.get("path") == "/ready":
        who = container["name"]
        why = f"/ready depends on the database. While that is away, every {who} would be restarted again and again, for nothing."
    where, wanted = f"containers[{container['name']}].{name}", f"httpGet {path} on port {port}"
    yield Finding(message, subject(deployment), where, wanted, observed, why, hint)


def depends(snapshot: Snapshot, probe_id: str, deployment: Json, path: str, hint: str) -> containers.Findings:
    """Yield a finding if the program answers 200 at `path` where no database answers.

    The probe runs the program once more, without a database, and prints the status last. A program that cannot be run so
    gets no finding: it may be written in another way.
    """
    probe = snapshot.probe(probe_id)
    if probe["ok"] and probe["stdout"].split()[-1:] == ["200"]:
        message = f"{path} of {name_of(deployment)} answers 200, also where no database answers."
        why = "Then the readinessProbe cannot fail: a Pod that has no database gets requests all the same."
        yield Finding(message, subject(deployment), f"GET {path} without a database", 503, 200, why, hint)


def row(snapshot: Snapshot, made: str, probe_id: str, table: str, hint: str) -> containers.Findings:
    """Yield a finding unless the table has the row that a request wrote (probe `made`, whose answer has its `id`)."""
    table_rows = rows(snapshot, probe_id, table)
    if isinstance(table_rows, Finding):
        yield table_rows
        return
    id, pod = body(snapshot, made).get("id"), snapshot.probe(probe_id)["pod"]
    if id not in table_rows[2]:
        message = f"Number {id} was answered, but the database in {pod} has no such row."
        yield Finding(message, f"pod/{pod}", f"table {table}", f"a row with the id {id}", table_rows[2][:10], "", hint)


def grew(snapshot: Snapshot, before: str, after: str, count: str, hint: str) -> containers.Findings:
    """Yield a finding unless the number under `count` is greater in the later answer than in the one before."""
    first, last = (body(snapshot, name).get(count, 0) for name in (before, after))
    if last <= first:
        message, path = f"One more was added, but the count of {count} did not grow.", snapshot.probe(after)["request"]
        yield Finding(message, "ingress", path, f"more than {first}", last, hint=hint)


def rows(snapshot: Snapshot, probe_id: str, table: str) -> tuple[int, float, list[int]] | Finding:
    """Return how many rows there are, when the first was written (seconds since 1970), and the last ones' numbers."""
    probe = snapshot.probe(probe_id)
    count, _, rest = probe["stdout"].strip().partition("|")
    first, _, numbers = rest.partition("|")
    if not probe["ok"] or not count.isdigit():
        pod = probe["pod"] or "the database’s Pod"
        why, hint = probe["error"] or probe["stderr"].strip(), "The log of the database’s Pod says how it is."
        message = f"The table {table} in {pod} cannot be read."
        return Finding(message, f"pod/{probe['pod']}", f"SELECT FROM {table}", "rows", why or "nothing", why, hint)
    return int(count), stored_rows.number(first) or 0.0, [int(part) for part in numbers.split(",") if part.isdecimal()]


def body(snapshot: Snapshot, probe_id: str) -> dict[str, Any]:
    """Return the JSON object in the answer to a request; {} if it is none."""
    return texts.json_object(snapshot.probe(probe_id)["body"])


def survived(snapshot: Snapshot, database: Json, probe_id: str, table: str) -> containers.Findings:
    """Yield a finding unless the first row was written before the database's Pod was created.

    Times of Pods are known to the second. A row of the same one was written before: no database answers that soon.
    """
    table_rows, pods = rows(snapshot, probe_id, table), snapshot.pods(owner=database)
    if isinstance(table_rows, Finding):
        yield table_rows
        return
    for pod in pods[:1]:
        name, made = name_of(pod), pod["metadata"]["creationTimestamp"]
        first = datetime.fromtimestamp(table_rows[1], UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if table_rows[1] else "none"
        if not table_rows[1] or seconds(first, made) < 0:
            message = f"The first row was written at {first}, and {name} was created at {made}: no row has survived a Pod yet."
            hint = f"See that there is a row, then `kubectl delete pod {name}`. Leave the claim where it is."
            why = _why_nothing_survived(snapshot, database, pod)
            yield Finding(message, subject(pod), "the first row", f"older than {made}", first, why, hint)


def _why_nothing_survived(snapshot: Snapshot, database: Json, pod: Json) -> str:
    made = database["metadata"]["creationTimestamp"]
    for name, claim in snapshot.of_kind("PersistentVolumeClaim").items():
        if name.endswith(name_of(pod)) and seconds(made, claim["metadata"]["creationTimestamp"]) > 2:
            return f"The claim {name} is younger than the StatefulSet: the old one was removed, and the rows with it."
    if restarts(pod):
        return "Its container was restarted, in the same Pod."
    return "No Pod of the database has been lost since the first row."
