"""The cluster of a folder that is moved or copied: a moved folder keeps it, a copied one gets its own."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from checks import backend, catalog
from sandboxes import checkout
from sandboxes.cluster import identity, manage, nodes, paths
from sandboxes.cluster.access import COPIES
from sandboxes.cluster.nodes import Node
from sandboxes.errors import SlipwayError
from sandboxes.steps import Progress


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder, which is the one in use."""
    monkeypatch.delenv("SLIPWAY_CLUSTER", raising=False)
    use(tmp_path / "project", monkeypatch)
    return tmp_path / "project"


def use(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLIPWAY_STATE", str(folder / ".slipway"))
    monkeypatch.setenv("SLIPWAY_WORK", str(folder / "work"))


def create(name: str) -> None:
    """What is recorded of a cluster of this name."""
    about = {"name": name, "server": "https://127.0.0.1:1", "ca_sha256": "00", "kube_system_uid": "u", "made": "2026-01-01"}
    paths.folder()
    paths.identity().write_text(json.dumps(about), encoding="utf-8")
    plan = {"name": name, "image": "i", "http": 1, "https": 2, "cgroup": "2"}
    paths.record().write_text(json.dumps(plan), encoding="utf-8")
    paths.kubeconfig().write_text("{}", encoding="utf-8")
    copy = paths.location() / COPIES / "current.kubeconfig"
    copy.parent.mkdir(exist_ok=True)
    copy.write_text("{}", encoding="utf-8")


def test_a_moved_folder_keeps_its_cluster(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with paths.exclusive():
        name = paths.name()
    assert name != checkout.name_by_path(paths.location())
    project.rename(project.parent / "moved")
    use(project.parent / "moved", monkeypatch)
    assert paths.name() == name
    with paths.exclusive():
        assert paths.name() == name
    create(name)
    assert manage.find().name == name


@pytest.mark.parametrize("old", [True, False], ids=["named by path", "named by id"])
def test_a_cluster_that_exists_is_found_before_and_after_the_move(
    old: bool, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not old:
        checkout.own(project / ".slipway")
    name = paths.name()
    create(name)
    project.rename(project.parent / "moved")
    use(project.parent / "moved", monkeypatch)
    checkout.own(project.parent / "moved" / ".slipway")
    assert paths.name() == name and nodes.expected()[0] == f"{name}-control-plane"


@pytest.mark.parametrize("old", [True, False], ids=["named by path", "named by id"])
def test_a_copied_folder_gets_a_cluster_of_its_own_and_the_first_keeps_its(
    old: bool, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = paths.name() if old else ""
    checkout.own(project / ".slipway")
    name = name or paths.name()
    create(name)
    shutil.copytree(project, project.parent / "copy")
    use(project.parent / "copy", monkeypatch)
    assert paths.name() != name
    with pytest.raises(SlipwayError, match="There is no cluster yet"):
        backend.connect(catalog.find("10"))
    assert manage.find() is None and identity.load() is None
    assert not (paths.location() / COPIES).exists()
    with paths.exclusive():
        own = paths.name()
    assert own != name
    use(project, monkeypatch)
    assert paths.name() == name and manage.find().name == name


def test_a_cluster_whose_identity_is_lost_keeps_its_name(project: Path) -> None:
    checkout.own(project / ".slipway")
    create("slipway-1a2b3c")
    paths.identity().unlink()
    assert paths.name() == "slipway-1a2b3c"


def test_a_shared_clusters_folder_keeps_the_name_by_its_path(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = project.parent / "shared"
    monkeypatch.setenv("SLIPWAY_CLUSTER", str(shared))
    names = set()
    for state in ("one", "other"):
        use(project.parent / state, monkeypatch)
        checkout.own(project.parent / state / ".slipway")
        names.add(paths.name())
    assert names == {checkout.name_by_path(shared)}


def test_stop_leaves_a_foreign_container_with_the_clusters_label(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault 34: `cluster down` took whatever bore the label."""
    create("slipway-1a2b3c")
    stopped: list[str] = []
    existing = [Node(name, True, datetime.now(UTC)) for name in (*nodes.expected(), "mine")]
    monkeypatch.setattr(nodes, "find", lambda client: existing)
    monkeypatch.setattr(nodes, "stop", lambda client, name: stopped.append(name))
    monkeypatch.setattr(manage, "connect", lambda: _Connected())
    assert manage.stop(Progress())
    assert sorted(stopped) == sorted(nodes.expected())


class _Connected:
    def __enter__(self) -> tuple[Any, Any]:
        return SimpleNamespace(), SimpleNamespace()

    def __exit__(self, *_: object) -> None:
        pass
