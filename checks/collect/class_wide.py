"""The collector of a cluster for many learners at once: one LIST per kind over all namespaces, split in memory.

The number of requests is that of the kinds and of the pages that they take, whatever the number of learners and labs. What
would take a request for each learner, such as the logs of failing Pods, is not collected.
"""

import json
import re
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from functools import cached_property
from urllib.parse import quote

from checks.api_resources import KINDS, looked_at
from checks.clients.base import Client, EngineError
from checks.collect.collected import Facts, now, untold
from checks.collect.kubernetes import SCOPE, slim
from checks.model import Lab
from checks.redact import redact
from checks.snapshot import Json, Snapshot

Probed = tuple[dict[str, Json], dict[str, str]]
PAGE = 500  # objects in one response
# A character before a name in JSON text can be the end of an escape: the n of \n is no letter of the name.
_BEFORE, _AFTER = re.compile(r"(?:\A|[^a-z0-9-]|[^\\]\\[nrtbf])\Z"), r"(?![a-z0-9-])"


class ClassWide:
    """The objects of a cluster in `namespaces`, collected once.

    `errors` maps a kind to the reason for which it is missing. Objects of other namespaces are dropped as they arrive.
    """

    def __init__(self, cluster: Client, context: str, labs: Iterable[Lab], namespaces: Iterable[str], *, timeout: float) -> None:
        self.about = {"cluster": context}
        self._wanted = frozenset(namespaces)
        self._objects: dict[tuple[str, str], list[Json]] = defaultdict(list)
        self._lock = threading.Lock()
        facts = Facts("cluster")
        jobs: dict[str, Future] = {}
        for kind in dict.fromkeys(kind for lab in labs for kind in looked_at(lab.scope.kinds, lab.scope.cluster)):
            jobs[kind] = cluster.pool.submit(self._list, cluster, kind, timeout)
        for kind, job in jobs.items():
            facts.attempt(kind, job)
        self.kinds, self.errors = frozenset(jobs), facts.errors
        self.time = cluster.time or now()

    def _list(self, cluster: Client, kind: str, timeout: float) -> None:
        """Take all objects of a kind, page by page. Source: "Retrieving large results sets in chunks" of the API concepts."""
        after = ""
        while True:
            page = cluster.get(f"{KINDS[kind].path()}?limit={PAGE}{after}", timeout=timeout)
            if page is None:
                raise EngineError(f"the cluster does not serve the kind {kind}")
            for item in page["items"] or ():
                self._take(kind, item, page.get("apiVersion", ""))
            token = page["metadata"].get("continue") if "metadata" in page else ""
            if not token:
                return
            after = f"&continue={quote(token, safe='')}"

    def _take(self, kind: str, item: Json, version: str) -> None:
        place = _namespace_of(kind, item)
        if place in self._wanted or not place:
            kept = slim({"apiVersion": version, "kind": kind, **item})
            with self._lock:
                self._objects[kind, place].append(kept)

    def exists(self, namespace: str) -> bool:
        """Tell whether a namespace of the wanted ones exists. True where namespaces could not be listed."""
        return "Namespace" in self.errors or ("Namespace", namespace) in self._objects

    def snapshot(self, lab: Lab, namespaces: Mapping[str, str], probed: Probed = ({}, {})) -> Snapshot:
        """Return the state of a lab's scope in the namespaces of one learner.

        `namespaces` maps each namespace of the lab's scope to the learner's. In the snapshot they bear the lab's names, so
        that the checks and their findings need not know of another one. `probed` are the results of probes, and the reasons
        of those that failed.
        """
        kinds = looked_at(lab.scope.kinds, lab.scope.cluster)
        theirs = {kind: self._of(kind, lab, namespaces.values()) for kind in kinds if kind not in self.errors}
        renamed = _renamed(theirs, namespaces)
        objects = {kind: {_key(item, lab.namespace): item for item in items} for kind, items in renamed.items()}
        errors = {kind: reason for kind, reason in self.errors.items() if kind in kinds}
        common = [kind for kind in objects if KINDS[kind].shared]
        own_cluster = all(own == theirs for own, theirs in namespaces.items())
        if own_cluster:  # there, the learner may have written what is common, too
            objects |= {kind: self._shared(kind) for kind in common}
        results, failed = probed
        if reason := untold(errors):
            errors |= dict.fromkeys(objects, reason)
            objects, results, failed = {}, {}, dict.fromkeys([*results, *failed], reason)
            common = []
        clean = redact({"objects": objects, "probes": results, "errors": errors | failed})
        if not own_cluster:
            clean["objects"] |= {kind: self._everyones[kind] for kind in common}
        scope = {name: list(getattr(lab.scope, name)) for name in SCOPE}
        return Snapshot(lab.id, self.time, "", self.about, **clean, scope=scope)

    def _shared(self, kind: str) -> dict[str, Json]:
        return {item["metadata"]["name"]: item for item in self._objects[kind, ""]}

    @cached_property
    def _everyones(self) -> dict[str, dict[str, Json]]:
        """The objects that belong to a shared cluster, such as nodes: redacted once, since no learner can write them."""
        kinds = [kind for kind in self.kinds - self.errors.keys() if KINDS[kind].shared]
        return redact({kind: self._shared(kind) for kind in kinds})

    def _of(self, kind: str, lab: Lab, places: Iterable[str]) -> list[Json]:
        """Return a learner's objects of a kind. Those that belong to the whole cluster are added later, as they are."""
        if KINDS[kind].shared:
            return []
        named = [item for item in self._objects[kind, ""] if f"{kind}/{item['metadata']['name']}" in lab.scope.cluster]
        return [*(item for place in places for item in self._objects[kind, place]), *named]


def _namespace_of(kind: str, item: Json) -> str:
    """Return the namespace that an object is in, is, or is claimed from; "" for one of the whole cluster."""
    about = item["metadata"]
    if kind == "Namespace":
        return about["name"]
    claim = (item.get("spec") or {}).get("claimRef") or {}
    return about.get("namespace", "") or ("" if KINDS[kind].namespaced else claim.get("namespace", ""))


def _key(item: Json, own: str) -> str:
    """Return an object's key in a snapshot: its name, or "namespace/name" outside of the lab's own namespace."""
    about = item["metadata"]
    place = about.get("namespace", own)
    return about["name"] if place == own else f"{place}/{about['name']}"


def _renamed(objects: dict[str, list[Json]], namespaces: Mapping[str, str]) -> dict[str, list[Json]]:
    """Return a copy of objects in which the learner's namespaces bear the lab's names, wherever they are mentioned."""
    back = {theirs: own for own, theirs in namespaces.items() if theirs != own}
    text = json.dumps(objects, ensure_ascii=False)
    if back:
        names = "|".join(map(re.escape, sorted(back, key=len, reverse=True)))

        def named(match: re.Match[str]) -> str:
            # Looked at afterwards: an expression that begins with a name is ten times as fast.
            before = match.string[max(0, match.start() - 3) : match.start()]
            return back[match[0]] if _BEFORE.search(before) else match[0]

        text = re.sub(f"(?:{names}){_AFTER}", named, text)
    return json.loads(text)
