"""The live target of a learner: the cell `target` of the roster, which says where the learner works.

A cell is an address with options: `unix:///PATH`, `ssh://[USER@]HOST[:PORT]`, `tcp://HOST[:PORT]?certs=FOLDER` and
`context:NAME` for a Docker engine; `kubeconfig:FILE?context=NAME` for a cluster of the learner's own, and with
`&prefix=PREFIX` or `&namespace=NAME` for a part of a shared one. Files are relative to the folder of the class.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from checks.catalog import NAMESPACE
from checks.classroom import shared_names

FORMS = "unix:///PATH, ssh://HOST, tcp://HOST?certs=FOLDER, context:NAME or kubeconfig:FILE?context=NAME"
HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[[0-9a-fA-F:.]{2,45}\])"
ADDRESSES = {
    "unix": re.compile(r"unix://(?:/[A-Za-z0-9._@+~-]+)+"),
    "ssh": re.compile(rf"ssh://(?:[A-Za-z0-9_][A-Za-z0-9._-]*@)?{HOST}(?::(?P<port>[0-9]{{1,5}}))?"),
    "tcp": re.compile(rf"tcp://{HOST}(?::(?P<port>[0-9]{{1,5}}))?"),
    "context": re.compile(r"context:[A-Za-z0-9][A-Za-z0-9_.+-]*"),
    "kubeconfig": re.compile(r"kubeconfig:[^?#:*<>|\\]+"),
}
SHAPES = {
    "unix": "unix:///PATH, with an absolute path without spaces",
    "ssh": "ssh://[USER@]HOST[:PORT], without a password or a path",
    "tcp": "tcp://HOST[:PORT]?certs=FOLDER",
    "context": "context:NAME, a context that `docker context ls` shows",
    "kubeconfig": "kubeconfig:FILE?context=NAME",
}
OPTIONS = {"tcp": ("certs",), "kubeconfig": ("context", "prefix", "namespace")}
REQUIRED = {"tcp": "certs", "kubeconfig": "context"}
WHY = {
    "certs": "Without TLS, anyone in the network could answer. “certs” names the folder with ca.pem, cert.pem and key.pem",
    "context": "“context” names the context of the kubeconfig. The current one may point to another cluster tomorrow",
}


@dataclass(frozen=True)
class Target:
    """Where a learner works. `kind` is a key of ADDRESSES, `address` is what follows `context:` or `kubeconfig:`, else the URL.

    `certs` is a folder, `context` the context of a kubeconfig. `prefix` or `namespace` selects a part of a shared cluster:
    all namespaces that `shared_names.namespace` gives, or the one namespace of that name.
    """

    kind: str
    address: str
    certs: str = ""
    context: str = ""
    prefix: str = ""
    namespace: str = ""

    @property
    def sandbox(self) -> str:
        """The kind of lab that can be looked at there: "kind" or "docker"."""
        return "kind" if self.kind == "kubeconfig" else "docker"

    @property
    def shared(self) -> bool:
        """Whether it is a part of a cluster that others use, too."""
        return bool(self.prefix or self.namespace)

    @property
    def connection(self) -> tuple[str, str, str, str]:
        """What two targets have in common that are reached by the same connection."""
        return self.kind, self.address, self.certs, self.context

    def namespaces(self, learner: str, own: tuple[str, ...]) -> dict[str, str]:
        """Return the learner's namespace for each of a lab's `own`. Raise ValueError where the target has none for it."""
        if self.prefix:
            return {name: shared_names.namespace(self.prefix, learner, name) for name in own}
        if len(own) > 1:
            raise ValueError(f"the lab uses {len(own)} namespaces ({', '.join(own)}), and the target is one")
        return {own[0]: self.namespace}


def parse(cell: str) -> Target:
    """Return the target that a cell names. Raise ValueError with a sentence that says what is wrong. Nothing is contacted."""
    address, _, query = cell.partition("?")
    kind = address.partition(":")[0]
    if kind not in ADDRESSES:
        raise ValueError(f"“{cell[:80]}” is not a target. Use one of: {FORMS}.")
    match = ADDRESSES[kind].fullmatch(address)
    if not match or not 0 < int(match.groupdict().get("port") or 1) < 65536:
        raise ValueError(f"“{address[:80]}” is not an address of the form {SHAPES[kind]}.")
    options = _options(kind, query)
    plain = address if kind in ("unix", "ssh", "tcp") else address.partition(":")[2]
    target = Target(kind, plain, **options)
    _require_safe(target)
    return target


def _options(kind: str, query: str) -> dict[str, str]:
    """Return the options of a target, each once and known."""
    options: dict[str, str] = {}
    for part in query.split("&") if query else ():
        name, _, value = part.partition("=")
        if name not in OPTIONS.get(kind, ()):
            known = ", ".join(OPTIONS.get(kind, ())) or "none"
            raise ValueError(f"Unknown option “{name[:40]}” of a target {kind}. Known are: {known}.")
        if name in options or not value:
            raise ValueError(f"The option “{name}” of the target {'occurs twice' if name in options else 'is empty'}.")
        options[name] = unquote(value)
    if (required := REQUIRED.get(kind)) and required not in options:
        raise ValueError(f"The target lacks “{required}”: {SHAPES[kind]}. {WHY[required]}.")
    return options


def _require_safe(target: Target) -> None:
    if target.prefix and target.namespace:
        raise ValueError("A target has “prefix” or “namespace”, not both.")
    if target.prefix and not shared_names.is_prefix(target.prefix):
        raise ValueError(f"“{target.prefix[:40]}” cannot begin the namespaces of a class.")
    if target.namespace and not NAMESPACE.fullmatch(target.namespace):
        raise ValueError(f"“{target.namespace[:70]}” cannot be a learner's namespace.")
    files = [target.certs, target.address if target.kind == "kubeconfig" else ""]
    if wrong := next((file for file in files if file and ".." in file.split("/")), ""):
        raise ValueError(f"The path “{wrong[:80]}” leads out of its folder by “..”. Name it directly.")
