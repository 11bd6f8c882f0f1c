"""The live targets of a class for tests: a shared cluster with recorded objects of many learners, served in pages."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fake_api_server import Decoy, Reply, status

from checks.api_resources import KINDS
from checks.classroom import folder as class_folder
from checks.classroom import shared_names
from checks.classroom.folder import ClassFolder
from checks.snapshot import Json, Snapshot
from checks.version import __version__
from sandboxes.cluster.kubeconfig_format import render

CLASS, PREFIX = "c", "c"
CONTEXT = "slipway"
FILE = "cluster.kubeconfig"
TARGET = f"kubeconfig:{FILE}?context={CONTEXT}&prefix={PREFIX}"


def classroom(folder: Path, targets_of: Mapping[str, str], labs: Iterable[str]) -> ClassFolder:
    """Create a class whose learners have these targets."""
    class_folder.create(folder, id=CLASS, title="Containers", zone="UTC")
    entries = "\n".join(f"{lab} = {{ weight = 1 }}" for lab in labs)
    about = f'id = "{CLASS}"\ntitle = "Containers"\ncourse = "{__version__}"\nzone = "UTC"\n[labs]\n{entries}\n'
    (folder / "class.toml").write_text(about, encoding="utf-8")
    rows = "".join(f"{id},Learner {id.title()},{target}\n" for id, target in targets_of.items())
    (folder / "roster.csv").write_text("id,name,target\n" + rows, encoding="utf-8")
    return class_folder.open_class(folder)


class SharedCluster:
    """The objects of a cluster by the path of their list, served by a decoy as the API server serves them.

    Source of the pages: https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks.
    """

    def __init__(self, server: Decoy, folder: Path, most: int = 10**6) -> None:
        """`folder` gets the kubeconfig. `most` objects are in a page at most, whatever is asked for."""
        self.server, self.most = server, most
        self.items: dict[str, list[Json]] = defaultdict(list)
        self.refused: dict[str, Reply] = {}
        (folder / FILE).write_text(render(server.access), encoding="ascii")
        server.choose = self.reply

    def reply(self, method: str, path: str) -> Reply | None:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if refused := self.refused.get(parts.path):
            return refused
        if method != "GET" or "limit" not in query:
            return None
        begin, most = int(query.get("continue", "0")), min(int(query["limit"]), self.most)
        items = self.items[parts.path]
        more = {"continue": str(begin + most)} if begin + most < len(items) else {}
        return 200, {"kind": "List", "apiVersion": _version(parts.path), "metadata": more, "items": items[begin : begin + most]}

    @property
    def lists(self) -> list[str]:
        """The LIST requests that were received."""
        return [line for line in self.server.log if "limit=" in line]

    def add(self, learner: str, snapshot: Snapshot) -> None:
        """Put the recorded objects of a lab into the namespaces of a learner."""
        own = (snapshot.scope or {})["namespaces"]
        self.add_as(snapshot, {name: shared_names.namespace(PREFIX, learner, name) for name in own})

    def add_as(self, snapshot: Snapshot, names: Mapping[str, str]) -> None:
        """Put the recorded objects of a lab into namespaces of other names."""
        for kind, objects in snapshot.objects.items():
            listed = self.items[KINDS[kind].path()]
            if KINDS[kind].shared:
                listed += [item for item in objects.values() if item["metadata"]["name"] not in _names(listed)]
            else:
                own = (snapshot.scope or {})["namespaces"][0]
                listed += [_renamed(_whole(kind, key, item, own), names) for key, item in objects.items()]

    def refuse(self, kind: str, code: int, message: str) -> None:
        """Refuse every LIST of a kind."""
        self.refused[KINDS[kind].path()] = status(code, message)


def _names(items: list[Json]) -> set[str]:
    return {item["metadata"]["name"] for item in items}


def _whole(kind: str, key: str, item: Json, own: str) -> Json:
    """Return an object with the name and namespace that a recording leaves out of events."""
    place, _, name = key.rpartition("/")
    about = {"name": name, **({"namespace": place or own} if KINDS[kind].namespaced else {})}
    return {**item, "metadata": {**about, **item["metadata"]}}


def _renamed(item: Json, names: Mapping[str, str]) -> Any:
    """Return an object as the API lists it, without its kind, with other names of its namespaces."""
    text = json.dumps({name: value for name, value in item.items() if name not in ("kind", "apiVersion")})
    for own, theirs in names.items():
        text = text.replace(own, theirs)
    return json.loads(text)


def _version(path: str) -> str:
    parts = path.split("/")
    return parts[2] if parts[1] == "api" else f"{parts[2]}/{parts[3]}"
