"""Saving and loading on a real engine, and the base image made from packages."""

import errno
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from images_box import docker, must

from sandboxes.errors import SlipwayError
from sandboxes.images import archive
from sandboxes.images.catalogue import Image

pytestmark = pytest.mark.live

catalogue = import_module("sandboxes.images.catalogue")
NAME = f"slipway-images-test-{os.getpid()}"
ONE, TWO = f"{NAME}-one:1", f"{NAME}-two:1"


@pytest.fixture(autouse=True)
def two_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A catalogue of two tiny images that the engine has."""
    monkeypatch.setenv("SLIPWAY_STATE", str(tmp_path / "state"))
    known = {name: Image(name, "an image of this test", "none", 1) for name in (ONE, TWO)}
    monkeypatch.setattr(catalogue, "catalogue", lambda: known)
    for name in known:
        must("build", "--quiet", "--network=none", "--tag", name, "-", data=f"FROM busybox:1.35\nRUN echo {name} >/name\n")
    yield
    docker("rmi", "--force", *known)


def read(name: str) -> str:
    return must("run", "--rm", name, "cat", "/name")


def test_images_survive_the_way_through_a_file(tmp_path: Path) -> None:
    path = tmp_path / "Häfen und Schiffe.tar"
    size = archive.save([ONE, TWO], path)
    assert size == path.stat().st_size
    before = must("image", "inspect", "--format", "{{.Id}}", ONE, TWO)
    must("rmi", ONE, TWO)
    assert sorted(archive.load(path)) == [ONE, TWO]
    assert must("image", "inspect", "--format", "{{.Id}}", ONE, TWO) == before
    assert (read(ONE), read(TWO)) == (ONE, TWO)
    assert [entry.name for entry in tmp_path.iterdir() if entry.name != "state"] == [path.name]


def test_a_cut_file_loads_nothing(tmp_path: Path) -> None:
    path = tmp_path / "images.tar"
    archive.save([ONE, TWO], path)
    must("rmi", ONE, TWO)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(SlipwayError, match="was not loaded: it is truncated"):
        archive.load(path)
    assert docker("image", "inspect", ONE).code != 0
    assert docker("image", "inspect", TWO).code != 0


def test_a_missing_image_is_named_and_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "images.tar"
    path.write_text("old")
    must("rmi", TWO)
    with pytest.raises(SlipwayError, match=f"Missing on the engine: {TWO}"):
        archive.save([ONE, TWO], path)
    assert path.read_text() == "old"


def test_a_full_disk_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "images.tar"
    path.write_text("old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(SlipwayError) as caught:
            archive.save([ONE], path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert "could not be written" in caught.value.message
    assert "unchanged" in caught.value.message
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir() if entry.name != "state"] == ["images.tar"]
    assert "the disk is full" in archive._cannot_write(path, OSError(errno.ENOSPC, "No space left on device")).message


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(SlipwayError, match="could not be written: No such file or directory"):
        archive.save([ONE], tmp_path / "absent" / "images.tar")


BASE_SCRIPT = """
import sys
from importlib import import_module
from sandboxes import images
from sandboxes.images.catalogue import Image
catalogue = import_module("sandboxes.images.catalogue")
catalogue.catalogue = lambda: {name!r: Image(name!r, "a test", "debian", 85, arguments={"suite": "bookworm"})}
images.ensure([name!r], source="build")
"""


def make_base(name: str, tmp_path: Path) -> subprocess.Popen:
    environment = {**os.environ, "SLIPWAY_STATE": str(tmp_path / "state")}
    script = BASE_SCRIPT.replace("name!r", repr(name))
    return subprocess.Popen([sys.executable, "-c", script], env=environment, stderr=subprocess.PIPE, text=True)


def leftovers() -> set[str]:
    return {path.name for path in Path("/var/tmp").glob(f"slipway-{NAME}-*")}


def test_the_base_image_comes_from_packages_and_survives_ctrl_c(tmp_path: Path) -> None:
    name = f"{NAME}-base:1"
    before = leftovers()
    process = make_base(name, tmp_path)
    log = tmp_path / "state" / "images" / f"{NAME}-base-1.log"
    deadline = time.monotonic() + 60
    while not (log.exists() and "extracting archives" in log.read_text()):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert leftovers() == before
    assert not list((tmp_path / "state" / "images").glob("*.part"))
    assert docker("image", "inspect", name).code != 0
    try:
        process = make_base(name, tmp_path)
        output = process.communicate(timeout=200)[1]
        assert process.returncode == 0, output
        assert must("run", "--rm", name, "sh", "-c", ". /etc/os-release; echo $VERSION_CODENAME") == "bookworm"
        assert "org.slipway.recipe" in must("image", "inspect", "--format", "{{json .Config.Labels}}", name)
        assert not list((tmp_path / "state" / "images").glob("*.tar"))
    finally:
        docker("rmi", "--force", name)
    assert leftovers() == before
