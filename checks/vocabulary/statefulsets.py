"""The vocabulary of StatefulSets: Pods with numbers, each with a claim and a name of its own.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from collections.abc import Mapping, Sequence

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary.configmaps_secrets import volume_of
from checks.vocabulary.containers import Findings, last_lines
from checks.vocabulary.objects import age, name_of, subject

# How long the cluster's DNS may take to learn of a new Pod, in seconds.
FRESH = 30


def mounted_at(pod: Json, folder: str) -> Json:
    """The volume that a container of the Pod mounts at `folder`, as in the Pod's `volumes`; {} where it mounts none."""
    spec = pod.get("spec") or {}
    mounts = [each for container in spec.get("containers") or () for each in container.get("volumeMounts") or ()]
    name = next((each["name"] for each in mounts if each["mountPath"].rstrip("/") == folder), None)
    return volume_of(pod, name) if name else {}


def claim_in(volume: Json) -> str:
    """The name of the claim that a volume of a Pod stands for; empty for other volumes."""
    return str((volume.get("persistentVolumeClaim") or {}).get("claimName", ""))


def in_words(volume: Json) -> str:
    """What a volume of a Pod is: "claim book-pier-0", "emptyDir", "nothing"."""
    claim = claim_in(volume)
    return f"claim {claim}" if claim else next((key for key in volume if key != "name"), "nothing")


def own_claims(item: Json, pods: Sequence[Json], template: str, folder: str, hint: str) -> Findings:
    """Each Pod of the StatefulSet mounts the claim at `folder` that the set's claim template of this name made for it."""
    found = {name_of(pod): mounted_at(pod, folder) for pod in pods}
    wrong = {name: volume for name, volume in found.items() if claim_in(volume) != f"{template}-{name}"}
    if not wrong:
        return
    wanted = [f"{name}: claim {template}-{name}" for name in wrong]
    observed = [f"{name}: {in_words(volume)}" for name, volume in wrong.items()]
    kinds, why = {in_words(volume) for volume in wrong.values()}, ""
    if len(wrong) > 1 and len(kinds) == 1 and claim_in(next(iter(wrong.values()))):
        why = f"All of them write into the same volume ({kinds.pop()}): what one does, the others see."
    elif "emptyDir" in kinds:
        why = "An emptyDir is made with the Pod and goes with it: the next Pod of that name begins with an empty one."
    message = f"What {', '.join(wrong)} mount{'s' if len(wrong) == 1 else ''} at {folder} is no claim of its own."
    yield Finding(message, subject(item), "spec.volumeClaimTemplates", wanted, observed, why, hint)


def governed_by(snapshot: Snapshot, item: Json, service: str, led: Mapping[str, Sequence[str]], hint: str) -> Findings:
    """The StatefulSet names this Service. `led` says where the names of its Pods below the Service lead, as looked up."""
    named, name = item["spec"].get("serviceName", ""), name_of(item)
    if named == service:
        return
    message = f"The StatefulSet {name} names the Service {named}, not {service}."
    why = f"The names of its Pods stand below {named}."
    if not named:
        message, why = f"The StatefulSet {name} names no Service.", "Its Pods have no names in the DNS."
    elif snapshot.object("Service", named) is None:
        why = f"The names of its Pods would stand below {named}, and there is no Service of that name."
    words = "; ".join(f"{pod}: {', '.join(addresses) or 'nobody'}" for pod, addresses in led.items())
    why += f" Below {service} they lead to: {words}."
    yield Finding(message, subject(item), "spec.serviceName", service, named, why, hint)


def leads_to(snapshot: Snapshot, probe_id: str, pods: Sequence[Json], service: Json, hint: str) -> Findings:
    """A look-up (a `pod_resolve` probe) found the addresses of these Pods and no others."""
    probe = snapshot.probe(probe_id)
    wanted = {str((pod.get("status") or {}).get("podIP", "")) for pod in pods}
    if set(probe["addresses"]) == wanted:
        return
    asked = probe["command"][-1] if probe["command"] else probe_id
    why = last_lines(probe["stderr"] or probe["error"])
    message = f"The name {asked} leads to {', '.join(probe['addresses']) or 'nobody'}."
    young = min(age(each, snapshot) for each in (service, *pods)) < FRESH
    yield Finding(message, subject(service), asked, sorted(wanted), probe["addresses"], why, hint, waiting=young)
