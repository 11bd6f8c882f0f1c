"""A shared cluster in memory, for the tests of classes: lists, server-side apply, tokens and deletion, as a class uses them."""

import base64
import copy
import itertools
import json
import re
import threading
import time
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

from checks.api_resources import KINDS
from checks.clients.base import Answer
from checks.clients.named_cluster import NamedCluster
from checks.clients.named_kubeconfig import NamedAccess

UID = "0d1c2b3a-0000-4000-8000-000000000001"
ACCESS = NamedAccess("classroom", "https://cluster.example.com:6443", b"-----BEGIN CERTIFICATE-----", token="t")
OBJECT = re.compile(
    r"/(?P<group>api/v1|apis/[^/]+/[^/]+)(?:/namespaces/(?P<namespace>[^/]+))?/(?P<plural>[a-z]+)(?:/(?P<name>[^/]+))?"
)
KIND_OF = {(kind.group, kind.plural): name for name, kind in KINDS.items()}
Address = tuple[str, str, str]  # kind, namespace, name


class Unknown(Exception):
    """A request that the fake does not know. A test must not pass because of it."""


class FakeCluster(NamedCluster):
    """The client and the cluster in one. `log` holds "METHOD path" of every request; `changes` counts real changes."""

    def __init__(self) -> None:
        super().__init__(ACCESS)
        self.objects: dict[Address, dict[str, Any]] = {}
        self.log: list[str] = []
        self.served = {"/apis/metrics.k8s.io/v1beta1"}
        self.tokens = 0
        self.fail_at = ""
        self._versions, self._store = itertools.count(1), threading.RLock()
        self.put("Namespace", "", "kube-system", uid=UID)

    @property
    def writes(self) -> list[str]:
        return [request for request in self.log if not request.startswith("GET ")]

    def put(self, kind: str, namespace: str, name: str, *, uid: str = "", **more: Any) -> dict[str, Any]:
        """Create an object as someone else would."""
        where = {"namespace": namespace} if namespace else {}
        about = {"name": name, **where, "uid": uid or str(uuid.uuid4()), "resourceVersion": str(next(self._versions))}
        item = {"metadata": about, **more}
        self.objects[kind, namespace, name] = item
        return item

    def versions(self) -> dict[Address, str]:
        return {address: item["metadata"]["resourceVersion"] for address, item in self.objects.items()}

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        timeout: float = 5.0,
        limit: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        with self._store:
            plain, _, query = path.partition("?")
            self.log.append(f"{method} {plain}")
            if self.fail_at and self.fail_at in plain and method == "PATCH":
                return _answer(500, {"message": "etcd is full"})
            if plain in self.served:
                return _answer(200, {})
            if plain.endswith("/token") and method == "POST":
                return self._token(plain, body)
            match = OBJECT.fullmatch(unquote(plain))
            kind = KIND_OF.get((match["group"], match["plural"])) if match else None
            if not match and method == "GET":
                return _answer(404, {"message": "not found"})
            if not match or not kind:
                raise Unknown(f"{method} {path}")
            return self._one(method, (kind, match["namespace"] or "", match["name"] or ""), body, parse_qs(query), headers or {})

    def _one(self, method: str, where: Address, body: Any, query: dict[str, list[str]], headers: Mapping[str, str]) -> Answer:
        kind, namespace, name = where
        if method == "GET" and not name:
            own = [item for (other, place, _), item in self.objects.items() if other == kind and namespace in ("", place)]
            return _answer(200, {"items": copy.deepcopy(own)})
        found = self.objects.get(where)
        if method == "GET":
            return _answer(200, found) if found else _answer(404, {"message": "not found"})
        if method == "PATCH":
            if headers["Content-Type"] != "application/apply-patch+yaml" or query["fieldManager"] != ["slipway-class"]:
                raise Unknown("not a server-side apply of the one field manager")
            return self._apply(where, body)
        if method == "DELETE":
            if not found:
                return _answer(404, {"message": "not found"})
            if body["preconditions"]["uid"] != found["metadata"]["uid"]:
                return _answer(409, {"message": "the UID does not match"})
            gone = [other for other in self.objects if other == where or (kind == "Namespace" and other[1] == name)]
            for other in gone:
                del self.objects[other]
            return _answer(200, {})
        raise Unknown(f"{method} {where}")

    def _apply(self, where: Address, body: dict[str, Any]) -> Answer:
        kind, namespace, name = where
        if namespace and ("Namespace", "", namespace) not in self.objects:
            return _answer(404, {"message": f'namespaces "{namespace}" not found'})
        found = self.objects.get(where)
        if found and body["metadata"].get("uid", found["metadata"]["uid"]) != found["metadata"]["uid"]:
            return _answer(409, {"message": "the UID does not match"})
        item = found or self.put(kind, namespace, name)
        before = copy.deepcopy(item)
        _merge(item, {name: value for name, value in body.items() if name not in ("apiVersion", "kind")})
        if item != before and found:
            item["metadata"]["resourceVersion"] = str(next(self._versions))
        return _answer(200 if found else 201, item)

    def _token(self, path: str, body: dict[str, Any]) -> Answer:
        account = self.objects["ServiceAccount", path.split("/")[4], path.split("/")[6]]
        self.tokens += 1
        claims = {
            "exp": int(time.time()) + body["spec"]["expirationSeconds"],
            "kubernetes.io": {"serviceaccount": {"uid": account["metadata"]["uid"]}},
        }
        payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        return _answer(201, {"status": {"token": f"h.{payload}.{self.tokens}"}})


def _merge(item: dict[str, Any], body: dict[str, Any]) -> None:
    for name, value in body.items():
        if isinstance(value, dict) and isinstance(item.get(name), dict):
            _merge(item[name], value)
        else:
            item[name] = copy.deepcopy(value)


def _answer(status: int, body: Any) -> Answer:
    return Answer(status, json.dumps(body).encode(), {})
