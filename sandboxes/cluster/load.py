"""Images of the engine, taken over into the nodes: to all nodes at once, and only where they are missing; and out again."""

import json
import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sandboxes import images
from sandboxes.cluster import nodes
from sandboxes.engine.endpoint import Endpoint
from sandboxes.engine.find import Engine
from sandboxes.errors import Exit, SlipwayError
from sandboxes.images.client import inspect
from sandboxes.steps import Progress

if TYPE_CHECKING:
    from docker import APIClient

CTR = "ctr --namespace=k8s.io"
# For each reference that a node has: the reference, the digest that it stands for, and the document of that digest.
ASK = f"""
for reference in "$@"; do
    digest=$({CTR} images list "name==$reference" | awk 'NR == 2 {{ print $3 }}')
    [ -z "$digest" ] || echo "$reference $digest $({CTR} content get "$digest" | tr -d '\\n')"
done
"""
IMPORT = [*CTR.split(), "images", "import", "-"]
SECONDS = 600


def load(client: "APIClient", engine: Engine, references: Iterable[str], progress: Progress) -> dict[str, list[str]]:
    """Put images into all nodes and return what was put where: reference to nodes, without those that had it.

    A node has an image when it has the very one that the engine has under that name: an image that was built anew is
    put there again. Raises SlipwayError for an image that the engine does not have, or that a node does not take.
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
        with progress.step(f"Taking {', '.join(batch)} into {len(group)} nodes") as report:
            _stream(client, engine, batch, group, report)
    return missing


def drop(where: Endpoint, ours: Callable[[str], bool]) -> dict[str, list[str]]:
    """Take images out of all nodes: those whose name, as the engine has it, is `ours`. Returns which were where.

    With its last name goes the one that the container runtime itself gives to an image: its digest.
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
    """An image's name as the engine has it: docker.io/library/nginx:1.26 is nginx:1.26."""
    return name.removeprefix("docker.io/library/").removeprefix("docker.io/")


def full(reference: str) -> str:
    """A reference as nodes know it: with registry and folder, as docker.io/library/nginx:1.26."""
    first, slash, _ = reference.partition("/")
    if not slash:
        return f"docker.io/library/{reference}"
    return reference if "." in first or ":" in first or first == "localhost" else f"docker.io/{reference}"


def named(reference: str) -> str:
    """A reference with its tag: `web` is `web:latest`, as the engine has it. Raises SlipwayError for a digest."""
    if "sha256:" in reference:
        fix = "Give it by name, as `docker images` shows it."
        raise SlipwayError(f"{reference} names no image that a Pod could ask for.", fix, Exit.WRONG_USAGE)
    return reference if ":" in reference.rpartition("/")[2] else f"{reference}:latest"


def _id(client: "APIClient", reference: str) -> str:
    found = inspect(client, reference)
    if found is None:
        raise SlipwayError(f"The image {reference} is not on the engine.", _advice(client, reference))
    return str(found["Id"])


def _advice(client: "APIClient", reference: str) -> str:
    """What to do about an image that is not there: the names most like it, or how it is got."""
    if reference in images.catalogue():
        return f"Get it: slipway images pull {reference}"
    there = sorted({tag for image in client.images() for tag in image["RepoTags"] or () if tag != "<none>:<none>"})
    if near := get_close_matches(reference, there, n=2, cutoff=0.8):
        return f"Did you mean {' or '.join(near)}? Otherwise build it: docker build --tag {reference} FOLDER"
    return f"Build it: docker build --tag {reference} FOLDER"


def present(where: Endpoint, node: str, references: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What a node has of some images: whole name to the digests of its manifest and of its configuration.

    One of the two is what the engine calls the image's ID.
    """
    command = ["sh", "-c", ASK, "ask", *(full(reference) for reference in references)]
    found = {}
    for line in nodes.run(where, node, command, seconds=60).splitlines():
        reference, digest, document = line.split(" ", 2)
        config = json.loads(document).get("config", {}).get("digest", "")
        found[reference] = (digest, config)
    return found


def _stream(
    client: "APIClient", engine: Engine, references: list[str], where: tuple[str, ...], report: Callable[[str], None]
) -> None:
    """Read the images from the engine once and hand each part to all nodes."""
    from sandboxes.images.build import environment

    takers = [
        subprocess.Popen(
            ["docker", "exec", "--interactive", node, *IMPORT], env=environment(engine.endpoint),
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )
        for node in where
    ]  # fmt: skip
    try:
        _feed(client, references, takers, report)
        for node, taker in zip(where, takers, strict=True):
            _, said = taker.communicate(timeout=SECONDS)
            if taker.returncode != 0:
                raise _refused(node, references, said)
    finally:
        for taker in takers:
            taker.kill()
            taker.wait()


def _feed(client: "APIClient", references: list[str], takers: list[subprocess.Popen], report: Callable[[str], None]) -> None:
    url = f"{client.base_url}/v{client.api_version}/images/get"
    size = 0
    with client.get(url, params={"names": references}, stream=True, timeout=(5, SECONDS)) as response:
        for chunk in response.iter_content(1 << 20):
            size += len(chunk)
            report(f"{size / 1e6:.0f} MB")
            for taker in takers:
                try:
                    taker.stdin.write(chunk)
                except BrokenPipeError:
                    # It has ended, and its own words say why better.
                    return


def _refused(node: str, references: list[str], said: bytes) -> SlipwayError:
    last = (said.decode("utf-8", "replace").strip().splitlines() or ["no reason given"])[-1]
    return SlipwayError(f"The node {node} did not take {', '.join(references)}: {last}.", "See `./slipway cluster status`.")
