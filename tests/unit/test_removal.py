"""What is removed from the cluster with a lab's namespaces, in which order, and what finalizers and volumes have to do with it."""

import pytest
from fake_api_server import Decoy, Reply, status
from fake_objects import CREATED, NAMESPACES, VOLUMES, Objects

from checks.clients.cluster import Cluster
from checks.lifecycle import removal

LAB = f"{NAMESPACES}/lab"
PROVISIONED = {"annotations": {removal.PROVISIONER: "rancher.io/local-path"}}
BOUND = {"claimRef": {"namespace": "lab", "name": "data"}}


@pytest.fixture
def objects(server: Decoy) -> Objects:
    """A cluster with the lab's namespace and another one."""
    made = Objects(server).serve()
    made.add_namespace("lab")
    made.add_namespace("production")
    made.add("namespaces/production/pods/web")
    return made


@pytest.fixture
def cluster(cluster_folder: object, objects: Objects) -> Cluster:
    from sandboxes import settings

    return Cluster(settings.load().cluster)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience and deadlines, in seconds, for things that never come."""
    for name, seconds in (("PATIENCE", 0.2), ("CLEARING", 0.4), ("DEADLINE", 1.5)):
        monkeypatch.setattr(removal, name, seconds)


def others(objects: Objects) -> set[str]:
    return {path for path in objects.items if not path.startswith(LAB)}


def test_remove_takes_the_namespace_with_all_that_is_in_it_and_nothing_else(objects: Objects, cluster: Cluster) -> None:
    objects.add("namespaces/lab/pods/web")
    objects.add("/apis/apps/v1/namespaces/lab/deployments/web")
    objects.add("persistentvolumes/somebody-elses", spec={"claimRef": {"namespace": "production", "name": "data"}})
    objects.add("persistentvolumes/unbound")
    before = others(objects)
    removed, left = removal.remove(cluster, ("lab",), ())
    assert (removed, left) == (["Deployment web", "Pod web", "Namespace lab"], [])
    assert set(objects.items) == before - {"/apis/apps/v1/namespaces/lab/deployments/web"}


def test_remove_asks_nothing_where_nothing_is_named(objects: Objects, cluster: Cluster, server: Decoy) -> None:
    assert removal.remove(cluster, (), ()) == ([], [])
    assert server.log == []


def test_remove_takes_named_objects_and_volumes_of_the_namespaces_claims(objects: Objects, cluster: Cluster) -> None:
    for name, spec in (
        ("named", {}),
        ("bound", BOUND),
        ("named-2", {}),
        ("bound-elsewhere", {"claimRef": {"namespace": "lab-2"}}),
    ):
        objects.add(f"persistentvolumes/{name}", spec=spec)
    removed, left = removal.remove(cluster, ("lab",), ("PersistentVolume/named",))
    assert (removed, left) == (["PersistentVolume bound", "PersistentVolume named", "Namespace lab"], [])
    assert {path for path in objects.items if path.startswith(VOLUMES)} == {f"{VOLUMES}/named-2", f"{VOLUMES}/bound-elsewhere"}


def test_remove_deletes_makers_before_pods_and_pods_before_the_rest(objects: Objects, cluster: Cluster, server: Decoy) -> None:
    for path in ("services/web", "pods/web", "persistentvolumeclaims/data", "events/e"):
        objects.add(f"namespaces/lab/{path}")
    for path in ("apps/v1/namespaces/lab/daemonsets/d", "batch/v1/namespaces/lab/jobs/j", "apps/v1/namespaces/lab/deployments/d"):
        objects.add(f"/apis/{path}")
    removal.remove(cluster, ("lab",), ())
    deleted = [line.rpartition("/")[2] for line in server.writes if line.startswith("DELETE")]
    assert deleted[:4] == ["deployments", "daemonsets", "jobs", "pods"]
    assert deleted[4:] == ["configmaps", "events", "persistentvolumeclaims", "serviceaccounts", "services", "lab"]


def test_remove_does_not_ask_for_collections_that_cannot_be_deleted(objects: Objects, cluster: Cluster, server: Decoy) -> None:
    objects.read_only = frozenset({"events"})
    removal.remove(cluster, ("lab",), ())
    assert not [line for line in server.writes if line.endswith("/events")]


def test_remove_gives_whole_collections_the_time_that_hundreds_of_objects_take(
    objects: Objects, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadlines, write = {}, cluster.write

    def noted(method: str, path: str, *rest: object, **options: object) -> object:
        deadlines[path] = options.get("timeout")
        return write(method, path, *rest, **options)

    monkeypatch.setattr(cluster, "write", noted)
    removal.remove(cluster, ("lab",), ())
    assert deadlines[f"{LAB}/configmaps"] == removal.DEADLINE


def test_remove_leaves_out_of_its_words_what_the_cluster_itself_makes(objects: Objects, cluster: Cluster) -> None:
    objects.add("namespaces/lab/pods/made", metadata={"ownerReferences": [{"kind": "ReplicaSet"}]})
    objects.add("namespaces/lab/events/happened")
    objects.add("namespaces/lab/configmaps/mine")
    assert removal.remove(cluster, ("lab",), ())[0] == ["ConfigMap mine", "Namespace lab"]


def test_remove_leaves_a_provisioned_volume_to_its_provisioner(objects: Objects, cluster: Cluster, server: Decoy) -> None:
    """Deleted before, its folder on the node would stay."""
    provisioned = objects.add(
        "persistentvolumes/pvc-1", metadata=PROVISIONED, spec={**BOUND, "persistentVolumeReclaimPolicy": "Delete"}
    )
    looks = []

    def provisioner(method: str, path: str) -> object:
        looks.append(path) if path == provisioned else None
        if len(looks) == 3:
            objects.items.pop(provisioned, None)
        return objects._reply(method, path)

    server.choose = provisioner
    removed, left = removal.remove(cluster, ("lab",), ())
    assert "PersistentVolume pvc-1" in removed and left == []
    assert f"DELETE {provisioned}" not in server.writes


@pytest.mark.usefixtures("quick")
def test_remove_deletes_a_provisioned_volume_that_its_provisioner_forgets(
    objects: Objects, cluster: Cluster, server: Decoy
) -> None:
    forgotten = objects.add(
        "persistentvolumes/pvc-1", metadata=PROVISIONED, spec={**BOUND, "persistentVolumeReclaimPolicy": "Delete"}
    )
    assert removal.remove(cluster, ("lab",), ())[1] == []
    assert server.writes.count(f"DELETE {forgotten}") == 1
    assert forgotten not in objects.items


@pytest.mark.parametrize(
    ("about", "spec"),
    [
        (PROVISIONED, {**BOUND, "persistentVolumeReclaimPolicy": "Retain"}),
        ({}, {**BOUND, "persistentVolumeReclaimPolicy": "Delete"}),
    ],
    ids=["retained", "made by hand"],
)
def test_remove_deletes_a_volume_that_nothing_clears_at_once(
    objects: Objects, cluster: Cluster, server: Decoy, about: dict[str, object], spec: dict[str, object]
) -> None:
    volume = objects.add("persistentvolumes/v", metadata=about, spec=spec)
    removal.remove(cluster, ("lab",), ())
    assert f"DELETE {volume}" in server.writes[: server.writes.index(f"DELETE {LAB}") + 1]


@pytest.mark.usefixtures("quick")
def test_remove_takes_finalizers_off_the_labs_deleted_objects_only(objects: Objects, cluster: Cluster, server: Decoy) -> None:
    kept = {"finalizers": ["example.com/never-comes"]}
    objects.add("namespaces/lab/pods/stuck", metadata=kept)
    objects.add("namespaces/production/pods/stuck", metadata={**kept, "deletionTimestamp": CREATED})
    objects.read_only = frozenset({"services"})
    alive = objects.add("namespaces/lab/services/alive", metadata=kept)
    assert removal.remove(cluster, ("lab",), ())[1] != [], "the Service was never deleted, so its namespace remains"
    assert f"{LAB}/pods/stuck" not in objects.items
    assert objects.items[alive]["metadata"]["finalizers"]
    assert [line for line in server.writes if line.startswith("PATCH")] == [f"PATCH {LAB}/pods/stuck"]


def test_remove_gives_whoever_set_a_finalizer_time_to_act(objects: Objects, cluster: Cluster, server: Decoy) -> None:
    stuck = objects.add("namespaces/lab/pods/stuck", metadata={"finalizers": ["example.com/comes-soon"]})
    looks = []

    def controller(method: str, path: str) -> object:
        looks.append(path) if (method, path) == ("GET", LAB) else None
        if len(looks) == 3:
            objects.items.pop(stuck, None)
        return objects._reply(method, path)

    server.choose = controller
    assert removal.remove(cluster, ("lab",), ())[1] == []
    assert not [line for line in server.writes if line.startswith("PATCH")]


@pytest.mark.usefixtures("quick")
def test_remove_names_what_does_not_go_in_time_and_why(objects: Objects, cluster: Cluster) -> None:
    why = {"conditions": [{"status": "True", "message": "Some content remains."}, {"status": "False", "message": "Not this."}]}
    objects.unwilling = {LAB}
    objects.items[LAB] |= {"kind": "Namespace", "status": why}
    objects.add("persistentvolumes/bound", spec=BOUND)
    objects.unwilling.add(objects.add("persistentvolumes/held", spec=BOUND))
    removed, (volume, left) = removal.remove(cluster, ("lab",), ())
    assert removed == ["PersistentVolume bound"]
    assert "held" in volume
    assert "Namespace lab" in left and "Some content remains." in left and "Not this" not in left


def test_finish_finalizes_only_a_namespace_that_is_being_deleted(objects: Objects, cluster: Cluster, server: Decoy) -> None:
    for path in [path for path in objects.items if path.startswith(f"{LAB}/")]:
        del objects.items[path]
    removal._finish(cluster, removal.resources(cluster), "lab")
    assert server.writes == []
    objects.items[LAB]["metadata"]["deletionTimestamp"] = CREATED
    removal._finish(cluster, removal.resources(cluster), "lab")
    assert server.writes == [f"PUT {LAB}/finalize"]


def test_finish_empties_a_namespace_before_it_finalizes_it(objects: Objects, cluster: Cluster, server: Decoy) -> None:
    """What was created between the look and the deletion is removed, and what is being removed is not asked again."""
    objects.items[LAB]["metadata"]["deletionTimestamp"] = CREATED
    objects.add("namespaces/lab/pods/late")
    objects.add("namespaces/lab/services/leaving", metadata={"deletionTimestamp": CREATED, "finalizers": ["x"]})
    removal._finish(cluster, removal.resources(cluster), "lab")
    assert f"DELETE {LAB}/pods" in server.writes
    assert not [line for line in server.writes if line.endswith(("/finalize", "/services"))]


def test_remove_takes_a_policy_first_that_refuses_every_deletion(objects: Objects, cluster: Cluster, server: Decoy) -> None:
    """It applies until the API server has noticed, a moment after it was deleted itself."""
    rules = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpol"
    binding, policy = objects.add(f"{rules}icybindings/team"), objects.add(f"{rules}icies/team")
    objects.add("namespaces/lab/pods/web")
    refused = []

    def admission(method: str, path: str) -> Reply | None:
        applies = binding in objects.items or len(refused) < 6
        if method == "DELETE" and applies and not path.startswith(rules):
            refused.append(path)
            return status(422, "ValidatingAdmissionPolicy 'team' with binding 'team' denied request")
        return objects._reply(method, path)

    server.choose = admission
    kinds = ("ValidatingAdmissionPolicy/team", "ValidatingAdmissionPolicyBinding/team")
    removed, left = removal.remove(cluster, ("lab",), kinds)
    assert left == [] and {*kinds, "Namespace/lab", "Pod/web"} == {entry.replace(" ", "/") for entry in removed}
    assert LAB in refused and set(objects.items) == others(objects) and policy not in objects.items
