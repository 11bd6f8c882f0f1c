"""What unit tests of the cluster's side share: a decoy API server that logs what it receives."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_api_server import Authority, Decoy, authority, decoy

from sandboxes import settings


@pytest.fixture(scope="session")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority of the cluster that was recorded."""
    return authority(tmp_path_factory.mktemp("ours") / "ca")


@pytest.fixture(scope="session")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Another cluster's authority."""
    return authority(tmp_path_factory.mktemp("theirs") / "ca")


@pytest.fixture
def server(ours: Authority) -> Iterator[Decoy]:
    with decoy(ours) as running:
        yield running


@pytest.fixture
def cluster_folder(folders: Path, server: Decoy, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of a cluster that is the decoy, in a folder of the test."""
    monkeypatch.setenv("SLIPWAY_CLUSTER", str(folders / "cluster"))
    return server.keep(settings.load().cluster)
