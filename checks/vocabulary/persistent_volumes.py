"""PersistentVolumes and claims: which are bound to each other, and why a claim is not.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from collections.abc import Iterator

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.times import ago
from checks.vocabulary.containers import Findings
from checks.vocabulary.objects import name_of, quantity, subject
from checks.vocabulary.pod_containers import last_event
from checks.vocabulary.pod_volumes import mount_over, volume_of

# A claim that has found no volume is looked at again after 15 seconds; beyond this, in seconds, waiting does not help.
PATIENCE = 30.0
DEFAULT = "storageclass.kubernetes.io/is-default-class"
PROVISIONER = "pv.kubernetes.io/provisioned-by"
FIRST_POD = "WaitForFirstConsumer"
# What the phases of a volume mean.
PHASES = {
    "Available": "No claim is bound to it yet.",
    "Bound": "Its claim is still there.",
    "Released": "Its claim was deleted, but it still refers to that claim.",
    "Failed": "Its claim was deleted, and deleting its data failed.",
    "Pending": "It was just created.",
}


def class_of(item: Json) -> str:
    """Return the storage class of a claim or a volume; "" if it names none.

    Example:
        persistent_volumes.class_of({"spec": {"storageClassName": "standard"}})
        # 'standard'
    """
    return str((item.get("spec") or {}).get("storageClassName") or "")


def size(item: Json) -> str:
    """Return the capacity of a volume, or what a claim requests, as Kubernetes writes it; "0" if neither is given.

    Example:
        persistent_volumes.size({"spec": {"resources": {"requests": {"storage": "1Gi"}}}})
        # '1Gi'
    """
    spec = item.get("spec") or {}
    room = spec.get("capacity") or (spec.get("resources") or {}).get("requests") or {}
    return str(room.get("storage", "0"))


def phase(item: Json) -> str:
    """Return the phase of a claim or a volume.

    Example:
        persistent_volumes.phase({"status": {"phase": "Bound"}})
        # 'Bound'
    """
    return str((item.get("status") or {}).get("phase", "Pending"))


def volume_behind(snapshot: Snapshot, claim: Json) -> Json | None:
    """Return the volume that is bound to this very claim, compared by the claim's UID; None if none is.

    Example:
        volume = persistent_volumes.volume_behind(snapshot, claim)
    """
    volume = snapshot.of_kind("PersistentVolume").get((claim.get("spec") or {}).get("volumeName", ""))
    held = ((volume or {}).get("spec") or {}).get("claimRef") or {}
    return volume if held.get("uid") == claim["metadata"].get("uid") else None


def bound_to(snapshot: Snapshot, claim: Json, volume_name: str, hint: str) -> Findings:
    """Yield a finding unless the claim is bound to the volume of this name.

    Example:
        yield from persistent_volumes.bound_to(snapshot, claim, "harbour-pv", "Class, size and access mode must match.")
        # logbook is bound to another volume, pvc-0f3a.
    """
    volume = volume_behind(snapshot, claim)
    if volume is None:
        yield from bound(snapshot, claim, hint, volume_name)
    elif name_of(volume) != volume_name:
        why = f"It asks for the class {class_of(claim)}, and the volume that it was given has that class."
        if _is_default(snapshot, class_of(claim)):
            why += " That is the cluster's default: a claim that names no class gets it."
        message = f"{name_of(claim)} is bound to another volume, {name_of(volume)}."
        yield Finding(message, subject(claim), "spec.volumeName", volume_name, name_of(volume), why, hint)


def bound(snapshot: Snapshot, claim: Json, hint: str, wanted: str = "") -> Findings:
    """Yield a finding unless the claim is bound to a volume. `wanted` names a volume to compare it with if it is not.

    Example:
        yield from persistent_volumes.bound(snapshot, claim, "`kubectl describe pvc logbook`", "harbour-pv")
        # logbook is not bound to a volume yet.
    """
    if volume_behind(snapshot, claim) is not None:
        return
    reasons = [*_differences(snapshot, claim, wanted), *_said(snapshot, claim)]
    name, young = name_of(claim), ago(claim["metadata"].get("creationTimestamp"), snapshot.taken) < PATIENCE
    waiting = young and not reasons
    message = f"{name} is not bound to a volume{' yet' if waiting else ''}."
    if phase(claim) == "Lost":
        message = f"{name} has lost its volume."
    yield Finding(message, subject(claim), "status.phase", "Bound", phase(claim), "\n".join(reasons), hint, waiting)


def _differences(snapshot: Snapshot, claim: Json, wanted: str) -> Iterator[str]:
    """Yield why the claim and the volume `wanted` do not come together."""
    volume, spec = snapshot.of_kind("PersistentVolume").get(wanted), claim.get("spec") or {}
    if volume is None:
        if wanted:
            yield f"There is no volume {wanted}."
        return
    if class_of(claim) != class_of(volume):
        yield f"It asks for the class “{class_of(claim)}”; {wanted} has the class “{class_of(volume)}”."
    if quantity(size(claim)) > quantity(size(volume)):
        yield f"It asks for {size(claim)}; {wanted} holds {size(volume)}. A claim binds only to a volume that is large enough."
    modes, offered = spec.get("accessModes") or (), (volume.get("spec") or {}).get("accessModes") or ()
    if missing := [mode for mode in modes if mode not in offered]:
        yield f"It asks for {', '.join(missing)}; {wanted} offers {', '.join(offered)}."
    held = (volume.get("spec") or {}).get("claimRef") or {}
    if held and held.get("uid", claim["metadata"].get("uid")) != claim["metadata"].get("uid"):
        gone = phase(volume) == "Released"
        holder = f"{held.get('name')} (which was deleted)" if gone else held.get("name")
        yield f"{wanted} belongs to the claim {holder}. A volume is bound to one claim only."
        if gone:
            yield f"{wanted} is free again once its `claimRef` is removed."


def _said(snapshot: Snapshot, claim: Json) -> Iterator[str]:
    """Yield what the cluster says about a claim that waits."""
    storage_class = snapshot.objects.get("StorageClass", {}).get(class_of(claim)) or {}
    if storage_class.get("volumeBindingMode") == FIRST_POD and not (claim.get("spec") or {}).get("volumeName"):
        yield f"The class {class_of(claim)} creates a volume when the first Pod that uses the claim has been scheduled."
        return
    for reason in ("ProvisioningFailed", "FailedBinding", "VolumeMismatch"):
        if event_text := last_event(snapshot, claim, reason):
            yield f"The cluster says: {event_text}"


def _is_default(snapshot: Snapshot, name: str) -> bool:
    storage_class = snapshot.objects.get("StorageClass", {}).get(name) or {"metadata": {}}
    return (storage_class["metadata"].get("annotations") or {}).get(DEFAULT) == "true"


def provisioned(snapshot: Snapshot, claim: Json, hint: str) -> Findings:
    """Yield a finding if the claim's volume was created by hand rather than by a provisioner.

    Example:
        yield from persistent_volumes.provisioned(snapshot, claim, "Leave storageClassName out.")
        # The volume of shelf, harbour-pv, was created by hand.
    """
    volume = volume_behind(snapshot, claim)
    if volume is None or (volume["metadata"].get("annotations") or {}).get(PROVISIONER):
        return
    message = f"The volume of {name_of(claim)}, {name_of(volume)}, was created by hand."
    observed = f"class {class_of(claim)}"
    yield Finding(message, subject(claim), "spec.storageClassName", "a class that creates volumes", observed, hint=hint)


def in_phase(volume: Json, name: str, hint: str) -> Findings:
    """Yield a finding unless the volume is in this phase.

    Example:
        yield from persistent_volumes.in_phase(volume, "Released", "Delete the claim.")
        # harbour-pv is Bound, not Released.
    """
    observed = phase(volume)
    if observed != name:
        status = volume.get("status") or {}
        why = " ".join(filter(None, [PHASES.get(observed, ""), status.get("message", "")]))
        message = f"{name_of(volume)} is {observed}, not {name}."
        yield Finding(message, subject(volume), "status.phase", name, observed, why, hint)


def keeps(item: Json, container: str, folder: str, claim_name: str, hint: str) -> Findings:
    """Yield a finding unless the folder in the container is on a volume of this claim. `item` is a Pod, or makes Pods.

    Example:
        yield from persistent_volumes.keeps(archive, "archive", "/data", "logbook", "Mount the claim.")
        # /data in the container archive is not on a volume.
    """
    mount = mount_over(item, container, folder)
    volume = volume_of(item, (mount or {}).get("name", ""))
    claimed = (volume.get("persistentVolumeClaim") or {}).get("claimName", "")
    path, expected = f"containers[{container}].volumeMounts", f"{claim_name} at {folder}"
    if mount is None:
        message = f"{folder} in the container {container} is not on a volume."
        why = "What is written there is deleted with the Pod."
        yield Finding(message, subject(item), path, expected, _mounted(item, container), why, hint)
    elif claimed != claim_name:
        message = f"{folder} in the container {container} is not on the claim {claim_name}."
        what = claimed or next((kind for kind in volume if kind != "name"), "no volume of that name")
        yield Finding(message, subject(item), path, expected, f"{what} at {mount['mountPath']}", hint=hint)


def _mounted(item: Json, container: str) -> list[str]:
    spec = (item if item["kind"] == "Pod" else item["spec"]["template"]).get("spec") or {}
    container_spec = next(
        (container_spec for container_spec in spec.get("containers") or () if container_spec["name"] == container), {}
    )
    return [f"{mount['name']} at {mount['mountPath']}" for mount in container_spec.get("volumeMounts") or ()]
