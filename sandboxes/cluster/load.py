"""Images of the engine in the cluster's nodes: loaded into all nodes at once where they are missing, and removed again."""

import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sandboxes import images, json_text
from sandboxes.cluster import nodes
from sandboxes.engine.endpoint import Endpoint
from sandboxes.engine.find import Engine
from sandboxes.errors import Exit, SlipwayError
from sandboxes.images.client import inspect
from sandboxes.steps import Progress

if TYPE_CHECKING:
    from docker import APIClient

CTR = "ctr --namespace=k8s.io"
# For each reference that a node has: the reference, its digest, and the document with that digest.
ASK = f"""
for reference in "$@"; do
    digest=$({CTR} images list "name==$reference" | awk 'NR == 2 {{ print $3 }}')
    [ -z "$digest" ] || echo "$reference $digest $({CTR} content get "$digest" | tr -d '\\n')"
done
"""
IMPORT = [*CTR.split(), "images", "import", "-"]
SECONDS = 600


def load(client: "APIClient", engine: Engine, references: Iterable[str], progress: Progress) -> dict[str, list[str]]:
    """Load images into all nodes. Returns for each reference the nodes that it was missing from.

    A node has an image if it has the same one as the engine under that name: an image that was rebuilt is loaded again.
    Raises SlipwayError for an image that the engine does not have, or that a node cannot import.
    """
    wanted = {reference: _id(client, reference) for reference in dict.fromkeys(references)}
    names = nodes.expected()
    with ThreadPoolExecutor() as pool:
        there = dict(zip(names, pool.map(lambda node: present(engine.endpoint, node, wanted), names), strict=True))
    missing = {
        reference: absent
        for reference, image in wanted.items()
        if (absent := [node for node in names if image not in there[node].get(full(reference), ())])
    }
    for group in dict.fromkeys(tuple(where) for where in missing.values()):
        batch = [reference for reference, where in missing.items() if tuple(where) == group]
        with progress.step(f"Loading {', '.join(batch)} into {len(group)} nodes") as report:
            _stream(client, engine, batch, group, report)
    return missing


def drop(where: Endpoint, ours: Callable[[str], bool]) -> dict[str, list[str]]:
    """Remove the images for whose name on the engine `ours` is true from all nodes. Returns for each the nodes that had it.

    With the last name of an image, the one that the container runtime gives it, its digest, is removed too.
    """
    gone: dict[str, list[str]] = {}
    for node in nodes.expected():
        lines = nodes.run(where, node, [*CTR.split(), "images", "list"]).splitlines()[1:]
        digests = {line.split()[0]: line.split()[2] for line in lines}
        chosen = [name for name in digests if ours(short(name))]
        kept = {digest for name, digest in digests.items() if name not in chosen and not name.startswith("sha256:")}
        left = {digests[name] for name in chosen} - kept
        nameless = [name for name, digest in digests.items() if name.startswith("sha256:") and digest in left]
        if chosen:
            nodes.run(where, node, [*CTR.split(), "images", "remove", *chosen, *nameless])
        for name in chosen:
            gone.setdefault(short(name), []).append(node)
    return gone


def short(name: str) -> str:
    """Return an image's name as on the engine: docker.io/library/nginx:1.26 is nginx:1.26."""
    return name.removeprefix("docker.io/library/").removeprefix("docker.io/")


def full(reference: str) -> str:
    """Return a reference as in the nodes, with registry and path: docker.io/library/nginx:1.26."""
    first, slash, _ = reference.partition("/")
    if not slash:
        return f"docker.io/library/{reference}"
    return reference if "." in first or ":" in first or first == "localhost" else f"docker.io/{reference}"


def named(reference: str) -> str:
    """Return a reference with its tag: `web` is `web:latest`, as on the engine. Raises SlipwayError for a digest."""
    if "sha256:" in reference:
        fix = "Use its name, as `docker images` shows it."
        raise SlipwayError(f"{reference} is not a name that a Pod can refer to.", fix, Exit.WRONG_USAGE)
    return reference if ":" in reference.rpartition("/")[2] else f"{reference}:latest"


def _id(client: "APIClient", reference: str) -> str:
    image = inspect(client, reference)
    if image is None:
        raise SlipwayError(f"The image {reference} is not on the engine.", _advice(client, reference))
    return str(image["Id"])


def _advice(client: "APIClient", reference: str) -> str:
    """Return the fix for an image that is missing: similar names, or how to pull or build it."""
    if reference in images.catalogue():
        return f"Pull it: slipway images pull {reference}"
    there = sorted({tag for image in client.images() for tag in image["RepoTags"] or () if tag != "<none>:<none>"})
    if near := get_close_matches(reference, there, n=2, cutoff=0.8):
        return f"Did you mean {' or '.join(near)}? Otherwise build it: docker build --tag {reference} FOLDER"
    return f"Build it: docker build --tag {reference} FOLDER"


def present(where: Endpoint, node: str, references: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the images that a node has: full name to the digests of the manifest (or index) and of the configuration.

    The engine uses one of the two as the image's ID. Those of the manifests in an index follow: they stay the same when a
    build takes every step from the cache, and only the record of the build is new.
    """
    command = ["sh", "-c", ASK, "ask", *(full(reference) for reference in references)]
    digests = {}
    for line in nodes.run(where, node, command, seconds=60).splitlines():
        reference, digest, document = line.split(" ", 2)
        described = json_text.loads(document)
        manifests = (manifest["digest"] for manifest in described.get("manifests", ()))
        digests[reference] = (digest, described.get("config", {}).get("digest", ""), *manifests)
    return digests


def _stream(
    client: "APIClient", engine: Engine, references: list[str], where: tuple[str, ...], report: Callable[[str], None]
) -> None:
    """Read the images from the engine once, and send each part to all nodes."""
    from sandboxes.images.build import environment

    imports = [
        subprocess.Popen(
            ["docker", "exec", "--interactive", node, *IMPORT], env=environment(engine.endpoint),
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )
        for node in where
    ]  # fmt: skip
    try:
        _feed(client, references, imports, report)
        for node, process in zip(where, imports, strict=True):
            _, errors = process.communicate(timeout=SECONDS)
            if process.returncode != 0:
                raise _refused(node, references, errors)
    finally:
        for process in imports:
            process.kill()
            process.wait()


def _feed(client: "APIClient", references: list[str], imports: list[subprocess.Popen], report: Callable[[str], None]) -> None:
    from sandboxes.engine import streams

    size = 0
    with streams.opened(client, "GET", "/images/get", streams.Bounds(), params={"names": references}) as stream:
        for part in stream.parts():
            size += len(part)
            report(f"{size / 1e6:.0f} MB")
            for process in imports:
                try:
                    process.stdin.write(part)
                except BrokenPipeError:
                    # The import has ended, and its own error message is better.
                    return


def _refused(node: str, references: list[str], errors: bytes) -> SlipwayError:
    last = (errors.decode("utf-8", "replace").strip().splitlines() or ["no reason given"])[-1]
    return SlipwayError(f"The node {node} could not import {', '.join(references)}: {last}.", "See `./slipway cluster status`.")
