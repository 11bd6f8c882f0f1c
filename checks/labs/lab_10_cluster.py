"""The checks of lab 10: the parts found in the living cluster, a thing declared, and a Pod followed from apply to Running."""

from collections.abc import Iterator

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot, Unknown
from checks.vocabulary import containers, objects, pods, texts
from checks.vocabulary.objects import condition, subject

NODES = 3
ANSWERS, NOTICE_FILE = "answers.toml", "notice.yaml"
NOTICE, TEXT, BEACON = "notice", "Harbour open", "beacon"
NAMESPACE = "lab-10-cluster"
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
API_SERVER, STORE, ADDRESS, RUNTIME = "api_server_node", "state_kept_in", "api_address", "runtime"
PLACED, STARTED = "placed_by", "started_by"
# What learners may call the same parts.
ALSO = frozenset({"scheduler", "kube-scheduler", "the scheduler", "the default-scheduler", "the kube-scheduler"})
KUBELET = frozenset({"kubelet", "the kubelet"})


@check(
    "nodes-ready",
    "The cluster's three nodes are ready",
    hints=[
        "`kubectl get nodes` shows them, and `./slipway cluster status` what is known of the cluster.",
        "`./slipway cluster up` in a terminal creates the cluster, or restores it.",
    ],
)
def nodes_ready(snapshot: Snapshot) -> containers.Findings:
    nodes, hint = snapshot.of_kind("Node"), "`./slipway cluster up` in a terminal repairs the cluster."
    ready = sorted(name for name, node in nodes.items() if condition(node, "Ready").get("status") == "True")
    if len(ready) < NODES:
        reasons = [f"{name}: {condition(node, 'Ready').get('message', '')}" for name, node in nodes.items() if name not in ready]
        message = f"{len(ready)} of {NODES} nodes are ready."
        yield Finding(message, "the cluster", "nodes", f"{NODES} ready nodes", ready, "\n".join(reasons), hint)


@check(
    "kubectl-aims",
    "kubectl uses the course's cluster and the lab's namespace",
    hints=[
        "`kubectl config view --minify` shows where kubectl aims: server, user, namespace.",
        "`slipway start 10` writes the lab's kubeconfig again.",
    ],
)
def kubectl_aims(snapshot: Snapshot) -> containers.Findings:
    yield from _aim(snapshot)


def _aim(snapshot: Snapshot) -> containers.Findings:
    aim, where = snapshot.probe("aim"), "kubectl's configuration"
    hint = "Run the notebook's first cell again: it points kubectl to the lab's namespace on the course's cluster."
    if not aim["ok"]:
        yield Finding("kubectl has no configuration that can be read.", where, "", "the lab's own", aim["error"], hint=hint)
    elif not aim["ours"]:
        why = f"The server of that context is {aim['server'] or 'not named'}."
        message = f"kubectl uses another cluster: its context is “{aim['context']}”."
        yield Finding(message, where, "current-context", "the course's cluster", aim["context"], why, hint)
    elif aim["namespace"] != NAMESPACE:
        message = f"kubectl uses the namespace {aim['namespace']}: it creates and looks for objects there."
        yield Finding(message, where, "namespace", NAMESPACE, aim["namespace"], hint=hint)


@check(
    "parts-found",
    "answers.toml says where the API server runs, who keeps the state, what starts containers, and the API's address",
    points=4,
    needs=["nodes-ready"],
    hints=[
        "`kubectl get pods -n kube-system -o wide` shows the parts that run as Pods, with their nodes.",
        "The runtime is at the end of `kubectl get nodes -o wide`, the address in `kubectl get service -n default`. The "
        "keeper of the state is the one database among the control plane's Pods.",
        "The API server runs on the node whose name ends in control-plane, since it *is* the control plane. The state is "
        "kept in etcd, and the runtime is containerd. The address is the CLUSTER-IP of the Service kubernetes.",
    ],
)
def parts_found(snapshot: Snapshot) -> containers.Findings:
    servers = [pod["spec"]["nodeName"] for pod in _fields(snapshot, "parts", "items")]
    address = _fields(snapshot, "entrance", "spec")["clusterIP"]
    runtimes = {node["status"]["nodeInfo"]["containerRuntimeVersion"] for node in snapshot.of_kind("Node").values()}
    names = {runtime.partition(":")[0] for runtime in runtimes}
    versions = {runtime.rpartition("/")[2] for runtime in runtimes}
    right = {
        API_SERVER: (set(servers), "`kubectl get pods -n kube-system -o wide` names the node of kube-apiserver."),
        STORE: ({"etcd", *(f"etcd-{node}" for node in servers)}, "Which of the control plane's parts is a database?"),
        RUNTIME: (
            runtimes
            | names
            | {runtime.replace("://", " ") for runtime in runtimes}
            | {f"{name} {v}" for name in names for v in versions},
            "`kubectl get nodes -o wide` shows it in its last column.",
        ),
        ADDRESS: ({address}, "`kubectl get service kubernetes -n default` shows it under CLUSTER-IP."),
    }
    yield from _wrong_answers(snapshot, right)


def _fields(snapshot: Snapshot, probe: str, name: str) -> Json:
    fields = snapshot.probe(probe)["fields"]
    if name not in fields:
        raise Unknown(f"the cluster did not tell its {name}")
    return fields[name]


def _wrong_answers(snapshot: Snapshot, right: dict[str, tuple[set[str], str]]) -> containers.Findings:
    """Yield a finding for each answer that is missing or not among the right ones. The right one stays out of it."""
    file = snapshot.probe("answers")
    if not file["ok"]:
        message, hint = (
            f"{ANSWERS} cannot be read: {file['error']}.",
            "`slipway start 10` copies the file again where it is missing.",
        )
        yield Finding(message, ANSWERS, "", "a file with your answers", file["error"], hint=hint)
        return
    try:
        answers = texts.toml_table(file["text"])
    except ValueError as error:
        message, hint = f"{ANSWERS} is not valid TOML: {error}.", 'Each answer is one line: name = "…", with both quotes.'
        yield Finding(message, ANSWERS, "", 'name = "…"', file["text"], hint=hint)
        return
    for name, (accepted, hint) in right.items():
        answer = str(answers.get(name, "")).strip()
        if not answer:
            message, why = f"{ANSWERS} has no answer for {name} yet.", "The check reads the saved file. Is yours saved (Ctrl+S)?"
            yield Finding(message, ANSWERS, name, "your answer", "", why, hint, cost=1)
        elif answer.lower() not in {text.lower() for text in accepted}:
            message = f"{ANSWERS} says “{answer}” for {name}; the cluster says something else."
            yield Finding(message, ANSWERS, name, "what the cluster shows", answer, hint=hint, cost=1)


@check(
    "notice-declared",
    "The ConfigMap notice exists, and was created by apply",
    points=2,
    hints=[
        "`kubectl get configmap notice -o yaml --show-managed-fields` shows what created it, and how.",
        "`kubectl apply -f FILE` declares the content of a file; `kubectl create` is a command, and keeps no trace of the file.",
        "`kubectl apply -f notice.yaml`. If a command has created it already: `kubectl delete configmap notice` first.",
    ],
)
def notice_declared(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl apply -f notice.yaml` in the lab's folder."
    yield from containers.first(
        _exists_where_kubectl_aims(snapshot, "ConfigMap", NOTICE, hint), _applied(snapshot, "ConfigMap", NOTICE)
    )


def _exists_where_kubectl_aims(snapshot: Snapshot, kind: str, name: str, hint: str) -> containers.Findings:
    """Yield a finding unless it exists. Where kubectl aims elsewhere, that is the likely reason."""
    for finding in objects.exists(snapshot, kind, name, hint):
        why = next((f"{other.message} Did you create it there?" for other in _aim(snapshot)), finding.why)
        yield Finding(**{**vars(finding), "why": why})


def _applied(snapshot: Snapshot, kind: str, name: str) -> containers.Findings:
    """Yield a finding unless apply created the object: on the client, which leaves a copy, or on the server, as a manager."""
    item = snapshot.object(kind, name)
    if item is None:
        return
    managers = item["metadata"].get("managedFields") or []
    if APPLIED in (item["metadata"].get("annotations") or {}) or any(manager.get("operation") == "Apply" for manager in managers):
        return
    observed = [f"{manager.get('manager')} ({manager.get('operation')})" for manager in managers]
    message = f"{name} was created by a command, not by apply."
    why = "The cluster does not record what it was created from, so apply could not tell later what you removed from the file."
    hint = f"`kubectl delete {kind.lower()} {name}`, then `kubectl apply -f` with its file."
    yield Finding(message, subject(item), "metadata.managedFields", "apply", observed, why, hint)


@check(
    "notice-changed",
    "The text of notice is “Harbour open”, in the cluster and in notice.yaml",
    needs=["notice-declared"],
    hints=[
        "There are two places, and they should say the same: the cluster, and the file that is applied to it.",
        "Edit notice.yaml, save it, and apply it once more. `kubectl diff -f notice.yaml` shows what would change.",
        "In notice.yaml: `text: Harbour open`. Then `kubectl apply -f notice.yaml`.",
    ],
)
def notice_changed(snapshot: Snapshot) -> containers.Findings:
    item = snapshot.object("ConfigMap", NOTICE) or {}
    text = str((item.get("data") or {}).get("text", "")).strip()
    file = snapshot.probe("manifest")
    in_file = TEXT in file["text"]
    if text != TEXT:
        why = f"{NOTICE_FILE} says it, but has not been applied since." if in_file else ""
        hint = f"Change the text in {NOTICE_FILE} and apply it."
        yield Finding(f"The cluster's notice says “{text}”.", f"configmap/{NOTICE}", "data.text", TEXT, text, why, hint)
    elif not in_file:
        message = f"{NOTICE_FILE} does not say what is in the cluster."
        why = "It was changed in the cluster only. The next apply of the file will undo it."
        yield Finding(message, NOTICE_FILE, "data.text", TEXT, file["error"] or file["text"], why, f"Also change {NOTICE_FILE}.")


@check(
    "beacon-runs",
    "The Pod beacon is ready, and was created by apply",
    points=2,
    hints=[
        "`kubectl get pods` shows the Pod, if kubectl looks where the Pod is.",
        "`kubectl apply -f beacon.yaml` creates it; `kubectl describe pod beacon` says what it waits for.",
        "`kubectl apply -f beacon.yaml`, then `kubectl wait --for=condition=Ready pod/beacon`.",
    ],
)
def beacon_runs(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl apply -f beacon.yaml` in the lab's folder."
    yield from containers.first(
        _exists_where_kubectl_aims(snapshot, "Pod", BEACON, hint),
        pods.runs(snapshot, BEACON, "`kubectl describe pod beacon` says what it waits for."),
        _applied(snapshot, "Pod", BEACON),
    )


@check(
    "beacon-traced",
    "answers.toml names the parts that placed beacon and started it",
    points=2,
    needs=["beacon-runs"],
    hints=[
        "`kubectl describe pod beacon` ends with the events; the column From says who reported each.",
        "Scheduled is reported by the part that chooses a node, Started by the part that runs on that node.",
        "The scheduler reports itself as default-scheduler, the node's part as kubelet.",
    ],
)
def beacon_traced(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl describe pod beacon`: the events at its end, under From."
    pod = snapshot.require("Pod", BEACON)
    node = pod["spec"].get("nodeName", "")
    reported = {reason: set(_reporters(snapshot, pod, reason)) for reason in ("Scheduled", "Started")}
    right = {
        PLACED: ((reported["Scheduled"] or {"default-scheduler"}) | ALSO, hint),
        STARTED: (reported["Started"] | KUBELET | {f"kubelet, {node}", f"kubelet {node}", f"the kubelet of {node}"}, hint),
    }
    yield from _wrong_answers(snapshot, right)


def _reporters(snapshot: Snapshot, pod: Json, reason: str) -> Iterator[str]:
    """Yield who reported the events of this reason. (They are kept for a day only.)"""
    for event in snapshot.events(pod):
        if event.get("reason") == reason:
            name = (event.get("source") or {}).get("component") or event.get("reportingComponent") or ""
            node = (event.get("source") or {}).get("host") or event.get("reportingInstance") or ""
            yield from (name, f"{name}, {node}") if node else (name,)
