"""The Pods of a StatefulSet, each with its own claim and DNS name.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from collections.abc import Mapping, Sequence

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary.containers import Findings, last_lines
from checks.vocabulary.objects import age, name_of, subject
from checks.vocabulary.pod_volumes import volume_of

# How long the cluster's DNS may take to learn of a new Pod, in seconds.
FRESH = 30


def mounted_at(pod: Json, folder: str) -> Json:
    """Return the volume that the Pod mounts at `folder`, as in the Pod's `volumes`; {} if it mounts none there.

    Example:
        volume = statefulsets.mounted_at(pod, "/data")
    """
    spec = pod.get("spec") or {}
    mounts = [mount for container in spec.get("containers") or () for mount in container.get("volumeMounts") or ()]
    name = next((mount["name"] for mount in mounts if mount["mountPath"].rstrip("/") == folder), None)
    return volume_of(pod, name) if name else {}


def claim_in(volume: Json) -> str:
    """Return the name of the claim that a volume of a Pod uses; "" for other volumes.

    Example:
        statefulsets.claim_in({"name": "book", "persistentVolumeClaim": {"claimName": "book-pier-0"}})
        # 'book-pier-0'
    """
    return str((volume.get("persistentVolumeClaim") or {}).get("claimName", ""))


def in_words(volume: Json) -> str:
    """Return what a volume of a Pod is, as text.

    Example:
        statefulsets.in_words({"name": "book", "persistentVolumeClaim": {"claimName": "book-pier-0"}})
        # 'claim book-pier-0'
    """
    claim = claim_in(volume)
    return f"claim {claim}" if claim else next((key for key in volume if key != "name"), "nothing")


def own_claims(item: Json, pods: Sequence[Json], template: str, folder: str, hint: str) -> Findings:
    """Yield a finding unless each Pod mounts at `folder` the claim that the set's claim template created for it.

    Example:
        yield from statefulsets.own_claims(pier, pods, "book", "/data", "Move the volume to volumeClaimTemplates.")
        # pier-1 mounts no claim of its own at /data.
    """
    volumes = {name_of(pod): mounted_at(pod, folder) for pod in pods}
    wrong = {name: volume for name, volume in volumes.items() if claim_in(volume) != f"{template}-{name}"}
    if not wrong:
        return
    wanted = [f"{name}: claim {template}-{name}" for name in wrong]
    observed = [f"{name}: {in_words(volume)}" for name, volume in wrong.items()]
    kinds, why = {in_words(volume) for volume in wrong.values()}, ""
    if len(wrong) > 1 and len(kinds) == 1 and claim_in(next(iter(wrong.values()))):
        why = f"All of them write into the same volume ({kinds.pop()}): what one writes, the others see."
    elif "emptyDir" in kinds:
        why = "An emptyDir is created and deleted with the Pod: the next Pod of that name starts with an empty one."
    verb, whose = ("mounts", "its") if len(wrong) == 1 else ("mount", "their")
    message = f"{', '.join(wrong)} {verb} no claim of {whose} own at {folder}."
    yield Finding(message, subject(item), "spec.volumeClaimTemplates", wanted, observed, why, hint)


def governed_by(snapshot: Snapshot, item: Json, service: str, led: Mapping[str, Sequence[str]], hint: str) -> Findings:
    """Yield a finding unless the StatefulSet names this Service in `serviceName`.

    `led` has, for each Pod, the addresses to which its name under the Service resolves.

    Example:
        yield from statefulsets.governed_by(snapshot, pier, "piers", {"pier-0": []}, "Set serviceName.")
        # The StatefulSet pier names the Service pier, not piers.
    """
    named, name = item["spec"].get("serviceName", ""), name_of(item)
    if named == service:
        return
    message = f"The StatefulSet {name} names the Service {named}, not {service}."
    why = f"The DNS names of its Pods are under {named}."
    if not named:
        message, why = f"The StatefulSet {name} names no Service.", "Its Pods have no DNS names."
    elif snapshot.object("Service", named) is None:
        why = f"The DNS names of its Pods would be under {named}, and there is no Service of that name."
    words = "; ".join(f"{pod}: {', '.join(addresses) or 'no address'}" for pod, addresses in led.items())
    why += f" Under {service} they resolve to: {words}."
    yield Finding(message, subject(item), "spec.serviceName", service, named, why, hint)


def leads_to(snapshot: Snapshot, probe_id: str, pods: Sequence[Json], service: Json, hint: str) -> Findings:
    """Yield a finding unless a name (a `pod_resolve` probe) resolves to the addresses of exactly these Pods.

    Example:
        yield from statefulsets.leads_to(snapshot, "pier-0-name", [pod], service, "The Service must be headless.")
        # The name pier-0.piers resolves to no address.
    """
    probe = snapshot.probe(probe_id)
    wanted = {str((pod.get("status") or {}).get("podIP", "")) for pod in pods}
    if set(probe["addresses"]) == wanted:
        return
    asked = probe["command"][-1] if probe["command"] else probe_id
    why = last_lines(probe["stderr"] or probe["error"])
    message = f"The name {asked} resolves to {', '.join(probe['addresses']) or 'no address'}."
    young = min(age(item, snapshot) for item in (service, *pods)) < FRESH
    yield Finding(message, subject(service), asked, sorted(wanted), probe["addresses"], why, hint, waiting=young)
