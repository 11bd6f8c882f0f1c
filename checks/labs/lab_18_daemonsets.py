"""The checks of lab 18: one Pod on each node, or on the ones that are meant, and the logs of a node really collected."""

from dataclasses import dataclass

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.times import seconds
from checks.vocabulary import containers, daemonsets, objects
from checks.vocabulary.daemonsets import is_control_plane
from checks.vocabulary.objects import age, name_of, subject

LOOKOUT, WARDEN, COLLECTOR = "lookout", "warden", "collector"
ARCHIVE, ARCHIVE_PORT = "archive", 8000
LOGS = "/var/log/pods"
# A lookout prints a line every two seconds, a collector looks every second. A line this old, in seconds, is yesterday's.
STALE = 20


@dataclass(frozen=True)
class Kept:
    """A line as the archive shows it: which node's collector sent it, which Pod printed it, and when."""

    node: str
    pod: str
    uid: str
    time: str
    text: str


def nodes(snapshot: Snapshot, control_plane: bool | None = None) -> list[Json]:
    """Return all nodes, or only those of the control plane, or only the others."""
    all_nodes = [node for _, node in sorted(snapshot.of_kind("Node").items())]
    return [node for node in all_nodes if control_plane in (None, is_control_plane(node))]


def daemons(snapshot: Snapshot, name: str) -> Json:
    """Return the DaemonSet that a needed check, or the one before, has found."""
    return snapshot.require("DaemonSet", name)


@check(
    "lookout-placed",
    "The DaemonSet lookout keeps a ready Pod on each worker",
    points=2,
    hints=[
        "`kubectl get daemonset,deployment` shows which of the two there is; `kubectl get pods -o wide` shows the nodes.",
        "A DaemonSet is written like a Deployment, without `replicas`. The kind is part of what a thing *is*: applying the "
        "file with another kind creates a second object, and keeps the first.",
        "Copy three.yaml to lookout.yaml; there `kind: DaemonSet`, and no `replicas`. Then `kubectl delete deployment lookout` "
        "and `kubectl apply -f lookout.yaml`.",
    ],
)
def lookout_placed(snapshot: Snapshot) -> containers.Findings:
    hint = "`kind: DaemonSet` in lookout.yaml, no `replicas`, then `kubectl apply -f lookout.yaml`."
    crowd = snapshot.object("Deployment", LOOKOUT)
    if crowd and not snapshot.object("DaemonSet", LOOKOUT):
        observed = [f"{name_of(node)}: {_count(snapshot, crowd, node)} Pods" for node in nodes(snapshot)]
        why = "A Deployment knows how many, and not where. To the scheduler, two on one node are as good as one on each."
        message = f"{LOOKOUT} is a Deployment, not a DaemonSet."
        yield Finding(message, subject(crowd), "kind", "DaemonSet: one Pod on each node", observed, why, hint)
        return
    yield from containers.first(
        objects.exists(snapshot, "DaemonSet", LOOKOUT, hint),
        _alone(snapshot, crowd),
        _on(snapshot, LOOKOUT, False, "`kubectl describe daemonset lookout` shows what it requires of a node, and its events."),
    )


def _count(snapshot: Snapshot, owner: Json, node: Json) -> int:
    return sum(daemonsets.node_of(pod) == name_of(node) for pod in snapshot.pods(owner=owner))


def _alone(snapshot: Snapshot, crowd: Json | None) -> containers.Findings:
    """Yield a finding unless the Deployment of the same name is gone."""
    if crowd is not None:
        pods = objects.names(snapshot.pods(owner=crowd))
        why = "A DaemonSet and a Deployment of one name are two objects. Applying the new one does not delete the old one."
        message, hint = f"The Deployment {LOOKOUT} is still there, beside the DaemonSet.", "`kubectl delete deployment lookout`"
        yield Finding(message, subject(crowd), "metadata.name", "no such Deployment", pods, why, hint)


def _on(snapshot: Snapshot, name: str, control_plane: bool | None, hint: str) -> containers.Findings:
    if (item := snapshot.object("DaemonSet", name)) is not None:
        yield from daemonsets.one_on_each(snapshot, item, nodes(snapshot, control_plane), hint)


@check(
    "lookout-everywhere",
    "lookout also keeps a ready Pod on the control plane",
    points=2,
    needs=["lookout-placed"],
    hints=[
        "`kubectl describe nodes | grep Taints` shows which node turns Pods away, and with which words.",
        "A Pod gets past a taint with a toleration: key and effect must match. It goes into the Pod template, under `spec`.",
        "In lookout.yaml, under `template.spec`: `tolerations:` with `- key: node-role.kubernetes.io/control-plane` and "
        "`effect: NoSchedule`. Then apply.",
    ],
)
def lookout_everywhere(snapshot: Snapshot) -> containers.Findings:
    hint = "A toleration in the Pod template: key `node-role.kubernetes.io/control-plane`, effect `NoSchedule`."
    yield from _on(snapshot, LOOKOUT, True, hint)


@check(
    "warden-placed",
    "warden has its Pod on the control plane, and on no other node",
    points=2,
    hints=[
        "`kubectl get daemonset warden` shows how many Pods it wants, and its NODE SELECTOR.",
        "Two things are needed: a label that picks the node (`nodeSelector`), and a toleration that gets the Pod past its taint.",
        'Under `template.spec`: `nodeSelector:` with `node-role.kubernetes.io/control-plane: ""`, '
        "and the toleration as in lookout.yaml.",
    ],
)
def warden_placed(snapshot: Snapshot) -> containers.Findings:
    hint = "Both belong in the Pod template: a nodeSelector for the node's label, and a toleration for its taint."
    yield from containers.first(
        objects.exists(snapshot, "DaemonSet", WARDEN, hint), _elsewhere(snapshot, hint), _on(snapshot, WARDEN, True, hint)
    )


def _elsewhere(snapshot: Snapshot, hint: str) -> containers.Findings:
    item = daemons(snapshot, WARDEN)
    why = "Nothing in it says where it belongs."
    if (item["spec"]["template"].get("spec") or {}).get("tolerations"):
        why = "A toleration lets a Pod in; it does not keep it from the other nodes. That is what a nodeSelector is for."
    yield from daemonsets.none_on(snapshot, item, nodes(snapshot, False), why, hint)


@check(
    "collector-everywhere",
    "The DaemonSet collector keeps a ready Pod on each node",
    hints=[
        "`kubectl get pods -l app=collector -o wide` shows on which nodes there is one. Who of them is missing, and why?",
        "The control plane's taint has had another key for years: compare `kubectl describe nodes | grep Taints` with the file.",
        "In collector.yaml: `key: node-role.kubernetes.io/control-plane`. Then "
        "`kubectl apply -f archive.yaml -f collector.yaml`.",
    ],
)
def collector_everywhere(snapshot: Snapshot) -> containers.Findings:
    hint = (
        "Compare DESIRED in `kubectl get daemonset collector` with the number of nodes, then its tolerations with their taints."
    )
    create = "`kubectl apply -f archive.yaml -f collector.yaml` creates it."
    yield from containers.first(objects.exists(snapshot, "DaemonSet", COLLECTOR, create), _on(snapshot, COLLECTOR, None, hint))


def kept(snapshot: Snapshot) -> list[Kept]:
    """Return what the archive shows."""
    lines = [line.split("\t", 4) for line in snapshot.probe("archive")["body"].splitlines()]
    return [Kept(*line) for line in lines if len(line) == 5]


@check(
    "logs-collected",
    "The archive has from each node what the lookout there is printing",
    points=3,
    needs=["lookout-everywhere", "collector-everywhere"],
    hints=[
        "`kubectl logs -l app=collector` says how many log files each collector finds, and `kubectl exec daemonset/collector -- "
        "ls /var/log/pods` what it sees.",
        "The node's runtime is containerd: the log files are under /var/log/pods of the node. Three places must agree: "
        "`hostPath.path`, `mountPath` and the pattern in LOGS.",
        "`hostPath: {path: /var/log/pods}`, `mountPath: /var/log/pods` with `readOnly: true`, and "
        "`/var/log/pods/*/*/*.log` as LOGS. Then apply.",
    ],
)
def logs_collected(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl logs -l app=collector` says what the collectors find. Apply archive.yaml as it is."
    yield from containers.first(objects.answers(snapshot, "archive", f"service/{ARCHIVE}", "", hint), _from_each(snapshot, hint))


def _from_each(snapshot: Snapshot, hint: str) -> containers.Findings:
    """Yield a finding unless from each node there is a fresh line of the very Pod that is the lookout there, by UID."""
    missing: dict[str, str] = {}
    for node, pod in sorted(daemonsets.ready_on(snapshot, daemons(snapshot, LOOKOUT)).items()):
        times = [line.time for line in kept(snapshot) if line.node == node and line.uid == pod["metadata"]["uid"]]
        newest = f"{max(times)[:19]}Z" if times else ""
        if not newest or seconds(newest, snapshot.taken) > STALE:
            missing[node] = f"the newest line of {name_of(pod)} is from {newest}" if newest else f"no line of {name_of(pod)}"
    if missing:
        message = f"The archive gets nothing of what the lookout prints on {', '.join(missing)}."
        where, wanted = subject(daemons(snapshot, COLLECTOR)), f"on each node a line younger than {STALE} s"
        observed, wrong = [f"{node}: {words}" for node, words in missing.items()], _wrong_place(snapshot)
        # A Pod that has just started sends its first lines within moments, also those that an unready archive refused.
        waiting = not wrong and min(age(pod, snapshot) for pod in snapshot.pods()) < STALE
        why = wrong or f"The newest collector says: {_last_words(snapshot)}"
        yield Finding(message, where, "what the archive shows", wanted, observed, why, hint, waiting=waiting)


def mounts(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Return what the collector mounts of its node: the node's path, and the container's."""
    spec = daemons(snapshot, COLLECTOR)["spec"]["template"].get("spec") or {}
    paths = {
        volume["name"]: volume["hostPath"]["path"].rstrip("/") or "/"
        for volume in spec.get("volumes") or ()
        if "hostPath" in volume
    }
    used = [mount for container in spec.get("containers") or () for mount in container.get("volumeMounts") or ()]
    return [(paths[mount["name"]], mount["mountPath"].rstrip("/")) for mount in used if mount["name"] in paths]


def holds_logs(path: str) -> bool:
    """Tell whether a folder of the node has the log files in it, at whatever depth."""
    return f"{LOGS}/".startswith(f"{path.rstrip('/')}/")


def _wrong_place(snapshot: Snapshot) -> str:
    """Return what is wrong with where the collector looks; empty where nothing can be seen to be."""
    mounted = mounts(snapshot)
    words = ", ".join(f"{path} at {at}" for path, at in mounted) or "nothing"
    if any(holds_logs(path) for path, _ in mounted):
        last = _last_words(snapshot)
        return f"It mounts {words}, and says: {last}" if " 0 readable" in last else ""
    runtime = {((node.get("status") or {}).get("nodeInfo") or {}).get("containerRuntimeVersion", "") for node in nodes(snapshot)}
    why = f"Of its node it mounts {words}. The nodes run {', '.join(sorted(runtime))}, and the logs are in {LOGS}."
    if any("docker" in path for path, _ in mounted):
        why += " A folder that does not exist is created empty when it is mounted: no error, and nothing to read."
    if any(path == "/var/log/containers" for path, _ in mounted):
        why += " /var/log/containers has only links, and they point to /var/log/pods, which is not mounted."
    return why


def _last_words(snapshot: Snapshot) -> str:
    probe = snapshot.probe("collector-log")
    return (containers.last_lines(probe["text"], 1) if probe["ok"] else probe["error"]) or "nothing"


@check(
    "reads-only",
    "The collector can only read its node's logs",
    points=1,
    needs=["logs-collected"],
    hints=[
        "`kubectl exec daemonset/collector -- grep /var/log /proc/mounts` shows whether it is mounted `ro` or `rw`.",
        "`readOnly` is a setting of the mount in the container, not of the volume.",
        "Under `volumeMounts`, beside `mountPath: /var/log/pods`: `readOnly: true`. Then apply.",
    ],
)
def reads_only(snapshot: Snapshot) -> containers.Findings:
    probe, where = snapshot.probe("mounted"), subject(daemons(snapshot, COLLECTOR))
    options = {line[1]: line[3].split(",") for text in probe["stdout"].splitlines() if len(line := text.split()) >= 4}
    log_mounts, hint = [mount for mount in mounts(snapshot) if holds_logs(mount[0])], "`readOnly: true` beside the `mountPath`."
    if not log_mounts:
        message, hint = "The collector mounts no folder of its node that has the logs in it.", f"A `hostPath` volume: {LOGS}."
        yield Finding(message, where, "spec.template.spec.volumes", LOGS, mounts(snapshot), hint=hint)
    for path, at in log_mounts:
        if "ro" not in options.get(at, ()):
            observed = f"{at} {','.join(options[at][:2])}" if at in options else probe["error"] or "not mounted"
            why = "A program that can write into a folder of its node can do harm there to all that runs on it."
            message = f"The collector can write into {path} of its node."
            yield Finding(message, where, f"volumeMounts[{at}].readOnly", "ro", observed, why, hint)
