"""The checks of lab 25: two versions at once, served API versions, and what evictions and scarcity may take away."""

from checks.labs import lab_25_manifests as manifests
from checks.labs import lab_25_places as places
from checks.labs import lab_25_switch as switch
from checks.labs.lab_25_places import IDLE, RESCUE, SWEEPERS, URGENT
from checks.model import Finding
from checks.registry import check
from checks.snapshot import Snapshot
from checks.vocabulary import containers, objects, pods, services, workloads
from checks.vocabulary.objects import subject

BLUE, GREEN, BOARD = "board-blue", "board-green", "board"
FERRIES, VISITOR = "ferries", "visitor"
LANTERN, SWEEP, SCHEDULE = "lantern", "sweep", "30 2 * * *"
PILOTS, COUNT = "pilots", 4
LEAST = 2
VALUES = {IDLE: -200, URGENT: -100}
COMES = "`kubectl apply -f board.yaml` creates it. A visitor that has ended is deleted first: `kubectl delete pod visitor`."


@check(
    "two-colors",
    "board-blue and board-green run side by side",
    hints=[
        "Both are Deployments, each with Pods of its own. What tells the Pods of one from those of the other?",
        "Copy the Deployment of board.yaml to a new file. The name, the label `color` (in the selector and in the template) and "
        "the value of COLOR change.",
        "`sed 's/blue/green/' board.yaml` prints the file with another color. Keep its Deployment `board-green` only, and "
        "apply it. The Service stays as it is for now.",
    ],
)
def two_colors(snapshot: Snapshot) -> containers.Findings:
    hint = "A Deployment board-green like board-blue, with green for blue in the label color and in COLOR."
    for name in (BLUE, GREEN):
        yield from objects.exists(snapshot, "Deployment", name, hint if name == GREEN else "`kubectl apply -f board.yaml`")
    if snapshot.object("Deployment", BLUE) and snapshot.object("Deployment", GREEN):
        yield from containers.first(_both_run(snapshot), _green_answers(snapshot))


def _both_run(snapshot: Snapshot) -> containers.Findings:
    for name in (BLUE, GREEN):
        deployment = snapshot.require("Deployment", name)
        asked = deployment["spec"].get("replicas", 1)
        if asked < LEAST:
            message, hint = f"{name} is set to {asked} replicas, not {LEAST}.", f"`kubectl scale deployment {name} --replicas=2`"
            yield Finding(message, subject(deployment), "spec.replicas", LEAST, asked, hint=hint)
        else:
            yield from workloads.rolled_out(snapshot, deployment, f"`kubectl describe deployment {name}` ends with its events.")


def _green_answers(snapshot: Snapshot) -> containers.Findings:
    hint, where = "Set COLOR to green in the template of board-green.", f"deployment/{GREEN}"
    yield from containers.first(
        objects.answers(snapshot, "green", where, "", hint), switch.answers_as(snapshot, "green", switch.GREEN, where, hint)
    )


@check(
    "switched",
    "The visitor saw the switch to green at once, and the way back",
    points=3,
    needs=["two-colors"],
    hints=[
        "`kubectl logs visitor --tail=20` shows which color answered, second by second.",
        "One field of the Service decides which Pods get the requests. Change it when all Pods of green are ready, read the "
        "log for a few seconds, and change it back.",
        '`kubectl patch service board -p \'{"spec": {"selector": {"color": "green"}}}\'`, wait for three lines with green '
        "alone, then the same with blue.",
    ],
)
def switched(snapshot: Snapshot) -> containers.Findings:
    hint = "Change the selector of the Service board to green while the visitor runs, and back to blue some seconds later."
    yield from switch.switched_back(snapshot, hint)


@check(
    "blue-serves",
    "Only blue answers at the Service board now",
    needs=["two-colors"],
    hints=[
        "`kubectl get endpointslices -l kubernetes.io/service-name=board` shows the addresses behind the Service, "
        "`kubectl get pods -o wide` whose they are.",
        "A selector chooses every Pod that has all of its labels. `app: board` alone chooses both colors.",
        '`kubectl patch service board -p \'{"spec": {"selector": {"color": "blue"}}}\'`',
    ],
)
def blue_serves(snapshot: Snapshot) -> containers.Findings:
    hint = "The selector of the Service board must match the Pods of blue, and no others: `color: blue`."
    yield from containers.first(
        objects.exists(snapshot, "Service", BOARD, "`kubectl apply -f board.yaml`"), _blue(snapshot, hint)
    )


def _blue(snapshot: Snapshot, hint: str) -> containers.Findings:
    service = snapshot.require("Service", BOARD)
    yield from containers.first(
        pods.runs(snapshot, VISITOR, COMES),
        services.endpoints(snapshot, service, hint),
        switch.reached(snapshot, "now", service, hint),
        switch.only_blue(snapshot, service, hint),
    )


@check(
    "canary",
    "Between 10 and 25 percent of the requests to ferries go to version 1.1",
    points=3,
    hints=[
        "A Service does not care which Deployment a Pod belongs to. Which labels does the Service ferries select?",
        "A second Deployment, whose Pods have `app: ferries` as well and another value of `track`. The share follows from the "
        "numbers of replicas.",
        "Copy the Deployment of ferries.yaml: another name, `track: canary` in the selector and in the template, "
        '`replicas: 1`, and `"1.1"` as the value of VERSION.',
    ],
)
def canary(snapshot: Snapshot) -> containers.Findings:
    hint = "A second Deployment with `app: ferries`, `track: canary`, VERSION 1.1 and one replica."
    yield from containers.first(
        objects.exists(snapshot, "Service", FERRIES, "`kubectl apply -f ferries.yaml`"),
        pods.runs(snapshot, VISITOR, COMES),
        _shared(snapshot, hint),
    )


def _shared(snapshot: Snapshot, hint: str) -> containers.Findings:
    service = snapshot.require("Service", FERRIES)
    yield from containers.first(
        services.endpoints(snapshot, service, "`kubectl apply -f ferries.yaml`"),
        switch.reached(snapshot, "shares", service, "`kubectl describe service ferries`"),
        switch.both_versions(snapshot, service, hint),
        switch.small_share(snapshot, service, "Change the replicas of the two Deployments: one canary among five Pods is 20 %."),
        switch.canary_kept(snapshot, hint),
    )


@check(
    "served",
    "What runs at night is described in API versions that the cluster serves",
    points=2,
    hints=[
        "`kubectl api-versions` lists what the cluster serves, `kubectl api-resources | grep -i cronjob` that of a kind.",
        "`kubectl explain deployment` shows the version under GROUP and VERSION. A new version can require fields that the old "
        "one filled in: the message of the API server names them.",
        "In night.yaml: `apps/v1` for the Deployment, with `selector: {matchLabels: {app: lantern}}` in its spec, and "
        "`batch/v1` for the CronJob. Then `kubectl apply -f night.yaml`.",
    ],
)
def served(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl api-versions` lists the versions; change `apiVersion` in night.yaml."
    yield from containers.first(
        manifests.complete(snapshot, "Both objects belong into night.yaml."),
        manifests.served(snapshot, hint),
        objects.exists(snapshot, "Deployment", LANTERN, "`kubectl apply -f night.yaml`: what does it answer?"),
        objects.exists(snapshot, "CronJob", SWEEP, "`kubectl apply -f night.yaml`: what does it answer?"),
        _night(snapshot),
    )


def _night(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl describe deployment lantern` ends with its events."
    yield from workloads.rolled_out(snapshot, snapshot.require("Deployment", LANTERN), hint)
    job = snapshot.require("CronJob", SWEEP)
    yield from manifests.scheduled(job, SCHEDULE, "Set `schedule` in night.yaml to what it was, and apply the file.")


@check(
    "no-warnings",
    "What runs at night is applied without a deprecation warning",
    needs=["served"],
    hints=[
        "Read what `kubectl apply -f night.yaml` prints before the names of the objects.",
        "`--warnings-as-errors` makes kubectl end with an error if there is a warning: use it in a pipeline.",
        "`kubernetes.io/os: linux` under `nodeSelector` in night.yaml, then `kubectl apply -f night.yaml`.",
    ],
)
def no_warnings(snapshot: Snapshot) -> containers.Findings:
    hint = "The warning of `kubectl apply -f night.yaml` names what to use instead."
    for kind, name in (("Deployment", LANTERN), ("CronJob", SWEEP)):
        yield from manifests.warned(snapshot.require(kind, name), hint)


@check(
    "budget",
    "A drain may evict the Pods of ferries one at a time",
    points=3,
    needs=["canary"],
    hints=[
        "`kubectl get pdb` shows under ALLOWED DISRUPTIONS how many Pods may be evicted now.",
        "`kubectl explain pdb.spec` names the fields. The selector has to match the Pods of both versions, as that of the "
        "Service does.",
        "In budget.yaml, with `apiVersion: policy/v1`: `spec: {maxUnavailable: 1, selector: {matchLabels: {app: ferries}}}`. "
        "Then `kubectl apply -f budget.yaml`, and delete any other budget.",
    ],
)
def budget(snapshot: Snapshot) -> containers.Findings:
    service = snapshot.require("Service", FERRIES)
    hint = "One PodDisruptionBudget with the selector app: ferries, and `maxUnavailable: 1`."
    yield from containers.first(
        places.one_budget(snapshot, service, hint),
        places.allows_one(snapshot, service, "`maxUnavailable: 1` is the clearest way."),
    )


@check(
    "spread",
    "The four pilots are spread evenly over the workers",
    points=3,
    hints=[
        "`kubectl get pods -l app=pilots -o wide` shows the nodes; `kubectl describe pod` shows why one is pending.",
        "`kubectl explain deployment.spec.template.spec.topologySpreadConstraints` lists the fields. Does the node of the "
        "control plane count as a place?",
        "`topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, "
        "nodeTaintsPolicy: Honor, labelSelector: {matchLabels: {app: pilots}}}]` in the template of pilots.yaml.",
    ],
)
def spread(snapshot: Snapshot) -> containers.Findings:
    hint = "`topologySpreadConstraints` in the template of pilots.yaml, then `kubectl apply -f pilots.yaml`."
    yield from containers.first(objects.exists(snapshot, "Deployment", PILOTS, hint), _spread(snapshot, hint))


def _spread(snapshot: Snapshot, hint: str) -> containers.Findings:
    deployment = snapshot.require("Deployment", PILOTS)
    yield from containers.first(
        workloads.replicas(deployment, COUNT, "`kubectl scale deployment pilots --replicas=4`"),
        places.constrained(deployment, hint),
        places.placed(
            snapshot, deployment, "`kubectl explain deployment.spec.template.spec.topologySpreadConstraints.nodeTaintsPolicy`"
        ),
        places.even(snapshot, deployment, "`kubectl rollout restart deployment pilots` schedules all Pods again."),
    )


@check(
    "classes",
    "Two PriorityClasses rank the Pods of the berths below all others",
    hints=[
        "`kubectl get priorityclasses` lists them. They belong to the whole cluster, not to a namespace.",
        "A Pod can displace only Pods with a lower value. Without a class, a Pod has the value 0.",
        "In classes.yaml, with `apiVersion: scheduling.k8s.io/v1`: `value: -200` for harbour-idle and `value: -100` for "
        "harbour-urgent. The value of a class that exists cannot be changed: delete it before you apply the file.",
    ],
)
def classes(snapshot: Snapshot) -> containers.Findings:
    yield from places.valued(snapshot, VALUES)


@check(
    "preempted",
    "rescue has displaced one of the sweepers",
    points=3,
    needs=["classes"],
    hints=[
        "`kubectl get pods -l berth=taken -o wide` shows who has a berth, `kubectl get events` who was preempted.",
        "`priorityClassName` belongs into the template of each Deployment. The sweepers must run before the rescue is applied.",
        "`priorityClassName: harbour-idle` in sweepers.yaml and `harbour-urgent` in rescue.yaml, each next to `affinity`. "
        "Remove a rescue that is there already: `kubectl delete deployment rescue`. Apply sweepers.yaml, wait until both run, "
        "and apply rescue.yaml.",
    ],
)
def preempted(snapshot: Snapshot) -> containers.Findings:
    hint = "Set `priorityClassName` in the templates of sweepers.yaml and rescue.yaml, and apply both."
    yield from containers.first(
        objects.exists(snapshot, "Deployment", SWEEPERS, "`kubectl apply -f sweepers.yaml`"),
        objects.exists(snapshot, "Deployment", RESCUE, "`kubectl apply -f rescue.yaml`"),
        _ranked(snapshot, hint),
    )


def _ranked(snapshot: Snapshot, hint: str) -> containers.Findings:
    again = "`kubectl delete deployment rescue`, wait until both sweepers run, then `kubectl apply -f rescue.yaml`."
    yield from containers.first(
        places.of_class(snapshot, SWEEPERS, IDLE, hint),
        places.of_class(snapshot, RESCUE, URGENT, hint),
        workloads.replicas(snapshot.require("Deployment", SWEEPERS), 2, "`kubectl scale deployment sweepers --replicas=2`"),
        workloads.rolled_out(snapshot, snapshot.require("Deployment", RESCUE), "`kubectl describe pods -l app=rescue`"),
        places.gave_way(snapshot, again),
    )
