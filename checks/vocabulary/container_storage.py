"""The volumes, bind mounts and tmpfs mounts of a container.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from checks.model import Finding
from checks.snapshot import Json, Snapshot, is_anonymous
from checks.vocabulary import containers
from checks.vocabulary.containers import Findings

# What can hold the files at a path of a container, and what that means for them.
PLACES = {
    "": ("in the container itself", "The writable layer is removed with the container."),
    "tmpfs": ("in memory", "A tmpfs is emptied whenever the container stops."),
    "bind": ("in a folder of this machine", "That keeps it too, but it is not a volume that Docker manages."),
    "anonymous": (
        "in a volume without a name",
        "The image declares a volume here, or `-v` names only the folder, so Docker created a volume with a random name. "
        "The next container does not use it.",
    ),
}


def mounts(container: Json) -> list[Json]:
    """Return the mounts of a container, tmpfs first: a tmpfs covers a volume at the same path.

    Example:
        container_storage.mounts({"HostConfig": {"Tmpfs": {"/run": ""}}, "Mounts": []})
        # [{'Type': 'tmpfs', 'Destination': '/run'}]
    """
    in_memory = [{"Type": "tmpfs", "Destination": path} for path in container["HostConfig"].get("Tmpfs") or ()]
    return [*in_memory, *container["Mounts"]]


def mount_under(container: Json, path: str) -> Json | None:
    """Return the mount that holds a path of the container, the nearest one above it; None for the writable layer.

    Example:
        mount = container_storage.mount_under(database, "/var/lib/postgresql/data")
    """
    above = [mount for mount in mounts(container) if is_below(path, mount["Destination"])]
    return max(above, key=lambda mount: len(mount["Destination"]), default=None)


def is_below(path: str, folder: str) -> bool:
    """Tell whether `path` is `folder` or inside it.

    Example:
        container_storage.is_below("/var/lib/data", "/var/lib")
        # True
    """
    return f"{path.rstrip('/')}/".startswith(f"{folder.rstrip('/')}/")


def in_words(container: Json) -> list[str]:
    """Return the mounts of a container as text, each as "type name at path".

    Example:
        container_storage.in_words({"HostConfig": {}, "Mounts": [{"Type": "volume", "Name": "books", "Destination": "/data"}]})
        # ['volume books at /data']
    """
    return [f"{mount['Type']} {_what(mount)}at {mount['Destination']}" for mount in mounts(container)]


def _what(mount: Json) -> str:
    what = mount.get("Name") or (mount.get("Source") if mount["Type"] == "bind" else "")
    return f"{what} " if what else ""


def named_volume(container: Json, path: str, hint: str, cost: int | None = None, name: str = "") -> Findings:
    """Yield a finding unless the files at `path` are on a named volume: on `name`, if that is given.

    Example:
        yield from container_storage.named_volume(book, "/data", "Mount a volume at /data.", name="books")
        # The data of book is in the container itself, not in books.
    """
    mount, where = mount_under(container, path), containers.subject(container)
    kind = mount["Type"] if mount else ""
    place, why = PLACES.get(kind, ("somewhere else", ""))
    if mount and kind == "volume":
        if name == mount["Name"] or not name and not is_anonymous(mount["Name"]):
            return
        place, why = PLACES["anonymous"] if is_anonymous(mount["Name"]) else (f"in the volume {mount['Name']}", "")
    wanted = name or "a named volume"
    message = f"The data of {where.partition('/')[2]} is {place}, not in {wanted}."
    why = "\n".join(filter(None, [why, _beside(container, path)]))
    yield Finding(message, where, "Mounts", f"{wanted} at {path}", in_words(container), why, hint, cost=cost)


def _beside(container: Json, path: str) -> str:
    """A named volume that is mounted, but not where the data is: in words, or empty."""
    under = mount_under(container, path)
    named = [mount for mount in container["Mounts"] if mount["Type"] == "volume" and not is_anonymous(mount["Name"])]
    elsewhere = [f"{other['Name']} is mounted at {other['Destination']}" for other in named if other != under]
    return f"{' and '.join(elsewhere)}; the data is at {path}." if elsewhere else ""


def in_memory(container: Json, path: str, hint: str, cost: int | None = None) -> Findings:
    """Yield a finding unless a tmpfs is mounted at `path`: files there are in memory, and gone when the container stops.

    Example:
        yield from container_storage.in_memory(desk, "/tmp", "Use `--tmpfs /tmp`.")
        # /tmp of desk is not in memory: what is written there goes to the disk.
    """
    mount = mount_under(container, path)
    if mount is None or mount["Type"] != "tmpfs":
        name = containers.subject(container).partition("/")[2]
        message = f"{path} of {name} is not in memory: what is written there goes to the disk."
        in_use = in_words(container)
        yield Finding(message, containers.subject(container), "Mounts", f"tmpfs at {path}", in_use, hint=hint, cost=cost)


def labs_folder(snapshot: Snapshot, probe_id: str, container: Json, path: str, hint: str) -> Findings:
    r"""Yield a finding unless the learner's copy of the lab is mounted at `path`.

    The probe, of the kind `shared`, created a file in the lab's folder and looked for it in the container.

    Example:
        yield from container_storage.labs_folder(snapshot, "shared", editor, "/app", "Use `-v \"$PWD\":/app`.")
        # /app of editor is a volume, not the lab's folder.
    """
    mount, where = mount_under(container, path), containers.subject(container)
    name = where.partition("/")[2]
    if mount is not None and mount["Type"] == "bind" and snapshot.probe(probe_id)["ok"]:
        return
    message, why = f"{path} of {name} is not the lab's folder, but the image's own.", ""
    inside = [entry["Destination"] for entry in mounts(container) if is_below(entry["Destination"], path)]
    if mount is not None and mount["Type"] == "volume":
        message = f"{path} of {name} is a volume, not the lab's folder."
        why = "A name without a slash is the name of a volume. Docker created it and filled it with the image's files."
    elif mount is not None and mount["Type"] == "bind":
        message = f"{path} of {name} is another folder of this machine, not the lab's."
        why = "A file that was created in the lab's folder did not appear there."
    elif inside:
        why = f"Only {', '.join(inside)} is mounted. An editor that saves by replacing a file leaves the old file mounted."
    yield Finding(message, where, "Mounts", f"the lab's folder at {path}", in_words(container), why, hint)
