"""Passwords in Compose files and in images: what the checks of labs 05b and 09c find in a redacted snapshot."""

import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from checks.model import Probe
from checks.probes import image_passwords
from checks.redact import redact
from checks.snapshot import Snapshot
from checks.vocabulary import compose_files
from checks.vocabulary.image_secrets import no_password_in_files

SECRET = "quay7lantern42"
IMAGE, BASE = "sha256:" + "ab" * 32, "sha256:" + "cd" * 32


def database(password: str = SECRET) -> dict[str, Any]:
    labels = {"com.docker.compose.project": "slipway-harbour", "com.docker.compose.service": "database"}
    return {"Name": "/db", "Image": IMAGE, "Config": {"Labels": labels, "Env": [f"POSTGRES_PASSWORD={password}"]}}


def names(text: str) -> list[str]:
    """What a check says about a Compose file, once the snapshot with it is redacted."""
    clean = redact({"objects": {"container": {"db": database()}}, "probes": {"file": {"text": text}}})
    snapshot = Snapshot("05-compose", "", objects=clean["objects"])
    assert SECRET not in json.dumps(clean)
    return sorted(
        set(compose_files.secrets_in(clean["probes"]["file"]["text"], compose_files.marks_in_use(snapshot, "slipway-harbour")))
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"environment: {{POSTGRES_USER: me, POSTGRES_PASSWORD: {SECRET}}}\n", ["POSTGRES_PASSWORD"]),
        (f"environment:\n  POSTGRES_PASSWORD: '{SECRET}'\n", ["POSTGRES_PASSWORD"]),
        (f"environment:\n  # POSTGRES_PASSWORD: {SECRET}\n  A: b\n", ["a comment"]),
        (f"environment:\n  URL: postgresql://db/harbour?user=harbour&password={SECRET}\n", ["URL"]),
        (f"environment:\n  URL: postgresql://harbour:{SECRET}@db/harbour\n", ["the password of a URL"]),
        (f"environment:\n  - POSTGRES_PASSWORD={SECRET}\n", ["POSTGRES_PASSWORD"]),
        (f"command: redis-server --requirepass {SECRET}\n", ["command"]),
        (f"environment:\n  GREETING: {SECRET}\n", ["GREETING"]),
        (f"x: &password {SECRET}\nenvironment: {{POSTGRES_PASSWORD: *password}}\n", ["POSTGRES_PASSWORD", "x"]),
        ("environment:\n  POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-" + SECRET + "}\n", ["POSTGRES_PASSWORD"]),
        (f"environment:\n  POSTGRES_PASSWORD: {SECRET}\n bad: [\n", ["POSTGRES_PASSWORD"]),
        ("x: &password ${POSTGRES_PASSWORD:?}\nenvironment: {POSTGRES_PASSWORD: *password}\n", []),
        ("environment:\n  POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?write it into .env}\n  A: b\n", []),
        ("environment:\n  POSTGRES_PASSWORD_FILE: /run/secrets/db\nsecrets:\n  db: {file: ./db.txt}\n", []),
        ("environment:\n  # POSTGRES_PASSWORD: write it into .env\n  A: b\n", []),
    ],
)
def test_a_compose_file_with_a_password_is_found_in_any_style(text: str, found: list[str]) -> None:
    assert names(text) == found


def archive(*layers: dict[str, str]) -> bytes:
    """What `docker image save` writes for an image with these files in its layers."""
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w") as outer:
        for number, files in enumerate(layers):
            inner = io.BytesIO()
            with tarfile.open(fileobj=inner, mode="w") as layer:
                for path, content in files.items():
                    _add(layer, path, content.encode())
            _add(outer, f"{number}/layer.tar", inner.getvalue())
        history = [{"created_by": f"COPY {number}"} for number in range(len(layers))]
        _add(outer, "config.json", json.dumps({"history": history}).encode())
        manifest = [{"Config": "config.json", "Layers": [f"{number}/layer.tar" for number in range(len(layers))]}]
        _add(outer, "manifest.json", json.dumps(manifest).encode())
    return output.getvalue()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


class Engine:
    """An engine with one project and one image, as the probe asks for them."""

    def __init__(self, saved: bytes, password: str = SECRET) -> None:
        self.saved, self.container, self.streamed = saved, database(password), 0

    def get(self, path: str, **options: Any) -> Any:
        if path.startswith("/containers/json"):
            return [{"Id": "1", "Created": 1, "Labels": self.container["Config"]["Labels"]}]
        if path.startswith("/containers/1/"):
            return self.container
        layers = ["base", "own"] if IMAGE in path else ["base"]
        return {"RootFS": {"Layers": layers}}

    @contextmanager
    def stream(self, path: str, **options: Any) -> Iterator[io.BytesIO]:
        self.streamed += 1
        yield io.BytesIO(self.saved)


def searched(engine: Engine, folder: Path) -> list[str]:
    options = {"project": "slipway-harbour", "services": ["database"], "bases": ["base:1"]}
    probe = Probe("passwords", "image_passwords", options, 5.0)
    result = image_passwords.search(probe, engine, folder)  # type: ignore[arg-type]
    assert result["ok"]
    assert SECRET not in json.dumps(result)
    assert not any(SECRET.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    snapshot = Snapshot("05-compose", "", probes={"it": result})
    return [finding.message + finding.why for finding in no_password_in_files(snapshot, "it", "hint")]


def test_a_password_in_a_file_of_any_name_and_in_any_layer_is_found(tmp_path: Path) -> None:
    engine = Engine(archive({"etc/base": SECRET}, {"app/db.env": f"P={SECRET}\n", "app/a.py": "print()"}, {"app/.wh.db.env": ""}))
    first, again = searched(engine, tmp_path), searched(engine, tmp_path)
    assert first == again
    assert len(first) == 1
    assert "/app/db.env" in first[0]
    assert "A later layer deletes the file" in first[0]
    assert engine.streamed == 1


def test_another_password_is_searched_for_again(tmp_path: Path) -> None:
    saved = archive({}, {"app/settings.py": f"KEY = '{SECRET}'\n"})
    assert not searched(Engine(saved, "another-word-1"), tmp_path)
    assert searched(Engine(saved), tmp_path)


def test_a_plain_word_counts_only_where_the_file_calls_it_a_secret(tmp_path: Path) -> None:
    word = "lantern"
    assert not searched(Engine(archive({}, {"app/a.py": f"print('{word}')"}), word), tmp_path)
    assert searched(Engine(archive({}, {"app/db.env": f"DB_PASSWORD={word}\n"}), word), tmp_path / "other")
