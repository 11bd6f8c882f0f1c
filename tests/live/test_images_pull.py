"""Pulling against registries that work, refuse, hang, limit, break or stall."""

import io
import os
import tarfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from images_support import answering, docker, free_port, real_registry, serve, silent_registry, stalling

from sandboxes.images import client, pull
from sandboxes.images.catalogue import Image
from sandboxes.images.pull import Patience, PullFailed

pytestmark = pytest.mark.live

NAME = f"slipway-images-test-{os.getpid()}"
IMAGE = Image(f"{NAME}:1", "an image of this test", "none", 1)
HASTY = Patience(answer=3, stall=3)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A registry that holds IMAGE, whose one layer the engine does not have."""
    with real_registry(tmp_path_factory.mktemp("registry")) as address:
        _push_new_image(address)
        yield address


def _push_new_image(address: str) -> None:
    name = f"{address}/library/{IMAGE.reference}"
    docker("import", "-", name, data=_archive_of_noise())
    try:
        docker("push", name)
    finally:
        docker("rmi", name)


def _archive_of_noise() -> bytes:
    content = os.urandom(3_000_000)
    with io.BytesIO() as raw:
        with tarfile.open(fileobj=raw, mode="w") as tar:
            entry = tarfile.TarInfo("noise")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        return raw.getvalue()


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("SLIPWAY_STATE", str(tmp_path))
    yield
    for name in docker("images", "--format", "{{.Repository}}:{{.Tag}}").splitlines():
        if NAME in name:
            docker("rmi", name)


def attempt(address: str, monkeypatch: pytest.MonkeyPatch, patience: Patience = HASTY) -> tuple[PullFailed | None, float]:
    """One pull from a registry: how it failed, and after how many seconds."""
    monkeypatch.setenv(pull.REGISTRY, address)
    started = time.monotonic()
    with client.connect() as (api, _):
        try:
            pull.pull(api, IMAGE, lambda detail: None, patience)
        except PullFailed as failure:
            return failure, time.monotonic() - started
    return None, time.monotonic() - started


def test_a_registry_that_works(registry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    failure, _ = attempt(registry, monkeypatch)
    assert failure is None
    names = docker("image", "inspect", IMAGE.reference, "--format", "{{.RepoDigests}} {{.RepoTags}}")
    assert f"{registry}/library/{NAME}@sha256:" in names
    assert f"{IMAGE.reference}" in names


def test_progress_names_layers_and_megabytes(registry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(pull.REGISTRY, registry)
    lines: list[str] = []
    with client.connect() as (api, _):
        pull.pull(api, IMAGE, lines.append, HASTY)
    assert lines[-1].startswith("1 of 1 layers")


def test_a_port_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    failure, seconds = attempt(f"127.0.0.1:{free_port()}", monkeypatch)
    assert failure and failure.everywhere and "refused the connection" in failure.reason
    assert seconds < 2


def test_a_name_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    failure, seconds = attempt("registry.invalid", monkeypatch, Patience())
    assert failure and failure.everywhere and "name cannot be resolved" in failure.reason
    assert seconds < 10


def test_a_server_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with silent_registry() as address:
        failure, seconds = attempt(address, monkeypatch)
    assert failure and failure.everywhere and failure.reason == "it did not answer for 3 seconds"
    assert 2.5 < seconds < 5


@pytest.mark.parametrize(
    ("status", "code", "message", "reason", "everywhere"),
    [
        (429, "TOOMANYREQUESTS", "You have reached your pull rate limit", "rate limit is reached", True),
        (500, "UNKNOWN", "unknown error", "internal error", True),
        (503, "UNAVAILABLE", "service unavailable", "internal error", True),
        (403, "DENIED", "requested access to the resource is denied", "access to this image is denied", False),
        (404, "MANIFEST_UNKNOWN", "manifest unknown", "does not have this image", False),
    ],
)
def test_a_registry_that_answers_with_an_error(
    status: int, code: str, message: str, reason: str, everywhere: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(answering(status, code, message)) as address:
        failure, seconds = attempt(address, monkeypatch)
    assert failure and reason in failure.reason, failure
    assert failure.everywhere is everywhere
    assert seconds < 5


def test_a_pull_that_stalls_in_the_middle(registry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    with serve(stalling(registry, released)) as address:
        try:
            failure, seconds = attempt(address, monkeypatch)
        finally:
            released.set()
    assert failure and failure.everywhere and failure.reason == "it made no progress for 3 seconds"
    assert 2.5 < seconds < 10
    assert NAME not in docker("images", "--format", "{{.Repository}}")


def test_an_image_of_a_foreign_name_space_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(pull.REGISTRY, "https://mirror.example:5000/")
    assert pull.source_name(Image("envoyproxy/envoy:1", "", "", 1)) == "mirror.example:5000/envoyproxy/envoy"
    assert pull.source_name(Image("redis:7", "", "", 1)) == "mirror.example:5000/library/redis"
    monkeypatch.delenv(pull.REGISTRY)
    assert pull.source_name(Image("redis:7", "", "", 1)) == "redis"
