"""The checks of the lab on a cluster that the tests use."""

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Snapshot
from checks.vocabulary import containers, objects, pods, services

NAME = "tiny"


@check("pod-ready", "The Pod tiny is ready", hints=["Look at `kubectl get pods`.", "`kubectl apply -f pod.yaml`."])
def pod_ready(snapshot: Snapshot) -> containers.Findings:
    yield from pods.runs(snapshot, NAME, "Apply it.")


@check(
    "answers",
    "The Service tiny answers",
    points=3,
    needs=["pod-ready"],
    hints=["Look at `kubectl get endpointslices`.", "Its selector is `app: tiny`."],
)
def answers(snapshot: Snapshot) -> containers.Findings:
    service = snapshot.object("Service", NAME) or {}
    yield from containers.first(
        objects.exists(snapshot, "Service", NAME, "Make it."),
        services.endpoints(snapshot, service, "Look at its selector."),
        objects.answers(snapshot, "page", "service/tiny", "afloat", "Look at its ports."),
    )


@check("note-kept", "The note is in the Pod", needs=["pod-ready"], hints=["Look at /data.", "`kubectl exec` writes it."])
def note_kept(snapshot: Snapshot) -> containers.Findings:
    yield from objects.printed(snapshot, "note", "pod/tiny", "kept", "Write it.")


@check("volume-offered", "There is a volume", hints=["Look at `kubectl get pv`.", "Its name is slipway-tiny-pv."])
def volume_offered(snapshot: Snapshot) -> containers.Findings:
    yield from objects.exists(snapshot, "PersistentVolume", "slipway-tiny-pv", "Make it.")


@check("secret-set", "The Secret is set", hints=["Look at `kubectl get secret`.", "`kubectl create secret generic`."])
def secret_set(snapshot: Snapshot) -> containers.Findings:
    secret = snapshot.object("Secret", "tiny-login")
    if secret is None:
        yield from objects.exists(snapshot, "Secret", "tiny-login", "Make it.")
        return
    facts = secret["DataFacts"].get("password", {})
    if facts != {"length": 11, "ends_with_newline": False}:
        why = "Its value ends with a line break: `echo` adds one." if facts.get("ends_with_newline") else ""
        message = "The password is not the one asked for."
        yield Finding(message, "secret/tiny-login", "data.password", "11 bytes", facts, why, "Make it again.")
