"""The pull of an image through the engine, with deadlines: a registry that refuses, hangs or limits is given up in seconds.

The engine pulls, so its mirrors, proxies and certificates apply. Source of the messages: the Docker Engine API
reference, "ImageCreate", and the engine's responses for the registries in tests/live/test_images_pull.py.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandboxes.errors import SlipwayError
from sandboxes.images.catalogue import Image

if TYPE_CHECKING:
    from docker import APIClient

# The name of a registry that has the official images under library/, such as a class's own mirror.
REGISTRY = "SLIPWAY_REGISTRY"


@dataclass(frozen=True)
class Patience:
    """How long a pull may take, in seconds: until the registry's first response, without progress after that, and in all."""

    answer: float = 10.0
    stall: float = 30.0
    whole: float = 4 * 3600.0


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
    """Yield the engine's progress messages. Raises PullFailed when there is no progress in time."""
    from sandboxes.engine import streams

    bounds = streams.Bounds(patience.answer, patience.stall, patience.whole)
    params, seen = {"fromImage": name, "tag": tag}, _Progress()
    try:
        with streams.opened(client, "POST", "/images/create", bounds, params=params, headers=_login(client, name)) as stream:
            for event in stream.events():
                if seen.moved(event):
                    stream.advance()
                yield event
    except streams.Stalled as stalled:
        raise PullFailed(str(stalled), everywhere=True) from stalled
    except streams.StreamFailed as failed:
        raise explain(str(failed)) from failed


def _login(client: "APIClient", name: str) -> dict[str, str]:
    """Return the header with the person's login for the registry of a name."""
    from docker import auth
    from docker.errors import DockerException

    try:
        credentials = auth.get_config_header(client, auth.resolve_repository_name(name)[0])
    except DockerException:
        # A credential helper that does not work here: public images can still be pulled.
        return {}
    return {"X-Registry-Auth": credentials} if credentials else {}


class _Progress:
    """What each layer was last said to be: the same words again are no progress, and neither is waiting."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, Any]] = {}

    def moved(self, event: dict[str, Any]) -> bool:
        """Return whether an event says something new about its layer."""
        layer, status = str(event.get("id", "")), str(event.get("status", ""))
        if status.startswith(("Retrying", "Waiting")):
            return False
        now = (status, (event.get("progressDetail") or {}).get("current"))
        before, self._last[layer] = self._last.get(layer), now
        return now != before


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
