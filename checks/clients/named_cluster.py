"""The client of a cluster that an instructor names: the one that a kubeconfig and a context on the command line lead to.

It is not our own, so nothing is written to it before its identity, the uid of its namespace kube-system, has been compared
with the recorded one.
"""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.clients.base import Answer, Client, EngineError
from checks.clients.named_kubeconfig import NamedAccess
from checks.snapshot import Json
from sandboxes.cluster import client
from sandboxes.cluster.access import Access, Refused
from sandboxes.cluster.client import KUBE_SYSTEM

if TYPE_CHECKING:
    from kubernetes.client import ApiClient
    from urllib3 import BaseHTTPResponse

PAGE = 500  # objects
ANSWERS = {401: "the credentials of the kubeconfig are refused; they may have expired", 429: "it has too much to do"}


class NamedCluster(Client):
    """A client of the cluster that `access` leads to. `uid` is the recorded identity; "" before there is one."""

    what = "the cluster"
    # As for a write: a class that is being opened keeps an API server busy.
    deadline = 30.0

    def __init__(self, access: NamedAccess, uid: str = "") -> None:
        super().__init__()
        self.access, self.uid = access, uid
        self._api: ApiClient | None = None
        # The SDK takes certificates from files. This folder is the owner's alone, and goes away with the client.
        self._files: tempfile.TemporaryDirectory[str] | None = None

    def send(self, method: str, path: str, timeout: float, body: bytes | None, headers: Mapping[str, str]) -> "BaseHTTPResponse":
        own = {"User-Agent": "slipway-class", **({"Authorization": f"Bearer {self.access.token}"} if self.access.token else {})}
        return client.send(self._connected(), method, path, timeout, body, {**own, **headers})

    def disconnect(self) -> None:
        with self._lock:
            if self._api is not None and self._files is not None:
                self._api.rest_client.pool_manager.clear()
                self._files.cleanup()
            self._api = self._files = None

    def identity(self) -> str:
        """Return the uid of the cluster's namespace kube-system. Raise EngineError where there is none."""
        namespace = self.get(KUBE_SYSTEM)
        uid = (namespace or {}).get("metadata", {}).get("uid")
        if not isinstance(uid, str) or not uid:
            raise EngineError(f"what answers at {self.access.server} is not an API server of Kubernetes")
        return uid

    def verify(self) -> None:
        """Raise Refused where the cluster that answers is not the recorded one."""
        uid = self.identity()
        if uid != self.uid:
            raise Refused(
                f"The cluster at {self.access.server} (context {self.access.context}) is not the one that the class was opened "
                f"on: the uid of its kube-system is {uid}, not {self.uid or 'recorded'}. Nothing was changed.",
                "Name the kubeconfig and the context of that cluster.",
            )

    def write(
        self, method: str, path: str, body: Any = None, *, timeout: float = 30.0, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Change something, only after the cluster has proved to be the recorded one. A status of 400 or more is an Answer."""
        self.verify()
        return self.request(method, path, body, timeout=timeout, headers=headers)

    def items(self, path: str, *, timeout: float = 30.0) -> Iterator[Json]:
        """Yield all objects of a list, page by page. Raise EngineError; a kind that is not served has no objects."""
        token = ""
        while True:
            query = f"limit={PAGE}" + (f"&continue={token}" if token else "")
            page = self.get(f"{path}{'&' if '?' in path else '?'}{query}", timeout=timeout)
            if page is None:
                return
            yield from page.get("items") or ()
            token = (page.get("metadata") or {}).get("continue") or ""
            if not token:
                return

    def refusal(self, answer: Answer, what: str) -> str:
        return f"the cluster answered {answer.status} to {what}: {ANSWERS.get(answer.status) or answer.message}"

    def explain(self, error: OSError, timeout: float) -> str:
        server = f"the API server at {self.access.server}"
        if type(error).__name__ == "SSLCertVerificationError":
            reason = getattr(error, "verify_message", error)
            return f"{server} has a certificate that the kubeconfig does not trust ({reason}); no request was sent"
        if isinstance(error, TimeoutError):
            return f"{server} did not answer within {timeout:g} s"
        return f"the connection to {server} failed ({error or type(error).__name__})"

    def _connected(self) -> "ApiClient":
        """Return the SDK's client, connected to this cluster and no other."""
        with self._lock:
            if self._api is None:
                self._files = tempfile.TemporaryDirectory(prefix="slipway-")
                about = self.access
                access = Access(about.context, about.server, about.authority, about.certificate, about.key)
                self._api = client.connect(access, Path(self._files.name))
            return self._api
