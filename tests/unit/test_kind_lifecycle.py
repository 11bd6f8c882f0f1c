"""Starting and clearing a lab on the cluster: whose a namespace is, and what is left alone."""

import hashlib
import json
from pathlib import Path

import pytest
from course import OWN_LABS, use_labs
from fake_api_server import UID, Decoy
from fake_objects import CREATED, NAMESPACES, VOLUMES, Objects

from checks import backend, catalog, progress
from checks.clients.cluster import Cluster
from checks.lifecycle import kind, solution, workspace
from checks.model import Lab
from sandboxes import settings
from sandboxes.cluster import lab_kubeconfig
from sandboxes.errors import SlipwayError

NAME = "lab-91-tiny-kind"
NAMESPACE, VOLUME = f"{NAMESPACES}/{NAME}", f"{VOLUMES}/slipway-tiny-pv"
START = "2026-11-23T09:59:59Z"  # a second before the objects are created


@pytest.fixture
def lab(cluster_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    use_labs(OWN_LABS, monkeypatch)
    monkeypatch.delenv("KUBECONFIG", raising=False)
    return catalog.find("91")


@pytest.fixture
def objects(server: Decoy) -> Objects:
    return Objects(server).serve()


@pytest.fixture
def cluster(lab: Lab, objects: Objects) -> Cluster:
    connected = backend.connect(lab)
    assert isinstance(connected, Cluster)
    return connected


def started(lab: Lab, at: str, engine: str = UID) -> None:
    with progress.changing(settings.load(), lab.id) as kept:
        kept.started, kept.engine = at, engine


def marked(workspace_id: str = "", lab: str = "91-tiny-kind") -> dict[str, dict[str, str]]:
    annotation = workspace_id or kind.workspace_id(settings.load())
    return {"labels": {kind.LAB: lab}, "annotations": {kind.WORKSPACE: annotation}}


def reset(lab: Lab, cluster: Cluster) -> list[str]:
    removed, left = workspace.reset(lab, cluster, settings.load())
    assert left == []
    return removed


def test_start_makes_a_namespace_that_bears_the_workspaces_mark(lab: Lab, cluster: Cluster, objects: Objects) -> None:
    assert workspace.start(lab, cluster, settings.load()) is True
    about = objects.items[NAMESPACE]["metadata"]
    assert about["labels"] == marked()["labels"] and about["annotations"] == marked()["annotations"]
    copy = lab_kubeconfig.copy_path(cluster.folder, lab.id)
    assert json.loads(copy.read_text(encoding="utf-8"))["contexts"][0]["context"]["namespace"] == NAME
    assert progress.read(settings.load(), lab.id).engine == UID


@pytest.mark.parametrize(
    "mark",
    [{}, {"workspace_id": "0123456789abcdef"}, {"lab": "92-other"}],
    ids=["unmarked", "another workspace's", "another lab's"],
)
def test_start_refuses_a_namespace_that_is_not_the_labs(
    lab: Lab, cluster: Cluster, objects: Objects, server: Decoy, mark: dict[str, str] | None
) -> None:
    objects.add_namespace(NAME, **(marked(**mark) if mark else {}))
    with pytest.raises(SlipwayError, match=f"namespace {NAME}"):
        workspace.start(lab, cluster, settings.load())
    assert server.writes == []


def test_start_refuses_a_volume_that_was_there_before(lab: Lab, cluster: Cluster, objects: Objects, server: Decoy) -> None:
    objects.add("persistentvolumes/slipway-tiny-pv")
    with pytest.raises(SlipwayError, match="persistentvolume slipway-tiny-pv"):
        workspace.start(lab, cluster, settings.load())
    assert server.writes == []


def test_start_goes_on_in_the_namespace_that_this_workspace_made(
    lab: Lab, cluster: Cluster, objects: Objects, server: Decoy
) -> None:
    started(lab, START)
    objects.add_namespace(NAME, **marked())
    objects.add("persistentvolumes/slipway-tiny-pv")
    assert workspace.start(lab, cluster, settings.load()) is False
    assert server.writes == []


def test_start_makes_a_namespace_that_is_gone_or_going_again(lab: Lab, cluster: Cluster, objects: Objects, server: Decoy) -> None:
    started(lab, START)
    workspace.start(lab, cluster, settings.load())
    assert NAMESPACE in objects.items
    objects.items[NAMESPACE]["metadata"]["deletionTimestamp"] = CREATED
    workspace.start(lab, cluster, settings.load())
    assert "deletionTimestamp" not in objects.items[NAMESPACE]["metadata"]
    assert server.writes.count(f"POST {NAMESPACES}") == 2


def test_reset_removes_the_labs_namespace_and_volume_and_nothing_else(lab: Lab, cluster: Cluster, objects: Objects) -> None:
    started(lab, START)
    objects.add_namespace(NAME, **marked())
    objects.add(f"namespaces/{NAME}/pods/tiny")
    objects.add("persistentvolumes/slipway-tiny-pv")
    kept = {objects.add_namespace("production"), objects.add("namespaces/production/pods/tiny")}
    kept |= {objects.add("persistentvolumes/theirs"), f"{NAMESPACES}/production/serviceaccounts/default"}
    assert reset(lab, cluster) == ["PersistentVolume slipway-tiny-pv", "Pod tiny", f"Namespace {NAME}"]
    assert set(objects.items) == {*kept, f"{NAMESPACES}/production/configmaps/kube-root-ca.crt"}


def test_solve_empties_the_labs_namespace_and_keeps_the_lab_started(lab: Lab, cluster: Cluster, objects: Objects) -> None:
    started(lab, START)
    objects.add_namespace(NAME, **marked())
    objects.add(f"namespaces/{NAME}/pods/tiny")
    kept = {objects.add_namespace("production"), objects.add("namespaces/production/pods/tiny")}
    assert solution.make_way(lab, cluster, settings.load()) == (["Pod tiny", f"Namespace {NAME}"], [])
    assert f"namespaces/{NAME}/pods/tiny" not in " ".join(objects.items) and kept < set(objects.items)
    assert objects.items[NAMESPACE]["metadata"]["annotations"][kind.WORKSPACE] == kind.workspace_id(settings.load())
    assert progress.read(settings.load(), lab.id).started == START


@pytest.mark.parametrize(
    "mark", [{"workspace_id": "0123456789abcdef"}, {"lab": "92-other"}], ids=["another workspace's", "another lab's"]
)
def test_reset_leaves_what_bears_the_mark_of_another(
    lab: Lab, cluster: Cluster, objects: Objects, server: Decoy, mark: dict[str, str]
) -> None:
    started(lab, START)
    objects.add_namespace(NAME, **marked(**mark))
    assert reset(lab, cluster) == []
    assert NAMESPACE in objects.items and server.writes == []


@pytest.mark.parametrize(
    ("created", "labs_own"), [("09:59:59", True), ("10:00:01", True), ("09:59:57", False), ("09:59:00", False)]
)
def test_reset_removes_an_unmarked_volume_only_if_it_came_after_the_start(
    lab: Lab, cluster: Cluster, objects: Objects, created: str, labs_own: bool
) -> None:
    """The clock that noted the start and the cluster's may differ by two seconds."""
    started(lab, "2026-11-23T10:00:00Z")
    objects.add("persistentvolumes/slipway-tiny-pv", metadata={"creationTimestamp": f"2026-11-23T{created}Z"})
    reset(lab, cluster)
    assert (VOLUME not in objects.items) is labs_own


def test_reset_leaves_another_cluster_alone(lab: Lab, cluster: Cluster, objects: Objects, server: Decoy) -> None:
    """A lab that was started on a cluster that is gone has made nothing on this one."""
    started(lab, START, engine="the-uid-of-the-former-cluster")
    objects.add_namespace(NAME, **marked())
    objects.add("persistentvolumes/slipway-tiny-pv")
    assert reset(lab, cluster) == []
    assert server.writes == []


def test_workspace_ids_differ_and_name_no_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen = set()
    for name in ("a", "b"):
        monkeypatch.setenv("SLIPWAY_STATE", str(tmp_path / name))
        seen.add(kind.workspace_id(settings.load()))
        assert str(tmp_path) not in kind.workspace_id(settings.load())
    assert len(seen) == 2


def test_start_goes_on_after_the_folder_was_moved(
    lab: Lab, cluster: Cluster, objects: Objects, server: Decoy, folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(lab, START)
    workspace.start(lab, cluster, settings.load())
    settings.load().state.rename(folders / "moved")
    monkeypatch.setenv("SLIPWAY_STATE", str(folders / "moved"))
    before = len(server.writes)
    assert workspace.start(lab, cluster, settings.load()) is False
    assert len(server.writes) == before


def test_start_goes_on_in_a_namespace_with_the_mark_of_an_earlier_version(
    lab: Lab, cluster: Cluster, objects: Objects, server: Decoy
) -> None:
    started(lab, START)
    by_path = hashlib.sha256(str(settings.load().work).encode()).hexdigest()[:16]
    objects.add_namespace(NAME, **marked(by_path))
    assert workspace.start(lab, cluster, settings.load()) is False
    assert server.writes == []
