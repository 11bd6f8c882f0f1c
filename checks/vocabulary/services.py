"""The vocabulary of Services: what they select, where they lead, whether anything stands behind them.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from collections.abc import Iterator

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary.containers import Findings
from checks.vocabulary.objects import name_of, selects, subject
from checks.vocabulary.pods import trouble_of

SERVICE_NAME = "kubernetes.io/service-name"


def slices(snapshot: Snapshot, service: Json) -> list[Json]:
    """The EndpointSlices of a Service."""
    namespace = service["metadata"].get("namespace")
    found = snapshot.of_kind("EndpointSlice").values()
    ours = [each for each in found if (each["metadata"].get("labels") or {}).get(SERVICE_NAME) == name_of(service)]
    return [each for each in ours if each["metadata"].get("namespace") == namespace]


def addresses(snapshot: Snapshot, service: Json, ready: bool = True) -> dict[str, str]:
    """The addresses behind a Service, with the name of the Pod at each; those that are ready, or all."""
    found = {}
    for each in slices(snapshot, service):
        for endpoint in each.get("endpoints") or ():
            if not ready or (endpoint.get("conditions") or {}).get("ready", True):
                pod = (endpoint.get("targetRef") or {}).get("name", "")
                found |= dict.fromkeys(endpoint.get("addresses") or (), pod)
    return found


def chosen(snapshot: Snapshot, service: Json) -> list[Json]:
    """The Pods that the Service's selector chooses."""
    selector = service["spec"].get("selector") or {}
    return [pod for pod in snapshot.pods() if selects(selector, pod["metadata"].get("labels"))]


def endpoints(snapshot: Snapshot, service: Json, hint: str, count: int = 1) -> Findings:
    """At least `count` ready Pods stand behind the Service."""
    found = addresses(snapshot, service)
    if len(set(found.values())) >= count:
        return
    selector = service["spec"].get("selector") or {}
    words = ", ".join(f"{key}={value}" for key, value in sorted(selector.items())) or "no selector"
    pods, name = chosen(snapshot, service), name_of(service)
    expected = f"{count} ready Pods" if count > 1 else "a ready Pod"
    observed = sorted(set(found.values())) or "no ready Pod"
    if not pods:
        why = "\n".join(_labels_there(snapshot)) or "There is no Pod at all in the namespace."
        message = f"The Service {name} leads to nothing: no Pod carries what its selector asks for ({words})."
        yield Finding(message, subject(service), "spec.selector", expected, words, why, hint)
        return
    troubles = [(pod, trouble) for pod in pods if (trouble := trouble_of(snapshot, pod))]
    why = "\n".join(f"{name_of(pod)}: {trouble.message} {trouble.why}".strip() for pod, trouble in troubles[:3])
    # A ready Pod becomes an endpoint within a moment; one that is stuck never does.
    waiting = len(pods) >= count and all(trouble.waiting for _, trouble in troubles)
    message = f"Behind the Service {name} are {len(set(found.values()))} of {count} ready Pods."
    if count == 1:
        message = f"No ready Pod stands behind the Service {name}."
    yield Finding(message, subject(service), "its endpoints", expected, observed, why, hint, waiting=waiting)


def _labels_there(snapshot: Snapshot) -> Iterator[str]:
    """What labels the Pods do carry, in words."""
    for pod in snapshot.pods()[:5]:
        labels = ", ".join(f"{key}={value}" for key, value in sorted((pod["metadata"].get("labels") or {}).items()))
        yield f"The Pod {name_of(pod)} carries {labels or 'no label'}."


def port(service: Json, number: int, hint: str) -> Findings:
    """The Service has this port."""
    found = [each["port"] for each in service["spec"].get("ports") or ()]
    if number not in found:
        message = f"The Service {name_of(service)} has no port {number}."
        yield Finding(message, subject(service), "spec.ports[].port", number, found, hint=hint)


def of_type(service: Json, kind: str, hint: str) -> Findings:
    """The Service is of this type."""
    found = service["spec"].get("type", "ClusterIP")
    if found != kind:
        message = f"The Service {name_of(service)} is of the type {found}, not {kind}."
        yield Finding(message, subject(service), "spec.type", kind, found, hint=hint)
