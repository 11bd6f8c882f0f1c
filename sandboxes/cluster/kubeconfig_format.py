"""The one form of kubeconfig that is accepted and written: one cluster on the loopback address, one user, one context.

Everything else (a command to run for credentials, a file elsewhere, a second context) is refused with the reason before
anything is sent or run. Parsed by hand: the loader of the Kubernetes SDK runs `exec` plugins and connects to any server.
Source of the fields: the reference of kubeconfig (v1), https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/.
"""

import base64
import binascii
import json
import re
from typing import Any

from sandboxes import json_text
from sandboxes.cluster.access import Access
from sandboxes.recursion import without_finalizers

SERVER = re.compile(r"https://127\.0\.0\.1:(\d{1,5})")
NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
TOP = {"apiVersion", "kind", "clusters", "users", "contexts", "current-context", "preferences"}
CLUSTER = {"server", "certificate-authority-data"}
USER = {"client-certificate-data", "client-key-data"}
CONTEXT = {"cluster", "user", "namespace"}
# The fields that are refused for what kubectl or an SDK would do because of them.
REASONS = {
    "exec": "would run a command for its credentials",
    "auth-provider": "would run a program for its credentials",
    "proxy-url": "would send requests through a proxy",
    "insecure-skip-tls-verify": "would not verify the server's certificate",
    "extensions": "has extensions",
}


def parse(text: str) -> Access:
    """Return the access that a kubeconfig grants. Raises ValueError that names what differs from the accepted form."""
    data = _fields(_document(text), TOP, "it")
    if (data.get("apiVersion"), data.get("kind")) != ("v1", "Config"):
        raise ValueError("is not a kubeconfig of version v1")
    if data.get("preferences"):
        raise ValueError("has preferences, which ours never has")
    name, cluster = _only(data, "clusters", "cluster", CLUSTER)
    user_name, user = _only(data, "users", "user", USER)
    context_name, context = _only(data, "contexts", "context", CONTEXT)
    if data.get("current-context") != context_name:
        raise ValueError(f"uses the context {data.get('current-context')!r}, but its only context is {context_name!r}")
    if (context.get("cluster"), context.get("user")) != (name, user_name):
        raise ValueError(f"has a context for cluster {context.get('cluster')!r} and user {context.get('user')!r}")
    if not name == user_name == context_name or not NAME.fullmatch(name):
        raise ValueError(f"has different names for cluster ({name!r}), user ({user_name!r}) and context ({context_name!r})")
    server = cluster.get("server")
    address = SERVER.fullmatch(server) if isinstance(server, str) else None
    if not address or not 0 < int(address[1]) < 65536:
        raise ValueError(f"points to {server!r}; our cluster is at https://127.0.0.1:PORT")
    authority = _pem(cluster, "certificate-authority-data", "CERTIFICATE")
    certificate, key = _pem(user, "client-certificate-data", "CERTIFICATE"), _pem(user, "client-key-data", "KEY")
    return Access(context_name, server, authority, certificate, key)


def render(access: Access, namespace: str = "") -> str:
    """Return a kubeconfig in JSON, which is also YAML: reading it back needs no YAML library."""
    name = access.context
    cluster = {"server": access.server, "certificate-authority-data": _encode(access.authority)}
    user = {"client-certificate-data": _encode(access.certificate), "client-key-data": _encode(access.key)}
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


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _document(text: str) -> Any:
    try:
        return json_text.loads(text)
    except ValueError:
        import yaml

    try:
        with without_finalizers():
            return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(f"is neither JSON nor YAML ({' '.join(str(error).split())})") from error


def _fields(data: Any, known: set[str], place: str) -> dict[str, Any]:
    """Return `data` as an object with only the known fields. The reason names what an unknown one would cause."""
    if not isinstance(data, dict):
        raise ValueError("is not a kubeconfig" if place == "it" else f"has a {place} that is not an object")
    if unknown := sorted(set(data) - known, key=str):
        raise ValueError(f"{REASONS.get(unknown[0], 'has an entry that ours never has')}: “{unknown[0]}” in {place}")
    return data


def _only(data: dict[str, Any], name: str, kind: str, known: set[str]) -> tuple[str, dict[str, Any]]:
    """Return the name and the fields of the only entry of a list."""
    entries = data.get(name)
    if not isinstance(entries, list) or len(entries) != 1:
        count = len(entries) if isinstance(entries, list) else "no list of"
        raise ValueError(f"has {count} {name}; ours has one")
    entry = _fields(entries[0], {"name", kind}, kind)
    if not isinstance(entry.get("name"), str):
        raise ValueError(f"has a {kind} without a name")
    return entry["name"], _fields(entry.get(kind), known, kind)


def _pem(data: dict[str, Any], name: str, label: str) -> bytes:
    try:
        text = base64.b64decode(data[name], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise ValueError(f"has no {name}") from error
    if not re.search(rb"-----BEGIN [A-Z ]*%b-----" % label.encode(), text):
        raise ValueError(f"has a {name} that is not a {label.lower()}")
    return text
