"""The private kubeconfig of our cluster on disk: read strictly, and tied to the recorded identity of the cluster."""

import json
import os
import stat
from dataclasses import asdict
from pathlib import Path

from sandboxes import json_text
from sandboxes.cluster.access import CREATE, FILE, IDENTITY, RECORD, RECREATE, Access, Identity, Refused
from sandboxes.cluster.kubeconfig_format import parse, render
from sandboxes.cluster.lab_kubeconfig import write_copy
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import read_text, write_whole

LARGEST = 256 * 1024  # bytes


def load(folder: Path) -> tuple[Access, Identity]:
    """Return the access to the cluster whose files are in `folder`, and its identity.

    Raises SlipwayError where no cluster was created, Refused where the files differ from what was written.
    """
    if not (folder / FILE).exists() and not (folder / IDENTITY).exists():
        raise SlipwayError("There is no cluster yet.", CREATE)
    access, identity = read(folder / FILE), read_identity(folder / IDENTITY)
    if access.context not in (identity.name, f"kind-{identity.name}"):
        raise _refused(folder / FILE, f"is for “{access.context}”, not for the cluster “{identity.name}”")
    if access.server != identity.server:
        raise _refused(folder / FILE, f"points to {access.server}; the cluster was created at {identity.server}")
    if access.ca_sha256 != identity.ca_sha256:
        raise _refused(folder / FILE, "trusts another certificate authority than the cluster was created with")
    return access, identity


def read(path: Path) -> Access:
    """Return the only cluster, user and context of our kubeconfig. Raises Refused, with the reason, for anything else."""
    try:
        return parse(_text(path))
    except ValueError as error:
        raise _refused(path, str(error)) from error


def read_identity(path: Path) -> Identity:
    """Return the recorded identity. Raises Refused where it is missing or damaged."""
    try:
        data = json_text.loads(_text(path))
        identity = Identity(**data)
        if not all(isinstance(value, str) and value for value in asdict(identity).values()):
            raise ValueError("has an entry that is not a text")
    except (ValueError, TypeError) as error:
        raise _refused(path, f"is damaged ({error})") from error
    return identity


def read_ports(folder: Path) -> dict[str, int]:
    """Return the ports of this machine that lead to the Ingress, as "http" and "https"; {} where none is recorded."""
    try:
        data = json_text.loads(read_text(folder / RECORD, LARGEST))
        return {name: int(data[name]) for name in ("http", "https") if name in data}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError) as error:
        raise _refused(folder / RECORD, f"is damaged ({error})") from error


def rewrite_as_json(folder: Path) -> None:
    """Keep the kubeconfig in JSON: loading the YAML library takes a good part of a check's time."""
    access, _ = load(folder)
    if _text(folder / FILE) != render(access):
        write_whole(folder / FILE, render(access), 0o600)


def write(folder: Path, access: Access, identity: Identity) -> None:
    """Write the access to a cluster, its identity and kubectl's copy of the access, readable only by their owner."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(folder / FILE, render(access), 0o600)
    write_whole(folder / IDENTITY, json.dumps(asdict(identity), indent=1) + "\n", 0o600)
    write_copy(folder, access)


def other_cluster(identity: Identity, uid: str) -> Refused:
    """Return the refusal of a cluster that answers at our address but is another one."""
    return Refused(
        f"The cluster at {identity.server} is not the one that was created on {identity.made}: the uid of its kube-system "
        f"is {uid or 'empty'}, not {identity.kube_system_uid}. Nothing was changed.",
        RECREATE,
    )


def _text(path: Path) -> str:
    """Return the text of a file that only its owner can access. Raises Refused for any other, and for a link."""
    try:
        about = path.lstat()
        if not stat.S_ISREG(about.st_mode):
            raise _refused(path, "is a link or not a regular file")
        if about.st_uid != os.getuid() or about.st_mode & 0o077:
            fix = f"If you trust it: `chown $(id -un) {path}; chmod 600 {path}`. {RECREATE}"
            raise Refused(f"{path} can be read or changed by others. Nothing was changed.", fix)
        if about.st_size > LARGEST:
            raise _refused(path, f"has {about.st_size:,} bytes")
        return read_text(path, LARGEST)
    except FileNotFoundError as error:
        raise _refused(path, "is missing") from error
    except (OSError, ValueError) as error:
        raise _refused(path, f"cannot be read ({error})") from error


def _refused(path: Path, problem: str) -> Refused:
    return Refused(f"{path} {problem}. Nothing was changed, and nothing in it was run.", RECREATE)
