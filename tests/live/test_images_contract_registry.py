"""The upstream contract of registry:3, held against whichever image is there."""

import http.client
import json
from pathlib import Path

import pytest
from images_box import Box, MakeBox, box, config, docker, ensure, must  # noqa: F401

pytestmark = pytest.mark.live

REGISTRY = "registry:3"
DATA = "/var/lib/registry"
EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
PUBLISHED = ("--publish", "127.0.0.1::5000")


@pytest.fixture(scope="module", autouse=True)
def there(tmp_path_factory: pytest.TempPathFactory) -> None:
    ensure(tmp_path_factory.mktemp("state"), REGISTRY)


def ask(port: int, method: str, path: str, body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, path, body)
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def serving(server: Box) -> int:
    """Wait until the registry answers, and return its port on this machine."""
    server.start()
    port = int(must("port", server.name, "5000/tcp").splitlines()[0].rpartition(":")[2])

    def answers() -> bool:
        try:
            return ask(port, "GET", "/v2/")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    server.wait_for(answers)
    return port


def upload(port: int) -> None:
    """Store the empty blob in a repository `ship`."""
    _, headers, _ = ask(port, "POST", "/v2/ship/blobs/uploads/")
    place = headers["location"].partition(f":{port}")[2] or headers["location"]
    assert ask(port, "PUT", f"{place}{'&' if '?' in place else '?'}digest={EMPTY}")[0] == 201


def test_registry_declares_what_upstream_does() -> None:
    declared = config(REGISTRY)
    assert declared["Entrypoint"][-1].rpartition("/")[2] in ("registry", "entrypoint.sh")
    assert declared["Cmd"][-1] == "/etc/distribution/config.yml"
    assert list(declared["ExposedPorts"]) == ["5000/tcp"]
    assert list(declared["Volumes"]) == [DATA]
    assert not declared.get("User")
    assert must("run", "--rm", REGISTRY, "--version").split()[-1].lstrip("v").startswith("3.")
    assert must("run", "--rm", "--entrypoint", "sh", REGISTRY, "-c", "command -v registry") == "/bin/registry"


def test_registry_answers_keeps_and_deletes(box: MakeBox) -> None:  # noqa: F811
    server = box(REGISTRY, options=PUBLISHED)
    port = serving(server)
    status, headers, body = ask(port, "GET", "/v2/")
    assert (status, headers["docker-distribution-api-version"], json.loads(body)) == (200, "registry/2.0", {})
    upload(port)
    assert EMPTY.partition(":")[2] in server.text("find", f"{DATA}/docker/registry/v2/blobs")
    assert ask(port, "HEAD", f"/v2/ship/blobs/{EMPTY}")[0] == 200
    assert ask(port, "DELETE", f"/v2/ship/blobs/{EMPTY}")[0] == 202
    assert ask(port, "HEAD", f"/v2/ship/blobs/{EMPTY}")[0] == 404
    server.stop()  # within five seconds, with the exit code that Go gives to a program which does not catch SIGTERM


def test_registry_takes_settings_and_another_configuration(box: MakeBox, tmp_path: Path) -> None:  # noqa: F811
    settings = ("--env", "REGISTRY_STORAGE_DELETE_ENABLED=false")
    port = serving(box(REGISTRY, options=(*PUBLISHED, *settings)))
    upload(port)
    assert ask(port, "DELETE", f"/v2/ship/blobs/{EMPTY}")[0] == 405
    (tmp_path / "own.yml").write_text("version: 0.1\nstorage: {inmemory: {}}\nhttp: {addr: ':5000', prefix: /harbour/}\n")
    server = box(REGISTRY, "serve", "/etc/own.yml", options=PUBLISHED)
    server.copy_in(str(tmp_path / "own.yml"), "/etc/own.yml").start()
    port = int(must("port", server.name, "5000/tcp").splitlines()[0].rpartition(":")[2])
    server.wait_for(lambda: "listening on" in server.logs())
    assert ask(port, "GET", "/harbour/v2/")[0] == 200


def test_registry_refuses_a_configuration_that_is_none() -> None:
    refused = docker("run", "--rm", REGISTRY, "serve", "/etc/nowhere.yml")
    assert refused.code != 0
    assert "/etc/nowhere.yml" in refused.text
