"""The checks of lab 20: probes that check the right thing, and what they led to on the real cluster."""

from checks.labs import lab_20_outage as outage
from checks.labs.lab_20_outage import DATABASE, HARBOUR, LAST_WORDS, PROGRAM, REDIS
from checks.model import Finding
from checks.registry import check
from checks.snapshot import Snapshot
from checks.vocabulary import containers, objects, services, workloads
from checks.vocabulary.health_probes import (
    allows,
    asks_for,
    can_fail,
    cannot_fail,
    container,
    handler,
    is_about,
    lets_live,
    notices,
    place,
    port_of,
    probed,
    runs,
)
from checks.vocabulary.objects import name_of, subject

PODS = 2
# What the program needs to open, in seconds, and what it has to be given; how soon a hang has to be noticed.
PREPARES, GIVEN, NOTICED = 5, 20, 10
READY, LIVE, HANG = "/ready", "/live", "/hang"
LISTENS = 6379
REDIS_CLI, PING = "redis-cli", "ping"


@check(
    "database-probed",
    "The database is probed by a command and by a connection",
    points=2,
    hints=[
        "`kubectl explain pod.spec.containers.readinessProbe` lists what a probe can consist of.",
        "A `readinessProbe` with `exec`, a `livenessProbe` with `tcpSocket`; both go next to the container's `image`.",
        "`readinessProbe: {exec: {command: [redis-cli, ping]}}` and `livenessProbe: {tcpSocket: {port: 6379}}`, each "
        "with `periodSeconds: 2` if you like. Then `kubectl apply -f database.yaml`.",
    ],
)
def database_probed(snapshot: Snapshot) -> containers.Findings:
    hint = "Extend database.yaml, then `kubectl apply -f database.yaml`."
    yield from containers.first(
        objects.exists(snapshot, "Deployment", DATABASE, hint),
        _asked_by(snapshot, "readinessProbe", "exec", hint),
        _asked_by(snapshot, "livenessProbe", "tcpSocket", hint),
        _rolled_out(snapshot, DATABASE, 0),
    )


def _asked_by(snapshot: Snapshot, kind: str, wanted: str, hint: str) -> containers.Findings:
    deployment = snapshot.require("Deployment", DATABASE)
    why = "Without one it counts as ready at its start." if kind == "readinessProbe" else ""
    yield from probed(deployment, kind, why, hint, REDIS)
    probe = container(deployment, REDIS).get(kind)
    if probe and handler(probe) != wanted:
        message = f"The {kind} of {DATABASE} uses {handler(probe)}, not {wanted}."
        path = place(deployment, kind, REDIS)
        yield Finding(message, subject(deployment), path, wanted, handler(probe), hint=hint)
    elif probe and wanted == "tcpSocket" and (port := port_of(deployment, probe, REDIS)) != LISTENS:
        message = f"The {kind} of {DATABASE} opens a connection to port {port}, where Redis does not listen."
        path = f"{place(deployment, kind, REDIS)}.tcpSocket.port"
        yield Finding(message, subject(deployment), path, LISTENS, port, hint=hint)
    elif probe and wanted == "exec" and not runs(probe, REDIS_CLI, PING):
        command = " ".join(probe["exec"].get("command") or ())
        message, path = f"The {kind} of {DATABASE} does not ask the server.", place(deployment, kind, REDIS)
        yield Finding(message, subject(deployment), path, "redis-cli ping", command, "It tells nothing about Redis.", hint)
    else:
        yield from can_fail(deployment, kind, hint, REDIS)


def _rolled_out(snapshot: Snapshot, name: str, needs: float) -> containers.Findings:
    """Yield a finding unless all Pods run the template as it is now; one that its probes kill is told from one that is slow."""
    deployment = snapshot.require("Deployment", name)
    hint = f"`kubectl describe pods -l app={name}` ends with what the probes said."
    yield from containers.first(
        lets_live(snapshot, deployment, needs, "Does the probe check the right thing, at the right port?", LAST_WORDS),
        workloads.rolled_out(snapshot, deployment, hint),
    )


@check(
    "harbour-runs",
    "The Deployment harbour has two Pods, and they are ready",
    hints=[
        "`kubectl describe pods -l app=harbour` ends with what the probes said, and `RESTARTS` tells whether they had "
        "any Pod killed.",
        "A Pod that is killed before it has opened needs a startupProbe. One that is never ready may miss the "
        "database, or be probed at a wrong port: the program listens on 8000.",
        "`kubectl apply -f program.yaml -f database.yaml -f harbour.yaml`, and `kubectl scale deployment database "
        "--replicas=1` where the database is away.",
    ],
)
def harbour_runs(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl apply -f program.yaml -f harbour.yaml`, then `kubectl describe pods -l app=harbour`."
    yield from containers.first(
        objects.exists(snapshot, "Deployment", HARBOUR, hint),
        _replicas(snapshot, hint),
        _rolled_out(snapshot, HARBOUR, PREPARES),
    )


def _replicas(snapshot: Snapshot, hint: str) -> containers.Findings:
    yield from workloads.replicas(snapshot.require("Deployment", HARBOUR), PODS, hint)


@check(
    "readiness",
    "harbour counts as ready only while its database answers",
    points=2,
    needs=["harbour-runs"],
    hints=[
        "The program has a path that answers exactly this question.",
        "A `readinessProbe` with `httpGet`, which has a `path` and a `port`.",
        "`readinessProbe: {httpGet: {path: /ready, port: 8000}, periodSeconds: 1, failureThreshold: 2}`",
    ],
)
def readiness(snapshot: Snapshot) -> containers.Findings:
    deployment = snapshot.require("Deployment", HARBOUR)
    hint = "Add to harbour.yaml a readinessProbe that requests /ready on port 8000, and apply it."
    kind = "readinessProbe"
    probe, path = container(deployment, PROGRAM).get(kind), place(deployment, kind, PROGRAM)
    pods = workloads.newest_pods(snapshot, deployment)
    soon = [f"{name_of(pod)} counted as ready {outage.ready_after(pod):.0f} s after its start." for pod in pods[:1]]
    yield from probed(deployment, kind, " ".join(soon), hint, PROGRAM)
    if probe and not is_about(probe, READY):
        asked = asks_for(probe)
        message = f"The readinessProbe of {HARBOUR} requests {asked}, which says nothing about the database."
        yield Finding(message, subject(deployment), path, READY, asked, hint=hint)
    yield from can_fail(deployment, kind, hint, PROGRAM)


@check(
    "starts-in-peace",
    "harbour gets 20 seconds to start before it is killed",
    needs=["harbour-runs"],
    hints=[
        "There is a third probe, only for the time of the start.",
        "A `startupProbe` gives `periodSeconds` × `failureThreshold` seconds, and ends as soon as it succeeds.",
        "`startupProbe: {httpGet: {path: /live, port: 8000}, periodSeconds: 1, failureThreshold: 30}`",
    ],
)
def starts_in_peace(snapshot: Snapshot) -> containers.Findings:
    deployment = snapshot.require("Deployment", HARBOUR)
    hint = "A startupProbe with `periodSeconds: 1` and `failureThreshold: 30` gives thirty seconds, and wastes none."
    delay = (container(deployment, PROGRAM).get("livenessProbe") or {}).get("initialDelaySeconds", 0)
    why = f"The livenessProbe waits for {delay} s instead, even if the program is up after {PREPARES}." if delay else ""
    yield from probed(deployment, "startupProbe", why, hint, PROGRAM)
    probe = container(deployment, PROGRAM).get("startupProbe")
    if probe and allows(probe) < GIVEN:
        message = f"The startupProbe of {HARBOUR} gives {allows(probe):.0f} s, not {GIVEN}."
        path, why = (
            place(deployment, "startupProbe", PROGRAM),
            "On a slow day the program would be killed while it starts.",
        )
        yield Finding(message, subject(deployment), path, f"{GIVEN} s at least", f"{allows(probe):.0f} s", why, hint)
    yield from can_fail(deployment, "startupProbe", hint, PROGRAM)


@check(
    "liveness-own",
    "The livenessProbe of harbour checks only its own process",
    points=2,
    needs=["harbour-runs"],
    hints=[
        "When the probe fails, the container is restarted. Which faults does a restart of *this* program cure?",
        "The path /live answers as long as the process can answer. A hang must be noticed after ten seconds at the "
        "latest, `periodSeconds` × `failureThreshold`.",
        "`livenessProbe: {httpGet: {path: /live, port: 8000}, periodSeconds: 2, failureThreshold: 2}`",
    ],
)
def liveness_own(snapshot: Snapshot) -> containers.Findings:
    deployment = snapshot.require("Deployment", HARBOUR)
    hint = "Add to harbour.yaml a livenessProbe that requests /live on port 8000, every two seconds for example."
    kind = "livenessProbe"
    yield from probed(deployment, kind, "A process that hangs would hang until someone notices.", hint, PROGRAM)
    probe, path = container(deployment, PROGRAM).get(kind), place(deployment, kind, PROGRAM)
    if not probe:
        return
    if is_about(probe, READY):
        message = f"The livenessProbe of {HARBOUR} requests {READY}, which depends on the database."
        why = "When the database is away, every Pod is restarted again and again, which does not help the database."
        yield Finding(message, subject(deployment), path, LIVE, READY, why, hint)
    elif handler(probe) == "tcpSocket":
        message = f"The livenessProbe of {HARBOUR} opens a connection, and a process that hangs still gets these."
        why = "The kernel accepts connections for it, so the probe does not notice that nothing reads them."
        yield Finding(message, subject(deployment), path, f"httpGet {LIVE}", "tcpSocket", why, hint)
    # With a query, the program answers with its front page, which hangs just as /live does.
    elif not is_about(probe, LIVE) and not asks_for(probe).startswith(f"{LIVE}?"):
        message = f"The livenessProbe of {HARBOUR} does not request {LIVE}."
        why = "Whatever else it looks at is there as well while the process hangs."
        yield Finding(message, subject(deployment), path, LIVE, probe.get(handler(probe)), why, hint)
    elif reason := cannot_fail(probe):
        yield Finding(
            f"The livenessProbe of {HARBOUR} cannot fail.", subject(deployment), path, LIVE, probe["exec"], reason, hint
        )
    elif (long := notices(probe)) > NOTICED:
        message = f"The livenessProbe of {HARBOUR} notices a hang after {long:.0f} s, not after {NOTICED}."
        yield Finding(message, subject(deployment), path, f"{NOTICED} s at most", f"{long:.0f} s", hint=hint)


@check(
    "drops-and-returns",
    "harbour went without visitors while the database was away, and came back without a restart",
    points=3,
    needs=["readiness", "database-probed"],
    hints=[
        "`kubectl scale deployment database --replicas=0` takes the database away, `--replicas=1` brings it back.",
        "Wait in between until `kubectl get pods -l app=harbour` shows 0/1, that is, until the readinessProbe has "
        "failed often enough.",
        "`kubectl scale deployment database --replicas=0`, `kubectl wait --for=condition=Ready=false pod -l "
        "app=harbour`, then `kubectl scale deployment database --replicas=1`.",
    ],
)
def drops_and_returns(snapshot: Snapshot) -> containers.Findings:
    hint = "Scale the database to 0, wait until harbour's Pods are not ready, scale it to 1 again. Do not touch harbour."
    service = snapshot.object("Service", HARBOUR)
    yield from containers.first(
        objects.exists(snapshot, "Service", HARBOUR, "It is in harbour.yaml: apply that."),
        services.endpoints(snapshot, service, "`kubectl get endpointslices`", PODS) if service else (),
        outage.has_been_away(snapshot, hint),
    )


@check(
    "hung-restarted",
    "A process of harbour that hung was started again by its liveness probe",
    points=2,
    needs=["liveness-own"],
    hints=[
        "`kubectl get pods -l app=harbour` shows the restarts. A request to /hang makes the process that gets it hang.",
        "From inside a Pod, the program is at http://localhost:8000/. Python can ask: `urllib.request.urlopen`. It "
        "gets no answer, so give it a timeout.",
        '`kubectl exec deployment/harbour -- timeout 2 python3 -c "import urllib.request; '
        "urllib.request.urlopen('http://localhost:8000/hang')\"`",
    ],
)
def hung_restarted(snapshot: Snapshot) -> containers.Findings:
    deployment, restarts = snapshot.require("Deployment", HARBOUR), []
    for pod in workloads.newest_pods(snapshot, deployment):
        for status in (pod.get("status") or {}).get("containerStatuses") or ():
            ended = (status.get("lastState") or {}).get("terminated") or {}
            if LAST_WORDS in str(ended.get("message")):
                return
            end = f", ended with exit code {ended.get('exitCode')}" if ended else ""
            restarts.append(f"{name_of(pod)}: restarted {status.get('restartCount', 0)} times{end}")
    message = f"No process of {HARBOUR} has hung and been started again yet."
    why = "A restart of another kind leaves no last words of it; a Pod that was replaced has none at all."
    hint = "Ask one of the Pods for /hang, and wait some seconds."
    yield Finding(message, subject(deployment), "lastState.terminated.message", LAST_WORDS, restarts, why, hint)
