"""The parts of lab 13's checks: which Pods a Service routes to, by which name, and which Pod answers there."""

from collections import Counter

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers, services, workloads
from checks.vocabulary.objects import age, name_of, subject

OFFICE, GATE, QUAY, VISITOR, CONTAINER = "office", "gate", "quay", "visitor", "counter"
COUNT, PORT, LISTENS = 3, 80, 8080
NODE_PORT, ADDRESS = 30013, "203.0.113.13"
# How long a new Service may take to be known on every node, in seconds.
FRESH = 15


def service(snapshot: Snapshot, name: str) -> Json:
    """Return a Service that an earlier step has found."""
    return snapshot.require("Service", name)


def counters(snapshot: Snapshot) -> list[Json]:
    """Return the Pods of the Deployment office, those left out that are being removed."""
    pods = snapshot.pods(owner=snapshot.object("Deployment", OFFICE))
    return [pod for pod in pods if not pod["metadata"].get("deletionTimestamp")]


def answered(snapshot: Snapshot, probe_id: str) -> list[str]:
    """Return the names of those who answered the visitor, one for each request."""
    return [line.strip() for line in snapshot.probe(probe_id)["stdout"].splitlines() if line.strip()]


def has_address(snapshot: Snapshot) -> containers.Findings:
    """Yield a finding unless the Service office has an address in the cluster, and no more than that."""
    office = service(snapshot, OFFICE)
    own, kind = office["spec"].get("clusterIP"), office["spec"].get("type", "ClusterIP")
    hint = "`kubectl delete service office`, then apply it without `clusterIP` and without `type`."
    if own in (None, "", "None"):
        why = "A headless Service is only a DNS name: clients get the Pods' own addresses and ports."
        message = f"The Service {OFFICE} has no address of its own."
        yield Finding(message, subject(office), "spec.clusterIP", "an address", f"{kind}, {own}", why, hint)
    else:
        yield from services.of_type(office, "ClusterIP", "Take `type` out of office.yaml. The gate gets its own Service.")


def only_counters(snapshot: Snapshot, name: str, hint: str) -> containers.Findings:
    """Yield a finding unless the Service forwards to Pods of the office, at least to one, and to no others."""
    item = service(snapshot, name)
    ours = {name_of(pod) for pod in snapshot.pods(owner=snapshot.object("Deployment", OFFICE))}
    led = set(services.addresses(snapshot, item, ready=False).values())
    if not item["spec"].get("selector"):
        yield _by_hand(snapshot, item, hint)
    elif strangers := sorted(led - ours):
        labels = item["spec"].get("selector") or {}
        words = ", ".join(f"{key}={value}" for key, value in sorted(labels.items()))
        young = age(item, snapshot) < FRESH and not {name_of(pod) for pod in services.chosen(snapshot, item)} - ours
        why = f"What the selector asks for ({words or 'nothing'}), other Pods have as well. They answer some of the requests."
        message = f"The Service {name} selects Pods outside of the office: {', '.join(strangers)}."
        yield Finding(message, subject(item), "its endpoints", sorted(ours), sorted(led), why, hint, waiting=young)
    elif not led:
        yield from services.endpoints(snapshot, item, hint)


def _by_hand(snapshot: Snapshot, item: Json, hint: str) -> Finding:
    """Return the finding for a Service without a selector: its endpoints, if there are any, were written by someone."""
    addresses = sorted(services.addresses(snapshot, item, ready=False))
    message = f"The Service {name_of(item)} has no selector, so no controller keeps its endpoints."
    why = "Addresses that were written by hand stay as they are: a new Pod gets another address, and no one adds it."
    return Finding(message, subject(item), "spec.selector", "the labels of the office's Pods", addresses, why, hint)


def all_counters(snapshot: Snapshot, hint: str) -> containers.Findings:
    """Yield a finding unless the Service office forwards to as many Pods of the office as there should be."""
    office, deployment = service(snapshot, OFFICE), snapshot.object("Deployment", OFFICE)
    led = set(services.addresses(snapshot, office, ready=False).values())
    there = {name_of(pod) for pod in counters(snapshot)} & led
    if len(there) == COUNT or deployment is None:
        return
    yield from workloads.replicas(deployment, COUNT, "`kubectl apply -f harbour.yaml` sets three replicas.")
    if deployment["spec"].get("replicas", 1) != COUNT:
        return
    young = any(age(pod, snapshot) < FRESH for pod in counters(snapshot)) or len(counters(snapshot)) < COUNT
    waiting = young or age(office, snapshot) < FRESH
    message = f"The Service {OFFICE} has {len(there)} of the {COUNT} Pods of the office."
    expected = [name_of(pod) for pod in counters(snapshot)]
    yield Finding(message, subject(office), "its endpoints", expected, sorted(led), hint=hint, waiting=waiting)


def named(snapshot: Snapshot, item: Json, hint: str) -> containers.Findings:
    """Yield a finding unless the visitor finds the Service's address by its name."""
    probe, own = snapshot.probe("name"), item["spec"].get("clusterIP")
    if own not in probe["addresses"]:
        name = f"{OFFICE}.{item['metadata'].get('namespace')}.svc.cluster.local"
        message = f"The name {name} does not resolve to the address of the Service."
        why, young = (containers.last_lines(probe["stderr"] or probe["error"]), age(item, snapshot) < 2 * FRESH)
        yield Finding(message, subject(item), name, own, probe["addresses"], why, hint, waiting=young)


def reached(snapshot: Snapshot, probe_id: str, item: Json, url: str, hint: str) -> containers.Findings:
    """Yield a finding unless every request of the visitor was answered, by a Pod of the office."""
    probe, got = snapshot.probe(probe_id), answered(snapshot, probe_id)
    strangers = sorted(set(got) - {name_of(pod) for pod in snapshot.pods(owner=snapshot.object("Deployment", OFFICE))})
    if not probe["ok"]:
        error = containers.last_lines(probe["stderr"]) or probe["error"] or f"exit code {probe['exit']}"
        many = f" after {len(got)} good answers" if got else ""
        message = f"The visitor gets no answer at {url}{many}: {error.removeprefix('wget: ')}."
        wrong = _wrong_target(snapshot, item)
        young = age(item, snapshot) < FRESH and not wrong
        yield Finding(message, subject(item), f"GET {url}", "an answer of the office", error, wrong, hint, waiting=young)
    elif strangers or not got:
        message = f"The answer at {url} is not from a Pod of the office."
        expected = sorted(name_of(pod) for pod in counters(snapshot))
        yield Finding(message, subject(item), f"GET {url}", expected, strangers or "nothing", hint=hint)


def _wrong_target(snapshot: Snapshot, item: Json) -> str:
    """Return the sentence for a Service that forwards to a port of its Pods on which nothing listens; empty otherwise."""
    for reason in services.dead_ports(snapshot, item):
        return reason
    ports = {port.get("port") for part in services.slices(snapshot, item) for port in part.get("ports") or ()}
    if not ports or LISTENS in ports:
        return ""
    led = ", ".join(str(port) for port in sorted(ports, key=str))
    return f"The Service forwards to port {led} of its Pods, where nothing listens: the Pods of the office listen on {LISTENS}."


def left_out(snapshot: Snapshot, item: Json, name: str) -> containers.Findings:
    """Yield a finding if the Service forwards to this Pod, which is not ready."""
    ready, got = (sorted(set(services.addresses(snapshot, item).values())), Counter(answered(snapshot, "rounds")))
    if name not in ready and name not in got:
        return
    always, why = item["spec"].get("publishNotReadyAddresses", False), ""
    if always:
        why = "publishNotReadyAddresses is set: the Service routes to every Pod that it selects, ready or not."
    message = f"{name} is closed, and {got[name]} of {got.total()} requests were sent there all the same."
    hint = "Take `publishNotReadyAddresses` out of the Service."
    yield Finding(message, subject(item), "its ready endpoints", f"without {name}", ready, why, hint, waiting=not always)


def addressed(quay: Json) -> containers.Findings:
    """Yield a finding unless the Service has been given its external address."""
    ingress = ((quay.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
    given = [item.get("ip") or item.get("hostname") for item in ingress]
    if ADDRESS in given:
        return
    hint = f"Play the cloud: write {ADDRESS} into the status of the Service, with `kubectl patch --subresource=status`."
    message, why = (f"The Service {QUAY} has the address {', '.join(map(str, given))}, not {ADDRESS}.", "")
    if not given:
        message = f"The Service {QUAY} waits for an outside address, and will wait forever: it is pending."
        why = "No controller in this cluster hands out addresses. In a cloud, the provider's own does."
        if quay["spec"].get("loadBalancerIP"):
            why += " `loadBalancerIP` in its spec is a request, and no controller here reads it."
        elif quay["spec"].get("externalIPs"):
            why += " `externalIPs` in its spec claims an address that no controller assigned; the status is still empty."
    yield Finding(message, subject(quay), "status.loadBalancer.ingress", ADDRESS, given or "nothing", why, hint)
