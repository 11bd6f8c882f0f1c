"""The pull of an image through the engine, with deadlines: a registry that refuses, hangs or limits is given up in seconds.

The engine pulls, so its mirrors, proxies and certificates apply. Source of the messages: the Docker Engine API
reference, "ImageCreate", and the engine's responses for the registries in tests/live/test_images_pull.py.
"""

import os
import queue
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandboxes import json_text
from sandboxes.errors import SlipwayError
from sandboxes.images.catalogue import Image
from sandboxes.images.client import says

if TYPE_CHECKING:
    from docker import APIClient
    from requests import Response

# The name of a registry that has the official images under library/, such as a class's own mirror.
REGISTRY = "SLIPWAY_REGISTRY"


@dataclass(frozen=True)
class Patience:
    """How long a pull may be silent, in seconds: until the registry's first response, and after that."""

    answer: float = 10.0
    stall: float = 30.0


class PullFailed(Exception):
    """A failed pull. `everywhere` means that the registry would refuse the other images as well."""

    def __init__(self, reason: str, everywhere: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.everywhere = everywhere


# The engine's message (a pattern), what it means, and whether it applies to every image of that registry.
REASONS = (
    (r"no such host|server misbehaving|name resolution", "its name cannot be resolved", True),
    (r"connection refused", "it refused the connection", True),
    (r"network is unreachable|no route to host", "the network is unreachable", True),
    (
        r"toomanyrequests|too many requests|429|rate limit",
        "its rate limit is reached",
        True,
    ),
    (
        r"HTTP response to HTTPS client",
        "it uses HTTP, which the engine accepts only from registries configured as insecure",
        True,
    ),
    (r"x509|certificate|tls: ", "the engine does not trust its certificate", True),
    (r"timeout|deadline exceeded|Client\.Timeout|request canceled", "it did not answer in time", True),
    (r"HTTP status: 5\d\d|Internal Server Error|Bad Gateway|Service Unavailable", "it has an internal error", True),
    (r"proxyconnect|Proxy Authentication", "the proxy refused the engine's connection", True),
    (r"connection reset|EOF", "it closed the connection", True),
    (
        r"unauthorized|authentication required|no basic auth|denied|403|Forbidden",
        "access to this image is denied",
        False,
    ),
    (r"manifest unknown|not found|does not exist|no matching manifest", "it does not have this image", False),
)


def registry() -> str:
    """Return the registry set in SLIPWAY_REGISTRY; empty for the one in the image's reference."""
    return os.environ.get(REGISTRY, "").strip().rstrip("/").removeprefix("https://").removeprefix("http://")


def registry_name(image: Image) -> str:
    """Return the name of the registry that an image comes from, for messages."""
    first, slash, _ = image.name.partition("/")
    return registry() or (first if slash and "." in first else "Docker Hub")


def source_name(image: Image) -> str:
    """Return the name, without tag, under which an image is pulled."""
    if not (prefix := registry()):
        return image.name
    return f"{prefix}/{image.name}" if "/" in image.name else f"{prefix}/library/{image.name}"


def pull(client: "APIClient", image: Image, report: Callable[[str], None], patience: Patience = Patience()) -> None:
    """Pull one image and tag it with its upstream name.

    Raises PullFailed with the reason, and SlipwayError for what is not the registry's fault (a full disk).
    """
    name = source_name(image)
    shown = _Shown(report)
    for event in _events(client, name, image.tag, patience):
        if message := event.get("error"):
            raise explain(message)
        shown.add(event)
    if name != image.name:
        client.tag(f"{name}:{image.tag}", image.name, image.tag, force=True)


def explain(message: str) -> PullFailed:
    """Return the failure that an engine's message describes. Raises SlipwayError for a full disk."""
    text = " ".join(message.split())
    if re.search("no space left on device", text):
        raise SlipwayError(
            "The disk of the Docker engine is full.",
            "Free some: `docker image prune` removes dangling images, `docker builder prune` the build cache.",
        )
    for pattern, meaning, everywhere in REASONS:
        if re.search(pattern, text, re.IGNORECASE):
            return PullFailed(f"{meaning} (“{text[:200]}”)", everywhere)
    return PullFailed(f"“{text[:200]}”", False)


def _events(client: "APIClient", name: str, tag: str, patience: Patience) -> Iterator[dict[str, Any]]:
    """Yield the engine's progress messages. Raises PullFailed when no more arrive in time."""
    events: queue.Queue[dict[str, Any] | None] = queue.Queue()
    given_up = threading.Event()
    # A thread reads, so that the first response and the later ones can have different deadlines. It ends by itself.
    threading.Thread(target=_read, args=(client, name, tag, patience, events, given_up), daemon=True).start()
    answered, waited_from = False, time.monotonic()
    try:
        while True:
            allowed = patience.stall if answered else patience.answer
            try:
                event = events.get(timeout=max(0.0, waited_from + allowed - time.monotonic()))
            except queue.Empty:
                problem = "it stopped sending" if answered else "it did not answer"
                raise PullFailed(f"{problem} for {allowed:g} seconds", everywhere=True) from None
            if event is None:
                return
            if not event.get("status", "").startswith(("Retrying", "Waiting")):
                answered, waited_from = True, time.monotonic()
            yield event
    finally:
        given_up.set()


def _read(client: "APIClient", name: str, tag: str, patience: Patience, events: queue.Queue, given_up: threading.Event) -> None:
    import requests

    try:
        with _request(client, name, tag, patience) as response:
            if response.status_code != 200:
                events.put({"error": _message(response)})
            else:
                for line in response.iter_lines():
                    if given_up.is_set():
                        # Leaving the block closes the connection, which ends the engine's pull.
                        break
                    if line.strip():
                        events.put(json_text.loads(line))
    except requests.RequestException as error:
        events.put({"error": f"timeout: {error}" if isinstance(error, requests.Timeout) else says(error)})
    except ValueError as error:
        events.put({"error": f"the engine's answer cannot be read: {error}"})
    events.put(None)


def _request(client: "APIClient", name: str, tag: str, patience: Patience) -> "Response":
    """Request the pull, with the person's login for that registry."""
    from docker import auth
    from docker.errors import DockerException

    headers = {}
    try:
        if credentials := auth.get_config_header(client, auth.resolve_repository_name(name)[0]):
            headers["X-Registry-Auth"] = credentials
    except DockerException:
        # A credential helper that does not work here: public images can still be pulled.
        headers = {}
    url = f"{client.base_url}/v{client.api_version}/images/create"
    silence = patience.answer + patience.stall
    return client.post(url, params={"fromImage": name, "tag": tag}, headers=headers, stream=True, timeout=(5, silence))


def _message(response: "Response") -> str:
    try:
        return str(response.json()["message"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP status: {response.status_code}"


class _Shown:
    """The events of a pull as one short line: layers completed, megabytes downloaded."""

    def __init__(self, report: Callable[[str], None]) -> None:
        self.report = report
        self.layers: dict[str, tuple[int, bool]] = {}

    def add(self, event: dict[str, Any]) -> None:
        layer, status = event.get("id", ""), event.get("status", "")
        if not re.fullmatch(r"[0-9a-f]{12}", layer):
            return
        complete = status in ("Pull complete", "Already exists")
        here = event.get("progressDetail", {}).get("current") or 0 if status == "Downloading" else 0
        self.layers[layer] = (max(here, self.layers.get(layer, (0, False))[0]), complete)
        finished = sum(complete for _, complete in self.layers.values())
        megabytes = sum(here for here, _ in self.layers.values()) / 1e6
        self.report(f"{finished} of {len(self.layers)} layers, {megabytes:.0f} MB")
