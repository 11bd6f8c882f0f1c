"""The kubeconfig of a cluster that an instructor names: one context of it, read without running anything.

Parsed by hand, as the kubeconfig of our own cluster is: the loader of the Kubernetes SDK runs `exec` plugins. Unlike our
own, it may have several contexts, lead to any server over HTTPS, and hold a token instead of a certificate.
Source of the fields: the reference of kubeconfig (v1), https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sandboxes.errors import Exit, SlipwayError
from sandboxes.host.atomic_write import read_whole
from sandboxes.recursion import without_finalizers

MOST_BYTES = 2**20
SERVER = re.compile(r"https://[A-Za-z0-9.:\[\]_-]+(/[A-Za-z0-9._/-]*)?")
# Ways to get credentials, or to reach the server, that are refused, with what each would do.
REFUSED = {
    "exec": "runs a command for its credentials",
    "auth-provider": "runs a program for its credentials",
    "proxy-url": "sends requests through a proxy",
    "insecure-skip-tls-verify": "does not verify the server's certificate",
    "as": "acts as another user",
    "username": "has a user name and password",
}
TOKEN = "Create a service account with the rights for it, and a kubeconfig with its token (`kubectl create token`)."


@dataclass(frozen=True)
class NamedAccess:
    """The credentials for a cluster. `authority`, `certificate` and `key` are PEM; either `token` or the latter two are set."""

    context: str
    server: str
    authority: bytes = field(repr=False)
    certificate: bytes = field(repr=False, default=b"")
    key: bytes = field(repr=False, default=b"")
    token: str = field(repr=False, default="")


def load(path: Path, context: str) -> NamedAccess:
    """Return the access that a context of a kubeconfig grants. Raise SlipwayError that names the fault; nothing is run."""
    try:
        with without_finalizers():
            data = yaml.safe_load(read_whole(path, MOST_BYTES))
        return _Kubeconfig(path, data).access(context)
    except (OSError, yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        reason = " ".join(str(getattr(error, "strerror", None) or error).split())[:200]
        raise _fault(path, f"cannot be read ({reason})", "Check the name and the permissions of the file.") from error
    except ValueError as error:
        raise _fault(path, str(error), TOKEN if "runs a" in str(error) or "password" in str(error) else "") from error


def _fault(path: Path, reason: str, fix: str) -> SlipwayError:
    return SlipwayError(
        f"The kubeconfig {path} {reason}. Nothing was contacted, and nothing in it was run.", fix, Exit.WRONG_USAGE
    )


class _Kubeconfig:
    """One reading of a kubeconfig. All methods raise ValueError or OSError for what they refuse."""

    def __init__(self, path: Path, data: Any) -> None:
        if not isinstance(data, dict) or data.get("kind") != "Config":
            raise ValueError("is not a kubeconfig")
        self.folder, self.data = path.absolute().parent, data

    def access(self, context: str) -> NamedAccess:
        about = self._named("contexts", "context", context)
        cluster = self._named("clusters", "cluster", about.get("cluster"))
        user = self._named("users", "user", about.get("user"))
        server = cluster.get("server")
        if not isinstance(server, str) or not SERVER.fullmatch(server):
            raise ValueError(f"leads to {str(server)[:80]!r} in the context “{context}”; an address begins with https://")
        authority = self._pem(cluster, "certificate-authority", "CERTIFICATE")
        if "token" in user or "tokenFile" in user:
            return NamedAccess(context, server.rstrip("/"), authority, token=self._token(user))
        certificate, key = self._pem(user, "client-certificate", "CERTIFICATE"), self._pem(user, "client-key", "KEY")
        return NamedAccess(context, server.rstrip("/"), authority, certificate, key)

    def _named(self, entries: str, kind: str, name: Any) -> dict[str, Any]:
        """Return the only entry of this name. Its unusual ways to reach or to prove something are refused."""
        items = self.data.get(entries)
        items = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        found = [item.get(kind) for item in items if item.get("name") == name]
        if len(found) != 1 or not isinstance(found[0], dict):
            known = ", ".join(str(item.get("name"))[:60] for item in items[:20])
            raise ValueError(f"has {len(found) or 'no'} {kind} “{str(name)[:60]}”; it has: {known or 'none'}")
        if refused := [field for field in REFUSED if found[0].get(field)]:
            raise ValueError(f"{REFUSED[refused[0]]} (“{refused[0]}” in the {kind} “{name}”), which Slipway does not do")
        return found[0]

    def _pem(self, entry: dict[str, Any], name: str, label: str) -> bytes:
        """Return the PEM of an entry, from its own data or the file that it names (relative to the kubeconfig)."""
        if data := entry.get(f"{name}-data"):
            try:
                text = base64.b64decode(data, validate=True)
            except (TypeError, ValueError, binascii.Error) as error:
                raise ValueError(f"has a {name}-data that is not Base64") from error
        elif isinstance(file := entry.get(name), str):
            text = read_whole(self.folder / file, MOST_BYTES)
        else:
            raise ValueError(f"has no {name}")
        if not re.search(rb"-----BEGIN [A-Z ]*%b-----" % label.encode(), text):
            raise ValueError(f"has a {name} that is not a {label.lower()}")
        return text

    def _token(self, user: dict[str, Any]) -> str:
        token = user.get("token") or read_whole(self.folder / str(user["tokenFile"]), MOST_BYTES).decode("ascii", "replace")
        if not isinstance(token, str) or not re.fullmatch(r"[\x21-\x7e]+", token.strip()):
            raise ValueError("has a token that is not one word")
        return token.strip()
