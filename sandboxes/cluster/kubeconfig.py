"""The private kubeconfig of our cluster: read strictly, written for labs, tied to the identity of the cluster.

Only one shape is accepted, the one written here: one cluster on this machine's loopback address, one user with an embedded
client certificate, one context. Everything else (a command to run for credentials, a file elsewhere, a second context)
is refused with the reason before anything is sent or run. Source of the fields: the reference of kubeconfig (v1),
https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/.
"""

import base64
import binascii
import hashlib
import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import write_whole
from sandboxes.settings import Settings

FILE, IDENTITY, RECORD, COPIES = "kubeconfig", "identity.json", "cluster.json", "labs"
SERVER = re.compile(r"https://127\.0\.0\.1:(\d{1,5})")
NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
TOP = {"apiVersion", "kind", "clusters", "users", "contexts", "current-context", "preferences"}
CLUSTER = {"server", "certificate-authority-data"}
USER = {"client-certificate-data", "client-key-data"}
CONTEXT = {"cluster", "user", "namespace"}
MAKE = "`./slipway cluster up` makes the cluster."
ANEW = "`./slipway cluster reset` makes the cluster and its files anew."
LARGEST = 256 * 1024  # bytes


class Refused(SlipwayError):
    """What a kubeconfig or a cluster says of itself is not what was recorded. Nothing was written and nothing run."""


@dataclass(frozen=True)
class Identity:
    """What tells our cluster from every other: recorded when it is made, compared before every write.

    `ca_sha256` is over the DER form of the cluster's authority, `made` is ISO 8601 in UTC.
    """

    name: str
    server: str
    ca_sha256: str
    kube_system_uid: str
    made: str


@dataclass(frozen=True)
class Access:
    """The way to our cluster. `authority`, `certificate` and `key` are PEM."""

    context: str
    server: str
    authority: bytes = field(repr=False)
    certificate: bytes = field(repr=False)
    key: bytes = field(repr=False)

    @property
    def port(self) -> int:
        return int(self.server.rpartition(":")[2])

    @property
    def ca_sha256(self) -> str:
        """The fingerprint of the cluster's certificate authority: SHA-256 of its DER form, in hexadecimal."""
        body = re.sub(rb"-----[A-Z ]+-----|\s", b"", self.authority)
        return hashlib.sha256(base64.b64decode(body)).hexdigest()


def load(folder: Path) -> tuple[Access, Identity]:
    """The way to the cluster whose files are in `folder`, and its identity.

    Raises SlipwayError where no cluster has been made, Refused where the files are not as they were written.
    """
    if not (folder / FILE).exists() and not (folder / IDENTITY).exists():
        raise SlipwayError("There is no cluster yet.", MAKE)
    access, identity = read(folder / FILE), read_identity(folder / IDENTITY)
    if access.context not in (identity.name, f"kind-{identity.name}"):
        raise _refused(folder / FILE, f"is about “{access.context}”, not about the cluster “{identity.name}”")
    if access.server != identity.server:
        raise _refused(folder / FILE, f"leads to {access.server}; the cluster was made at {identity.server}")
    if access.ca_sha256 != identity.ca_sha256:
        raise _refused(folder / FILE, "trusts another certificate authority than the one that the cluster was made with")
    return access, identity


def read(path: Path) -> Access:
    """The one cluster, user and context in a kubeconfig of ours. Raises Refused, with the reason, for anything else."""
    try:
        return parse(_text(path))
    except ValueError as error:
        raise _refused(path, str(error)) from error


def parse(text: str) -> Access:
    """The access that a kubeconfig's text grants. Raises ValueError with what is not as we write it."""
    data = _fields(_document(text), TOP, "it")
    if (data.get("apiVersion"), data.get("kind")) != ("v1", "Config"):
        raise ValueError("is no kubeconfig of version v1")
    if data.get("preferences"):
        raise ValueError("has preferences, which ours never has")
    name, cluster = _only(data, "clusters", "cluster", CLUSTER)
    user_name, user = _only(data, "users", "user", USER)
    context_name, context = _only(data, "contexts", "context", CONTEXT)
    if data.get("current-context") != context_name:
        raise ValueError(f"uses the context {data.get('current-context')!r}, not the one it has, {context_name!r}")
    if (context.get("cluster"), context.get("user")) != (name, user_name):
        raise ValueError(f"has a context that leads to {context.get('cluster')!r} as {context.get('user')!r}")
    if not name == user_name == context_name or not NAME.fullmatch(name):
        raise ValueError(f"has different names for cluster ({name!r}), user ({user_name!r}) and context ({context_name!r})")
    server = cluster.get("server")
    found = SERVER.fullmatch(server) if isinstance(server, str) else None
    if not found or not 0 < int(found[1]) < 65536:
        raise ValueError(f"leads to {server!r}; our cluster is at https://127.0.0.1:PORT")
    keys = (_pem(user, name, "CERTIFICATE" if "cert" in name else "KEY") for name in sorted(USER))
    return Access(context_name, server, _pem(cluster, "certificate-authority-data", "CERTIFICATE"), *keys)


def read_identity(path: Path) -> Identity:
    """The recorded identity. Raises Refused where it is missing or damaged."""
    try:
        data = json.loads(_text(path))
        identity = Identity(**data)
        if not all(isinstance(value, str) and value for value in asdict(identity).values()):
            raise ValueError("has an entry that is no text")
    except (ValueError, TypeError) as error:
        raise _refused(path, f"is damaged ({error})") from error
    return identity


def read_ports(folder: Path) -> dict[str, int]:
    """The ports of this machine that lead to the cluster's Ingress, "http" and "https"; {} where none is recorded."""
    try:
        data = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return {name: int(data[name]) for name in ("http", "https") if name in data}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError) as error:
        raise _refused(folder / RECORD, f"is damaged ({error})") from error


def quicken(folder: Path) -> None:
    """Keep the kubeconfig in JSON: the library that reads YAML takes a good part of a whole check to load."""
    access, _ = load(folder)
    if (folder / FILE).read_text(encoding="utf-8") != render(access):
        write_whole(folder / FILE, render(access), 0o600)


def write(folder: Path, access: Access, identity: Identity) -> None:
    """Keep the way to a cluster, its identity, and kubectl's copy of the way in `folder`, readable by their owner alone."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(folder / FILE, render(access), 0o600)
    write_whole(folder / IDENTITY, json.dumps(asdict(identity), indent=1) + "\n", 0o600)
    write_copy(folder, access)


def render(access: Access, namespace: str = "") -> str:
    """A kubeconfig in JSON, which is YAML too: reading it needs no library."""
    encode = lambda data: base64.b64encode(data).decode()  # noqa: E731
    name = access.context
    cluster = {"server": access.server, "certificate-authority-data": encode(access.authority)}
    user = {"client-certificate-data": encode(access.certificate), "client-key-data": encode(access.key)}
    context = {"cluster": name, "user": name, **({"namespace": namespace} if namespace else {})}
    data = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": user}],
        "contexts": [{"name": name, "context": context}],
        "current-context": name,
    }
    return json.dumps(data, indent=1) + "\n"


def copy_path(folder: Path, lab_id: str = "") -> Path:
    """The kubeconfig that kubectl uses in a lab, or outside of all labs: a copy, so that `kubectl config` may change it."""
    return folder / COPIES / f"{lab_id or 'none'}.kubeconfig"


def write_copy(folder: Path, access: Access, lab_id: str = "", namespace: str = "") -> Path:
    """Write the kubeconfig for a lab's kubectl, with the lab's namespace as its default."""
    path = copy_path(folder, lab_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, render(access, namespace), 0o600)
    return path


def environment(settings: Settings, lab_id: str = "") -> dict[str, str]:
    """The variables with which kubectl reaches our cluster and nothing else, and reads no setting of the person's own."""
    folder = settings.cluster
    path, own = os.environ.get("PATH", os.defpath).split(os.pathsep), str(folder / "bin")
    return {
        "PATH": os.pathsep.join([own, *(each for each in path if each != own)]),
        "SLIPWAY_CLUSTER": str(folder),
        "KUBECONFIG": str(copy_path(folder, lab_id)),
        "KUBECACHEDIR": str(folder / "cache"),
        "KUBERC": "off",
    }


def refuse_foreign(environ: Mapping[str, str], folder: Path) -> None:
    """Refuse a KUBECONFIG by which kubectl, here, reaches something other than our cluster. Unset, it says nothing."""
    said = environ.get("KUBECONFIG", "")
    files = [each for each in said.split(os.pathsep) if each]
    ours = [each for each in files if Path(each).parent == folder / COPIES]
    if not files or (len(files) == 1 and ours):
        return
    what = f"names {len(files)} files, which kubectl joins" if len(files) > 1 else f"is {said}, which is not ours"
    raise Refused(
        f"KUBECONFIG {what}: kubectl here does not reach the course's cluster alone. Nothing was asked or changed.",
        "Work in JupyterLab or a terminal of it, or take the variable away: `unset KUBECONFIG`.",
    )


def other_cluster(identity: Identity, uid: str) -> Refused:
    """The refusal of a cluster that answers at our address but is another one."""
    return Refused(
        f"The cluster at {identity.server} is not the one that was made on {identity.made}: its kube-system has the uid "
        f"{uid or 'of none'}, not {identity.kube_system_uid}. Nothing was changed.",
        ANEW,
    )


def _text(path: Path) -> str:
    """The text of a file that is ours alone. Raises Refused for one that others can read or that lies elsewhere."""
    try:
        about = path.lstat()
        if not stat.S_ISREG(about.st_mode):
            raise _refused(path, "is not a file of its own but a link or something else")
        if about.st_uid != os.getuid() or about.st_mode & 0o077:
            fix = f"If you trust it: `chown $(id -un) {path}; chmod 600 {path}`. {ANEW}"
            raise Refused(f"{path} can be read or changed by others. Nothing was changed.", fix)
        if about.st_size > LARGEST:
            raise _refused(path, f"has {about.st_size:,} bytes")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise _refused(path, "is missing") from error
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(path, f"cannot be read ({error})") from error


def _document(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"is neither JSON nor YAML ({' '.join(str(error).split())})") from error


def _fields(data: Any, known: set[str], what: str) -> dict[str, Any]:
    """`data` as an object with no fields but the known ones. The reason names what would be run or read elsewhere."""
    if not isinstance(data, dict):
        raise ValueError("is no kubeconfig" if what == "it" else f"has a {what} that is no object")
    reasons = {
        "exec": "would run a command for its credentials",
        "auth-provider": "would run a program for its credentials",
        "proxy-url": "would go through a proxy",
        "insecure-skip-tls-verify": "would not look whom it talks to",
        "extensions": "has extensions",
    }
    if unknown := sorted(set(data) - known, key=str):
        raise ValueError(f"{reasons.get(unknown[0], 'has an entry that ours never has')}: “{unknown[0]}” in {what}")
    return data


def _only(data: dict[str, Any], name: str, kind: str, known: set[str]) -> tuple[str, dict[str, Any]]:
    """The name and the fields of the one entry of a list."""
    entries = data.get(name)
    if not isinstance(entries, list) or len(entries) != 1:
        count = len(entries) if isinstance(entries, list) else "no list of"
        raise ValueError(f"has {count} {name}; ours has one")
    entry = _fields(entries[0], {"name", kind}, kind)
    if not isinstance(entry.get("name"), str):
        raise ValueError(f"has a {kind} without a name")
    return entry["name"], _fields(entry.get(kind), known, kind)


def _pem(data: dict[str, Any], name: str, what: str) -> bytes:
    try:
        text = base64.b64decode(data[name], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise ValueError(f"has no {name}") from error
    if not re.search(rb"-----BEGIN [A-Z ]*%b-----" % what.encode(), text):
        raise ValueError(f"has a {name} that is no {what.lower()}")
    return text


def _refused(path: Path, what: str) -> Refused:
    return Refused(f"{path} {what}. Nothing was changed, and nothing in it was run.", ANEW)
