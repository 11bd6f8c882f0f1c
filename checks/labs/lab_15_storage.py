"""The checks of lab 15: a volume and its claim, a row that outlives its Pods, a class, what a claim leaves behind."""

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.times import seconds, utc
from checks.vocabulary import containers, objects, persistent_volumes, pod_volumes, pods, workloads
from checks.vocabulary.objects import quantity, subject

VOLUME, CLAIM, CLASS, SIZE, FOLDER = "harbour-pv", "harbour-claim", "by-hand", "1Gi", "/var/local/harbour"
KEEP, MODE, LEAST = "Retain", "ReadWriteOnce", "500Mi"
LOGBOOK, DATABASE, DATA, TABLE, SHIP = "logbook", "postgres", "/var/lib/postgresql/data", "log", "Aurora"
ARCHIVE, SHELF, SHELF_SIZE, LINE = "archive", "archive-claim", "100Mi", "opened"
SPARE, SPARE_CLAIM = "spare-pv", "spare-claim"
HOST = "kubernetes.io/hostname"
ANEW = "Most of a volume cannot be changed. Delete its claim, if there is one, then harbour-pv, and apply both again."


@check(
    "volume-there",
    "The volume harbour-pv is a folder on one node, 1Gi, to be kept",
    points=2,
    hints=[
        "`kubectl get pv` shows the volumes with capacity, access modes, reclaim policy and class.",
        "Under `spec`: `capacity`, `accessModes`, `persistentVolumeReclaimPolicy`, `storageClassName`. The place of "
        "NODE takes the name of a node, as `kubectl get nodes` shows it.",
        "`capacity: {storage: 1Gi}`, `accessModes: [ReadWriteOnce]`, `persistentVolumeReclaimPolicy: Retain`, "
        "`storageClassName: by-hand`; in nodeAffinity `values: [` and the node's name `]`. Then `kubectl apply -f "
        "volume.yaml`.",
    ],
)
def volume_there(snapshot: Snapshot) -> containers.Findings:
    volume = snapshot.object("PersistentVolume", VOLUME)
    yield from containers.first(
        objects.exists(snapshot, "PersistentVolume", VOLUME, "Complete volume.yaml and apply it."),
        _as_asked(snapshot, volume) if volume else (),
    )


def _as_asked(snapshot: Snapshot, volume: Json) -> containers.Findings:
    spec = volume.get("spec") or {}
    place = (spec.get("hostPath") or spec.get("local") or {}).get("path", "")
    wanted = (
        ("storageClassName", CLASS, persistent_volumes.class_of(volume), persistent_volumes.class_of(volume) == CLASS),
        ("capacity.storage", SIZE, persistent_volumes.size(volume), quantity(persistent_volumes.size(volume)) == quantity(SIZE)),
        ("accessModes", MODE, spec.get("accessModes"), MODE in (spec.get("accessModes") or ())),
        ("persistentVolumeReclaimPolicy", KEEP, *_equal(spec.get("persistentVolumeReclaimPolicy"), KEEP)),
        ("hostPath.path", FOLDER, *_equal(place.rstrip("/"), FOLDER)),
    )
    for path, expected, observed, right in wanted:
        if not right:
            message = f"{path.rpartition('.')[0] or path} of {VOLUME} is not what it should be."
            yield Finding(message, subject(volume), f"spec.{path}", expected, observed, hint=ANEW, cost=1)
    yield from _on_a_node(snapshot, volume)


def _equal(observed: object, wanted: str) -> tuple[object, bool]:
    return observed, observed == wanted


def _on_a_node(snapshot: Snapshot, volume: Json) -> containers.Findings:
    """Yield a finding unless the volume says on which node its folder is, and there is such a node."""
    required = ((volume.get("spec") or {}).get("nodeAffinity") or {}).get("required") or {}
    terms = [expression for term in required.get("nodeSelectorTerms") or () for expression in term.get("matchExpressions") or ()]
    terms += [field for term in required.get("nodeSelectorTerms") or () for field in term.get("matchFields") or ()]
    named = [value for term in terms if term.get("key") in (HOST, "metadata.name") for value in term.get("values") or ()]
    nodes = sorted(snapshot.of_kind("Node"))
    if len(named) == 1 and named[0] in nodes:
        return
    message, why = f"{VOLUME} does not say on which node its folder is.", ""
    if len(named) > 1:
        message = f"{VOLUME} names several nodes, and the folder of each is another one."
    elif named:
        message, why = (
            f"{VOLUME} is on the node {named[0]}, which there is not.",
            "Pods that use it could be placed nowhere.",
        )
    else:
        why = "A Pod may be placed on any node, and would find another folder there, or none."
    yield Finding(message, subject(volume), f"spec.nodeAffinity[{HOST}]", " or ".join(nodes), named, why, ANEW)


@check(
    "claim-bound",
    "The claim harbour-claim is bound to harbour-pv",
    needs=["volume-there"],
    hints=[
        "`kubectl describe pvc harbour-claim` shows what it requests and, at the end, its events.",
        "A claim and a volume come together when the class is the same to the letter, the size suffices, the access "
        "modes match, and no other claim is bound to the volume.",
        "`storageClassName: by-hand`, `accessModes: [ReadWriteOnce]`, `resources: {requests: {storage: 500Mi}}`. A "
        "claim cannot be changed: `kubectl delete pvc harbour-claim` first.",
    ],
)
def claim_bound(snapshot: Snapshot) -> containers.Findings:
    claim = snapshot.object("PersistentVolumeClaim", CLAIM)
    hint = "Remove what prevents it. A claim itself cannot be changed: delete it, correct the file, apply it again."
    yield from containers.first(
        objects.exists(snapshot, "PersistentVolumeClaim", CLAIM, "Write it into a file, and apply that."),
        persistent_volumes.bound_to(snapshot, claim, VOLUME, hint) if claim else (),
        _asks_for(claim, quantity(persistent_volumes.size(claim)) >= quantity(LEAST), LEAST) if claim else (),
    )


def _asks_for(claim: Json, enough: bool, wanted: str) -> containers.Findings:
    """Yield a finding unless the claim requests the task's access mode and a right size, as `enough` says."""
    asked, modes = persistent_volumes.size(claim), (claim.get("spec") or {}).get("accessModes") or []
    hint = f"Delete the claim, request {wanted} and {MODE}, and apply it again."
    if not enough:
        message = f"{claim['metadata']['name']} requests {asked}, not {wanted}."
        yield Finding(message, subject(claim), "resources.requests.storage", wanted, asked, hint=hint, cost=1)
    if MODE not in modes:
        message = f"{claim['metadata']['name']} requests {', '.join(modes) or 'no access mode'}, not {MODE}."
        yield Finding(message, subject(claim), "accessModes", MODE, modes, hint=hint, cost=1)


@check(
    "logbook-runs",
    "PostgreSQL runs, and its files are on harbour-claim",
    points=2,
    needs=["claim-bound"],
    hints=[
        "`kubectl describe pods -l app=logbook` shows what a Pod waits for, and what is mounted where.",
        "The Deployment needs the Secret postgres-key; the `volumes` go next to `containers`, in the container the "
        "`volumeMounts`.",
        "`volumes:` with `- name: data` and `persistentVolumeClaim: {claimName: harbour-claim}`; `volumeMounts:` with "
        "`- name: data` and `mountPath: /var/lib/postgresql/data`. `kubectl create secret generic postgres-key "
        "--from-literal=password=…` creates the Secret.",
    ],
)
def logbook_runs(snapshot: Snapshot) -> containers.Findings:
    item = snapshot.object("Deployment", LOGBOOK)
    hint = f"Mount the claim at {DATA}, and apply logbook.yaml."
    look = "`kubectl describe pods -l app=logbook` shows what delays it."
    yield from containers.first(
        objects.exists(snapshot, "Deployment", LOGBOOK, "Complete logbook.yaml and apply it."),
        _files_kept(item, hint) if item else (),
        workloads.rolled_out(snapshot, item, look) if item else (),
    )


def _files_kept(item: Json, hint: str) -> containers.Findings:
    """Yield a finding unless the database's files are on the claim. (PGDATA may move them from the usual place.)"""
    container = objects.container_of(item["spec"]["template"], DATABASE) or {}
    variables = {variable["name"]: variable.get("value", "") for variable in container.get("env") or ()}
    folder = variables.get("PGDATA") or DATA
    yield from containers.first(persistent_volumes.keeps(item, DATABASE, folder, CLAIM, hint), _not_above(item, folder, hint))


def _not_above(item: Json, folder: str, hint: str) -> containers.Findings:
    """Yield a finding if the claim is mounted above the place at which the image has its own volume."""
    mounted = (pod_volumes.mount_over(item, DATABASE, folder) or {}).get("mountPath", "").rstrip("/")
    if folder.startswith(DATA) and DATA.startswith(f"{mounted}/"):
        message = f"The claim is mounted at {mounted}, above {DATA}."
        why = f"The image declares its own volume at {DATA}, which covers yours and is deleted with the Pod."
        yield Finding(message, subject(item), "volumeMounts.mountPath", DATA, mounted, why, hint)


@check(
    "row-survives",
    "The row about the Aurora is older than the Pod that shows it",
    points=3,
    needs=["logbook-runs"],
    hints=[
        "`kubectl exec deployment/logbook -- psql -U postgres -c 'SELECT * FROM log'` shows the rows. Compare their "
        "time with the AGE of the Pod.",
        "Write the row, then delete the Pod: the Deployment creates another one, with the same claim.",
        "`CREATE TABLE log (ship text, written timestamptz DEFAULT now());` and `INSERT INTO log (ship) VALUES "
        "('Aurora');` in psql, then `kubectl delete pod -l app=logbook`.",
    ],
)
def row_survives(snapshot: Snapshot) -> containers.Findings:
    probe, item = snapshot.probe("row"), snapshot.require("Deployment", LOGBOOK)
    where, query = subject(item), f"SELECT * FROM {TABLE}"
    written = probe["stdout"].strip()
    hint = f"Make the table {TABLE}, and write a row about the {SHIP} into it."
    if not probe["ok"]:
        observed = probe["error"] or f"exit code {probe['exit']}"
        message = f"The table {TABLE} cannot be read."
        yield Finding(message, where, query, f"a row about the {SHIP}", observed, containers.last_lines(probe["stderr"]), hint)
    elif not written:
        message = f"The table {TABLE} has no row about the {SHIP}."
        yield Finding(message, where, query, f"a row about the {SHIP}", "no such row", hint=hint)
    else:
        yield from _older(snapshot, *written.split("|"), probe["pod"])


def _older(snapshot: Snapshot, written: str, started: str, name: str) -> containers.Findings:
    """Yield a finding unless the row was written after the volume was made, and before the Pod that shows it.

    A Pod's own time is known to the second, so the time at which its server was started has to be later as well.
    """
    pod, volume = snapshot.pod(name), snapshot.require("PersistentVolume", VOLUME)
    made = born(volume)
    if seconds(made, written) < 0:
        message = f"The row is older than {VOLUME} itself: something has been left in the folder from an earlier time."
        hint = "Delete Deployment, claim and volume, empty the folder on the node, and create them again."
        yield Finding(message, f"persistentvolume/{VOLUME}", FOLDER, f"written after {made}", written, hint=hint)
    elif pod is not None and (seconds(utc(written)[:19] + "Z", born(pod)) < 0 or seconds(written, started) <= 0):
        message = "The Pod that shows the row is the one that was there when it was written."
        why = f"The row was written at {written}; {name} was created at {born(pod)}."
        hint = "Delete the Pod, and let the Deployment create another one."
        yield Finding(message, subject(pod), "metadata.creationTimestamp", f"after {written}", born(pod), why, hint)


def born(item: Json) -> str:
    """Return when an object was made."""
    return str(item["metadata"].get("creationTimestamp") or "")


@check(
    "archive-provisioned",
    "The archive writes to a volume that its class provisioned",
    points=2,
    hints=[
        "`kubectl get storageclass` shows which class is the default, and when it provisions volumes (VOLUMEBINDINGMODE).",
        "A claim that names no class gets the default one. It stays Pending until a Pod uses it.",
        "A claim archive-claim with `accessModes: [ReadWriteOnce]` and `resources: {requests: {storage: 100Mi}}`, "
        "without storageClassName; then `kubectl apply -f archive.yaml`.",
    ],
)
def archive_provisioned(snapshot: Snapshot) -> containers.Findings:
    claim, pod = snapshot.object("PersistentVolumeClaim", SHELF), snapshot.pod(ARCHIVE)
    hint = "Make the claim without a class, then the Pod that uses it."
    yield from containers.first(
        objects.exists(snapshot, "PersistentVolumeClaim", SHELF, hint),
        persistent_volumes.provisioned(snapshot, claim, "Delete Pod and claim, and create the claim without a class.")
        if claim
        else (),
        _asks_for(claim, quantity(persistent_volumes.size(claim)) == quantity(SHELF_SIZE), SHELF_SIZE) if claim else (),
        _waits_for_pod(snapshot, claim, hint) if claim and pod is None else (),
        pods.runs(snapshot, ARCHIVE, "`kubectl apply -f archive.yaml` creates it."),
        persistent_volumes.bound(snapshot, claim, hint) if claim else (),
        objects.printed(snapshot, "archive", "pod/archive", LINE, "Leave archive.yaml as it is, and apply it."),
    )


def _waits_for_pod(snapshot: Snapshot, claim: Json, hint: str) -> containers.Findings:
    """Yield what delays the claim, without waiting: first, a Pod has to use it."""
    for finding in persistent_volumes.bound(snapshot, claim, hint):
        yield Finding(**{**vars(finding), "waiting": False})


@check(
    "spare-released",
    "spare-pv is Released: its claim is gone, its data is kept",
    points=2,
    hints=[
        "`kubectl get pv spare-pv` shows its state, its policy and its claim.",
        "The policy decides what happens when the claim goes. It can be changed as long as the volume exists.",
        "In spare.yaml `persistentVolumeReclaimPolicy: Retain`, apply it; when spare-claim is Bound, `kubectl delete "
        "pvc spare-claim`. To start over, delete spare-pv and apply.",
    ],
)
def spare_released(snapshot: Snapshot) -> containers.Findings:
    volume = snapshot.object("PersistentVolume", SPARE)
    hint = "Set the policy to Retain, apply spare.yaml, wait until spare-claim is Bound, and delete that claim."
    yield from containers.first(
        objects.exists(snapshot, "PersistentVolume", SPARE, "Change spare.yaml and apply it."),
        _kept(volume, hint) if volume else (),
        persistent_volumes.in_phase(volume, "Released", hint) if volume else (),
    )


def _kept(volume: Json, hint: str) -> containers.Findings:
    policy = (volume.get("spec") or {}).get("persistentVolumeReclaimPolicy")
    if policy != KEEP:
        state = persistent_volumes.phase(volume)
        message, why = (
            f"{SPARE} is deleted together with its claim.",
            f"It is {state}. {persistent_volumes.PHASES.get(state, '')}",
        )
        if status_message := (volume.get("status") or {}).get("message"):
            why += f" {status_message}"
        yield Finding(message, subject(volume), "spec.persistentVolumeReclaimPolicy", KEEP, policy, why, hint)
