"""The scene of a cluster: Pods on their nodes, Ingresses, Services with their endpoints, claims and volumes."""

from checks.render import words
from checks.render.scene import Link, Scene, Thing, mark_unused, titled
from checks.snapshot import Json, Snapshot
from checks.vocabulary.objects import condition, name_of
from checks.vocabulary.pods import restarts, trouble_of
from checks.vocabulary.services import slices

MOST_PODS = 40
KINDS = ("Pod", "Ingress", "Service", "EndpointSlice", "Node", "PersistentVolumeClaim", "PersistentVolume")
UNUSED = {"claim": "no Pod uses it", "volume": "no claim uses it"}
ROLE = "node-role.kubernetes.io/"


def build(snapshot: Snapshot) -> Scene:
    """Build the scene for the snapshot of a cluster, with a remark for each kind that could not be collected."""
    scene = Scene()
    for name, node in sorted(snapshot.objects.get("Node", {}).items()):
        scene.add(f"node/{name}", _node(name, node))
    pods = sorted(snapshot.objects.get("Pod", {}).items())
    for key, pod in pods[:MOST_PODS]:
        _pod(scene, snapshot, key, pod)
    if (left_out := len(pods) - MOST_PODS) > 0:
        scene.remarks.append(f"{left_out} more Pods are not shown.")
    for key, daemon_set in sorted(snapshot.objects.get("DaemonSet", {}).items()):
        _daemon_set(scene, snapshot, key, daemon_set)
    for key, service in sorted(snapshot.objects.get("Service", {}).items()):
        _service(scene, snapshot, key, service)
    for key, ingress in sorted(snapshot.objects.get("Ingress", {}).items()):
        _ingress(scene, key, ingress)
    for key, claim in sorted(snapshot.objects.get("PersistentVolumeClaim", {}).items()):
        _claim(scene, key, claim)
    for name, volume in sorted(snapshot.objects.get("PersistentVolume", {}).items()):
        scene.add(f"volume/{name}", _volume(name, volume))
    mark_unused(scene, UNUSED)
    missing = [kind for kind in KINDS if kind in snapshot.errors]
    scene.remarks += [f"The {kind}s could not be collected: {words.prose(snapshot.errors[kind])}." for kind in missing]
    return scene


def _node(name: str, node: Json) -> Thing:
    roles = [label.removeprefix(ROLE) for label in node["metadata"].get("labels") or () if label.startswith(ROLE)]
    notes, ready = [words.name(role) for role in sorted(roles)], condition(node, "Ready").get("status") == "True"
    if (node.get("spec") or {}).get("unschedulable"):
        notes.append("cordoned: no new Pods")
    return Thing("node", titled(name), (*notes, *(() if ready else ("not ready",))), "network" if ready else "bad")


def pod_state(snapshot: Snapshot, pod: Json) -> tuple[str, str]:
    """Return the state of a Pod as text, and its tone."""
    status = pod.get("status") or {}
    if status.get("phase") == "Succeeded":
        return "completed, exit code 0", "still"
    trouble = trouble_of(snapshot, pod)
    count = restarts(pod)
    again = f", restarted {words.count(count, 'time')}" if count else ""
    if trouble is None:
        return f"ready{again}", "good"
    return f"{words.name(pod_reason(pod))}{again}", "busy" if trouble.waiting else "bad"


def pod_reason(pod: Json) -> str:
    """Return the word that kubectl shows under STATUS for a Pod that is not ready."""
    status = pod.get("status") or {}
    if pod["metadata"].get("deletionTimestamp"):
        return "terminating"
    for container in [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]:
        state = container.get("state") or {}
        for reason in ((state.get("waiting") or {}).get("reason"), (state.get("terminated") or {}).get("reason")):
            if reason and reason != "Completed":
                return str(reason)
    placed = condition(pod, "PodScheduled")
    if placed.get("status") == "False":
        return str(placed.get("reason") or "not scheduled")
    if condition(pod, "Ready").get("status") == "True":
        return "restarted just now"
    return "not ready" if status.get("phase") == "Running" else str(status.get("reason") or status.get("phase") or "no status")


def _pod(scene: Scene, snapshot: Snapshot, key: str, pod: Json) -> None:
    state, tone = pod_state(snapshot, pod)
    name, spec = pod["metadata"]["name"], pod.get("spec") or {}
    count = len(spec.get("containers") or ())
    notes = [state, *([words.count(count, "container")] if count > 1 else [])]
    node = spec.get("nodeName")
    place = scene.add(f"node/{node}", Thing("node", titled(node), ("this node does not exist",), "bad")) if node else ""
    here = scene.add(f"pod/{key}", Thing("pod", titled(name), tuple(notes), tone, place))
    mounts = [mount for container in spec.get("containers") or () for mount in container.get("volumeMounts") or ()]
    for volume in spec.get("volumes") or ():
        if target := _source(scene, pod, volume, place):
            paths = dict.fromkeys(mount["mountPath"] for mount in mounts if mount["name"] == volume["name"])
            scene.links.append(Link(here, target, titled(", ".join(paths)) if paths else ""))


def _source(scene: Scene, pod: Json, volume: Json, place: str) -> str:
    """Add the object behind a volume of a Pod, and return its key; empty for the volumes that every Pod has.

    `place` is the key of the Pod's node: each node has its own folder at the path of a hostPath volume.
    """
    if claim := (volume.get("persistentVolumeClaim") or {}).get("claimName"):
        return scene.add(f"claim/{claim}", Thing("claim", titled(claim), ("this claim does not exist",), "bad"))
    if "emptyDir" in volume:
        return scene.add(f"memory/{name_of(pod)}/{volume['name']}", Thing("memory", titled(volume["name"]), ("emptyDir",)))
    if path := (volume.get("hostPath") or {}).get("path"):
        return scene.add(f"folder/{place}{path}", Thing("folder", titled(path), ("on this node",), inside=place))
    for kind, field in (("configMap", "name"), ("secret", "secretName")):
        if (source := (volume.get(kind) or {}).get(field)) and source != "kube-root-ca.crt":
            note = {"configMap": "ConfigMap", "secret": "Secret"}[kind]
            return scene.add(f"folder/{kind}/{source}", Thing("folder", titled(source), (note,)))
    return ""


def _daemon_set(scene: Scene, snapshot: Snapshot, key: str, daemon_set: Json) -> None:
    """Add a DaemonSet with links to its Pods, and with the number of nodes on which it is wanted and ready."""
    status = daemon_set.get("status") or {}
    ready, wanted = status.get("numberReady", 0), status.get("desiredNumberScheduled", 0)
    notes = (f"ready on {ready} of {words.count(wanted, 'node')}",)
    tone = "good" if ready == wanted else "busy"
    here = scene.add(f"daemonset/{key}", Thing("daemonset", titled(name_of(daemon_set)), notes, tone))
    uid = daemon_set["metadata"].get("uid")
    for pod_key, pod in sorted(snapshot.objects.get("Pod", {}).items()):
        owned = any(owner.get("uid") == uid for owner in pod["metadata"].get("ownerReferences") or ())
        if owned and f"pod/{pod_key}" in scene.things:
            scene.links.append(Link(here, f"pod/{pod_key}"))


def _service(scene: Scene, snapshot: Snapshot, key: str, service: Json) -> None:
    spec = service["spec"]
    ports = ", ".join(_port(port) for port in spec.get("ports") or ())
    kind = spec.get("type", "ClusterIP")
    address = "headless" if spec.get("clusterIP") == "None" else kind
    notes = [note for note in (address, f"port {ports}" if ports else "") if note]
    here = scene.add(f"service/{key}", Thing("service", titled(service["metadata"]["name"]), tuple(notes), "port"))
    if "EndpointSlice" not in snapshot.objects:
        return
    namespace = service["metadata"].get("namespace", "")
    for endpoints in slices(snapshot, service):
        inner = ", ".join(str(port.get("port")) for port in endpoints.get("ports") or ())
        for endpoint in endpoints.get("endpoints") or ():
            pod = (endpoint.get("targetRef") or {}).get("name", "")
            target = next((known for known in (f"pod/{pod}", f"pod/{namespace}/{pod}") if known in scene.things), None)
            if target:
                is_open = (endpoint.get("conditions") or {}).get("ready", True)
                scene.links.append(Link(here, target, inner, bool(is_open)))


def _ingress(scene: Scene, key: str, ingress: Json) -> None:
    """Add an Ingress, and for each host and path its Service, even if the Service does not exist."""
    spec, (namespace, slash, _) = ingress.get("spec") or {}, key.rpartition("/")
    kind = spec.get("ingressClassName")
    hosts = [titled(host) for entry in spec.get("tls") or () for host in entry.get("hosts") or ()]
    notes = [f"class {words.name(kind)}" if kind else "no class", *([f"TLS for {', '.join(hosts)}"] if hosts else [])]
    here = scene.add(f"ingress/{key}", Thing("ingress", titled(name_of(ingress)), tuple(notes)))
    routes = [("default backend", spec.get("defaultBackend") or {})]
    for rule in spec.get("rules") or ():
        for path in (rule.get("http") or {}).get("paths") or ():
            routes.append((f"{rule.get('host') or 'any host'}{path.get('path') or '/'}", path.get("backend") or {}))
    for route, backend in routes:
        if service := (backend.get("service") or {}).get("name"):
            missing = Thing("service", titled(service), ("this Service does not exist",), "bad")
            target = scene.add(f"service/{namespace}{slash}{service}", missing)
            scene.links.append(Link(here, target, titled(route), scene.things[target].tone != "bad"))


def _port(port: Json) -> str:
    outside = f" (node port {port['nodePort']})" if port.get("nodePort") else ""
    return f"{port.get('port')}{outside}"


def _claim(scene: Scene, key: str, claim: Json) -> None:
    phase = (claim.get("status") or {}).get("phase", "no status")
    thing = Thing("claim", titled(claim["metadata"]["name"]), (words.name(phase),), "volume" if phase == "Bound" else "busy")
    here = f"claim/{key}"
    scene.things[here] = thing  # replaces the placeholder of a Pod that names it
    if volume := (claim.get("spec") or {}).get("volumeName"):
        target = scene.add(f"volume/{volume}", Thing("volume", titled(volume)))
        scene.links.append(Link(here, target))


def _volume(name: str, volume: Json) -> Thing:
    phase = (volume.get("status") or {}).get("phase", "no status")
    size = ((volume.get("spec") or {}).get("capacity") or {}).get("storage", "")
    return Thing("volume", titled(name), tuple(words.name(text) for text in (size, phase) if text))
