"""The registry probe: an image as its registry serves it, by tag or digest, with the layers for each platform."""

import hashlib
import time

from checks.model import Probe
from checks.probes import http
from checks.snapshot import Json
from sandboxes import json_text

INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
# With which an index says what one of its entries is for; entries that describe another one have "unknown" there.
UNKNOWN = "unknown"
# How many images of one index are looked at.
MOST = 8


class _Unusable(Exception):
    """What the registry answered is none of what a registry answers; the message says what."""


def look(probe: Probe) -> Json:
    """Return what the registry at `url` has in `repository` under `reference`, a tag or a digest.

    "digest" is the digest of what was answered, computed from its bytes, and "index" whether that is an index. Each of
    "images" has "named", the platform for which the index lists it ("" without an index), "platform", for which its own
    configuration says that it was built, "digest", and "layers", the digests of the unpacked layers. `ok` is False where there
    is no answer, no such image (`status` 404), or an index names an image that the registry does not have.
    """
    deadline = time.monotonic() + probe.timeout
    base, reference = f"{probe.options['url']}/v2/{probe.options['repository']}", probe.options["reference"]
    result: Json = {"kind": "registry_image", "request": f"GET {base}/manifests/{reference}", "ok": False, "error": ""}
    result |= {"status": 0, "digest": "", "index": False, "images": []}
    answer = _ask(f"{base}/manifests/{reference}", deadline)
    result |= {"status": answer["status"], "error": answer["error"]}
    if answer["status"] != 200:
        return {**result, "error": answer["error"] or f"status {answer['status']}"}
    result["digest"] = _digest(answer)
    try:
        manifest = _object(answer)
        result["index"] = isinstance(manifest.get("manifests"), list)
        if result["index"]:
            result["images"] = [_listed(base, entry, deadline) for entry in _entries(manifest)]
        else:
            result["images"] = [{"named": "", "digest": result["digest"], **_described(base, manifest, deadline)}]
    except _Unusable as unusable:
        return {**result, "error": str(unusable)}
    return {**result, "ok": True}


def _ask(url: str, deadline: float) -> Json:
    """Request a manifest or a blob, as the `http` probe does."""
    headers = {"Accept": ", ".join((*INDEXES, *MANIFESTS))}
    options = {"url": url, "headers": headers}
    return http.request(Probe("registry", "http", options, max(deadline - time.monotonic(), 0.1)))


def _digest(answer: Json) -> str:
    return f"sha256:{hashlib.sha256(answer['body'].encode()).hexdigest()}"


def _object(answer: Json) -> Json:
    """Return the JSON object in an answer. Raise _Unusable."""
    if answer["status"] != 200:
        raise _Unusable(f"{answer['request']}: {answer['error'] or answer['status']}")
    try:
        value = json_text.loads(answer["body"])
    except ValueError as error:
        raise _Unusable(f"{answer['request']}: not JSON ({error})") from error
    if not isinstance(value, dict):
        raise _Unusable(f"{answer['request']}: not a JSON object")
    return value


def _entries(index: Json) -> list[Json]:
    """Return the first entries of an index that are images, not descriptions of one (such as how it was built)."""
    entries = [entry for entry in index["manifests"] if isinstance(entry, dict) and _named(entry) != f"{UNKNOWN}/{UNKNOWN}"]
    return entries[:MOST]


def _named(entry: Json) -> str:
    platform = entry.get("platform")
    platform = platform if isinstance(platform, dict) else {}
    return f"{platform.get('os', UNKNOWN)}/{platform.get('architecture', UNKNOWN)}"


def _listed(base: str, entry: Json, deadline: float) -> Json:
    """Return the image that an entry of an index names."""
    digest = str(entry.get("digest"))
    answer = _ask(f"{base}/manifests/{digest}", deadline)
    return {"named": _named(entry), "digest": digest, **_described(base, _object(answer), deadline)}


def _described(base: str, manifest: Json, deadline: float) -> Json:
    """Return the platform and the layers of an image, as its configuration names them."""
    config = manifest.get("config")
    digest = config.get("digest") if isinstance(config, dict) else None
    if not isinstance(digest, str):
        raise _Unusable(f"a manifest in {base} names no configuration")
    about = _object(_ask(f"{base}/blobs/{digest}", deadline))
    layers = about.get("rootfs")
    layers = layers.get("diff_ids") if isinstance(layers, dict) else None
    platform = f"{about.get('os', UNKNOWN)}/{about.get('architecture', UNKNOWN)}"
    return {"platform": platform, "layers": [str(layer) for layer in layers] if isinstance(layers, list) else []}
