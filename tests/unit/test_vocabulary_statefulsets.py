"""The words of StatefulSets: a claim for each Pod, a Service that names them, names that lead to the right one."""

from typing import Any

import pytest

from checks.snapshot import Json, Snapshot
from checks.vocabulary import statefulsets

SET: Json = {"kind": "StatefulSet", "metadata": {"name": "db"}, "spec": {"serviceName": "dbs"}}
SERVICE: Json = {"kind": "Service", "metadata": {"name": "dbs", "creationTimestamp": "2030-01-01T00:00:00Z"}}


def pod(name: str, volume: Json, address: str = "10.0.0.1") -> Json:
    container = {"name": "db", "volumeMounts": [{"name": "data", "mountPath": "/data/"}]}
    spec = {"containers": [container], "volumes": [{"name": "data", **volume}]}
    about = {"name": name, "creationTimestamp": "2030-01-01T00:00:00Z"}
    return {"kind": "Pod", "metadata": about, "spec": spec, "status": {"podIP": address}}


def claim(name: str) -> Json:
    return {"persistentVolumeClaim": {"claimName": name}}


def test_a_claim_for_each() -> None:
    pods = [pod("db-0", claim("data-db-0")), pod("db-1", claim("data-db-1"))]
    assert not list(statefulsets.own_claims(SET, pods, "data", "/data", "hint"))


@pytest.mark.parametrize(
    ("volumes", "says"),
    [
        ([claim("data"), claim("data")], "write into the same volume (claim data)"),
        ([{"emptyDir": {}}, {"emptyDir": {}}], "starts with an empty one"),
        ([claim("data-db-0"), claim("data-db-0")], "db-1 mounts no claim of its own at /data"),
        ([claim("data-db-1"), claim("data-db-0")], "db-0, db-1 mount no claim of their own at /data"),
    ],
)
def test_no_claim_of_its_own(volumes: list[Json], says: str) -> None:
    pods = [pod(f"db-{ordinal}", volume) for ordinal, volume in enumerate(volumes)]
    (finding,) = statefulsets.own_claims(SET, pods, "data", "/data", "hint")
    assert says in f"{finding.message} {finding.why}" and finding.path == "spec.volumeClaimTemplates"


def test_a_pod_without_volumes_mounts_nothing() -> None:
    bare: Json = {"kind": "Pod", "metadata": {"name": "db-0"}, "spec": {"containers": [{"name": "db"}]}}
    (finding,) = statefulsets.own_claims(SET, [bare], "data", "/data", "hint")
    assert finding.observed == ["db-0: nothing"]
    assert statefulsets.mounted_at({}, "/data") == {}


@pytest.mark.parametrize(
    ("named", "there", "says"),
    [
        ("dbs", True, ""),
        ("db", False, "there is no Service of that name"),
        ("db", True, "are under db. Under dbs they resolve to: db-0: no address."),
        ("", True, "names no Service"),
    ],
)
def test_which_service_governs(named: str, there: bool, says: str) -> None:
    snapshot = Snapshot("lab", "2030-01-01T00:10:00Z", objects={"Service": {"db": SERVICE} if there else {}})
    found = {**SET, "spec": {"serviceName": named}}
    words = [f"{each.message} {each.why}" for each in statefulsets.governed_by(snapshot, found, "dbs", {"db-0": []}, "hint")]
    assert len(words) == bool(says) and all(says in each for each in words)


@pytest.mark.parametrize(
    ("addresses", "taken", "waiting"),
    [
        (["10.0.0.1"], "2030-01-01T00:10:00Z", None),
        ([], "2030-01-01T00:10:00Z", False),
        (["10.0.0.1", "10.0.0.2"], "2030-01-01T00:10:00Z", False),
        (["10.0.0.9"], "2030-01-01T00:00:05Z", True),
    ],
)
def test_where_a_name_leads(addresses: list[str], taken: str, waiting: bool | None) -> None:
    seen: dict[str, Any] = {"command": ["nslookup", "db-0.dbs"], "addresses": addresses, "stderr": "", "error": ""}
    snapshot = Snapshot("lab", taken, probes={"name": seen})
    found = list(statefulsets.leads_to(snapshot, "name", [pod("db-0", {})], SERVICE, "hint"))
    assert [each.waiting for each in found] == ([] if waiting is None else [waiting])
