"""The vocabulary of storage: where a container's files lie, and what becomes of them with the container.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from checks.model import Finding
from checks.snapshot import Json, Snapshot, is_anonymous
from checks.vocabulary import containers
from checks.vocabulary.containers import Findings

# What may lie under a path in a container, and what that means for the files there.
PLACES = {
    "": ("in the container itself", "The writable layer goes with the container."),
    "tmpfs": ("in memory", "A tmpfs is emptied whenever the container stops."),
    "bind": ("in a folder of this machine", "That keeps them too, but it is not a volume that Docker looks after."),
    "anonymous": (
        "in a volume without a name",
        "The image asks for a volume here, or `-v` names the folder alone, so Docker made one and drew a name for it. "
        "The next container does not find it again.",
    ),
}


def mounts(container: Json) -> list[Json]:
    """The mounts of a container; first those in memory, which lie over a volume at the same path."""
    in_memory = [{"Type": "tmpfs", "Destination": path} for path in container["HostConfig"].get("Tmpfs") or ()]
    return [*in_memory, *container["Mounts"]]


def mount_under(container: Json, path: str) -> Json | None:
    """The mount that a path in the container lies on, the nearest one above it; None for the writable layer."""
    above = [each for each in mounts(container) if is_below(path, each["Destination"])]
    return max(above, key=lambda each: len(each["Destination"]), default=None)


def is_below(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or lies in it."""
    return f"{path.rstrip('/')}/".startswith(f"{folder.rstrip('/')}/")


def in_words(container: Json) -> list[str]:
    """The mounts of a container, each as "type name at path"."""
    return [f"{each['Type']} {_what(each)}at {each['Destination']}" for each in mounts(container)]


def _what(mount: Json) -> str:
    what = mount.get("Name") or (mount.get("Source") if mount["Type"] == "bind" else "")
    return f"{what} " if what else ""


def named_volume(container: Json, path: str, hint: str, cost: int | None = None, name: str = "") -> Findings:
    """A volume with a name of its own (this one, where a `name` is given) is mounted at `path` or above it, and nothing
    else nearer to it."""
    mount, where = mount_under(container, path), containers.subject(container)
    kind = mount["Type"] if mount else ""
    place, why = PLACES.get(kind, ("somewhere else", ""))
    if mount and kind == "volume":
        if name == mount["Name"] or not name and not is_anonymous(mount["Name"]):
            return
        place, why = PLACES["anonymous"] if is_anonymous(mount["Name"]) else (f"in the volume {mount['Name']}", "")
    wanted = name or "a named volume"
    message = f"The data of {where.partition('/')[2]} lie {place}, not in {wanted}."
    why = "\n".join(filter(None, [why, _beside(container, path)]))
    yield Finding(message, where, "Mounts", f"{wanted} at {path}", in_words(container), why, hint, cost=cost)


def _beside(container: Json, path: str) -> str:
    """A named volume that is mounted, but not where the data are: in words, or empty."""
    under = mount_under(container, path)
    named = [each for each in container["Mounts"] if each["Type"] == "volume" and not is_anonymous(each["Name"])]
    elsewhere = [f"{each['Name']} is mounted at {each['Destination']}" for each in named if each != under]
    return f"{' and '.join(elsewhere)}; the data are at {path}." if elsewhere else ""


def in_memory(container: Json, path: str, hint: str, cost: int | None = None) -> Findings:
    """A tmpfs is mounted at `path`: what is written there is kept in memory, and gone when the container stops."""
    mount = mount_under(container, path)
    if mount is None or mount["Type"] != "tmpfs":
        name = containers.subject(container).partition("/")[2]
        message = f"{path} of {name} is not in memory: what is written there lands on disk."
        found = in_words(container)
        yield Finding(message, containers.subject(container), "Mounts", f"tmpfs at {path}", found, hint=hint, cost=cost)


def labs_folder(snapshot: Snapshot, probe_id: str, container: Json, path: str, hint: str) -> Findings:
    """The learner's copy of the lab is mounted at `path`: the probe (of the kind `shared`) saw a file appear there."""
    mount, where = mount_under(container, path), containers.subject(container)
    name = where.partition("/")[2]
    if mount is not None and mount["Type"] == "bind" and snapshot.probe(probe_id)["ok"]:
        return
    message, why = f"{path} of {name} is not the lab's folder: it is what the image holds.", ""
    inside = [each["Destination"] for each in mounts(container) if is_below(each["Destination"], path)]
    if mount is not None and mount["Type"] == "volume":
        message = f"{path} of {name} is a volume, not the lab's folder."
        why = "A name without a slash is the name of a volume. Docker made it and filled it with the image's files."
    elif mount is not None and mount["Type"] == "bind":
        message = f"{path} of {name} is another folder of this machine, not the lab's."
        why = "A file that was made in the lab's folder did not appear there."
    elif inside:
        why = f"Only {', '.join(inside)} is mounted. An editor that saves by replacing a file leaves the old one there."
    yield Finding(message, where, "Mounts", f"the lab's folder at {path}", in_words(container), why, hint)
