"""The sample lab on the real engine, for the tests of the machinery."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from cluster_support import kubectl, uid
from sample_kind_lab import SampleKindLab, without_namespace
from sample_lab import SampleLab

from checks import backend, catalog
from checks.clients.cluster import Cluster as Connection
from checks.dev import execute
from checks.dev.paths import places
from checks.lifecycle import inventory, workspace
from sandboxes import settings
from sandboxes.cluster import manage as clusters
from sandboxes.cluster.manage import Cluster
from sandboxes.steps import Progress


@pytest.fixture
def tiny(tiny_labs: Path, need_images: Callable[[Iterable[str]], None]) -> Iterator[SampleLab]:
    """The sample lab, started; reset at the end, whatever became of it."""
    lab, chosen = catalog.find("90"), settings.load()
    need_images(lab.images)
    connection = backend.connect()
    # These names are the tests' own: whatever carries them was left by a run that was killed.
    inventory.remove(connection, inventory.take(connection, lab.scope))
    workspace.start(lab, connection, chosen)
    try:
        yield SampleLab(lab, connection, chosen)
    finally:
        _, left = workspace.reset(lab, connection, chosen)
        connection.close()
        assert not left


@pytest.fixture
def solved(tiny: SampleLab) -> SampleLab:
    """The sample lab, solved."""
    execute.script(places(tiny.settings).second(tiny.lab), tiny.folder, tiny.settings)
    return tiny


@pytest.fixture
def stopped_kube(
    cluster: Cluster, tiny_labs: Path, need_images: Callable[[Iterable[str]], None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[SampleKindLab]:
    """The sample lab on the cluster, not started; reset at the end, whatever became of it."""
    lab, chosen = catalog.find("91"), settings.load()
    need_images(lab.images)
    clusters.ensure(Progress(), images=lab.images)
    connection = backend.connect(lab)
    assert isinstance(connection, Connection)
    without_namespace(connection)
    try:
        yield SampleKindLab(lab, connection, chosen)
    finally:
        _, left = workspace.reset(lab, connection, chosen)
        without_namespace(connection)
        connection.close()
        assert not left


@pytest.fixture
def kube(stopped_kube: SampleKindLab) -> SampleKindLab:
    """The sample lab on the cluster, started."""
    stopped_kube.start()
    return stopped_kube


@pytest.fixture
def solved_kube(kube: SampleKindLab) -> SampleKindLab:
    """The sample lab on the cluster, solved."""
    kube.solve()
    return kube


@pytest.fixture
def kept(cluster: Cluster) -> Iterator[str]:
    """A ConfigMap that tells whether the cluster is still the same one. Returns its UID."""
    clusters.ensure(Progress())
    kubectl("delete", "configmap", "kept", "--ignore-not-found")
    kubectl("create", "configmap", "kept")
    yield uid()
    clusters.ensure(Progress())
