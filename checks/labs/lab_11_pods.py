"""The checks of lab 11: a Pod that runs as described and can be looked into, one with a sidecar, and one that is prepared."""

import re
from dataclasses import replace

from checks.labs import lab_11_herald
from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.times import ago
from checks.vocabulary import containers, objects, pods
from checks.vocabulary.objects import container_of, container_status, image_name, quantity, subject

WEB, NGINX, IMAGE = "web", "nginx", "nginx:1.26"
LABELS = {"app": "harbour", "tier": "web"}
REQUESTS, LIMITS = {"cpu": "100m", "memory": "64Mi"}, {"memory": "128Mi"}
PORT, PORT_NAME = 80, "http"
PAGE, ASKED = "Harbour open", "/hello/forwarded"
HARBOUR, WATCH, WATCH_IMAGE = "harbour", "watch", "busybox:1.35"
CLOCK = re.compile(r"\d\d:\d\d:\d\d")
# How far the page may lag behind, and what time zones are apart by, in seconds.
FRESH, ZONES = 4, 900
# How long a container that has just started may take until it does its work, in seconds: a busy node is slow.
YOUNG = 10
AGAIN = "Change web.yaml, then `kubectl delete pod web` and `kubectl apply -f web.yaml`."


@check(
    "web-ready",
    "The Pod web is ready and runs nginx:1.26",
    points=2,
    hints=[
        "`kubectl describe pod web` ends with the events: who tried what, and why it did not work.",
        "FailedScheduling is about `resources.requests` in web.yaml, a failed pull about `image`. `apply` cannot change "
        "the requests of an existing Pod: delete the Pod first.",
        "In web.yaml: `image: nginx:1.26` and `cpu: 100m`. Then `kubectl delete pod web` and `kubectl apply -f web.yaml`.",
    ],
)
def web_ready(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl describe pod web` shows its state and, at the end, its events."
    create = "`kubectl apply -f web.yaml` creates it."
    yield from containers.first(pods.runs(snapshot, WEB, hint, create), _runs_image(snapshot, WEB, NGINX, IMAGE, AGAIN))


def _runs_image(snapshot: Snapshot, pod: str, container: str, reference: str, hint: str) -> containers.Findings:
    """Yield a finding unless the Pod has a container of this name, made from this image."""
    item = snapshot.pod(pod)
    if item is None:
        return
    wanted, status = container_of(item, container), container_status(item, container)
    if wanted is None:
        names = [
            container_spec["name"] for container_spec in [*item["spec"]["containers"], *item["spec"].get("initContainers", ())]
        ]
        message = f"The Pod {pod} has no container called {container}."
        yield Finding(message, subject(item), "spec.containers[].name", container, names, hint=hint)
    elif image_name(status.get("image") or wanted["image"]) != image_name(reference):
        message = f"The container {container} of {pod} runs {wanted['image']}, not {reference}."
        yield Finding(message, subject(item), f"spec.containers[{container}].image", reference, wanted["image"], hint=hint)


@check(
    "web-labelled",
    "The Pod web has the labels app=harbour and tier=web",
    needs=["web-ready"],
    hints=[
        "`kubectl get pods --show-labels` shows its labels.",
        "Labels are under `metadata.labels`, each as a name and a value.",
        "Under metadata: `labels:`, and in it `app: harbour` and `tier: web`. Unlike most fields of a Pod, labels can also be "
        "changed while it runs: `kubectl label pod web app=harbour tier=web`.",
    ],
)
def web_labelled(snapshot: Snapshot) -> containers.Findings:
    yield from objects.labelled(snapshot.require("Pod", WEB), LABELS, "`kubectl label pod web app=harbour tier=web` sets them.")


@check(
    "web-resources",
    "web requests 100m CPU and 64Mi memory, and is limited to 128Mi",
    points=2,
    needs=["web-ready"],
    hints=[
        "`kubectl get pod web -o jsonpath='{.spec.containers[0].resources}'` shows what it requests.",
        "`requests` is what the scheduler must find, `limits` what the container may not exceed. Both are under the "
        "container's `resources`.",
        "Under `resources`: `requests:` with `cpu: 100m` and `memory: 64Mi`, and `limits:` with `memory: 128Mi`. Delete the "
        "Pod and apply the file again.",
    ],
)
def web_resources(snapshot: Snapshot) -> containers.Findings:
    pod = snapshot.require("Pod", WEB)
    resources = (container_of(pod, NGINX) or {}).get("resources") or {}
    for kind, wanted in (("requests", REQUESTS), ("limits", LIMITS)):
        for name, amount in wanted.items():
            yield from _amount(pod, kind, name, amount, (resources.get(kind) or {}).get(name))


def _amount(pod: Json, kind: str, name: str, wanted: str, observed: str | None) -> containers.Findings:
    if observed is not None and quantity(observed) == quantity(wanted):
        return
    words = {"requests": "requests", "limits": "is limited to"}[kind]
    message = f"The container {NGINX} {words} {observed}, not {wanted} of {name}."
    if observed is None:
        message = f"The container {NGINX} has no {name} under {kind}."
    why = f"The cluster puts the Pod into the class {pod['status'].get('qosClass', 'unknown')}."
    yield Finding(message, subject(pod), f"resources.{kind}.{name}", wanted, observed, why, AGAIN, cost=1)


@check(
    "web-port",
    "The port on which nginx listens is called http",
    needs=["web-ready"],
    hints=[
        "A container's `ports` say which ports it listens on, and can give each a name.",
        "Anything that refers to `http` later uses the number given there. nginx listens on 80, whatever the file says.",
        "Under the container: `ports:`, and in it `- name: http` with `containerPort: 80`. Delete the Pod and apply again.",
    ],
)
def web_port(snapshot: Snapshot) -> containers.Findings:
    pod = snapshot.require("Pod", WEB)
    ports = (container_of(pod, NGINX) or {}).get("ports") or []
    numbers = {port.get("name"): port["containerPort"] for port in ports}
    if numbers.get(PORT_NAME) == PORT:
        return
    observed = [f"{port.get('name', 'without a name')}: {port['containerPort']}" for port in ports]
    message, why = f"No port of the container {NGINX} is called {PORT_NAME}.", ""
    if PORT_NAME in numbers:
        message = f"The port called {PORT_NAME} is {numbers[PORT_NAME]}, and nginx does not listen there."
        why = "containerPort opens nothing and moves nothing. Anything that uses the name is sent to a closed port."
        if snapshot.probe("home")["ok"]:
            why += f" On port {PORT} it answers."
    yield Finding(message, subject(pod), "spec.containers[nginx].ports", f"{PORT_NAME}: {PORT}", observed, why, AGAIN)


@check(
    "web-page",
    "web answers with “Harbour open”",
    needs=["web-ready"],
    hints=[
        "`kubectl exec web -- COMMAND` runs a command in the container. A redirection needs a shell *in* the container.",
        "nginx answers to / with the file /usr/share/nginx/html/index.html.",
        "`kubectl exec web -- sh -c 'echo \"Harbour open\" > /usr/share/nginx/html/index.html'`",
    ],
)
def web_page(snapshot: Snapshot) -> containers.Findings:
    hint = "Write the file with `kubectl exec web -- sh -c '…'`. A new container of the Pod starts without it."
    for finding in objects.answers(snapshot, "home", subject(snapshot.require("Pod", WEB)), PAGE, hint):
        status = container_status(snapshot.require("Pod", WEB), NGINX)
        restarts = status.get("restartCount", 0)
        why = f"The container was started again {restarts} time{'s' if restarts > 1 else ''}; what its predecessor wrote is gone."
        yield Finding(**{**vars(finding), "why": why if restarts and not finding.why else finding.why})


@check(
    "web-asked",
    "web has received a request for /hello/forwarded",
    needs=["web-ready"],
    hints=[
        "Port forwarding connects a port of this machine to the Pod, as long as the command runs.",
        "While `kubectl port-forward pod/web 8011:80` runs, http://localhost:8011/ is the Pod's port 80.",
        "`kubectl port-forward pod/web 8011:80 >/dev/null &`, a moment later `curl http://localhost:8011/hello/forwarded`, "
        "then `kill %1`.",
    ],
)
def web_asked(snapshot: Snapshot) -> containers.Findings:
    hint = "Start `kubectl port-forward pod/web 8011:80`, then request http://localhost:8011/hello/forwarded."
    message = f"web has received no request for {ASKED} yet, as far as its log goes."
    yield from objects.printed(snapshot, "requests", "pod/web", ASKED, hint, message[:1].upper() + message[1:])


@check(
    "harbour-ready",
    "The Pod harbour is ready with its containers nginx and watch",
    hints=[
        "A sidecar is an entry of the list `initContainers`, with its own name, image and command.",
        "`kubectl describe pod harbour` shows each container with its state. An existing Pod keeps its list of "
        "containers: delete it before you apply.",
        "Under `initContainers` an entry `- name: watch` with `image: busybox:1.35`, `restartPolicy: Always`, `command` and "
        "`volumeMounts`. Then `kubectl delete pod harbour` and `kubectl apply -f harbour.yaml`.",
    ],
)
def harbour_ready(snapshot: Snapshot) -> containers.Findings:
    hint = "Extend harbour.yaml, `kubectl delete pod harbour --ignore-not-found`, `kubectl apply -f harbour.yaml`."
    yield from containers.first(
        objects.exists(snapshot, "Pod", HARBOUR, hint),
        _has_containers(snapshot, hint),
        _runs_image(snapshot, HARBOUR, WATCH, WATCH_IMAGE, hint),
        pods.runs(snapshot, HARBOUR, "`kubectl describe pod harbour` shows state and events."),
    )


def _has_containers(snapshot: Snapshot, hint: str) -> containers.Findings:
    pod = snapshot.require("Pod", HARBOUR)
    for name in (NGINX, WATCH):
        if container_of(pod, name) is None:
            present = [container["name"] for container in [*pod["spec"]["containers"], *pod["spec"].get("initContainers", ())]]
            elsewhere = [subject(item) for item in snapshot.pods() if item is not pod and container_of(item, name)]
            two = "two Pods share neither a volume of this kind nor localhost."
            why = f"One of that name is in {elsewhere[0]}: {two}" if elsewhere else ""
            message = f"The Pod {HARBOUR} has no container called {name}."
            yield Finding(message, subject(pod), "spec.containers", name, present, why, hint)


@check(
    "harbour-page",
    "The page of harbour shows the time, updated each second",
    points=3,
    needs=["harbour-ready"],
    hints=[
        "Both containers mount the volume, each at the path where it needs it. `kubectl exec harbour -c nginx -- ls "
        "/usr/share/nginx/html` shows what nginx sees.",
        "The volume is declared once, under `spec.volumes` with a name; each container mounts it under `volumeMounts` by "
        "that name: nginx at /usr/share/nginx/html, watch at /page.",
        "`volumes:` with `- name: page` and `emptyDir: {}`; in each container `volumeMounts:` with `- name: page` and its "
        "`mountPath`. Delete the Pod and apply the file again.",
    ],
)
def harbour_page(snapshot: Snapshot) -> containers.Findings:
    hint = "Mount one volume in both: in nginx at /usr/share/nginx/html, in watch at /page."
    where = subject(snapshot.require("Pod", HARBOUR))
    yield from containers.first(
        _shows_time(snapshot, where, hint),
        objects.printed(snapshot, "inside-look", where, PAGE, "From inside watch: `wget -q -O - http://localhost:80/`."),
        _moves(snapshot, where, hint),
    )


def _shows_time(snapshot: Snapshot, where: str, hint: str) -> containers.Findings:
    probe = snapshot.probe("look")
    served = probe["ok"] and probe["status"] in (403, 404)
    if probe["ok"] and (served or PAGE not in probe["body"]):
        pod = snapshot.require("Pod", HARBOUR)
        observed = [f"{name}: {_mounts(pod, name)}" for name in (NGINX, WATCH)]
        why = f"nginx answers with status {probe['status']} and something else: what {WATCH} writes does not reach it."
        # A Pod can be ready before the first second of its loop is over.
        young = running(snapshot, pod, WATCH) <= YOUNG
        message = "nginx does not serve the page that watch writes."
        yield Finding(message, where, "volumeMounts", PAGE, observed, why, hint, waiting=young)
        return
    # Without a readiness probe, a Pod is ready before nginx listens.
    young = running(snapshot, snapshot.require("Pod", HARBOUR), NGINX) <= YOUNG
    for finding in objects.answers(snapshot, "look", where, PAGE, hint):
        yield replace(finding, waiting=finding.waiting or young)


def _mounts(pod: Json, container: str) -> str:
    mounts = (container_of(pod, container) or {}).get("volumeMounts") or ()
    own = [f"{mount['name']} at {mount['mountPath']}" for mount in mounts if "serviceaccount" not in mount["mountPath"]]
    return ", ".join(own) or "nothing mounted"


def _moves(snapshot: Snapshot, where: str, hint: str) -> containers.Findings:
    """Yield a finding unless the page shows the current time: it was just written. (The time zone does not matter.)"""
    body, now = snapshot.probe("look")["body"], snapshot.taken[11:19]
    shown = "".join(CLOCK.findall(body)[:1])
    message, why = "The page shows no time.", "What watch writes must contain it: `$(date +%T)`, in a shell."
    if shown:
        apart = (_second(now) - _second(shown)) % ZONES
        if min(apart, ZONES - apart) <= FRESH and running(snapshot, snapshot.require("Pod", HARBOUR), WATCH) > FRESH:
            return
        message = f"The page does not change: it shows {shown}, and it is {now}."
        why = "The command of watch must write repeatedly: a loop with a pause of a second."
    young = running(snapshot, snapshot.require("Pod", HARBOUR), WATCH) <= FRESH
    yield Finding(message, where, "GET /", "the time of now", body.strip()[:200], why, hint, waiting=young)


def _second(clock: str) -> int:
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def running(snapshot: Snapshot, pod: Json, container: str) -> float:
    """Return how long a container has been running, in seconds."""
    state = (container_status(pod, container).get("state") or {}).get("running") or {}
    return ago(state.get("startedAt"), snapshot.taken)


@check(
    "herald-prepared",
    "herald starts after an init container has prepared its file",
    points=2,
    hints=[
        "`kubectl logs herald --previous` shows what the container printed before it ended.",
        "An init container is an entry of the list `initContainers` in the Pod's `spec`. It mounts the same volume, writes the "
        "file, and ends.",
        "`initContainers:` with `- name: prepare`, `image: busybox:1.35`, `command: [sh, -c, 'echo Albatross > /plan/first']` "
        "and the same `volumeMounts` as herald. Then `kubectl delete pod herald` and `kubectl apply -f herald.yaml`.",
    ],
)
def herald_prepared(snapshot: Snapshot) -> containers.Findings:
    yield from lab_11_herald.prepared(snapshot)
