"""The objects of a class in a shared cluster, from the templates in `template/cluster`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import yaml

from checks.api_resources import KINDS
from checks.classroom import grader_role, shared_names
from checks.classroom.class_file import Class
from checks.classroom.roster import Learner
from checks.classroom.shared_target import CONTEXT as GRADER
from checks.model import Lab
from checks.snapshot import Json

FOLDER = Path(__file__).parent / "template" / "cluster"
MANAGER = "slipway-class"
# The labels by which all objects of a class are found, and the annotation that says which opening created them.
MANAGED, CLASS, LEARNER, LAB = "app.kubernetes.io/managed-by", "slipway.dev/class", "slipway.dev/learner", "slipway.dev/lab"
MARK = "slipway.dev/class-mark"
# Created in this order; those of one kind at the same time.
ORDER = (
    "Namespace", "ClusterRole", "ClusterRoleBinding", "ServiceAccount", "ResourceQuota", "LimitRange", "NetworkPolicy", "Role",
    "RoleBinding",
)  # fmt: skip
# What does not go away with a namespace.
OUTSIDE = ("ClusterRoleBinding", "ClusterRole")


@dataclass(frozen=True, order=True)
class Key:
    """What identifies an object of a cluster. `namespace` is empty for one of the whole cluster."""

    kind: str
    namespace: str
    name: str

    @property
    def path(self) -> str:
        """The path of the object in the API."""
        return f"{KINDS[self.kind].path(self.namespace)}/{self.name}"

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Network:
    """The network of a cluster: whether policies are enforced, and the addresses of its nodes ("172.18.0.2/32")."""

    enforced: bool
    nodes: tuple[str, ...] = ()


def key(item: Json) -> Key:
    """Return the key of an object that has its kind."""
    about = item["metadata"]
    return Key(item["kind"], about.get("namespace", ""), about["name"])


def accounts(about: Class) -> str:
    """Return the namespace that holds the accounts of a class."""
    return f"{shared_names.prefix_of(about.id)}-accounts"


def namespaces(about: Class, learner: str, labs: Iterable[Lab]) -> dict[str, str]:
    """Return a learner's namespace for each lab, by the lab's id. Raise ValueError where a name would be too long."""
    prefix = shared_names.prefix_of(about.id)
    return {lab.id: shared_names.namespace(prefix, learner, lab.namespace) for lab in labs}


def wanted(about: Class, learners: Iterable[Learner], labs: Iterable[Lab], network: Network, mark: str) -> dict[Key, Json]:
    """Return all objects that a class should have, in the order in which they are created."""
    labs = tuple(labs)
    items = list(_of_class(about, labs))
    for learner in learners:
        items += _of_learner(about, learner, labs, network)
    for item in items:
        item["metadata"].setdefault("annotations", {})[MARK] = mark
        item["metadata"].setdefault("labels", {}).update({MANAGED: MANAGER, CLASS: about.id})
    return {key(item): item for item in sorted(items, key=lambda item: ORDER.index(item["kind"]))}


def _of_class(about: Class, labs: tuple[Lab, ...]) -> Iterator[Json]:
    for item in _render("class", accounts=accounts(about), grader=f"{MANAGER}-{about.id}-{GRADER}"):
        yield item | {"rules": grader_role.rules(labs)} if item["kind"] == "ClusterRole" else item


def _of_learner(about: Class, learner: Learner, labs: tuple[Lab, ...], network: Network) -> Iterator[Json]:
    account = account_of(learner.id)
    common = {"account": account, "accounts": accounts(about), "class_id": about.id}
    items = [(item, "") for item in _render("learner", **common)]
    settings = about.cluster
    for lab, namespace in namespaces(about, learner.id, labs).items():
        quota = {"pods": settings.pods, "memory": settings.memory, "storage": settings.storage}
        items += [(item, lab) for item in _render("namespace", namespace=namespace, **common, **quota)]
        if network.enforced:
            items += [(_policy(namespace, common, network), lab)]
    for item, lab in items:
        item["metadata"].setdefault("labels", {}).update({LEARNER: account, **({LAB: lab} if lab else {})})
        yield item


def account_of(learner: str) -> str:
    """Return the name of a learner's service account. It is not the grader's."""
    return f"l-{shared_names.slug(learner)}"


def _policy(namespace: str, common: dict[str, Any], network: Network) -> Json:
    (item,) = _render("network", namespace=namespace, **common)
    if network.nodes:
        item["spec"]["ingress"][0]["from"] += [{"ipBlock": {"cidr": cidr}} for cidr in network.nodes]
    return item


def _render(name: str, **values: Any) -> list[Json]:
    return [_filled(item, {name: str(value) for name, value in values.items()}) for item in _template(name)]


@cache
def _template(name: str) -> list[Json]:
    return list(yaml.safe_load_all((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))


def _filled(value: Any, values: dict[str, str]) -> Any:
    """Return a template with its values, which cannot change its structure: it is filled after it has been parsed."""
    if isinstance(value, dict):
        return {name: _filled(entry, values) for name, entry in value.items()}
    if isinstance(value, list):
        return [_filled(entry, values) for entry in value]
    return Template(value).substitute(values) if isinstance(value, str) else value
