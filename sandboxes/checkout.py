"""The identity of a copy of Slipway: a random id in its state folder, which stays the same when the folder is moved.

A folder that was copied gets an id of its own, and forgets the cluster of the folder that it was copied from.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path

from sandboxes import json_text
from sandboxes.cluster.access import COPIES, FILE, IDENTITY, RECORD
from sandboxes.host.atomic_write import read_text, write_whole
from sandboxes.host.processes import exclusive

ID_FILE = "checkout.json"
LARGEST = 4096  # bytes
CLUSTER = "cluster"


def own(state: Path) -> str:
    """Return the id of the copy of Slipway with this state folder (absolute). It is drawn when it is first needed.

    Raise SlipwayError where it cannot be written.
    """
    with exclusive(state / "checkout.lock", "Waiting for another slipway command ..."):
        known, copied = recorded(state), is_copied(state)
        if copied:
            _forget_cluster(state / CLUSTER)
        checkout = known.get("id", "") if not copied else ""
        if not checkout or known.get("state", "") != str(state):
            checkout = checkout or os.urandom(8).hex()
            write_whole(state / ID_FILE, json.dumps({"id": checkout, "state": str(state)}) + "\n")
    return checkout


def recorded(state: Path) -> dict[str, str]:
    """Return what the state folder says of its copy of Slipway; {} where it says nothing that can be read."""
    try:
        data = json_text.loads(read_text(state / ID_FILE, LARGEST))
    except (OSError, ValueError):
        return {}
    return {name: value for name, value in data.items() if isinstance(value, str)} if isinstance(data, dict) else {}


def is_copied(state: Path) -> bool:
    """Tell whether this state folder is a copy of one that still exists, and has not got an id of its own yet."""
    known = recorded(state)
    elsewhere = known.get("state", "")
    return elsewhere not in ("", str(state)) and recorded(Path(elsewhere)).get("id") == known.get("id")


def cluster_name(state: Path) -> str:
    """Return the name of this copy's cluster; empty where the copy has no id yet."""
    known = recorded(state).get("id", "")
    return _named(known) if known and not is_copied(state) else ""


def name_by_path(folder: Path) -> str:
    """Return the name of the cluster of a folder that belongs to no state folder, or that has no id yet."""
    return _named(str(folder))


def _named(text: str) -> str:
    return "slipway-" + hashlib.sha256(text.encode()).hexdigest()[:6]


def _forget_cluster(folder: Path) -> None:
    """Remove the copied credentials and records of the other folder's cluster. The cluster itself is not touched."""
    for name in (FILE, IDENTITY, RECORD):
        (folder / name).unlink(missing_ok=True)
    if not (folder / COPIES).is_symlink():
        shutil.rmtree(folder / COPIES, ignore_errors=True)
