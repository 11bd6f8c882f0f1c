"""The checks of lab 13: Services that lead to the right Pods, by name, at every node, and at an address of their own."""

from collections import Counter

from checks import expect
from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.vocabulary import kube as expect_kube
from checks.vocabulary import pods as expect_pods
from checks.vocabulary import services as expect_services
from checks.vocabulary import workloads as expect_workloads
from checks.vocabulary.kube import age, container_status, name_of, subject
from checks.vocabulary.pods import trouble_of

OFFICE, GATE, QUAY, VISITOR, CONTAINER = "office", "gate", "quay", "visitor", "counter"
COUNT, PORT, LISTENS = 3, 80, 8080
NODE_PORT, ADDRESS = 30013, "203.0.113.13"
COMES = "`kubectl apply -f harbour.yaml` makes the visitor."
ASK = "`kubectl exec visitor -- timeout 2 wget -q -O - http://office/`"
# How long the cluster may take to tell everybody about a new Service, in seconds.
FRESH = 15


def service(snapshot: Snapshot, name: str) -> Json:
    """A Service that an earlier step has found."""
    found = snapshot.object("Service", name)
    assert found is not None
    return found


def counters(snapshot: Snapshot) -> list[Json]:
    """The Pods of the Deployment office, those left out that are being removed."""
    pods = snapshot.pods(owner=snapshot.object("Deployment", OFFICE))
    return [pod for pod in pods if not pod["metadata"].get("deletionTimestamp")]


def answered(snapshot: Snapshot, probe_id: str) -> list[str]:
    """The names of those who answered the visitor, one for each request."""
    return [line.strip() for line in snapshot.probe(probe_id)["stdout"].splitlines() if line.strip()]


@check(
    "right-pods",
    "The Service office leads to the three Pods of the office, and to nobody else",
    points=2,
    hints=[
        "`kubectl get endpointslices` shows whom a Service leads to, `kubectl get pods --show-labels` who carries what.",
        "A selector chooses every Pod in the namespace that carries all of its labels. Which label do the three Pods of the "
        "office have in common, and the canteen not?",
        "In office.yaml under `selector:` the line `part: office`. Then `kubectl apply -f office.yaml`.",
    ],
)
def right_pods(snapshot: Snapshot) -> expect.Findings:
    hint = "Repair the selector in office.yaml, then `kubectl apply -f office.yaml`."
    yield from expect.first(
        expect_kube.exists(snapshot, "Deployment", OFFICE, "`kubectl apply -f harbour.yaml` makes the office."),
        expect_kube.exists(snapshot, "Service", OFFICE, hint),
        _has_address(snapshot),
        _only_counters(snapshot, OFFICE, hint),
        _all_counters(snapshot, hint),
    )


def _has_address(snapshot: Snapshot) -> expect.Findings:
    found = service(snapshot, OFFICE)
    own, kind = found["spec"].get("clusterIP"), found["spec"].get("type", "ClusterIP")
    hint = "`kubectl delete service office`, then apply it without `clusterIP` and without `type`."
    if own in (None, "", "None"):
        why = "A headless Service is a name in the DNS and no more: whoever asks gets the Pods' own addresses and ports."
        message = f"The Service {OFFICE} has no address of its own."
        yield Finding(message, subject(found), "spec.clusterIP", "an address", f"{kind}, {own}", why, hint)
    else:
        yield from expect_services.of_type(found, "ClusterIP", "Take `type` out of office.yaml. The gate gets its own Service.")


def _only_counters(snapshot: Snapshot, name: str, hint: str) -> expect.Findings:
    """The Service leads to Pods of the office, at least to one, and to no others."""
    found = service(snapshot, name)
    ours = {name_of(pod) for pod in snapshot.pods(owner=snapshot.object("Deployment", OFFICE))}
    led = set(expect_services.addresses(snapshot, found, ready=False).values())
    if strangers := sorted(led - ours):
        labels = found["spec"].get("selector") or {}
        words = ", ".join(f"{key}={value}" for key, value in sorted(labels.items()))
        young = age(found, snapshot) < FRESH and not {name_of(pod) for pod in expect_services.chosen(snapshot, found)} - ours
        why = f"What the selector asks for ({words or 'nothing'}), others carry, too. Some visitors will get their answer."
        message = f"The Service {name} leads to others than the office: {', '.join(strangers)}."
        yield Finding(message, subject(found), "its endpoints", sorted(ours), sorted(led), why, hint, waiting=young)
    elif not led:
        yield from expect_services.endpoints(snapshot, found, hint)


def _all_counters(snapshot: Snapshot, hint: str) -> expect.Findings:
    found, deployment = service(snapshot, OFFICE), snapshot.object("Deployment", OFFICE)
    led = set(expect_services.addresses(snapshot, found, ready=False).values())
    there = {name_of(pod) for pod in counters(snapshot)} & led
    if len(there) == COUNT or deployment is None:
        return
    yield from expect_workloads.replicas(deployment, COUNT, "`kubectl apply -f harbour.yaml` asks for three.")
    if deployment["spec"].get("replicas", 1) != COUNT:
        return
    young = any(age(pod, snapshot) < FRESH for pod in counters(snapshot)) or len(counters(snapshot)) < COUNT
    waiting = young or age(found, snapshot) < FRESH
    message = f"The Service {OFFICE} leads to {len(there)} of the {COUNT} Pods of the office."
    expected = [name_of(pod) for pod in counters(snapshot)]
    yield Finding(message, subject(found), "its endpoints", expected, sorted(led), hint=hint, waiting=waiting)


@check(
    "answers",
    "The visitor is answered at http://office/, every time",
    points=2,
    needs=["right-pods"],
    hints=[
        f"{ASK} asks as the checks do. Refused and not known are two different mistakes.",
        "`port` is where the Service is asked, `targetPort` where its Pods listen. Without a `targetPort` it is the same number.",
        "In office.yaml: `port: 80`, and below it `targetPort: 8080` (or `http`, which is what harbour.yaml calls that port).",
    ],
)
def answers(snapshot: Snapshot) -> expect.Findings:
    found, hint = service(snapshot, OFFICE), f"{ASK} asks again."
    yield from expect.first(
        expect_pods.runs(snapshot, VISITOR, COMES),
        expect_services.port(found, PORT, "`port: 80` in office.yaml: that is where visitors ask."),
        expect_services.endpoints(snapshot, found, "Open a counter: /www/open has to be there in its Pod."),
        _named(snapshot, found, hint),
        _reached(snapshot, "rounds", found, "http://office/", hint),
    )


def _named(snapshot: Snapshot, found: Json, hint: str) -> expect.Findings:
    probe, own = snapshot.probe("name"), found["spec"].get("clusterIP")
    if own not in probe["addresses"]:
        name = f"{OFFICE}.{found['metadata'].get('namespace')}.svc.cluster.local"
        message = f"The name {name} does not lead to the address of the Service."
        why, young = (expect.last_lines(probe["stderr"] or probe["error"]), age(found, snapshot) < 2 * FRESH)
        yield Finding(message, subject(found), name, own, probe["addresses"], why, hint, waiting=young)


def _reached(snapshot: Snapshot, probe_id: str, found: Json, url: str, hint: str) -> expect.Findings:
    """Every request of the visitor was answered, by a Pod of the office."""
    probe, got = snapshot.probe(probe_id), answered(snapshot, probe_id)
    strangers = sorted(set(got) - {name_of(pod) for pod in snapshot.pods(owner=snapshot.object("Deployment", OFFICE))})
    if not probe["ok"]:
        said = expect.last_lines(probe["stderr"]) or probe["error"] or f"exit code {probe['exit']}"
        many = f" after {len(got)} good answers" if got else ""
        message = f"The visitor gets no answer at {url}{many}: {said.removeprefix('wget: ')}."
        wrong = _wrong_target(snapshot, found)
        young = age(found, snapshot) < FRESH and not wrong
        yield Finding(message, subject(found), f"GET {url}", "an answer of the office", said, wrong, hint, waiting=young)
    elif strangers or not got:
        message = f"At {url} somebody answers who is not of the office."
        expected = sorted(name_of(pod) for pod in counters(snapshot))
        yield Finding(message, subject(found), f"GET {url}", expected, strangers or "nothing", hint=hint)


def _wrong_target(snapshot: Snapshot, found: Json) -> str:
    """Says so where the Service leads to a port of its Pods on which nobody listens."""
    ports = {each.get("port") for part in expect_services.slices(snapshot, found) for each in part.get("ports") or ()}
    if not ports or LISTENS in ports:
        return ""
    led = ", ".join(str(port) for port in sorted(ports, key=str))
    return f"The Service leads to port {led} of its Pods, and there nobody listens: the Pods of the office listen on {LISTENS}."


@check(
    "spreads",
    "The visitor's requests are spread over all open counters",
    needs=["answers"],
    hints=[
        "Ask a dozen times, and see who answers: the answer is the name of the Pod.",
        "`kubectl get service office -o yaml`: is there something in its `spec` that binds a visitor to one Pod?",
        "`sessionAffinity: None`, or leave the line out. "
        '`kubectl patch service office -p \'{"spec": {"sessionAffinity": "None"}}\'`',
    ],
)
def spreads(snapshot: Snapshot) -> expect.Findings:
    found, got = service(snapshot, OFFICE), Counter(answered(snapshot, "rounds"))
    ready = set(expect_services.addresses(snapshot, found).values())
    if missed := sorted(ready - set(got)):
        affinity, why = found["spec"].get("sessionAffinity", "None"), ""
        if affinity != "None":
            why = f"sessionAffinity is {affinity}: whoever came once is sent to the same Pod again, for hours."
        message = f"Of {got.total()} requests none reached {', '.join(missed)}."
        observed = [f"{name}: {times}" for name, times in sorted(got.items())]
        hint = "Nothing may bind a visitor to one Pod: `sessionAffinity: None`."
        # A Pod that has just opened may not have been there when the visitor asked.
        yield Finding(message, subject(found), "spec.sessionAffinity", sorted(ready), observed, why, hint, waiting=not why)


@check(
    "follows-readiness",
    "One counter is closed, and no visitor is sent there",
    points=3,
    needs=["answers"],
    hints=[
        "`kubectl get pods -l part=office` shows under READY who is open; harbour.yaml says by what the cluster knows it.",
        "The readiness probe asks for the file /www/open in the Pod. A Pod that is deleted is replaced by one that is open.",
        "`kubectl exec POD -- rm /www/open`, with the name of one of the three Pods.",
    ],
)
def follows_readiness(snapshot: Snapshot) -> expect.Findings:
    found, pods = service(snapshot, OFFICE), counters(snapshot)
    closed = [name_of(pod) for pod in pods if trouble_of(snapshot, pod) is not None]
    observed = [f"{name_of(pod)}: {'closed' if name_of(pod) in closed else 'open'}" for pod in pods]
    if len(closed) != 1:
        message = f"{len(closed)} of the {COUNT} counters are closed, not one." if closed else "No counter is closed."
        why = "" if closed else "A Pod that was deleted has been replaced, and the new one is ready as soon as it answers."
        hint = "`kubectl exec POD -- rm /www/open` closes a counter, `kubectl exec POD -- touch /www/open` opens it again."
        yield Finding(message, f"deployment/{OFFICE}", "Ready", "one closed, two open", observed, why, hint)
        return
    pod = next(each for each in pods if name_of(each) == closed[0])
    if not (container_status(pod, CONTAINER).get("state") or {}).get("running"):
        trouble = trouble_of(snapshot, pod)
        message, why = (f"{closed[0]} does not run at all.", f"{trouble.message} {trouble.why}".strip() if trouble else "")
        hint = "Delete the Pod; close the next one by its file /www/open, and let it run."
        yield Finding(message, subject(pod), "status.containerStatuses", "running, and not ready", "not running", why, hint)
        return
    yield from _left_out(snapshot, found, closed[0])


def _left_out(snapshot: Snapshot, found: Json, name: str) -> expect.Findings:
    """The Service does not lead to this Pod, which is not ready."""
    ready, got = (sorted(set(expect_services.addresses(snapshot, found).values())), Counter(answered(snapshot, "rounds")))
    if name not in ready and name not in got:
        return
    always, why = found["spec"].get("publishNotReadyAddresses", False), ""
    if always:
        why = "publishNotReadyAddresses is set: the Service leads to every Pod that it selects, ready or not."
    message = f"{name} is closed, and {got[name]} of {got.total()} requests were sent there all the same."
    hint = "Take `publishNotReadyAddresses` out of the Service."
    yield Finding(message, subject(found), "its ready endpoints", f"without {name}", ready, why, hint, waiting=not always)


@check(
    "gate-answers",
    "The office answers on port 30013 of a node",
    points=2,
    needs=["right-pods"],
    hints=[
        "`kubectl get service gate` shows the type, and under PORT(S) both ports: that of the Service and that of the nodes.",
        "A Service of the type NodePort is given some port from 30000 up, unless `nodePort` in its port says which.",
        "As office.yaml, with `name: gate`, and in `spec` `type: NodePort`; below `targetPort` the line `nodePort: 30013`.",
    ],
)
def gate_answers(snapshot: Snapshot) -> expect.Findings:
    hint = "A Service `gate` of the type NodePort, to the same Pods, with `nodePort: 30013`."
    yield from expect_kube.exists(snapshot, "Service", GATE, hint)
    if (found := snapshot.object("Service", GATE)) is None:
        return
    ports = [each.get("nodePort") for each in found["spec"].get("ports") or ()]
    message = f"The Service {GATE} has another port on the nodes than {NODE_PORT}."
    why = "Without `nodePort` the cluster draws one from 30000 to 32767."
    other = Finding(message, subject(found), "spec.ports[].nodePort", NODE_PORT, ports, why, hint)
    yield from expect.first(
        expect_pods.runs(snapshot, VISITOR, COMES),
        expect_services.of_type(found, "NodePort", hint),
        [other] if NODE_PORT not in ports else [],
        _only_counters(snapshot, GATE, hint),
        expect_services.endpoints(snapshot, found, hint),
        _reached(snapshot, "gate", found, f"http://NODE:{NODE_PORT}/", "Its `targetPort` has to be that of the Pods."),
    )


@check(
    "quay-answers",
    "The office answers at the outside address of the quay",
    points=2,
    needs=["right-pods"],
    hints=[
        "`kubectl get service quay` shows EXTERNAL-IP. Waiting does not change it: nobody here is responsible for that.",
        "A cloud's controller makes an address and writes it into the *status* of the Service, under `loadBalancer.ingress`. "
        "`kubectl patch --subresource=status` writes there.",
        '`kubectl patch service quay --subresource=status --type=merge -p \'{"status": {"loadBalancer": {"ingress": '
        '[{"ip": "203.0.113.13"}]}}}\'`',
    ],
)
def quay_answers(snapshot: Snapshot) -> expect.Findings:
    hint, found = ("A Service `quay` of the type LoadBalancer, to the same Pods, on port 80.", snapshot.object("Service", QUAY))
    yield from expect_kube.exists(snapshot, "Service", QUAY, hint)
    if found is None:
        return
    yield from expect.first(
        expect_pods.runs(snapshot, VISITOR, COMES),
        expect_services.of_type(found, "LoadBalancer", hint),
        expect_services.port(found, PORT, hint),
        _only_counters(snapshot, QUAY, hint),
        expect_services.endpoints(snapshot, found, hint),
        _addressed(found),
        _reached(snapshot, "quay", found, f"http://{ADDRESS}/", "Its `targetPort` has to be that of the Pods."),
    )


def _addressed(found: Json) -> expect.Findings:
    """Somebody has given the Service its outside address."""
    ingress = ((found.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
    given = [each.get("ip") or each.get("hostname") for each in ingress]
    if ADDRESS in given:
        return
    hint = f"Play the cloud: write {ADDRESS} into the status of the Service, with `kubectl patch --subresource=status`."
    message, why = (f"The Service {QUAY} has the address {', '.join(map(str, given))}, not {ADDRESS}.", "")
    if not given:
        message = f"The Service {QUAY} waits for an outside address, and will wait forever: it is pending."
        why = "No controller in this cluster hands out addresses. In a cloud, the provider's own does."
        if found["spec"].get("loadBalancerIP"):
            why += " `loadBalancerIP` in its spec is a wish, and there is nobody to read it."
        elif found["spec"].get("externalIPs"):
            why += " `externalIPs` in its spec claims an address, which nobody has given it; the status is still empty."
    yield Finding(message, subject(found), "status.loadBalancer.ingress", ADDRESS, given or "nothing", why, hint)
