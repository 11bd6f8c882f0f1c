"""The checks of lab 13: Services that route to the right Pods, by name, at every node, and at their own address."""

from collections import Counter

from checks.labs import lab_13_ways as ways
from checks.labs.lab_13_ways import ADDRESS, CONTAINER, COUNT, GATE, NODE_PORT, OFFICE, PORT, QUAY, VISITOR
from checks.model import Finding
from checks.registry import check
from checks.snapshot import Snapshot
from checks.vocabulary import containers, objects, pods, services
from checks.vocabulary.objects import container_status, name_of, subject
from checks.vocabulary.pods import trouble_of

COMES = "`kubectl apply -f harbour.yaml` creates the visitor."
ASK = "`kubectl exec visitor -- timeout 2 wget -q -O - http://office/`"


@check(
    "right-pods",
    "The Service office selects the three Pods of the office, and no others",
    points=2,
    hints=[
        "`kubectl get endpointslices` shows the Pods behind a Service, `kubectl get pods --show-labels` their labels.",
        "A selector chooses every Pod in the namespace that has all of its labels. Which label do the three Pods of the "
        "office have in common, and the canteen not?",
        "In office.yaml under `selector:` the line `part: office`. Then `kubectl apply -f office.yaml`.",
    ],
)
def right_pods(snapshot: Snapshot) -> containers.Findings:
    hint = "Repair the selector in office.yaml, then `kubectl apply -f office.yaml`."
    yield from containers.first(
        objects.exists(snapshot, "Deployment", OFFICE, "`kubectl apply -f harbour.yaml` creates the office."),
        objects.exists(snapshot, "Service", OFFICE, hint),
        ways.has_address(snapshot),
        ways.only_counters(snapshot, OFFICE, hint),
        ways.all_counters(snapshot, hint),
    )


@check(
    "answers",
    "The visitor is answered at http://office/, every time",
    points=2,
    needs=["right-pods"],
    hints=[
        f"{ASK} sends the same request as the checks. “Refused” and “unknown host” are different mistakes.",
        "`port` is the Service's own port, `targetPort` the one on which its Pods listen. By default, it is the same number.",
        "In office.yaml: `port: 80`, and below it `targetPort: 8080` (or `http`, which is what harbour.yaml calls that port).",
    ],
)
def answers(snapshot: Snapshot) -> containers.Findings:
    office, hint = ways.service(snapshot, OFFICE), f"{ASK} sends the request again."
    yield from containers.first(
        pods.runs(snapshot, VISITOR, COMES),
        services.port(office, PORT, "`port: 80` in office.yaml: that is the port that visitors use."),
        services.endpoints(snapshot, office, "Open a counter: /www/open must exist in its Pod."),
        ways.named(snapshot, office, hint),
        ways.reached(snapshot, "rounds", office, "http://office/", hint),
    )


@check(
    "spreads",
    "The visitor's requests are spread over all open counters",
    needs=["answers"],
    hints=[
        "Ask a dozen times, and see who answers: the answer is the name of the Pod.",
        "`kubectl get service office -o yaml`: does something in its `spec` bind a visitor to one Pod?",
        "`sessionAffinity: None`, or leave the line out. "
        '`kubectl patch service office -p \'{"spec": {"sessionAffinity": "None"}}\'`',
    ],
)
def spreads(snapshot: Snapshot) -> containers.Findings:
    office, counts = ways.service(snapshot, OFFICE), Counter(ways.answered(snapshot, "rounds"))
    ready = set(services.addresses(snapshot, office).values())
    if missed := sorted(ready - set(counts)):
        affinity, why = office["spec"].get("sessionAffinity", "None"), ""
        if affinity != "None":
            why = f"sessionAffinity is {affinity}: a client that came once is sent to the same Pod again, for hours."
        message = f"Of {counts.total()} requests none reached {', '.join(missed)}."
        observed = [f"{name}: {times}" for name, times in sorted(counts.items())]
        hint = "Nothing may bind a visitor to one Pod: `sessionAffinity: None`."
        # A Pod that has just opened may not have been there when the visitor asked.
        yield Finding(message, subject(office), "spec.sessionAffinity", sorted(ready), observed, why, hint, waiting=not why)


@check(
    "follows-readiness",
    "One counter is closed, and no visitor is sent there",
    points=3,
    needs=["answers"],
    hints=[
        "`kubectl get pods -l part=office` shows under READY who is open; harbour.yaml says by what the cluster knows it.",
        "The readiness probe checks for the file /www/open in the Pod. A Pod that is deleted is replaced by one that is open.",
        "`kubectl exec POD -- rm /www/open`, with the name of one of the three Pods.",
    ],
)
def follows_readiness(snapshot: Snapshot) -> containers.Findings:
    office, counters = ways.service(snapshot, OFFICE), ways.counters(snapshot)
    closed = [name_of(pod) for pod in counters if trouble_of(snapshot, pod) is not None]
    observed = [f"{name_of(pod)}: {'closed' if name_of(pod) in closed else 'open'}" for pod in counters]
    if len(closed) != 1:
        message = f"{len(closed)} of the {COUNT} counters are closed, not one." if closed else "No counter is closed."
        why = "" if closed else "A Pod that was deleted has been replaced, and the new one is ready as soon as it answers."
        hint = "`kubectl exec POD -- rm /www/open` closes a counter, `kubectl exec POD -- touch /www/open` opens it again."
        yield Finding(message, f"deployment/{OFFICE}", "Ready", "one closed, two open", observed, why, hint)
        return
    pod = next(pod for pod in counters if name_of(pod) == closed[0])
    if not (container_status(pod, CONTAINER).get("state") or {}).get("running"):
        trouble = trouble_of(snapshot, pod)
        message, why = (f"{closed[0]} does not run at all.", f"{trouble.message} {trouble.why}".strip() if trouble else "")
        hint = "Delete the Pod; close the next one by its file /www/open, and let it run."
        yield Finding(message, subject(pod), "status.containerStatuses", "running, and not ready", "not running", why, hint)
        return
    yield from ways.left_out(snapshot, office, closed[0])


@check(
    "gate-answers",
    "The office answers on port 30013 of a node",
    points=2,
    needs=["right-pods"],
    hints=[
        "`kubectl get service gate` shows the type, and under PORT(S) both ports: that of the Service and that of the nodes.",
        "A Service of the type NodePort gets a port from 30000 up, unless `nodePort` in its port says which.",
        "As office.yaml, with `name: gate`, and in `spec` `type: NodePort`; below `targetPort` the line `nodePort: 30013`.",
    ],
)
def gate_answers(snapshot: Snapshot) -> containers.Findings:
    hint = "A Service `gate` of the type NodePort, to the same Pods, with `nodePort: 30013`."
    yield from objects.exists(snapshot, "Service", GATE, hint)
    if (gate := snapshot.object("Service", GATE)) is None:
        return
    ports = [port.get("nodePort") for port in gate["spec"].get("ports") or ()]
    message = f"The Service {GATE} has another port on the nodes than {NODE_PORT}."
    why = "Without `nodePort` the cluster draws one from 30000 to 32767."
    other = Finding(message, subject(gate), "spec.ports[].nodePort", NODE_PORT, ports, why, hint)
    yield from containers.first(
        pods.runs(snapshot, VISITOR, COMES),
        services.of_type(gate, "NodePort", hint),
        [other] if NODE_PORT not in ports else [],
        ways.only_counters(snapshot, GATE, hint),
        services.endpoints(snapshot, gate, hint),
        ways.reached(snapshot, "gate", gate, f"http://NODE:{NODE_PORT}/", "Its `targetPort` must be that of the Pods."),
    )


@check(
    "quay-answers",
    "The office answers at the outside address of the quay",
    points=2,
    needs=["right-pods"],
    hints=[
        "`kubectl get service quay` shows EXTERNAL-IP. Waiting does not change it: no controller in this cluster assigns it.",
        "A cloud's controller allocates an address and writes it into the *status* of the Service, under `loadBalancer.ingress`. "
        "`kubectl patch --subresource=status` writes there.",
        "With a Service quay of the type LoadBalancer: "
        '`kubectl patch service quay --subresource=status --type=merge -p \'{"status": {"loadBalancer": {"ingress": '
        '[{"ip": "203.0.113.13"}]}}}\'`',
    ],
)
def quay_answers(snapshot: Snapshot) -> containers.Findings:
    hint, quay = ("A Service `quay` of the type LoadBalancer, to the same Pods, on port 80.", snapshot.object("Service", QUAY))
    yield from objects.exists(snapshot, "Service", QUAY, hint)
    if quay is None:
        return
    yield from containers.first(
        pods.runs(snapshot, VISITOR, COMES),
        services.of_type(quay, "LoadBalancer", hint),
        services.port(quay, PORT, hint),
        ways.only_counters(snapshot, QUAY, hint),
        services.endpoints(snapshot, quay, hint),
        ways.addressed(quay),
        ways.reached(snapshot, "quay", quay, f"http://{ADDRESS}/", "Its `targetPort` must be that of the Pods."),
    )
