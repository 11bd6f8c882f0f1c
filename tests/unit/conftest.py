"""What unit tests share: a decoy API server and a fake Docker engine, which log what they receive."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_api_server import Authority, Decoy, authority, decoy
from fake_engine import FakeEngine, fake_engine

from checks.clients.base import Engine
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


@pytest.fixture
def docker() -> Iterator[FakeEngine]:
    """An engine with nothing on it. (Its socket is in a folder of its own: a socket's path has to be short.)"""
    with tempfile.TemporaryDirectory(prefix="slipway-") as folder, fake_engine(Path(folder)) as running:
        yield running


@pytest.fixture
def docker_client(docker: FakeEngine) -> Iterator[Engine]:
    """The client of that engine."""
    client = Engine(docker.endpoint)
    yield client
    client.close()
