"""The words of claims and volumes: bound by UID, or every reason for which a claim waits. Over made-up states."""

from typing import Any

import pytest

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import persistent_volumes

DEFAULT = {"storageclass.kubernetes.io/is-default-class": "true"}
CLASS = {"metadata": {"name": "standard", "annotations": DEFAULT}, "volumeBindingMode": "WaitForFirstConsumer"}


def claim(uid: str = "1", volume: str = "", phase: str = "Pending", made: str = "00:00:00", **spec: Any) -> Json:
    asked = {"storageClassName": "by-hand", "accessModes": ["ReadWriteOnce"], **spec}
    asked.setdefault("resources", {"requests": {"storage": "500Mi"}})
    about = {"name": "data", "uid": uid, "creationTimestamp": f"2030-01-01T{made}Z"}
    return {
        "kind": "PersistentVolumeClaim",
        "metadata": about,
        "spec": {**asked, "volumeName": volume},
        "status": {"phase": phase},
    }


def volume(name: str = "disk", held_by: str = "", phase: str = "Available", **spec: Any) -> Json:
    offered: Json = {
        "storageClassName": "by-hand",
        "capacity": {"storage": "1Gi"},
        "accessModes": ["ReadWriteOnce"],
        **spec,
    }
    if held_by:
        offered["claimRef"] = {"name": "data", "uid": held_by}
    return {"kind": "PersistentVolume", "metadata": {"name": name}, "spec": offered, "status": {"phase": phase}}


def snapshot(*volumes: Json, taken: str = "00:10:00", events: tuple[Json, ...] = ()) -> Snapshot:
    objects = {
        "PersistentVolume": {each["metadata"]["name"]: each for each in volumes},
        "StorageClass": {"standard": CLASS},
        "Event": {str(number): each for number, each in enumerate(events)},
    }
    return Snapshot("91-tiny", f"2030-01-01T{taken}Z", objects=objects)


def findings(state: Snapshot, item: Json) -> list[Finding]:
    return list(persistent_volumes.bound_to(state, item, "disk", "hint"))


WAITING: dict[str, tuple[Json, tuple[Json, ...], str]] = {
    "another class": (claim(storageClassName="by-foot"), (volume(),), "asks for the class “by-foot”"),
    "no class": (claim(storageClassName=None), (volume(),), "asks for the class “”"),
    "too large": (claim(resources={"requests": {"storage": "2Gi"}}), (volume(),), "asks for 2Gi; disk holds 1Gi"),
    "another access": (claim(accessModes=["ReadWriteMany"]), (volume(),), "asks for ReadWriteMany"),
    "taken": (claim(), (volume(held_by="2", phase="Bound"),), "belongs to the claim data. A volume is bound to one claim only"),
    "taken by what is gone": (claim(), (volume(held_by="2", phase="Released"),), "data (which was deleted)"),
    "no volume": (claim(), (), "There is no volume disk"),
    "the first Pod": (claim(storageClassName="standard"), (volume(),), "when the first Pod that uses the claim"),
    "nothing said": ({**claim(), "spec": {}, "status": {}}, (volume(),), "asks for the class “”"),
}


@pytest.mark.parametrize("name", WAITING)
def test_why_a_claim_waits(name: str) -> None:
    item, volumes, words = WAITING[name]
    (finding,) = findings(snapshot(*volumes), item)
    assert words in finding.why
    assert not finding.waiting


def test_a_claim_that_has_only_just_been_made_waits() -> None:
    (young,) = findings(snapshot(volume(), taken="00:00:10"), claim())
    assert young.waiting
    (old,) = findings(snapshot(volume()), claim())
    assert not old.waiting
    (lost,) = findings(snapshot(), claim(volume="disk", phase="Lost"))
    assert "has lost its volume" in lost.message


def test_what_the_cluster_says_is_passed_on() -> None:
    event = {"metadata": {}, "reason": "ProvisioningFailed", "message": "no such class", "involvedObject": {"uid": "1"}}
    (finding,) = findings(snapshot(volume(), events=(event,)), claim())
    assert "The cluster says: no such class" in finding.why


def test_bound_means_each_names_the_other() -> None:
    right = volume(held_by="1", phase="Bound")
    assert not findings(snapshot(right), claim(volume="disk", phase="Bound"))
    assert findings(snapshot(volume(held_by="2")), claim(volume="disk", phase="Bound"))
    (other,) = findings(
        snapshot(volume(), volume("pvc-1", "1")), claim(volume="pvc-1", phase="Bound", storageClassName="standard")
    )
    assert "bound to another volume, pvc-1" in other.message
    assert "the cluster's default" in other.why


def test_who_has_made_a_volume() -> None:
    item, made = claim(volume="disk", phase="Bound"), volume(held_by="1")
    assert "was created by hand" in next(iter(persistent_volumes.provisioned(snapshot(made), item, "hint"))).message
    made["metadata"]["annotations"] = {"pv.kubernetes.io/provisioned-by": "somebody"}
    assert not list(persistent_volumes.provisioned(snapshot(made), item, "hint"))
    assert not list(persistent_volumes.provisioned(snapshot(), item, "hint"))


@pytest.mark.parametrize("phase", ["Available", "Bound", "Failed", "Pending", "Curious"])
def test_a_volumes_phase(phase: str) -> None:
    (finding,) = persistent_volumes.in_phase(volume(phase=phase), "Released", "hint")
    assert finding.observed == phase
    assert not list(persistent_volumes.in_phase(volume(phase="Released"), "Released", "hint"))
    assert list(persistent_volumes.in_phase({**volume(), "status": None}, "Released", "hint"))


KEPT: dict[str, tuple[Json, str]] = {
    "kept": ({"persistentVolumeClaim": {"claimName": "data"}}, ""),
    "another claim": ({"persistentVolumeClaim": {"claimName": "date"}}, "date at /var/lib"),
    "no claim": ({"emptyDir": {}}, "emptyDir at /var/lib"),
}


@pytest.mark.parametrize("name", KEPT)
def test_where_files_are_kept(name: str) -> None:
    source, words = KEPT[name]
    container = {"name": "db", "volumeMounts": [{"name": "v", "mountPath": "/var/lib"}]}
    pod = {
        "kind": "Pod",
        "metadata": {"name": "db"},
        "spec": {"containers": [container], "volumes": [{"name": "v", **source}]},
    }
    found = list(persistent_volumes.keeps(pod, "db", "/var/lib/data", "data", "hint"))
    assert [words in str(each.observed) for each in found] == ([True] if words else [])
    (nowhere,) = persistent_volumes.keeps(pod, "db", "/data", "data", "hint")
    assert nowhere.why == "What is written there is deleted with the Pod."
