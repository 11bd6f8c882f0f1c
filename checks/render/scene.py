"""What a snapshot shows, as things and the links between them: the common ground of a picture and its text."""

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
    "port", "ingress", "service", "node", "container", "pod", "network", "claim", "volume", "folder", "memory", "layer", "image",
)  # fmt: skip
# What others use: it is told with its users.
SHARED = ("network", "claim", "volume", "image")
NETWORKS = {"bridge": "bridge (Docker's default)", "host": "the machine's own", "none": "none at all"}
# What the three networks that every engine has mean for the containers on them.
MEANING = {
    "bridge": "gives no names",
    "host": "shares addresses and ports with the machine",
    "none": "reaches nothing",
}
UNUSED = {
    "network": "no container is on it",
    "volume": "kept, though no container uses it",
    "image": "no container runs it",
}
STAYS = "stays when its containers go"
MOST_PATHS = 3


@dataclass(frozen=True)
class Thing:
    """A node of the picture. `kind` is one of KINDS; `notes` are said below its title; `tone` is good, busy, bad, still or
    empty; `inside` is the key of the thing that it is drawn in."""

    kind: str
    title: str
    notes: tuple[str, ...] = ()
    tone: str = ""
    inside: str = ""


@dataclass(frozen=True)
class Link:
    """An edge between the keys of two things. A link that is not `open` is declared, but carries nothing now."""

    source: str
    target: str
    words: str = ""
    open: bool = True


@dataclass
class Scene:
    """Things by key, the links between them, and remarks about what is not shown."""

    things: dict[str, Thing] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def of_kind(self, kind: str) -> dict[str, Thing]:
        return {key: thing for key, thing in self.things.items() if thing.kind == kind}

    def add(self, key: str, thing: Thing) -> str:
        self.things.setdefault(key, thing)
        return key


def build(snapshot: Snapshot) -> Scene:
    """The scene of an engine's snapshot. What could not be collected is a remark."""
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
    if (told := snapshot.objects.get("swarm", {}).get("swarm", {})).get("LocalNodeState") == "active":
        scene.remarks.append(f"Swarm mode is on, with {words.count(told['Nodes'] or 1, 'machine')}.")
    if (left_out := len(containers) - MOST_CONTAINERS) > 0:
        scene.remarks.append(f"{left_out} more containers are not shown.")
    kinds = ("container", "network", "volume", "image")
    missing = [kind for kind in kinds if kind in snapshot.errors]
    scene.remarks += [f"The {kind}s could not be looked at: {words.prose(snapshot.errors[kind])}." for kind in missing]
    return scene


def mark_unused(scene: Scene, said: dict[str, str]) -> None:
    """Say of what nothing is linked to that it is there all the same; `said` has the words for each kind."""
    used = {link.target for link in scene.links}
    for key, thing in scene.things.items():
        if thing.kind in said and key not in used:
            notes = tuple(note for note in thing.notes if note != STAYS)
            scene.things[key] = replace(thing, notes=(*notes, said[thing.kind]), tone="still")


def _container(scene: Scene, snapshot: Snapshot, name: str, container: Json) -> None:
    state, tone = state_in_words(container)
    key = scene.add(subject(container), Thing("container", titled(name), (state,), tone))
    for number, inner, is_open in ports(container):
        port = scene.add(f"port/{number}", Thing("port", f"port {number}"))
        scene.links.append(Link(port, key, inner, is_open))
    for network in sorted(container["NetworkSettings"].get("Networks") or {}):
        found = snapshot.objects.get("network", {}).get(network, {})
        names = known_as(container, network) if container["State"]["Running"] else []
        said = ", ".join(map(titled, names))
        scene.links.append(Link(key, scene.add(f"network/{network}", _network(network, found)), said))
    for mount in mounts(container):
        target, thing = _mounted(name, mount)
        where = titled(mount["Destination"]) + ("" if mount.get("RW", True) else ", read only")
        scene.links.append(Link(key, scene.add(target, thing), where))
    if "Layer" in container:
        scene.links.append(Link(key, scene.add(f"layer/{name}", _layer(container)), "all else"))
    id = container["Image"]
    image = snapshot.objects.get("image", {}).get(id)
    scene.links.append(Link(key, scene.add(f"image/{id}", _image(id, image or {}, container["Config"]["Image"]))))


def state_in_words(container: Json) -> tuple[str, str]:
    """A container's state as words, and its tone."""
    state = container["State"]
    status, code = state["Status"], state["ExitCode"]
    health = (state.get("Health") or {}).get("Status", "")
    if status == "running":
        tone = {"unhealthy": "bad", "starting": "busy"}.get(health, "good")
        said = {"starting": "health check still starting", "healthy": "healthy", "unhealthy": "unhealthy"}
        return ", ".join(["running", *([said[health]] if health in said else [])]), tone
    if status == "restarting":
        return f"restarting again and again ({container.get('RestartCount', 0)} times), exit code {code}", "bad"
    if status == "exited":
        memory = ", out of memory" if state["OOMKilled"] else ""
        return f"ended, exit code {code}{memory}", "bad" if code else "still"
    said = {"created": "created, not started", "paused": "paused", "dead": "dead", "removing": "being removed"}
    return said.get(status, words.name(status)), "bad" if status == "dead" else "still"


def ports(container: Json) -> Iterator[tuple[str, str, bool]]:
    """The published ports, each once for all addresses: the host's side, the container's side, whether it is open."""
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
    notes += ["closed to the outside"] if network.get("Internal") else []
    driver = network.get("Driver", "")
    notes += [f"driver {words.name(driver)}"] if driver not in ("", "bridge", "host", "null") else []
    return Thing("network", titled(NETWORKS.get(name, name)), tuple(notes))


def _volume(name: str) -> Thing:
    if is_anonymous(name):
        return Thing("volume", f"{name[:12]}…", ("anonymous: it has no name of its own",))
    return Thing("volume", titled(name), (STAYS,))


def _mounted(container: str, mount: Json) -> tuple[str, Thing]:
    """What a container mounts: a volume, a folder or file of the host, or memory."""
    if mount["Type"] == "volume":
        return f"volume/{mount['Name']}", _volume(mount["Name"])
    if mount["Type"] == "bind":
        parts = mount["Source"].rstrip("/").split("/")
        short = "/".join(parts) if len(parts) <= 3 else "…/" + "/".join(parts[-2:])
        return f"folder/{mount['Source']}", Thing("folder", titled(short), ("on this machine",))
    note = ("emptied when the container stops",)
    return f"memory/{container}", Thing("memory", f"memory ({words.name(mount['Type'])})", note)


def _layer(container: Json) -> Thing:
    """The writable layer: what was written there, without the folders on the way and those that a mount stands on."""
    changed = container["Layer"]
    covered = [*changed, *(each["Destination"] for each in mounts(container))]
    ways = {path for path in changed for other in covered if path != other and is_below(other, path)}
    own = sorted(set(changed) - ways - {each["Destination"] for each in mounts(container)})
    said = [path + (" deleted" if changed[path] == "deleted" else "") for path in own]
    more = [f"and {len(said) - MOST_PATHS} more"] if len(said) > MOST_PATHS else []
    found = [titled(each) for each in said[:MOST_PATHS]] + more or ["nothing written"]
    return Thing("layer", "writable layer", (*found, "goes with the container"))


def _image(id: str, image: Json, used: str = "") -> Thing:
    tags = image.get("RepoTags") or []
    short = id.removeprefix("sha256:")[:12]
    title = tags[0] if tags else used if used and not image else short
    notes = [] if tags or not image else ["no tag points to it now"]
    if size := image.get("Size"):
        notes.append(f"{size / 1e6:,.0f} MB")
    return Thing("image", titled(title), tuple(notes))


def titled(text: str) -> str:
    """A name, short and harmless, on one line."""
    return words.harmless(words.shorten(text, TITLE_LIMIT).replace("\n", " ")) or "(no name)"
