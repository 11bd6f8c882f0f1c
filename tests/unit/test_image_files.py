"""What is in an image's layers, over archives in the form of `docker save`; and the files of a learner's folder."""

import io
import json
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest
from fake_engine import FakeEngine

from checks.clients.base import Engine, EngineError
from checks.model import Probe
from checks.probes import image_files, image_layers
from checks.snapshot import Json

ID = "sha256:" + "a" * 64


def archive(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def save(docker: FakeEngine, *layers: dict[str, bytes]) -> None:
    """Give the engine the image "web" with these layers, made by "step 0", "step 1" and so on, with a step without one."""
    steps = [{"created_by": f"step {number}"} for number in range(len(layers))]
    history = [steps[0], {"created_by": "ENV", "empty_layer": True}, *steps[1:]]
    names = [f"blobs/sha256/{number}" for number in range(len(layers))]
    described = {
        "manifest.json": json.dumps([{"Config": "config", "Layers": names}]).encode(),
        "config": json.dumps({"history": history}).encode(),
    }
    stored = {name: archive(layer) for name, layer in zip(names, layers, strict=True)}
    docker.add_image(ID, "web:latest")
    docker.saved[ID] = archive({**dict(reversed(stored.items())), **described})


def look(client: Engine, cache: Path, *patterns: str, **options: Any) -> list[Json]:
    probe = Probe("files", "image_files", {"image": "web:latest", "patterns": list(patterns), **options})
    result = image_files.image_files(probe, client, cache)
    assert result["ok"] and result["id"] == ID
    return result["files"]


def test_image_files_gives_path_layer_and_step_in_the_order_of_the_layers(
    docker: FakeEngine, docker_client: Engine, tmp_path: Path
) -> None:
    save(docker, {"app/b.env": b"1", "app/a.env": b"12", "app/a.py": b""}, {"etc/key.env": b"123"})
    files = look(docker_client, tmp_path, "*.env")
    assert [(file["path"], file["size"], file["layer"], file["step"]) for file in files] == [
        ("/app/a.env", 2, 0, "step 0"), ("/app/b.env", 1, 0, "step 0"), ("/etc/key.env", 3, 1, "step 1"),
    ]  # fmt: skip


def test_image_files_patterns_match_the_whole_path(docker: FakeEngine, docker_client: Engine, tmp_path: Path) -> None:
    save(docker, {"app/.env": b"", "app/.env.example": b"", "./srv/.env": b"", "environment": b""})
    assert [file["path"] for file in look(docker_client, tmp_path, "*/.env")] == ["/app/.env", "/srv/.env"]


@pytest.mark.parametrize("marker", ["app/.wh.secret", ".wh.app", "app/.wh..wh..opq"], ids=["file", "folder", "emptied folder"])
def test_image_files_says_which_step_deletes_a_file(
    docker: FakeEngine, docker_client: Engine, tmp_path: Path, marker: str
) -> None:
    save(docker, {"app/secret": b"x"}, {"other": b""}, {marker: b""}, {".wh.app": b""})
    (file,) = look(docker_client, tmp_path, "*secret")
    assert (file["layer"], file["deleted_by"]) == (0, "step 2")


def test_image_files_put_back_later_is_not_deleted(docker: FakeEngine, docker_client: Engine, tmp_path: Path) -> None:
    """A deletion counts for the layers below it, and not for its own or a later one."""
    save(docker, {"app/secret": b"x"}, {"app/.wh..wh..opq": b"", "app/secret": b"y"})
    assert [file["deleted_by"] for file in look(docker_client, tmp_path, "*secret")] == ["step 1", ""]


def test_image_files_is_not_misled_by_the_deletion_of_a_name_alike(
    docker: FakeEngine, docker_client: Engine, tmp_path: Path
) -> None:
    save(docker, {"app/secret": b"x"}, {"app/.wh.secrets": b"", "app2/.wh..wh..opq": b"", "app/.wh.sec": b""})
    assert [file["deleted_by"] for file in look(docker_client, tmp_path, "*secret")] == [""]


def test_image_files_contains_is_searched_in_small_files_only(docker: FakeEngine, docker_client: Engine, tmp_path: Path) -> None:
    limit = image_layers.CONTENT_LIMIT
    files = {
        "a": b"x PASSWORD=1",
        "b": b"nothing",
        "at-the-limit": b"PASSWORD".ljust(limit),
        "over": b"PASSWORD".ljust(limit + 1),
    }
    save(docker, files)
    assert [file["path"] for file in look(docker_client, tmp_path, "*", contains="PASS(WORD)?")] == ["/a", "/at-the-limit"]


def test_image_files_without_the_image_says_so(docker: FakeEngine, docker_client: Engine, tmp_path: Path) -> None:
    probe = Probe("files", "image_files", {"image": "web:latest", "patterns": ["*"]})
    result = image_files.image_files(probe, docker_client, tmp_path)
    assert (result["ok"], result["error"], result["files"]) == (False, "no such image", [])


@pytest.mark.parametrize("data", [b"", b"no archive", archive({"manifest.json": b"[]"}), archive({"manifest.json": b"{"})])
def test_image_files_of_a_damaged_archive_are_the_engines_fault(
    docker: FakeEngine, docker_client: Engine, tmp_path: Path, data: bytes
) -> None:
    docker.add_image(ID, "web:latest")
    docker.saved[ID] = data
    with pytest.raises(EngineError):
        look(docker_client, tmp_path, "*")
    assert list(tmp_path.iterdir()) == []


def test_image_files_are_read_once_for_each_question_and_nothing_else_is_kept(
    docker: FakeEngine, docker_client: Engine, tmp_path: Path
) -> None:
    save(docker, {"a.env": b"KEY=1"})
    questions: list[tuple[tuple[str, ...], dict[str, str]]] = [(("*.env",), {}), (("*",), {}), (("*.env",), {"contains": "NONE"})]
    first = [look(docker_client, tmp_path / "cache", *patterns, **options) for patterns, options in questions]
    assert [look(docker_client, tmp_path / "cache", *patterns, **options) for patterns, options in questions] == first
    assert [len(files) for files in first] == [1, 1, 0]
    assert docker.log.count(f"GET /images/{ID}/get") == len(questions)
    assert {path.suffix for path in (tmp_path / "cache").iterdir()} == {".json"}


def test_image_files_are_read_again_where_the_kept_answer_is_damaged(
    docker: FakeEngine, docker_client: Engine, tmp_path: Path
) -> None:
    save(docker, {"a.env": b""})
    first = look(docker_client, tmp_path, "*.env")
    (kept,) = tmp_path.iterdir()
    kept.write_text(kept.read_text(encoding="utf-8")[:-3], encoding="utf-8")
    assert look(docker_client, tmp_path, "*.env") == first


def test_image_files_go_without_a_cache_that_cannot_be_written(docker: FakeEngine, docker_client: Engine, tmp_path: Path) -> None:
    save(docker, {"a.env": b""})
    (tmp_path / "cache").write_text("a file in the way", encoding="utf-8")
    assert len(look(docker_client, tmp_path / "cache", "*.env")) == 1


# --- the learner's folder -------------------------------------------------------------------------------------------


def read(workspace: Path, path: str) -> Json:
    return image_files.workspace_file(Probe("file", "file", {"path": path}), workspace)


def test_workspace_file_gives_text_and_time(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_bytes("größe".encode() + b"\xff")
    os.utime(tmp_path / "Dockerfile", (0, 1.5))
    result = read(tmp_path, "Dockerfile")
    assert (result["ok"], result["text"], result["modified"]) == (True, "größe\ufffd", "1970-01-01T00:00:01.500000Z")


def test_workspace_file_reads_no_more_than_its_limit(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * (image_files.FILE_LIMIT + 1))
    assert len(read(tmp_path, "big")["text"]) == image_files.FILE_LIMIT


def test_workspace_file_outside_of_the_labs_folder_is_not_read(tmp_path: Path) -> None:
    workspace, secret = tmp_path / "lab", tmp_path / "secret"
    for folder in (workspace, tmp_path / "lab-2"):
        folder.mkdir()
        (folder / "file").write_text("ours", encoding="utf-8")
    secret.write_text("secret", encoding="utf-8")
    (workspace / "link").symlink_to(secret)
    (workspace / "inside").symlink_to(workspace / "file")
    for path in ("../secret", "link", str(secret), "../lab-2/file"):
        result = read(workspace, path)
        assert (result["ok"], result["text"]) == (False, "") and "outside" in result["error"]
    assert read(workspace, "inside")["text"] == "ours"


@pytest.mark.parametrize(
    ("path", "error"), [("absent", "no such file"), (".", "it is a folder, not a regular file"), ("file/x", "Not a directory")]
)
def test_workspace_file_that_cannot_be_read_says_why(tmp_path: Path, path: str, error: str) -> None:
    (tmp_path / "file").touch()
    assert read(tmp_path, path)["error"] == error
