"""The scene of a snapshot: objects and the links between them, from which the diagram and its text are made."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from checks.render import words
from checks.snapshot import Json, Snapshot, is_anonymous
from checks.vocabulary.container_networks import known_as
from checks.vocabulary.container_storage import is_below, mounts
from checks.vocabulary.containers import subject

MOST_CONTAINERS = 24
TITLE_LIMIT = 44  # characters
KINDS = (
    "port", "ingress", "service", "daemonset", "node", "container", "pod", "network", "claim", "volume", "folder", "memory",
    "layer", "image",
)  # fmt: skip
# The kinds whose lines name their users.
SHARED = ("network", "claim", "volume", "image")
NETWORKS = {"bridge": "bridge (the default network)", "host": "host", "none": "none"}
# What the three built-in networks mean for the containers on them.
MEANING = {
    "bridge": "no name resolution",
    "host": "shares the addresses and ports of this machine",
    "none": "no network access",
}
UNUSED = {
    "network": "no container is connected to it",
    "volume": "no container uses it",
    "image": "no container uses it",
}
STAYS = "kept when its containers are removed"
MOST_PATHS = 3


@dataclass(frozen=True)
class Thing:
    """An object in the diagram.

    `kind` is one of KINDS. `notes` appear below the title. `tone` is good, busy, bad, still or empty. `inside` is the key
    of the object that it is drawn in.
    """

    kind: str
    title: str
    notes: tuple[str, ...] = ()
    tone: str = ""
    inside: str = ""


@dataclass(frozen=True)
class Link:
    """A link between the keys of two objects. A link that is not `open` is declared, but carries no traffic now."""

    source: str
    target: str
    words: str = ""
    open: bool = True


@dataclass
class Scene:
    """Objects by key, the links between them, and remarks about what is not shown."""

    things: dict[str, Thing] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def of_kind(self, kind: str) -> dict[str, Thing]:
        """Return the objects of a kind."""
        return {key: thing for key, thing in self.things.items() if thing.kind == kind}

    def add(self, key: str, thing: Thing) -> str:
        """Add an object unless the key exists. Return the key."""
        self.things.setdefault(key, thing)
        return key


def build(snapshot: Snapshot) -> Scene:
    """Build the scene for the snapshot of an engine, with a remark for each kind that could not be collected."""
    scene = Scene()
    containers = sorted(snapshot.objects.get("container", {}).items())
    for name, container in containers[:MOST_CONTAINERS]:
        _container(scene, snapshot, name, container)
    for name, network in sorted(snapshot.objects.get("network", {}).items()):
        scene.add(f"network/{name}", _network(name, network))
    for name in sorted(snapshot.objects.get("volume", {})):
        scene.add(f"volume/{name}", _volume(name))
    for id, image in sorted(snapshot.objects.get("image", {}).items()):
        scene.add(f"image/{id}", _image(id, image))
    mark_unused(scene, UNUSED)
    if (swarm := snapshot.objects.get("swarm", {}).get("swarm", {})).get("LocalNodeState") == "active":
        scene.remarks.append(f"Swarm mode is on, with {words.count(swarm['Nodes'] or 1, 'node')}.")
    if (left_out := len(containers) - MOST_CONTAINERS) > 0:
        scene.remarks.append(f"{left_out} more containers are not shown.")
    kinds = ("container", "network", "volume", "image")
    missing = [kind for kind in kinds if kind in snapshot.errors]
    scene.remarks += [f"The {kind}s could not be collected: {words.prose(snapshot.errors[kind])}." for kind in missing]
    return scene


def mark_unused(scene: Scene, notes_by_kind: dict[str, str]) -> None:
    """Mark the objects without a link to them, with the note for their kind."""
    used = {link.target for link in scene.links}
    for key, thing in scene.things.items():
        if thing.kind in notes_by_kind and key not in used:
            notes = tuple(note for note in thing.notes if note != STAYS)
            scene.things[key] = replace(thing, notes=(*notes, notes_by_kind[thing.kind]), tone="still")


def _container(scene: Scene, snapshot: Snapshot, name: str, container: Json) -> None:
    state, tone = state_in_words(container)
    key = scene.add(subject(container), Thing("container", titled(name), (state,), tone))
    for number, inner, is_open in ports(container):
        port = scene.add(f"port/{number}", Thing("port", f"port {number}"))
        scene.links.append(Link(port, key, inner, is_open))
    for network in sorted(container["NetworkSettings"].get("Networks") or {}):
        details = snapshot.objects.get("network", {}).get(network, {})
        names = known_as(container, network) if container["State"]["Running"] else []
        aliases = ", ".join(map(titled, names))
        scene.links.append(Link(key, scene.add(f"network/{network}", _network(network, details)), aliases))
    for mount in mounts(container):
        target, thing = _mounted(name, mount)
        where = titled(mount["Destination"]) + ("" if mount.get("RW", True) else ", read only")
        scene.links.append(Link(key, scene.add(target, thing), where))
    if "Layer" in container:
        scene.links.append(Link(key, scene.add(f"layer/{name}", _layer(container)), "everything else"))
    id = container["Image"]
    image = snapshot.objects.get("image", {}).get(id)
    scene.links.append(Link(key, scene.add(f"image/{id}", _image(id, image or {}, container["Config"]["Image"]))))


def state_in_words(container: Json) -> tuple[str, str]:
    """Return the state of a container as text, and its tone."""
    state = container["State"]
    status, code = state["Status"], state["ExitCode"]
    health = (state.get("Health") or {}).get("Status", "")
    if status == "running":
        tone = {"unhealthy": "bad", "starting": "busy"}.get(health, "good")
        texts = {"starting": "health check starting", "healthy": "healthy", "unhealthy": "unhealthy"}
        return ", ".join(["running", *([texts[health]] if health in texts else [])]), tone
    if status == "restarting":
        return f"restarting ({words.count(container.get('RestartCount', 0), 'restart')} so far), exit code {code}", "bad"
    if status == "exited":
        memory = ", out of memory" if state["OOMKilled"] else ""
        return f"exited with code {code}{memory}", "bad" if code else "still"
    texts = {"created": "created, not started", "paused": "paused", "dead": "dead", "removing": "being removed"}
    return texts.get(status, words.name(status)), "bad" if status == "dead" else "still"


def ports(container: Json) -> Iterator[tuple[str, str, bool]]:
    """Yield each published port once for all addresses: host side, container side, and whether it is open."""
    live = container["NetworkSettings"].get("Ports") or {}
    asked = container["HostConfig"].get("PortBindings") or {}
    seen = set()
    for is_open, table in ((True, live), (False, asked)):
        for inner, targets in sorted(table.items()):
            for target in targets or ():
                side = _host_side(target, inner)
                if target.get("HostPort") and (side, inner) not in seen:
                    seen.add((side, inner))
                    yield side, inner.removesuffix("/tcp"), is_open


def _host_side(target: Json, inner: str) -> str:
    address = target.get("HostIp") or ""
    local = f" on {words.name(address)}" if address not in ("", "0.0.0.0", "::") else ""
    return words.name(str(target.get("HostPort"))) + ("/udp" if inner.endswith("/udp") else "") + local


def _network(name: str, network: Json) -> Thing:
    notes = [MEANING[name]] if name in MEANING else []
    notes += ["internal, without access to other networks"] if network.get("Internal") else []
    driver = network.get("Driver", "")
    notes += [f"driver {words.name(driver)}"] if driver not in ("", "bridge", "host", "null") else []
    return Thing("network", titled(NETWORKS.get(name, name)), tuple(notes))


def _volume(name: str) -> Thing:
    if is_anonymous(name):
        return Thing("volume", f"{name[:12]}…", ("anonymous volume",))
    return Thing("volume", titled(name), (STAYS,))


def _mounted(container: str, mount: Json) -> tuple[str, Thing]:
    """Return what a container mounts: a volume, a folder or file of the host, or memory."""
    if mount["Type"] == "volume":
        return f"volume/{mount['Name']}", _volume(mount["Name"])
    if mount["Type"] == "bind":
        parts = mount["Source"].rstrip("/").split("/")
        short = "/".join(parts) if len(parts) <= 3 else "…/" + "/".join(parts[-2:])
        return f"folder/{mount['Source']}", Thing("folder", titled(short), ("on this machine",))
    note = ("emptied when the container stops",)
    return f"memory/{container}", Thing("memory", f"memory ({words.name(mount['Type'])})", note)


def _layer(container: Json) -> Thing:
    """Return the writable layer with its changes, without parent folders and the mount points of volumes."""
    changed = container["Layer"]
    mount_points = {mount["Destination"] for mount in mounts(container)}
    covered = [*changed, *mount_points]
    parents = {path for path in changed for other in covered if path != other and is_below(other, path)}
    paths = sorted(set(changed) - parents - mount_points)
    changes = [path + (" deleted" if changed[path] == "deleted" else "") for path in paths]
    more = [f"and {len(changes) - MOST_PATHS} more"] if len(changes) > MOST_PATHS else []
    notes = [titled(change) for change in changes[:MOST_PATHS]] + more or ["nothing written"]
    return Thing("layer", "writable layer", (*notes, "removed with the container"))


def _image(id: str, image: Json, used: str = "") -> Thing:
    tags = image.get("RepoTags") or []
    short = id.removeprefix("sha256:")[:12]
    title = tags[0] if tags else used if used and not image else short
    notes = [] if tags or not image else ["untagged"]
    if size := image.get("Size"):
        notes.append(f"{size / 1e6:,.0f} MB")
    return Thing("image", titled(title), tuple(notes))


def titled(text: str) -> str:
    """Return a name, shortened and made harmless, on one line."""
    return words.harmless(words.shorten(text, TITLE_LIMIT).replace("\n", " ")) or "(no name)"
