"""Services: the Pods that they select, their endpoints, ports and types.

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
    """Return the EndpointSlices of a Service.

    Example:
        services.slices(snapshot, service)[0]["addressType"]
        # 'IPv4'
    """
    namespace = service["metadata"].get("namespace")
    all_slices = snapshot.of_kind("EndpointSlice").values()
    ours = [entry for entry in all_slices if (entry["metadata"].get("labels") or {}).get(SERVICE_NAME) == name_of(service)]
    return [entry for entry in ours if entry["metadata"].get("namespace") == namespace]


def addresses(snapshot: Snapshot, service: Json, ready: bool = True) -> dict[str, str]:
    """Return the addresses of a Service's endpoints, each with the name of its Pod: only the ready ones, or all.

    Example:
        services.addresses(snapshot, service)
        # {'10.244.1.7': 'web-7d4'}
    """
    pods_by_address = {}
    for endpoint_slice in slices(snapshot, service):
        for endpoint in endpoint_slice.get("endpoints") or ():
            if not ready or (endpoint.get("conditions") or {}).get("ready", True):
                pod = (endpoint.get("targetRef") or {}).get("name", "")
                pods_by_address |= dict.fromkeys(endpoint.get("addresses") or (), pod)
    return pods_by_address


def chosen(snapshot: Snapshot, service: Json) -> list[Json]:
    """Return the Pods that the Service's selector matches.

    Example:
        chosen = services.chosen(snapshot, service)
    """
    selector = service["spec"].get("selector") or {}
    return [pod for pod in _in_its_namespace(snapshot, service) if selects(selector, pod["metadata"].get("labels"))]


def _in_its_namespace(snapshot: Snapshot, service: Json) -> list[Json]:
    """Return the Pods in the Service's namespace: a selector reaches no other."""
    namespace = service["metadata"].get("namespace")
    return [pod for pod in snapshot.pods() if pod["metadata"].get("namespace") == namespace]


def endpoints(snapshot: Snapshot, service: Json, hint: str, count: int = 1) -> Findings:
    """Yield a finding unless the Service has at least `count` ready Pods; waiting while they are starting.

    Example:
        yield from services.endpoints(snapshot, service, "Its selector must match the labels of the Pods.", 3)
        # The Service web has 1 of 3 ready Pods.
    """
    ready = addresses(snapshot, service)
    if len(set(ready.values())) >= count:
        return
    selector = service["spec"].get("selector") or {}
    words = ", ".join(f"{key}={value}" for key, value in sorted(selector.items())) or "no selector"
    pods, name = chosen(snapshot, service), name_of(service)
    expected = f"{count} ready Pods" if count > 1 else "a ready Pod"
    observed = sorted(set(ready.values())) or "no ready Pod"
    if pods and (reasons := list(dead_ports(snapshot, service))):
        message = f"The Service {name} has no usable port."
        yield Finding(message, subject(service), "spec.ports", "a port of its Pods", service["spec"]["ports"], reasons[0], hint)
        return
    if not pods:
        why = "\n".join(_labels_there(_in_its_namespace(snapshot, service))) or "There is no Pod in the namespace."
        message = f"The Service {name} selects no Pod: none has the labels of its selector ({words})."
        yield Finding(message, subject(service), "spec.selector", expected, words, why, hint)
        return
    troubles = [(pod, trouble) for pod in pods if (trouble := trouble_of(snapshot, pod))]
    why = "\n".join(f"{name_of(pod)}: {trouble.message} {trouble.why}".strip() for pod, trouble in troubles[:3])
    # A ready Pod becomes an endpoint within a moment; one that is stuck never does.
    waiting = len(pods) >= count and all(trouble.waiting for _, trouble in troubles)
    message = f"The Service {name} has {len(set(ready.values()))} of {count} ready Pods."
    if count == 1:
        message = f"The Service {name} has no ready Pod."
    yield Finding(message, subject(service), "its endpoints", expected, observed, why, hint, waiting=waiting)


def _labels_there(pods: list[Json]) -> Iterator[str]:
    """Yield what labels the Pods do carry, in words."""
    for pod in pods[:5]:
        labels = ", ".join(f"{key}={value}" for key, value in sorted((pod["metadata"].get("labels") or {}).items()))
        yield f"The Pod {name_of(pod)} has {f'the labels {labels}' if labels else 'no label'}."


def port(service: Json, number: int, hint: str) -> Findings:
    """Yield a finding unless the Service has this port.

    Example:
        yield from services.port(service, 80, "Set `port: 80`.")
        # The Service web has no port 80.
    """
    numbers = [port["port"] for port in service["spec"].get("ports") or ()]
    if number not in numbers:
        message = f"The Service {name_of(service)} has no port {number}."
        yield Finding(message, subject(service), "spec.ports[].port", number, numbers, hint=hint)


def dead_ports(snapshot: Snapshot, service: Json) -> Iterator[str]:
    """Yield, as sentences, why a port of the Service forwards to nothing: a protocol other than TCP, a name that no Pod has.

    Example:
        why = " ".join(services.dead_ports(snapshot, service))
        # 'The port 80 of the Service web is for UDP, and its clients use TCP.'
    """
    specs = [pod.get("spec") or {} for pod in chosen(snapshot, service)]
    named = [port for spec in specs for container in spec.get("containers") or () for port in container.get("ports") or ()]
    names = sorted({str(port["name"]) for port in named if port.get("name")})
    for entry in service["spec"].get("ports") or ():
        protocol, target, which = entry.get("protocol", "TCP"), entry.get("targetPort"), f"port {entry.get('port')}"
        if protocol != "TCP":
            yield f"The {which} of the Service {name_of(service)} is for {protocol}, and its clients use TCP."
        elif isinstance(target, str) and not target.isdigit() and target not in names:
            there = f"they have {', '.join(names)}" if names else "they name none"
            yield f"The {which} of the Service {name_of(service)} forwards to the port named {target} of its Pods; {there}."


def of_type(service: Json, kind: str, hint: str) -> Findings:
    """Yield a finding unless the Service has this type.

    Example:
        yield from services.of_type(service, "LoadBalancer", "Set `type: LoadBalancer`.")
        # The Service web has the type ClusterIP, not LoadBalancer.
    """
    observed = service["spec"].get("type", "ClusterIP")
    if observed != kind:
        message = f"The Service {name_of(service)} has the type {observed}, not {kind}."
        yield Finding(message, subject(service), "spec.type", kind, observed, hint=hint)
