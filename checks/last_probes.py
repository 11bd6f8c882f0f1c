"""The results of the probes of a lab's last check, kept for the live view until something in the lab changes.

A probe that costs something, or leaves a trace, does not run live. What it saw in the last check, in a notebook or in a
terminal, holds for as long as the lab's objects and files are those of that check.
"""

import json
import os
from pathlib import Path
from typing import Any

from checks import object_facts
from checks.snapshot import Json, Snapshot
from sandboxes import json_text
from sandboxes.host.atomic_write import read_text, write_whole
from sandboxes.settings import Settings

FORMAT = "slipway-last-probes/1"
LIMIT = 64 * 2**20  # bytes
# What Jupyter and Python write by themselves.
NOT_WORK = (".ipynb_checkpoints", "__pycache__", ".git")


def path(settings: Settings, lab_id: str) -> Path:
    """Return the file with the results of a lab's probes."""
    return settings.state / "live" / f"{lab_id}.probes.json"


def keep(snapshot: Snapshot, settings: Settings) -> None:
    """Keep the results of a check's probes. The state folder may be read-only: then nothing is kept."""
    moment = stamp(snapshot, settings)
    kept = {id: probe for id, probe in _read(settings, snapshot.lab).items() if probe["stamp"] == moment}
    kept |= {id: {"stamp": moment, "result": result} for id, result in snapshot.probes.items()}
    if not kept:
        return
    file = path(settings, snapshot.lab)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, json.dumps({"format": FORMAT, "probes": kept}), 0o600)
    except OSError:
        return


def recall(snapshot: Snapshot, settings: Settings) -> dict[str, Json]:
    """Return the kept results, by the probe's id, of the probes that would see the same now."""
    moment = stamp(snapshot, settings)
    return {id: probe["result"] for id, probe in _read(settings, snapshot.lab).items() if probe["stamp"] == moment}


def stamp(snapshot: Snapshot, settings: Settings) -> str:
    """Return a short text that stays the same while nothing in the lab is changed."""
    facts = object_facts.extract(snapshot)
    return object_facts.digest({"objects": facts, "files": work_files(settings.work / snapshot.lab)})


def work_files(folder: Path) -> dict[str, list[int]]:
    """Return the time of change (nanoseconds) and size (bytes) of each file in a lab's folder but notebooks, by its path."""
    files: dict[str, list[int]] = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in NOT_WORK]
        for name in names:
            if not name.endswith((".ipynb", "~", ".swp")):
                try:
                    about = os.lstat(os.path.join(parent, name))
                except OSError:  # removed in this moment
                    continue
                files[os.path.relpath(os.path.join(parent, name), folder)] = [about.st_mtime_ns, about.st_size]
    return files


def _read(settings: Settings, lab_id: str) -> dict[str, Any]:
    """Return what is kept; nothing where the file is missing, damaged or of another version."""
    try:
        data = json_text.loads(read_text(path(settings, lab_id), LIMIT))
        probes = data["probes"] if data["format"] == FORMAT else {}
        return {
            id: probe for id, probe in probes.items() if isinstance(probe["result"], dict) and isinstance(probe["stamp"], str)
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}
