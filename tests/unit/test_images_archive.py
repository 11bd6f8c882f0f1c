"""Files of images: what is taken, and what is refused before anything is loaded."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from sandboxes.errors import SlipwayError
from sandboxes.images import archive


def write(path: Path, references: list[str], spoil: bytes = b"", leave_out: str = "") -> Path:
    """A file as `docker save` writes it, of images with one layer each."""
    with tarfile.open(path, "w") as tar:

        def add(name: str, content: bytes) -> None:
            if name != leave_out:
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))

        manifest = []
        for reference in references:
            parts = []
            for content in (f"config of {reference}".encode(), f"layer of {reference}".encode() * 100_000):
                name = f"blobs/sha256/{hashlib.sha256(content).hexdigest()}"
                add(name, content[: -len(spoil)] + spoil if spoil else content)
                parts.append(name)
            manifest.append({"Config": parts[0], "RepoTags": [reference], "Layers": parts[1:]})
        add("manifest.json", json.dumps(manifest).encode())
    return path


def refused(path: Path) -> str:
    with pytest.raises(SlipwayError) as caught:
        archive.verify(path)
    return caught.value.message


def test_a_whole_file_names_its_images(tmp_path: Path) -> None:
    assert archive.verify(write(tmp_path / "x.tar", ["redis:7", "busybox:1.35"])) == ["redis:7", "busybox:1.35"]


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = write(tmp_path / "x.tar", ["redis:7", "busybox:1.35"]).read_bytes()
    cut = tmp_path / "cut.tar"
    end = whole.rindex(b"manifest.json")
    for size in (1, 100, 512, 513, 1024, 2048, 700_000, 1_400_000, len(whole) // 2, end - 1, end, end + 600):
        cut.write_bytes(whole[:size])
        assert "was not loaded" in refused(cut), size


def test_a_changed_byte_is_found(tmp_path: Path) -> None:
    assert "damaged" in refused(write(tmp_path / "x.tar", ["redis:7"], spoil=b"!"))


def test_a_missing_layer_is_found(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"layer of redis:7" * 100_000).hexdigest()
    path = write(tmp_path / "x.tar", ["redis:7"], leave_out=f"blobs/sha256/{digest}")
    assert "1 parts of redis:7 are missing" in refused(path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no images here\n" * 100)
    assert "not an image archive" in refused(tmp_path / "text")
    (tmp_path / "empty").touch()
    assert "was not loaded" in refused(tmp_path / "empty")
    with tarfile.open(tmp_path / "other.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "text", "text")
    assert "not an image archive" in refused(tmp_path / "other.tar.gz")
    (tmp_path / "manifest.json").write_text('["nonsense"]')
    with tarfile.open(tmp_path / "odd.tar", "w") as tar:
        tar.add(tmp_path / "manifest.json", "manifest.json")
    assert "damaged" in refused(tmp_path / "odd.tar")


def test_images_that_do_not_belong_to_the_course_are_refused(tmp_path: Path) -> None:
    assert "do not belong to the course: mine:1" in refused(write(tmp_path / "x.tar", ["redis:7", "mine:1"]))


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert "No such file" in refused(tmp_path / "absent.tar")
    assert "cannot be read" in refused(tmp_path)
