"""What colleague.py and sbom.py ask a registry: a few HTTP requests, the same that `docker push` and `docker pull` send."""

import hashlib
import json
import urllib.error
import urllib.request

ADDRESS = "http://localhost:8066/v2"
LIMIT = 64 * 2**20  # bytes
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
ACCEPT = ", ".join(
    [
        MANIFEST,
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    ]
)
# Proxies are for other machines.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def request(method, path, body=None, kind="application/octet-stream"):
    """Send a request, and return the body of the response and its headers."""
    url = path if path.startswith("http") else f"{ADDRESS}/{path}"
    headers = {"Accept": ACCEPT, "Content-Type": kind}
    try:
        with OPENER.open(urllib.request.Request(url, body, headers, method=method), timeout=10) as response:
            return response.read(LIMIT), response.headers
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{method} {url}: {error.code} {error.read(1000).decode(errors='replace').strip()}") from None
    except OSError as error:
        raise SystemExit(f"{method} {url}: no answer ({error})") from None


def digest(content):
    """The digest of some bytes: it is computed from them, and from nothing else."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def image(repository, reference):
    """The digest behind a tag, and the manifest: for an index, that of the first platform in it."""
    top, _ = request("GET", f"{repository}/manifests/{reference}")
    manifest = json.loads(top)
    for entry in manifest.get("manifests", []):
        # An index may also list notes about an image, which are for no platform.
        if entry["platform"]["os"] != "unknown":
            manifest = json.loads(request("GET", f"{repository}/manifests/{entry['digest']}")[0])
            break
    return digest(top), manifest


def blob(repository, name):
    """A layer or a configuration, by its digest."""
    return request("GET", f"{repository}/blobs/{name}")[0]


def push(repository, tag, manifest, config):
    """Upload a configuration, then a manifest that names it, under a tag. The layers are there already."""
    content = json.dumps(config).encode()
    _, headers = request("POST", f"{repository}/blobs/uploads/", b"")
    place = headers["Location"]
    request("PUT", f"{place}{'&' if '?' in place else '?'}digest={digest(content)}", content)
    named = {**manifest["config"], "digest": digest(content), "size": len(content)}
    pushed = json.dumps({**manifest, "config": named}).encode()
    request("PUT", f"{repository}/manifests/{tag}", pushed, manifest.get("mediaType", MANIFEST))
    return digest(pushed)
