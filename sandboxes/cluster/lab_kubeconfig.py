"""The kubeconfig that kubectl uses in a lab: a copy per lab, and the environment variables that select it."""

import os
from collections.abc import Mapping
from pathlib import Path

from sandboxes import json_text
from sandboxes.cluster.access import COPIES, FILE, Access, Refused
from sandboxes.cluster.kubeconfig_format import render
from sandboxes.host.atomic_write import read_text, write_whole
from sandboxes.settings import Settings


def copy_path(folder: Path, lab_id: str = "") -> Path:
    """Return the path of a lab's kubeconfig, or of the one outside all labs. It is a copy: `kubectl config` may change it."""
    return folder / COPIES / f"{lab_id or 'none'}.kubeconfig"


def write_copy(folder: Path, access: Access, lab_id: str = "", namespace: str = "") -> Path:
    """Write the kubeconfig for a lab's kubectl, with the lab's namespace as the default. Returns its path."""
    path = copy_path(folder, lab_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, render(access, namespace), 0o600)
    return path


def current_path(folder: Path) -> Path:
    """Return the path of the copy for a person's own terminal: its namespace is that of the lab that was started last."""
    return folder / COPIES / "current.kubeconfig"


def write_current(folder: Path, access: Access, namespace: str = "") -> None:
    """Write the copy for a person's own terminal. Without a namespace, an existing copy keeps its namespace."""
    path = current_path(folder)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, render(access, namespace or namespace_of(path)), 0o600)


def namespace_of(path: Path) -> str:
    """Return the namespace that a copy selects; empty where it selects none, and for a file that is not JSON."""
    try:
        return str(json_text.loads(read_text(path))["contexts"][0]["context"].get("namespace", ""))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return ""


def environment(settings: Settings, lab_id: str = "") -> dict[str, str]:
    """Return the variables that make kubectl reach our cluster only and ignore the person's own settings."""
    folder = settings.cluster
    path, binaries = os.environ.get("PATH", os.defpath).split(os.pathsep), str(folder / "bin")
    return {
        "PATH": os.pathsep.join([binaries, *(entry for entry in path if entry != binaries)]),
        "SLIPWAY_CLUSTER": str(folder),
        "KUBECONFIG": str(copy_path(folder, lab_id)),
        "KUBECACHEDIR": str(folder / "cache"),
        "KUBERC": "off",
    }


def refuse_foreign(environ: Mapping[str, str], folder: Path) -> None:
    """Raise Refused for a KUBECONFIG that makes kubectl reach anything but our cluster. Unset is accepted."""
    value = environ.get("KUBECONFIG", "")
    files = [file for file in value.split(os.pathsep) if file]
    ours = [file for file in files if Path(file).parent == folder / COPIES or Path(file) == folder / FILE]
    if not files or (len(files) == 1 and ours):
        return
    problem = f"names {len(files)} files, which kubectl merges" if len(files) > 1 else f"is {value}, which is not ours"
    raise Refused(
        f"KUBECONFIG {problem}: kubectl may reach another cluster than the course's. Nothing was sent or changed.",
        "Unset the variable (`unset KUBECONFIG`), or work in a terminal of the lab: `slipway shell LAB`.",
    )
