"""The registry probe: an image as its registry serves it, by tag or digest, with the layers for each platform."""

import hashlib
import io
import tarfile
import time
import zlib
from functools import lru_cache

from checks.model import Probe
from checks.probes import elf, http
from checks.snapshot import Json
from sandboxes import json_text

INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
# With which an index says what one of its entries is for; entries that describe another one have "unknown" there.
UNKNOWN = "unknown"
# How many images of one index are looked at, and how many layers of an image.
MOST, MOST_LAYERS = 8, 16
# Bytes of a document (the specification asks registries to take manifests of 4 MiB), and of a layer, packed and unpacked.
DOCUMENT, LAYER = 4 * 2**20, 64 * 2**20
# Bytes of a file that tell what kind of program it is.
HEAD = 64
GZIP = 16 + zlib.MAX_WBITS


class _Unusable(Exception):
    """What the registry answered is none of what a registry answers; the message says what."""


def look(probe: Probe) -> Json:
    """Return what the registry at `url` has in `repository` under `reference`, a tag or a digest.

    "digest" is the digest of what was answered, computed from its bytes, and "index" whether that is an index. Each of
    "images" has "named", the platform for which the index lists it ("" without an index), "platform", for which its own
    configuration says that it was built, "digest", and "layers", the digests of the unpacked layers. With `programs`, it
    also has "programs": the CPU architecture for which each program in its layers is, by path. `ok` is False where there is no
    answer, no such image (`status` 404), or an index names an image that the registry does not have.
    """
    deadline = time.monotonic() + probe.timeout
    base, reference = f"{probe.options['url']}/v2/{probe.options['repository']}", probe.options["reference"]
    result: Json = {"kind": "registry_image", "request": f"GET {base}/manifests/{reference}", "ok": False, "error": ""}
    result |= {"status": 0, "digest": "", "index": False, "images": []}
    registry = _Registry(base, deadline, bool(probe.options.get("programs")))
    try:
        result["status"], body = registry.ask(f"manifests/{reference}")
        if result["status"] != 200:
            return {**result, "error": f"status {result['status']}"}
        result["digest"] = f"sha256:{hashlib.sha256(body).hexdigest()}"
        manifest = _object(body)
        result["index"] = isinstance(manifest.get("manifests"), list)
        if result["index"]:
            result["images"] = [registry.listed(entry) for entry in _entries(manifest)]
        else:
            result["images"] = [{"named": "", "digest": result["digest"], **registry.described(manifest)}]
    except _Unusable as unusable:
        return {**result, "error": str(unusable)}
    return {**result, "ok": True}


class _Registry:
    """One repository of a registry, for one look that ends at `deadline`."""

    def __init__(self, base: str, deadline: float, programs: bool) -> None:
        self.base, self.deadline, self.programs = base, deadline, programs

    def ask(self, path: str, limit: int = DOCUMENT) -> tuple[int, bytes]:
        """Request a manifest or a blob, and return the status and the body. Raise _Unusable."""
        accepted = {"Accept": ", ".join((*INDEXES, *MANIFESTS))}
        try:
            answer = http.fetch(f"{self.base}/{path}", accepted, max(self.deadline - time.monotonic(), 0.1), limit)
        except OSError as error:
            raise _Unusable(http.describe(error)) from error
        return answer.status, answer.body

    def document(self, path: str) -> Json:
        """Return the JSON object at a path. Raise _Unusable."""
        status, body = self.ask(path)
        if status != 200:
            raise _Unusable(f"{path}: status {status}")
        return _object(body)

    def listed(self, entry: Json) -> Json:
        """Return the image that an entry of an index names."""
        digest = str(entry.get("digest"))
        return {"named": _named(entry), "digest": digest, **self.described(self.document(f"manifests/{digest}"))}

    def described(self, manifest: Json) -> Json:
        """Return the platform and the layers of an image, as its configuration names them."""
        config = manifest.get("config")
        digest = config.get("digest") if isinstance(config, dict) else None
        if not isinstance(digest, str):
            raise _Unusable("a manifest names no configuration")
        about = self.document(f"blobs/{digest}")
        root = about.get("rootfs")
        layers = root.get("diff_ids") if isinstance(root, dict) else None
        platform = f"{about.get('os', UNKNOWN)}/{about.get('architecture', UNKNOWN)}"
        image = {"platform": platform, "layers": [str(layer) for layer in layers] if isinstance(layers, list) else []}
        return {**image, "programs": self._programs(manifest)} if self.programs else image

    def _programs(self, manifest: Json) -> dict[str, str]:
        """Return the CPU architecture of each program in an image's layers; a layer that cannot be unpacked has none."""
        found: dict[str, str] = {}
        listed = manifest.get("layers")
        for layer in [layer for layer in listed if isinstance(layer, dict)][:MOST_LAYERS] if isinstance(listed, list) else []:
            status, body = self.ask(f"blobs/{layer.get('digest')}", LAYER)
            if status != 200:
                raise _Unusable(f"blobs/{layer.get('digest')}: status {status}")
            found |= _programs_in(body)
        return found


@lru_cache(maxsize=8)
def _programs_in(layer: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        content = zlib.decompressobj(GZIP).decompress(layer, LAYER) if layer[:2] == b"\x1f\x8b" else layer
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as files:
            for file in filter(tarfile.TarInfo.isreg, files):
                content_file = files.extractfile(file)
                if content_file and (machine := elf.machine(content_file.read(HEAD))):
                    found[f"/{file.name.removeprefix('./')}"] = machine
    except (tarfile.TarError, zlib.error, OSError, ValueError):
        pass
    return found


def _object(body: bytes) -> Json:
    """Return the JSON object in an answer. Raise _Unusable."""
    try:
        value = json_text.loads(body)
    except ValueError as error:
        raise _Unusable(f"not JSON ({error})") from error
    if not isinstance(value, dict):
        raise _Unusable("not a JSON object")
    return value


def _entries(index: Json) -> list[Json]:
    """Return the first entries of an index that are images, not descriptions of one (such as how it was built)."""
    entries = [entry for entry in index["manifests"] if isinstance(entry, dict) and _named(entry) != f"{UNKNOWN}/{UNKNOWN}"]
    return entries[:MOST]


def _named(entry: Json) -> str:
    platform = entry.get("platform")
    platform = platform if isinstance(platform, dict) else {}
    return f"{platform.get('os', UNKNOWN)}/{platform.get('architecture', UNKNOWN)}"
