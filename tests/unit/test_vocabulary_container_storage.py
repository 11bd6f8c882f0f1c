"""The vocabulary of storage: the nearest mount decides, and a volume that nobody named is no named volume."""

import pytest

from checks.snapshot import Json
from checks.vocabulary import container_storage

DRAWN = "d" * 64


def container(*mounts: Json, tmpfs: tuple[str, ...] = ()) -> Json:
    return {"Name": "/db", "Mounts": list(mounts), "HostConfig": {"Tmpfs": dict.fromkeys(tmpfs, "")}}


def volume(path: str, name: str = "data") -> Json:
    return {"Type": "volume", "Name": name, "Destination": path}


def bind(path: str) -> Json:
    return {"Type": "bind", "Source": "/home/me", "Destination": path}


@pytest.mark.parametrize(
    ("path", "folder", "below"),
    [
        ("/data", "/data", True), ("/data/", "/data", True), ("/data", "/data/", True), ("/data/db", "/data", True), ("/data", "/", True),
        ("/database", "/data", False), ("/data", "/data/db", False), ("/", "/data", False),
    ],
)  # fmt: skip
def test_is_below_compares_whole_names_of_folders(path: str, folder: str, below: bool) -> None:
    assert container_storage.is_below(path, folder) is below


def test_mount_under_is_the_nearest_one_above_whatever_their_order() -> None:
    outer, inner = volume("/var/lib"), bind("/var/lib/db")
    for mounts in ((outer, inner), (inner, outer)):
        assert container_storage.mount_under(container(*mounts), "/var/lib/db/base") == inner
        assert container_storage.mount_under(container(*mounts), "/var/lib/other") == outer
    assert container_storage.mount_under(container(inner), "/var/lib") is None


def test_mount_under_gives_memory_before_a_volume_at_the_same_path() -> None:
    mount = container_storage.mount_under(container(volume("/data"), tmpfs=("/data",)), "/data")
    assert mount is not None and mount["Type"] == "tmpfs"


@pytest.mark.parametrize(
    ("mounts", "name", "accepted"),
    [
        ((volume("/data"),), "", True),
        ((volume("/data"),), "data", True),
        ((volume("/data"),), "other", False),
        ((volume("/data", DRAWN),), "", False),
        ((volume("/"),), "", True),
        ((volume("/data/db"),), "", False),
        ((volume("/database"),), "", False),
        ((bind("/data"),), "", False),
        ((volume("/"), bind("/data")), "", False),
        ((), "", False),
    ],
    ids=[
        "named", "of this name", "of another name", "of a drawn name", "above", "below", "of a longer path", "a folder", "a folder nearer",
        "nothing",
    ],
)  # fmt: skip
def test_named_volume_accepts_only_a_volume_that_somebody_named(mounts: tuple[Json, ...], name: str, accepted: bool) -> None:
    assert (list(container_storage.named_volume(container(*mounts), "/data", "hint", name=name)) == []) is accepted


def test_named_volume_says_what_is_there_instead() -> None:
    (finding,) = container_storage.named_volume(container(volume("/data", DRAWN), volume("/date")), "/data", "hint")
    assert "without a name" in finding.message and "data is mounted at /date" in finding.why
    assert finding.observed == [f"volume {DRAWN} at /data", "volume data at /date"]


@pytest.mark.parametrize(("tmpfs", "accepted"), [(("/tmp",), True), (("/",), True), (("/tmp/x",), False), ((), False)])
def test_in_memory_accepts_only_memory(tmpfs: tuple[str, ...], accepted: bool) -> None:
    assert (list(container_storage.in_memory(container(tmpfs=tmpfs), "/tmp", "hint")) == []) is accepted
    assert len(list(container_storage.in_memory(container(volume("/tmp")), "/tmp", "hint"))) == 1
