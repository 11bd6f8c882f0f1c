"""The registry probe, against servers that answer like a registry, and against some that do not."""

import gzip
import hashlib
import io
import json
import struct
import tarfile
import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from checks.model import Probe
from checks.probes import registry_image
from checks.snapshot import Json

CONFIG = "application/vnd.oci.image.config.v1+json"


class Content:
    """What a registry has, by path, each with its status; `accepts` are the Accept headers of requests for manifests."""

    def __init__(self) -> None:
        self.port = 0
        self.at: dict[str, tuple[int, bytes]] = {}
        self.accepts: list[str] = []

    def put(self, path: str, body: bytes, status: int = 200) -> str:
        """Store bytes under a path, in which {} stands for their digest. Returns the digest."""
        digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
        self.at[f"/v2/sign/{path.format(digest)}"] = (status, body)
        return digest

    def image(
        self, layers: list[str], architecture: str = "amd64", path: str = "manifests/{}", blobs: Sequence[bytes] = ()
    ) -> str:
        """Store an image, and return the digest of its manifest. `layers` are those that its configuration names."""
        about = {"os": "linux", "architecture": architecture, "rootfs": {"diff_ids": layers}}
        config = self.put("blobs/{}", json.dumps(about).encode())
        packed = [{"digest": self.put("blobs/{}", blob)} for blob in blobs]
        return self.put(path, json.dumps({"config": {"digest": config, "mediaType": CONFIG}, "layers": packed}).encode())

    def index(self, path: str, *entries: tuple[str, str]) -> str:
        """Store an index of digests, each with the architecture for which it is listed."""
        listed = [
            {
                "digest": digest,
                "platform": {"os": "unknown" if architecture == "unknown" else "linux", "architecture": architecture},
            }
            for digest, architecture in entries
        ]
        return self.put(path, json.dumps({"manifests": listed}).encode())

    def look(self, **more: object) -> Json:
        options = {"url": f"http://127.0.0.1:{self.port}", "repository": "sign", "reference": "1.0", **more}
        return registry_image.look(Probe("it", "registry_image", options, 5.0))


@pytest.fixture
def content() -> Iterator[Content]:
    stored = Content()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802
            if "/manifests/" in self.path:
                stored.accepts.append(self.headers["Accept"])
            status, body = stored.at.get(self.path, (404, b'{"errors": [{"code": "MANIFEST_UNKNOWN"}]}'))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stored.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield stored
    server.shutdown()
    server.server_close()


def test_an_image_is_told_by_the_digest_of_what_was_answered(content: Content) -> None:
    digest = content.image(["sha256:aa", "sha256:bb"], path="manifests/1.0")
    seen = content.look()
    assert (seen["ok"], seen["status"], seen["digest"], seen["index"]) == (True, 200, digest, False)
    image = {"named": "", "platform": "linux/amd64", "digest": digest, "layers": ["sha256:aa", "sha256:bb"]}
    assert seen["images"] == [image]
    assert "application/vnd.oci.image.index.v1+json" in content.accepts[0]


def test_an_index_is_followed_to_its_images_and_notes_are_left_out(content: Content) -> None:
    small, other = content.image(["sha256:aa"]), content.image(["sha256:cc"], "arm64")
    notes = content.image([], "unknown")
    digest = content.index("manifests/1.0", (small, "amd64"), (notes, "unknown"), (other, "arm64"))
    seen = content.look()
    assert (seen["ok"], seen["digest"], seen["index"]) == (True, digest, True)
    assert [(image["named"], image["platform"], image["digest"]) for image in seen["images"]] == [
        ("linux/amd64", "linux/amd64", small),
        ("linux/arm64", "linux/arm64", other),
    ]
    assert [image["layers"] for image in seen["images"]] == [["sha256:aa"], ["sha256:cc"]]


def test_the_platform_of_an_image_is_the_one_it_was_built_for(content: Content) -> None:
    content.index("manifests/1.0", (content.image(["sha256:aa"], "amd64"), "arm64"))
    [image] = content.look()["images"]
    assert (image["named"], image["platform"]) == ("linux/arm64", "linux/amd64")


def test_what_the_registry_does_not_have(content: Content) -> None:
    seen = content.look()
    assert (seen["ok"], seen["status"], seen["error"], seen["images"]) == (False, 404, "status 404", [])


def test_an_index_that_names_an_image_which_is_gone(content: Content) -> None:
    content.index("manifests/1.0", ("sha256:" + "0" * 64, "amd64"))
    seen = content.look()
    assert not seen["ok"] and seen["index"] and "404" in seen["error"] and "0" * 64 in seen["error"]


def test_no_answer(content: Content) -> None:
    content.port = 1
    seen = content.look()
    assert (seen["ok"], seen["status"], seen["error"]) == (False, 0, "refused")


@pytest.mark.parametrize("body", [b"", b"[]", b"no json", b"[" * 5000, b"{}", b'{"config": []}', b'{"config": {"digest": 5}}'])
def test_what_is_no_manifest_is_a_fact_about_the_registry(content: Content, body: bytes) -> None:
    content.put("manifests/1.0", body)
    seen = content.look()
    assert not seen["ok"] and seen["status"] == 200 and seen["error"]


def test_a_configuration_may_be_anything(content: Content) -> None:
    manifests: Callable[[str], bytes] = lambda digest: json.dumps({"config": {"digest": digest}}).encode()  # noqa: E731
    content.put("manifests/1.0", manifests(content.put("blobs/{}", b'{"rootfs": {"diff_ids": 5}, "os": 5}')))
    assert content.look()["images"][0]["layers"] == []
    content.put("manifests/1.0", manifests(content.put("blobs/{}", b"[]")))
    assert "not a JSON object" in content.look()["error"]


def test_at_most_some_images_of_an_index_are_asked_for(content: Content) -> None:
    digests = [content.image([f"sha256:{number}"]) for number in range(20)]
    content.index("manifests/1.0", *((digest, "amd64") for digest in digests))
    assert len(content.look()["images"]) == registry_image.MOST
    assert len(content.accepts) == 1 + registry_image.MOST


def program(machine: int) -> bytes:
    """The beginning of a program for 64 bits, little-endian, as the linker writes it."""
    return b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack("<HH", 2, machine) + b"\0" * 100


def layer(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
def test_the_processor_of_each_program_in_the_layers(content: Content, pack: Callable[[bytes], bytes]) -> None:
    blobs = [pack(layer(sign=program(183), notes=b"no program")), pack(layer(bell=program(62), odd=program(9)))]
    content.image([], "arm64", "manifests/1.0", blobs)
    assert content.look(programs=True)["images"][0]["programs"] == {"/sign": "arm64", "/bell": "amd64", "/odd": "machine 9"}
    assert "programs" not in content.look()["images"][0]


@pytest.mark.parametrize(
    "blob", [b"", b"\x1f\x8b", b"\x28\xb5\x2f\xfdzstd", gzip.compress(b"x" * 1000, mtime=0), layer(sign=program(62))[:600]]
)
def test_a_layer_that_cannot_be_unpacked_has_no_program(content: Content, blob: bytes) -> None:
    content.image([], path="manifests/1.0", blobs=[blob])
    assert content.look(programs=True)["ok"]


def test_a_layer_that_unpacks_to_more_than_fits_is_not_unpacked_whole(content: Content, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_image, "LAYER", 100_000)
    bomb = gzip.compress(layer(zeros=b"\0" * 10_000_000, sign=program(62)))
    content.image([], path="manifests/1.0", blobs=[bomb])
    assert content.look(programs=True)["images"][0]["programs"] == {}


def test_a_layer_that_is_gone(content: Content) -> None:
    blob = layer(sign=program(62))
    content.image([], path="manifests/1.0", blobs=[blob])
    del content.at[f"/v2/sign/blobs/sha256:{hashlib.sha256(blob).hexdigest()}"]
    seen = content.look(programs=True)
    assert not seen["ok"] and "status 404" in seen["error"]
