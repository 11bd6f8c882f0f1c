"""The checks of lab 17: Pods with their own names, claims and addresses, which a new Pod takes over."""

from collections.abc import Iterator

from checks.labs.lab_17_book import AGAIN, BOOK, COUNT, ENTRY, FOLDER, REPLACED, SET, book, taken_over, unopened
from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.times import seconds, utc
from checks.vocabulary import containers, objects, services, statefulsets, workloads
from checks.vocabulary.objects import name_of, subject

SERVICE, DOMAIN = "piers", "lab-17-statefulsets.svc.cluster.local"
KEPT, GIVEN_UP = "book-pier-3", "book-pier-4"


def pier(snapshot: Snapshot) -> Json:
    """Return the StatefulSet that a needed check has found."""
    return snapshot.require("StatefulSet", SET)


def piers(snapshot: Snapshot) -> list[Json]:
    """Return the Pods pier-0, pier-1 and pier-2, which a needed check has found."""
    return [pod for ordinal in range(COUNT) if (pod := snapshot.pod(f"{SET}-{ordinal}")) is not None]


@check(
    "pier-names",
    "pier-0, pier-1 and pier-2 are ready and belong to the StatefulSet pier",
    points=2,
    hints=[
        "`kubectl get statefulset,pods` shows what was requested and what exists; "
        "`kubectl describe pod pier-0` ends with the events.",
        "In pier.yaml the number of Pods is under `spec.replicas`. A Pod of a set waits until the one before it is ready: "
        "look at the first that is not.",
        "`replicas: 3` under spec in pier.yaml, `volumeMounts` and `volumeClaimTemplates` as the task says, then "
        "`kubectl apply -f pier.yaml`.",
    ],
)
def pier_names(snapshot: Snapshot) -> containers.Findings:
    hint = "Complete pier.yaml, then `kubectl apply -f pier.yaml`. `kubectl get pods` shows how far it is."
    crowd = snapshot.object("Deployment", SET)
    if crowd and not snapshot.object("StatefulSet", SET):
        names = objects.names(snapshot.pods(owner=crowd))
        why = "A Deployment gives its Pods random names each time. Only a StatefulSet numbers them and keeps the numbers."
        message = f"{SET} is a Deployment, not a StatefulSet."
        yield Finding(message, subject(crowd), "kind", "StatefulSet", names or "Deployment", why, hint)
        return
    yield from containers.first(objects.exists(snapshot, "StatefulSet", SET, hint), _three(snapshot, hint))


def _three(snapshot: Snapshot, hint: str) -> containers.Findings:
    item = pier(snapshot)
    yield from containers.first(
        workloads.replicas(item, COUNT, "`kubectl scale statefulset pier --replicas=3`, or the number in pier.yaml."),
        workloads.rolled_out(snapshot, item, hint),
        _numbered(snapshot, item, hint),
    )


def _numbered(snapshot: Snapshot, item: Json, hint: str) -> containers.Findings:
    names = sorted(objects.names(snapshot.pods(owner=item)))
    wanted = [f"{SET}-{ordinal}" for ordinal in range(COUNT)]
    if names != wanted:
        message = f"The Pods of {SET} are not {', '.join(wanted)}."
        yield Finding(message, subject(item), "spec.ordinals", wanted, names, hint=hint)


@check(
    "own-books",
    "Each pier keeps its book in its own claim",
    points=2,
    needs=["pier-names"],
    hints=[
        "`kubectl get persistentvolumeclaims` lists the claims; `kubectl describe pod pier-0` says which one it mounts.",
        "A volume in the Pod template is the same one for all Pods. "
        "`volumeClaimTemplates`, beside `template`, creates one for each.",
        "Under `spec`: `volumeClaimTemplates:` with `- metadata: {name: book}` and a `spec` as in a claim; in the container "
        "`volumeMounts:` with `- name: book` and `mountPath: /book`. Delete the StatefulSet, then apply the file.",
    ],
)
def own_books(snapshot: Snapshot) -> containers.Findings:
    hint = "`volumeClaimTemplates` with the name book. It cannot be added later: `kubectl delete statefulset pier`, then apply."
    yield from statefulsets.own_claims(pier(snapshot), piers(snapshot), BOOK, FOLDER, hint)


@check(
    "in-order",
    "The piers opened one after the other",
    needs=["own-books"],
    hints=[
        "`kubectl get persistentvolumeclaims` and the first line of each book show when each pier was created and opened.",
        "`spec.podManagementPolicy` decides whether a set goes in order or does all at once. The order is its default.",
        f"Take `podManagementPolicy` out of pier.yaml. It cannot be changed in an existing set. {AGAIN}",
    ],
)
def in_order(snapshot: Snapshot) -> containers.Findings:
    """Yield a finding unless each pier opened its book before the next one existed: a claim is created right before its Pod."""
    where, path = subject(pier(snapshot)), "spec.podManagementPolicy"
    policy = pier(snapshot)["spec"].get("podManagementPolicy", "OrderedReady")
    for ordinal in range(COUNT - 1):
        this, after = f"{SET}-{ordinal}", f"{SET}-{ordinal + 1}"
        opened = next(iter(_openings(snapshot, ordinal)), "")
        if not opened:
            yield unopened(snapshot, ordinal)
            return
        claim = snapshot.object("PersistentVolumeClaim", f"{BOOK}-{after}") or {"metadata": {}}
        made = claim["metadata"].get("creationTimestamp") or opened
        if policy != "OrderedReady" or seconds(opened, made) < 0 and not _since_then(snapshot, ordinal):
            observed = f"{policy}; {this} opened at {opened}, the claim of {after} was created at {made}"
            why = "With Parallel, all Pods are created at once. A Pod that needs the first one may start before it."
            hint = f"Take `podManagementPolicy` out of pier.yaml. {AGAIN}"
            if policy == "OrderedReady":
                why, hint = f"{this} has a younger book than {after}: it came later.", AGAIN
            message = f"{after} did not have to wait for {this}."
            yield Finding(message, where, path, "OrderedReady, one after the other", observed, why, hint)
            return


def _openings(snapshot: Snapshot, ordinal: int, since: str = "") -> list[str]:
    """Return when a pier was opened, by its book, since a time (ISO 8601)."""
    return [line.time for line in book(snapshot, ordinal) if line.uid and line.time >= since]


def _since_then(snapshot: Snapshot, ordinal: int) -> bool:
    """Tell whether the set that there is now has opened this pier before the next one, with the claims of an earlier set."""
    made = utc(pier(snapshot)["metadata"].get("creationTimestamp") or "")
    this, after = _openings(snapshot, ordinal, made), _openings(snapshot, ordinal + 1, made)
    return bool(this and after) and this[0] <= after[0]


@check(
    "service-lists",
    "The name piers resolves to all three piers, and to no address of its own",
    needs=["pier-names"],
    hints=[
        "`kubectl get service piers` shows its CLUSTER-IP, `kubectl get endpointslices` the Pods behind it.",
        "A Service without its own address says so in `spec.clusterIP`. Its selector must match the Pods' label.",
        "In piers.yaml: `clusterIP: None` and `selector:` with `app: pier`. An address that was given cannot be taken back: "
        "`kubectl delete service piers`, then apply.",
    ],
)
def service_lists(snapshot: Snapshot) -> containers.Findings:
    hint = "A Service `piers` with `clusterIP: None` and the selector `app: pier`."
    yield from containers.first(objects.exists(snapshot, "Service", SERVICE, hint), _leads(snapshot, hint))


def _leads(snapshot: Snapshot, hint: str) -> containers.Findings:
    service = snapshot.require("Service", SERVICE)
    own = service["spec"].get("clusterIP")
    if own != "None":
        why = f"The name {SERVICE} resolves to {own}, which forwards to any one of the Pods."
        message = f"The Service {SERVICE} has its own address."
        more = f"{hint} `kubectl delete service piers`, then apply: an address that was given cannot be taken back."
        yield Finding(message, subject(service), "spec.clusterIP", "None", own, why, more)
        return
    yield from containers.first(
        services.endpoints(snapshot, service, hint, count=COUNT),
        statefulsets.leads_to(snapshot, "name-all", piers(snapshot), service, hint),
    )


@check(
    "names-lead",
    "Each pier answers to its own name",
    points=2,
    needs=["service-lists"],
    hints=[
        "`kubectl exec pier-0 -- nslookup pier-1.piers.lab-17-statefulsets.svc.cluster.local` looks it up as the checks do.",
        "A Pod's DNS name is under the Service that its StatefulSet names: `spec.serviceName` in pier.yaml and the "
        "name of the Service must match.",
        "`serviceName: piers` in pier.yaml. It cannot be changed in a set that is there: `kubectl delete statefulset pier`, "
        "then `kubectl apply -f pier.yaml`. The claims stay.",
    ],
)
def names_lead(snapshot: Snapshot) -> containers.Findings:
    service, item = snapshot.require("Service", SERVICE), pier(snapshot)
    hint = "`serviceName: piers`. It cannot be changed later: `kubectl delete statefulset pier`, then apply the file."
    led = {name_of(pod): snapshot.probe(f"name-{ordinal}")["addresses"] for ordinal, pod in enumerate(piers(snapshot))}
    yield from containers.first(statefulsets.governed_by(snapshot, item, SERVICE, led, hint), _each(snapshot, service))


def _each(snapshot: Snapshot, service: Json) -> containers.Findings:
    hint = f"`kubectl exec pier-0 -- nslookup pier-1.{SERVICE}.{DOMAIN}` looks it up again."
    for ordinal, pod in enumerate(piers(snapshot)):
        yield from statefulsets.leads_to(snapshot, f"name-{ordinal}", [pod], service, hint)


@check(
    "book-survives",
    "A new pier-1 has taken over the book of the one before",
    points=3,
    needs=["own-books"],
    hints=[
        "`kubectl exec pier-1 -- cat /book/log` shows the book: who opened the pier, and who moored.",
        "First the entry, then the replacement: `kubectl delete pod pier-1`. "
        "A container that is started again is still the same Pod.",
        "`kubectl exec pier-1 -- sh -c 'echo \"moored Albatross\" >> /book/log'`, then `kubectl delete pod pier-1`.",
    ],
)
def book_survives(snapshot: Snapshot) -> containers.Findings:
    pod, lines = piers(snapshot)[REPLACED], book(snapshot, REPLACED)
    where, path = subject(pod), f"{FOLDER}/log"
    place = next((n for n, line in enumerate(lines) if ENTRY in line.text), None)
    if place is None:
        others = [f"{SET}-{n}" for n in range(COUNT) if n != REPLACED and any(ENTRY in line.text for line in book(snapshot, n))]
        why = f"It is in the book of {', '.join(others)}: each pier has its own." if others else ""
        message, hint = (
            f"The book of {SET}-{REPLACED} has no entry “{ENTRY}”.",
            "Write it with `kubectl exec pier-1 -- sh -c '…'`.",
        )
        yield Finding(message, where, path, ENTRY, [line.text for line in lines], why, hint)
        return
    yield from taken_over(pod, lines, place)


@check(
    "season-over",
    "pier-3 is closed and its book kept, the book of pier-4 is given up",
    points=2,
    needs=["own-books"],
    hints=[
        "`kubectl get persistentvolumeclaims` shows which books exist.",
        "`kubectl scale` changes the number of Pods. Claims are created with a new Pod and stay when it is deleted; "
        "delete yourself what is no longer needed.",
        "`kubectl scale statefulset pier --replicas=5`, wait, `--replicas=3`, wait, "
        "`kubectl delete persistentvolumeclaim book-pier-4`.",
    ],
)
def season_over(snapshot: Snapshot) -> containers.Findings:
    kept, given_up = (snapshot.object("PersistentVolumeClaim", name) for name in (KEPT, GIVEN_UP))
    phase = ((kept or {}).get("status") or {}).get("phase", "")
    if kept is None or phase != "Bound" or kept["metadata"].get("deletionTimestamp"):
        yield from _not_kept(snapshot, kept, phase)
    elif given_up is not None:
        volume = (given_up.get("spec") or {}).get("volumeName") or "none yet"
        size = ((given_up.get("spec") or {}).get("resources") or {}).get("requests", {}).get("storage", "")
        why = f"It is bound to the volume {volume} ({size}). Scaling down never deletes claims: they may hold data that you need."
        going = bool(given_up["metadata"].get("deletionTimestamp"))
        message = f"The claim {GIVEN_UP} is {'being removed' if going else 'left behind, and no Pod uses it'}."
        hint = "`kubectl delete persistentvolumeclaim book-pier-4`"
        yield Finding(message, subject(given_up), "metadata.name", "no such claim", GIVEN_UP, why, hint, waiting=going, cost=1)


def _not_kept(snapshot: Snapshot, kept: Json | None, phase: str) -> containers.Findings:
    claims = sorted(snapshot.of_kind("PersistentVolumeClaim"))
    message, path, wanted, observed = f"There is no claim {KEPT}.", "metadata.name", KEPT, ", ".join(claims)
    if kept is not None:
        message, path, wanted, observed = (
            f"The claim {KEPT} is not bound to a volume.",
            "status.phase",
            "Bound",
            phase or "none yet",
        )
        if since := kept["metadata"].get("deletionTimestamp"):
            message, path, wanted, observed = f"The claim {KEPT} is being removed.", "metadata.deletionTimestamp", "none", since
    hint = "Scale pier to 5, wait for pier-3 and pier-4, scale it to 3. Keep the claim of pier-3."
    where, why = f"persistentvolumeclaim/{KEPT}", "\n".join(_why_gone(snapshot))
    yield Finding(message, where, path, wanted, observed, why, hint)


def _why_gone(snapshot: Snapshot) -> Iterator[str]:
    """Yield what happened to the claim of pier-3, as the StatefulSet and its events tell."""
    item = pier(snapshot)
    if (item["spec"].get("persistentVolumeClaimRetentionPolicy") or {}).get("whenScaled") == "Delete":
        yield "persistentVolumeClaimRetentionPolicy.whenScaled is Delete: a claim goes together with the Pod that goes."
    words = [str(event.get("message", "")) for event in snapshot.events(item)]
    yield from (f"It was there once. An event says: {event_text}" for event_text in words if KEPT in event_text)
