"""A shared cluster for a class, opened and closed on a cluster in memory: what is created, what is left alone, what is refused."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import class_cases as cases
import pytest
import yaml
from class_cluster_fake import FakeCluster

from checks import catalog
from checks.classroom import cluster_objects, cluster_record, shared_cluster, shared_labs, shared_target, targets
from checks.classroom import folder as class_folder
from checks.classroom.folder import ClassFolder
from checks.clients import named_kubeconfig
from checks.clients.base import EngineError
from sandboxes.cluster.access import Refused
from sandboxes.errors import SlipwayError

LABS = ("11-pods", "14-configuration")
PODS = "c-ada-11-pods"


def shared(folder: Path, labs: tuple[str, ...] = LABS, more: str = "") -> ClassFolder:
    """A class of Ada and Bob that shares a cluster."""
    if not folder.exists():
        cases.classroom(folder, labs=labs)
    text = cases.TOML.format(course=cases.__version__, labs="\n".join(f"{lab} = {{}}" for lab in labs))
    text = text.replace("[late]", f'where = "shared cluster"\n[cluster]\n{more}\n[late]')
    (folder / "class.toml").write_text(text, encoding="utf-8")
    return class_folder.open_class(folder)


@pytest.fixture
def classroom(tmp_path: Path) -> ClassFolder:
    return shared(tmp_path / "c")


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


def test_each_learner_gets_a_namespace_with_all_its_parts_for_each_lab(classroom: ClassFolder, cluster: FakeCluster) -> None:
    opened = shared_cluster.open_(classroom, cluster)
    parts = {kind for kind, namespace, _ in cluster.objects if namespace == PODS}
    assert parts == {"ResourceQuota", "LimitRange", "Role", "RoleBinding"}
    assert {name for kind, _, name in cluster.objects if kind == "Namespace"} == {
        "kube-system", "c-accounts", PODS, "c-ada-14-configuration", "c-bob-11-pods", "c-bob-14-configuration",
    }  # fmt: skip
    assert opened.created == len(cluster.objects) - 1 and opened.kubeconfigs == 3
    binding = cluster.objects["RoleBinding", PODS, "slipway-class"]
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "l-ada", "namespace": "c-accounts"}]
    labels = cluster.objects["Namespace", "", PODS]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "baseline"
    assert (labels["slipway.dev/class"], labels["slipway.dev/lab"]) == ("c", "11-pods")


def test_the_kubeconfig_of_a_learner_is_private_and_has_a_context_for_each_lab(
    classroom: ClassFolder, cluster: FakeCluster
) -> None:
    shared_cluster.open_(classroom, cluster)
    path = classroom.folder / "cluster" / "kubeconfigs" / "ada.kubeconfig"
    content = json.loads(path.read_text(encoding="utf-8"))
    assert {item["name"]: item["context"]["namespace"] for item in content["contexts"]} == {
        "11-pods": PODS, "14-configuration": "c-ada-14-configuration",
    }  # fmt: skip
    assert content["current-context"] == "11-pods"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_the_target_for_the_roster_leads_to_the_learners_namespaces(classroom: ClassFolder, cluster: FakeCluster) -> None:
    shared_cluster.open_(classroom, cluster)
    target = targets.parse(shared_target.of_class(classroom))
    assert target.namespaces("ada", ("lab-11-pods",)) == {"lab-11-pods": PODS}
    access = named_kubeconfig.load(classroom.folder / target.address, target.context)
    assert (access.server, access.token.split(".")[0]) == (cluster.access.server, "h")


def test_without_a_target_in_the_roster_the_open_cluster_is_looked_at(classroom: ClassFolder, cluster: FakeCluster) -> None:
    ada = classroom.learner("ada")
    assert ada is not None
    assert shared_target.of_learner(classroom, ada) == ""
    shared_cluster.open_(classroom, cluster)
    assert shared_target.of_learner(classroom, ada) == shared_target.of_class(classroom)
    elsewhere = replace(ada, target="unix:///run/ada.sock")
    assert shared_target.of_learner(classroom, elsewhere) == elsewhere.target
    own_machines = replace(classroom, about=replace(classroom.about, where="own machine"))
    assert shared_target.of_learner(own_machines, ada) == ""


def test_a_second_run_writes_nothing_at_all(classroom: ClassFolder, cluster: FakeCluster) -> None:
    shared_cluster.open_(classroom, cluster)
    versions, written = cluster.versions(), len(cluster.writes)
    kubeconfig = (classroom.folder / "cluster" / "kubeconfigs" / "ada.kubeconfig").read_bytes()
    cluster.log.clear()
    opened = shared_cluster.open_(classroom, cluster)
    assert (opened.created, opened.changed, opened.kubeconfigs, opened.unchanged) == (0, 0, 0, len(versions) - 1)
    assert cluster.versions() == versions and not cluster.writes and written
    assert (classroom.folder / "cluster" / "kubeconfigs" / "ada.kubeconfig").read_bytes() == kubeconfig


def test_the_number_of_requests_follows_from_the_number_of_objects(classroom: ClassFolder, cluster: FakeCluster) -> None:
    opened = shared_cluster.open_(classroom, cluster)
    requests = Counter(request.partition(" ")[0] for request in cluster.log)
    assert requests["PATCH"] == opened.created and requests["POST"] == opened.kubeconfigs
    lists = len(cluster_objects.ORDER) + 3  # and the accounts again, DaemonSets, and the identity at the beginning twice
    assert requests["GET"] <= requests["PATCH"] + requests["POST"] + lists + 1


def test_what_was_changed_by_hand_is_put_right_and_nothing_else(classroom: ClassFolder, cluster: FakeCluster) -> None:
    shared_cluster.open_(classroom, cluster)
    cluster.objects["ResourceQuota", PODS, "slipway-class"]["spec"]["hard"]["pods"] = "9999"
    cluster.objects["Namespace", "", PODS]["metadata"]["labels"]["team"] = "a"
    cluster.log.clear()
    opened = shared_cluster.open_(classroom, cluster)
    assert (opened.created, opened.changed) == (0, 1)
    assert cluster.writes == [f"PATCH /api/v1/namespaces/{PODS}/resourcequotas/slipway-class"]
    assert cluster.objects["ResourceQuota", PODS, "slipway-class"]["spec"]["hard"]["pods"] == "30"
    assert cluster.objects["Namespace", "", PODS]["metadata"]["labels"]["team"] == "a"


def test_no_name_of_someone_else_is_taken(classroom: ClassFolder, cluster: FakeCluster) -> None:
    cluster.put("Namespace", "", PODS)
    with pytest.raises(SlipwayError, match=f"taken in the cluster: Namespace {PODS}. Nothing was changed"):
        shared_cluster.open_(classroom, cluster)
    assert not cluster.writes


def test_labels_alone_do_not_make_an_object_ours(classroom: ClassFolder, cluster: FakeCluster) -> None:
    shared_cluster.open_(classroom, cluster)
    own = cluster.objects["Namespace", "", PODS]["metadata"]
    cluster.put("Namespace", "", PODS)["metadata"].update(labels=own["labels"], annotations=own["annotations"])
    cluster.log.clear()
    with pytest.raises(SlipwayError, match="taken in the cluster"):
        shared_cluster.open_(classroom, cluster)
    closed = shared_cluster.close(classroom, cluster)
    assert closed.foreign == (f"Namespace {PODS}",) and ("Namespace", "", PODS) in cluster.objects


def test_closing_removes_everything_of_the_class_and_nothing_else(classroom: ClassFolder, cluster: FakeCluster) -> None:
    cluster.put("Namespace", "", "c-ada")
    cluster.put("Role", "c-ada", "slipway-class")
    cluster.put("ClusterRole", "", "slipway-class-c")
    before = cluster.versions()
    opened = shared_cluster.open_(classroom, cluster)
    cluster.put("Pod", PODS, "web")
    closed = shared_cluster.close(classroom, cluster)
    assert cluster.versions() == before and not closed.foreign
    assert opened.created > closed.deleted == 5 + 2  # the namespaces take the rest with them
    assert {path.name for path in (classroom.folder / "cluster").rglob("*")} == {".gitignore", "kubeconfigs"}
    with pytest.raises(SlipwayError, match="has nothing in a shared cluster"):
        shared_cluster.close(classroom, cluster)


def test_rights_are_removed_before_the_namespaces(classroom: ClassFolder, cluster: FakeCluster) -> None:
    shared_cluster.open_(classroom, cluster)
    cluster.log.clear()
    shared_cluster.close(classroom, cluster)
    kinds = [request.split("/")[-2] for request in cluster.writes]
    assert sorted(kinds[:2]) == ["clusterrolebindings", "clusterroles"] and set(kinds[2:]) == {"namespaces"}


@pytest.mark.parametrize("command", [shared_cluster.open_, shared_cluster.close])
def test_another_cluster_behind_the_same_address_is_refused(classroom: ClassFolder, cluster: FakeCluster, command) -> None:
    shared_cluster.open_(classroom, cluster)
    cluster.objects["Namespace", "", "kube-system"]["metadata"]["uid"] = "another"
    cluster.log.clear()
    with pytest.raises(Refused, match="is not the one that the class was opened on"):
        command(classroom, cluster)
    assert not cluster.writes


def test_the_identity_is_compared_before_every_single_write(classroom: ClassFolder, cluster: FakeCluster) -> None:
    shared_cluster.open_(classroom, cluster)
    looks = cluster.log.count("GET /api/v1/namespaces/kube-system")
    assert looks == len(cluster.writes) + 2  # when it is recorded, and once more before anything is listed


def test_an_opening_that_fails_can_be_repeated_and_closed(classroom: ClassFolder, cluster: FakeCluster) -> None:
    cluster.fail_at = "/roles/"
    with pytest.raises(EngineError, match="applying Role .*etcd is full"):
        shared_cluster.open_(classroom, cluster)
    cluster.fail_at = ""
    record = cluster_record.read(classroom.folder)
    assert record and record.objects[f"Namespace {PODS}"] == cluster.objects["Namespace", "", PODS]["metadata"]["uid"]
    assert shared_cluster.open_(classroom, cluster).created
    shared_cluster.close(classroom, cluster)
    assert set(cluster.objects) == {("Namespace", "", "kube-system")}


def test_what_was_created_before_a_crash_still_belongs_to_the_class(classroom: ClassFolder, cluster: FakeCluster) -> None:
    shared_cluster.open_(classroom, cluster)
    record = cluster_record.read(classroom.folder)
    assert record
    unconfirmed = record.with_objects(dict.fromkeys(record.objects, ""))
    cluster_record.write(classroom.folder, unconfirmed)
    assert shared_cluster.open_(classroom, cluster).created == 0
    assert cluster_record.read(classroom.folder) == record


def test_a_learner_who_left_is_named_and_removed_on_request_only(classroom: ClassFolder, cluster: FakeCluster) -> None:
    shared_cluster.open_(classroom, cluster)
    (classroom.folder / "roster.csv").write_text("id,name\nada,Ada\n", encoding="utf-8")
    smaller = class_folder.open_class(classroom.folder)
    opened = shared_cluster.open_(smaller, cluster)
    assert opened.created == opened.changed == 0
    assert "Namespace c-bob-11-pods" in opened.unused and not any("ada" in name for name in opened.unused)
    assert ("Namespace", "", "c-bob-11-pods") in cluster.objects
    shared_cluster.close(smaller, cluster, unused=True)
    assert not [address for address in cluster.objects if "bob" in str(address)]
    assert ("Namespace", "", PODS) in cluster.objects
    kept = {path.name for path in (classroom.folder / "cluster" / "kubeconfigs").iterdir()}
    assert kept == {"ada.kubeconfig"}
    assert shared_cluster.open_(smaller, cluster).unused == ()


def test_a_token_that_is_about_to_expire_is_replaced(classroom: ClassFolder, cluster: FakeCluster) -> None:
    shared_cluster.open_(classroom, cluster)
    longer = shared(classroom.folder, more="token_days = 200")
    assert shared_cluster.open_(longer, cluster).kubeconfigs == 3
    assert shared_cluster.open_(longer, cluster).kubeconfigs == 0
    (classroom.folder / "cluster" / "kubeconfigs" / "ada.kubeconfig").chmod(0o644)
    assert shared_cluster.open_(longer, cluster).kubeconfigs == 1


@pytest.mark.parametrize("plugin, enforced", [("kindnet", True), ("calico-node", True), ("flannel", False)])
def test_policies_are_created_where_the_network_enforces_them(
    classroom: ClassFolder, cluster: FakeCluster, plugin: str, enforced: bool
) -> None:
    cluster.put("DaemonSet", "kube-system", plugin)
    addresses = [{"type": "InternalIP", "address": "10.0.0.7"}, {"type": "InternalIP", "address": "fd00::7"}]
    cluster.put("Node", "", "n1", status={"addresses": addresses})
    assert shared_cluster.open_(classroom, cluster).enforced == enforced
    policy = cluster.objects.get(("NetworkPolicy", PODS, "slipway-class"))
    assert (policy is not None) == enforced
    if policy:
        sources = policy["spec"]["ingress"][0]["from"]
        assert [source["ipBlock"]["cidr"] for source in sources if "ipBlock" in source] == ["10.0.0.7/32", "fd00::7/128"]
        own = sources[0]["namespaceSelector"]["matchLabels"].items()
        assert own <= cluster.objects["Namespace", "", "c-ada-14-configuration"]["metadata"]["labels"].items()
        assert not own <= cluster.objects["Namespace", "", "c-bob-11-pods"]["metadata"]["labels"].items()


def test_an_add_on_that_a_lab_needs_must_be_there(tmp_path: Path, cluster: FakeCluster) -> None:
    classroom = shared(tmp_path / "c", ("21-autoscaling",))
    cluster.served.clear()
    with pytest.raises(SlipwayError, match="which 21-autoscaling needs"):
        shared_cluster.open_(classroom, cluster)
    assert not cluster.writes


def test_a_class_on_the_learners_machines_is_not_opened(tmp_path: Path, cluster: FakeCluster) -> None:
    with pytest.raises(SlipwayError, match="learners work on: own machine"):
        shared_cluster.open_(cases.classroom(tmp_path / "c"), cluster)
    assert not cluster.log


def test_the_current_context_never_counts(classroom: ClassFolder, tmp_path: Path) -> None:
    for path, context in ((None, ""), (tmp_path / "kubeconfig", ""), (None, "classroom")):
        with pytest.raises(SlipwayError, match="The cluster must be named"):
            shared_cluster.connect(classroom, path, context)


def test_a_damaged_record_stops_everything(classroom: ClassFolder, cluster: FakeCluster) -> None:
    shared_cluster.open_(classroom, cluster)
    (classroom.folder / "cluster" / "record.json").write_text("{", encoding="utf-8")
    cluster.log.clear()
    for command in (shared_cluster.open_, shared_cluster.close):
        with pytest.raises(SlipwayError, match="not known what belongs to the class"):
            command(classroom, cluster)
    assert not cluster.log


def test_a_learner_may_change_every_kind_that_the_usable_labs_are_about() -> None:
    (role,) = (item for item in _template("namespace") if item["kind"] == "Role")
    writable = {name for rule in role["rules"] if "create" in rule["verbs"] for name in rule["resources"]}
    readable = {name for rule in role["rules"] if "list" in rule["verbs"] for name in rule["resources"]}
    kinds = {kind for lab in shared_labs.usable(catalog.labs()) for kind in lab.scope.kinds}
    own = {cluster_objects.KINDS[kind] for kind in kinds if cluster_objects.KINDS[kind].namespaced}
    assert {kind.plural for kind in own} - {"endpointslices"} <= writable
    assert "endpointslices" in readable
    assert writable.isdisjoint({"roles", "rolebindings", "resourcequotas", "limitranges", "networkpolicies", "serviceaccounts"})


def _template(name: str) -> list[dict]:
    return list(yaml.safe_load_all((cluster_objects.FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))
