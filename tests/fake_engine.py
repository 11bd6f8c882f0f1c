"""A small Docker engine on a real Unix socket: recorded objects behind the paths that a reset uses, and a log of requests.

It follows the Docker Engine API where that decides what a reset may remove: filters by name search anywhere in a name,
`ancestor` also finds containers of an image's children, and what is in use is refused. Source:
https://docs.docker.com/reference/api/engine/.
"""

import fnmatch
import json
import re
import socketserver
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from trouble import Trouble

from checks.snapshot import Json, is_anonymous
from sandboxes.engine.endpoint import Endpoint

Reply = tuple[int, Any]
GONE: Reply = (404, {"message": "no such object"})
DONE: Reply = (204, None)
INACTIVE = {"LocalNodeState": "inactive", "ControlAvailable": False, "Nodes": 0, "Error": "", "NodeID": ""}


@dataclass
class FakeEngine:
    """The engine. `log` holds "METHOD path" of every request, decoded and without the API's version.

    `refusals` maps such a line, without its query, to the status and message with which it is refused. `lingering` are
    networks that remain for so many requests after their removal was accepted. `builds` says of each look at the build
    cache, in turn, whether a build is running. `saved` holds, by the ID of an image, the
    archive that `docker save` would write, `logs`, by the ID of a container, its log in the frames of the API. `ahead` is
    the number of seconds by which its clock is ahead of this machine's, and `trouble` what breaks its answers.
    """

    socket: Path
    containers: dict[str, Json] = field(default_factory=dict)
    images: dict[str, Json] = field(default_factory=dict)
    volumes: dict[str, Json] = field(default_factory=dict)
    unread_volumes: set[str] = field(default_factory=set)
    networks: dict[str, Json] = field(default_factory=dict)
    services: list[Json] = field(default_factory=list)
    events: list[Json] = field(default_factory=list)
    builds: list[bool] = field(default_factory=list)
    info: Json = field(default_factory=lambda: {"ID": "this-engine", "Swarm": dict(INACTIVE), "SecurityOptions": []})
    version: Json = field(default_factory=lambda: {"Version": "29.0.0", "ApiVersion": "1.44", "MinAPIVersion": "1.24"})
    log: list[str] = field(default_factory=list)
    refusals: dict[str, tuple[int, str]] = field(default_factory=dict)
    lingering: dict[str, int] = field(default_factory=dict)
    saved: dict[str, bytes] = field(default_factory=dict)
    logs: dict[str, bytes] = field(default_factory=dict)
    ahead: float = 0.0
    trouble: Trouble | None = None

    @property
    def now(self) -> float:
        """The engine's own time, in seconds since 1970."""
        return time.time() + self.ahead

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(f"unix://{self.socket}")

    @property
    def writes(self) -> list[str]:
        return [line for line in self.log if not line.startswith(("GET ", "HEAD "))]

    def names(self) -> set[str]:
        """Everything on the engine: "container/NAME", "image/TAG" or "image/ID", "volume/NAME", "network/NAME"."""
        tags = {tag for id, image in self.images.items() for tag in image["RepoTags"] or [id]}
        return {
            *(f"container/{container['Name'][1:]}" for container in self.containers.values()),
            *(f"image/{tag}" for tag in tags),
            *(f"volume/{name}" for name in self.volumes),
            *(f"network/{name}" for name in self.networks),
        }

    def add_recorded(self, objects: dict[str, dict[str, Json]]) -> None:
        """Put the objects of a recorded snapshot on the engine."""
        self.containers |= {container["Id"]: deepcopy(container) for container in objects["container"].values()}
        self.images |= deepcopy(objects["image"])
        self.volumes |= deepcopy(objects["volume"])
        self.networks |= deepcopy(objects["network"])

    def add_image(
        self, id: str, *tags: str, parent: str = "", labels: dict[str, str] | None = None, digests: Sequence[str] = ()
    ) -> str:
        """An image with these tags; `digests` are those under which it was pushed or pulled, REPOSITORY@sha256:…"""
        named = {"RepoTags": list(tags), "RepoDigests": list(digests)}
        self.images[id] = {"Id": id, **named, "Parent": parent, "Config": {"Labels": labels}}
        return id

    def add_container(self, name: str, image: str, created_from: str, *volumes: str, running: bool = True) -> str:
        """A container of `image` (an ID), created by the reference `created_from`, with these volumes. Returns its ID."""
        id = name.encode().hex().ljust(64, "0")
        mounts = [{"Type": "volume", "Name": volume, "Destination": f"/{at}"} for at, volume in enumerate(volumes)]
        config = {"Image": created_from, "Labels": {}}
        self.containers[id] = {
            "Id": id, "Name": f"/{name}", "Image": image, "Config": config, "Mounts": mounts, "State": {"Running": running},
        }  # fmt: skip
        for volume in volumes:
            self.add_volume(volume)
        return id

    def add_volume(self, name: str) -> None:
        self.volumes.setdefault(name, {"Name": name, "Labels": None})

    def add_network(self, name: str, scope: str = "local", ingress: bool = False) -> None:
        self.networks[name] = {"Name": name, "Labels": {}, "Scope": scope, "Ingress": ingress}

    def reply(self, method: str, target: str, sent: bytes = b"") -> Reply:
        """Answer a request."""
        parts = urlsplit(re.sub(r"^/v\d+\.\d+/", "/", target))
        path, query = unquote(parts.path), {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.log.append(f"{method} {path}" + (f"?{unquote(parts.query)}" if parts.query else ""))
        if refusal := self.refusals.get(f"{method} {path}"):
            return refusal[0], {"message": refusal[1]}
        kind, _, rest = path.lstrip("/").partition("/")
        if method == "DELETE":
            return self._delete(kind, rest, query)
        if (method, path) == ("POST", "/volumes/create"):
            return self.create_volume(json.loads(sent))
        if (method, path) == ("POST", "/swarm/leave"):
            self.info["Swarm"] = dict(INACTIVE)
            return 200, None
        return self._read(kind, rest, query) if method == "GET" else GONE

    def restart(self) -> None:
        """Forget what is in the memory of an engine only: it then reads a volume's labels when it is asked for it."""
        self.unread_volumes = set(self.volumes)

    def create_volume(self, wanted: Json) -> Reply:
        """Create a volume, or return the one of this name, as the engine does."""
        name = wanted["Name"]
        volume = self.volumes.setdefault(name, {"Name": name, "Labels": wanted.get("Labels")})
        return 201, {**volume, "Labels": None} if name in self.unread_volumes else volume

    def _events(self, since: float, until: float, filters: dict[str, list[str]]) -> Reply:
        if since > until:
            return 400, {"message": f"`since` time ({since}) cannot be after `until` time ({until})"}
        if until > self.now:
            return 503, {"message": "the engine sends events until its clock says so"}
        return 200, [event for event in self.events if since <= event["time"] <= until and _event_fits(event, filters)]

    def _read(self, kind: str, rest: str, query: dict[str, str]) -> Reply:
        filters = json.loads(query.get("filters", "{}"))
        match kind, rest:
            case "_ping", _:
                return 200, "OK"
            case "version", _:
                return 200, self.version
            case "info", _:
                return 200, {"SystemTime": datetime.fromtimestamp(self.now, UTC).isoformat(), **self.info}
            case "events", _:
                return self._events(float(query["since"]), float(query["until"]), filters)
            case "containers", "json":
                shown = [container for container in self.containers.values() if "all" in query or container["State"]["Running"]]
                return 200, [_listed(container) for container in shown if self._container_fits(container, filters)]
            case "images", "json":
                return 200, [image for image in self.images.values() if _image_fits(image, filters)]
            case "volumes", "":
                return 200, {"Volumes": [volume for volume in self.volumes.values() if _named_fits(volume, filters)] or None}
            case "networks", "":
                return 200, [network for network in self.networks.values() if _named_fits(network, filters)]
            case "system", "df":
                in_use = self.builds.pop(0) if self.builds else False
                return 200, {"BuildCache": [{"Type": "regular", "InUse": in_use}]}
            case "services", "":
                return 200, self.services
            case (("secrets" | "configs"), ""):
                return 200, []
        return self._one(kind, rest)

    def _one(self, kind: str, rest: str) -> Reply:
        if kind == "networks":
            if rest in self.lingering:
                self.lingering[rest] -= 1
                if self.lingering[rest] < 0:
                    del self.lingering[rest], self.networks[rest]
            return (200, self.networks[rest]) if rest in self.networks else GONE
        if kind == "volumes":
            self.unread_volumes.discard(rest)
            return (200, self.volumes[rest]) if rest in self.volumes else GONE
        if kind == "images" and rest.removesuffix("/get") in self.saved and rest.endswith("/get"):
            return 200, self.saved[rest.removesuffix("/get")]
        if kind == "containers" and rest.endswith("/logs"):
            name = rest.removesuffix("/logs")
            ids = [id for id, container in self.containers.items() if name in (id, container.get("Name", "")[1:])]
            return (200, self.logs.get(ids[0], b"")) if ids else GONE
        if kind == "images" and rest.endswith("/history"):
            item = self.images.get(rest.removesuffix("/history"))
            return GONE if item is None else (200, item.get("History", []))
        table = {"containers": self.containers, "images": self.images}.get(kind, {})
        name = rest.removesuffix("/json")
        tagged = next((id for id, image in self.images.items() if name in (image["RepoTags"] or ())), name)
        item = table.get(tagged if kind == "images" else name)
        return (200, item) if item is not None and rest.endswith("/json") else GONE

    def _delete(self, kind: str, name: str, query: dict[str, str]) -> Reply:
        match kind:
            case "containers" if container := self.containers.get(name):
                if container["State"]["Running"] and query.get("force") != "1":
                    return 409, {"message": "container is running"}
                del self.containers[name]
                for mount in container["Mounts"] if query.get("v") == "1" else ():
                    if is_anonymous(mount["Name"]) and not self._users(mount["Name"]):
                        self.volumes.pop(mount["Name"], None)
                return DONE
            case "images":
                return self._delete_image(name)
            case "volumes" if name in self.volumes:
                if self._users(name):
                    return 409, {"message": "volume is in use"}
                del self.volumes[name]
                return DONE
            case "networks" if name in self.networks:
                if name not in self.lingering:
                    del self.networks[name]
                return DONE
        return GONE

    def _delete_image(self, name: str) -> Reply:
        image = next((image for id, image in self.images.items() if name == id or name in _references(image)), None)
        if image is None:
            return GONE
        tags = [tag for tag in image["RepoTags"] or () if tag != name]
        tagged, repository = {tag.rpartition(":")[0] for tag in tags}, name.rpartition(":")[0]
        # The last tag in a repository takes the digests there with it.
        digests = [digest for digest in image.get("RepoDigests") or () if digest != name]
        digests = [digest for digest in digests if digest.partition("@")[0] in tagged or digest.partition("@")[0] != repository]
        if name != image["Id"] and (tags or digests):
            image["RepoTags"], image["RepoDigests"] = tags, digests
            return 200, []
        if any(container["Image"] == image["Id"] for container in self.containers.values()) or len(tags) > 1:
            return 409, {"message": "image is in use"}
        del self.images[image["Id"]]
        return 200, []

    def _users(self, volume: str) -> list[str]:
        return [id for id, container in self.containers.items() if volume in {mount.get("Name") for mount in container["Mounts"]}]

    def _container_fits(self, container: Json, filters: dict[str, list[str]]) -> bool:
        ancestry, id = [], container["Image"]
        while id:
            ancestry.append(id)
            id = self.images.get(id, {}).get("Parent", "")
        fits = {
            "name": lambda wanted: re.search(wanted, container["Name"]),
            "label": lambda wanted: _has_label(container["Config"]["Labels"], wanted),
            "ancestor": lambda wanted: wanted in ancestry,
            "volume": lambda wanted: container["Id"] in self._users(wanted),
        }
        return all(any(fits[name](wanted) for wanted in values) for name, values in filters.items())


def _listed(container: Json) -> Json:
    labels = container["Config"]["Labels"]
    networks = container.get("NetworkSettings", {})
    return {
        "Id": container["Id"], "Names": [container["Name"]], "ImageID": container["Image"], "Labels": labels,
        "NetworkSettings": networks,
    }  # fmt: skip


def _has_label(labels: dict[str, str] | None, wanted: str) -> bool:
    name, given, value = wanted.partition("=")
    return (labels or {}).get(name) == value if given else name in (labels or {})


def _references(image: Json) -> list[str]:
    return [*(image["RepoTags"] or ()), *(image.get("RepoDigests") or ())]


def _image_fits(image: Json, filters: dict[str, list[str]]) -> bool:
    tags = [name for tag in image["RepoTags"] or () for name in (tag, tag.rpartition(":")[0])]
    tags += [name for digest in image.get("RepoDigests") or () for name in (digest, digest.partition("@")[0])]
    fits = {
        "reference": lambda wanted: any(fnmatch.fnmatchcase(tag, wanted) for tag in tags),
        "label": lambda wanted: _has_label(image["Config"]["Labels"], wanted),
        "dangling": lambda wanted: (not tags) == (wanted == "true"),
    }
    return all(any(fits[name](wanted) for wanted in values) for name, values in filters.items())


def _named_fits(item: Json, filters: dict[str, list[str]]) -> bool:
    fits = {
        "name": lambda wanted: wanted in item["Name"],
        "label": lambda wanted: _has_label(item["Labels"], wanted),
    }
    return all(any(fits[name](wanted) for wanted in values) for name, values in filters.items())


def _event_fits(event: Json, filters: dict[str, list[str]]) -> bool:
    labelled = all(_has_label(event["Actor"]["Attributes"], wanted) for wanted in filters.get("label", ()))
    return event["Type"] in filters["type"] and event["Action"] in filters["event"] and labelled


def _text(body: Any, line_by_line: bool) -> str:
    if line_by_line and isinstance(body, list):
        return "\n".join(map(json.dumps, body))
    return "" if body is None else json.dumps(body)


@contextmanager
def fake_engine(folder: Path) -> Iterator[FakeEngine]:
    """Run one on a socket in `folder` while the block runs."""
    running = FakeEngine(folder / "engine.sock")
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with lock:
                code, body = running.reply(self.command, self.path, sent)
            data = body if isinstance(body, bytes) else _text(body, "/events" in self.path).encode()
            if running.trouble is not None and running.trouble.breaks(self, code, data):
                return
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            if code != 204:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_HEAD = do_POST = do_DELETE = handle_any  # noqa: N815

        def address_string(self) -> str:
            return "unix"

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(running.now if timestamp is None else timestamp)

        def log_message(self, *arguments: object) -> None:
            pass

    class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        daemon_threads = True

        def handle_error(self, request: object, address: object) -> None:
            pass  # a client that does not wait breaks off: that is what the tests want to see

    with Server(str(running.socket), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield running
        finally:
            server.shutdown()
