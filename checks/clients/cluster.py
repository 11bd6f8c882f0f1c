"""The graders' client of our cluster's API server: our own cluster alone, and its identity before every write."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.clients.base import CLOSED, Answer, Client, EngineError
from sandboxes.cluster import client, kubeconfig
from sandboxes.cluster.client import KUBE_SYSTEM

if TYPE_CHECKING:
    from kubernetes.client import ApiClient
    from urllib3 import BaseHTTPResponse

MERGE = {"Content-Type": "application/merge-patch+json"}
BUSY = 429
ANSWERS = {
    401: "our credentials are refused: they may have expired; `./slipway cluster reset` makes new ones",
    403: "our credentials do not allow it",
    BUSY: "it has too much to do; check again in a moment",
}


class Cluster(Client):
    """A client of the cluster whose files are in `folder`.

    Raises SlipwayError where there is no cluster yet, Refused where the files were changed.
    """

    what = "the cluster"

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self._version = ""
        self._api: ApiClient | None = None
        self._read = self._stamps()
        self.access, self.identity = kubeconfig.load(folder)

    def api(self) -> "ApiClient":
        """The SDK's client, connected to this cluster and no other."""
        with self._lock:
            if self._api is None:
                self._api = client.connect(self.access, self.folder)
            return self._api

    def prepare(self) -> None:
        self.api()

    def send(self, method: str, path: str, timeout: float, body: bytes | None, headers: Mapping[str, str]) -> "BaseHTTPResponse":
        return client.send(self.api(), method, path, timeout, body, dict(headers))

    def disconnect(self) -> None:
        with self._lock:
            if self._api is not None:
                self._api.rest_client.pool_manager.clear()

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        timeout: float | None = None,
        limit: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request as `Client.request` does, and again when the API server says so, while there is time.

        Source: "Retry-After" in https://kubernetes.io/docs/concepts/cluster-administration/flow-control/.
        """
        timeout = self.deadline if timeout is None else timeout
        end = time.monotonic() + timeout
        while True:
            answer = super().request(method, path, body, timeout=timeout, limit=limit, headers=headers)
            after = answer.headers.get("retry-after", "")
            if answer.status != BUSY or not after.isdigit() or time.monotonic() + int(after) >= end:
                return answer
            time.sleep(int(after))

    def refresh(self) -> None:
        """Read the cluster's files again if they were changed: a notebook outlives the cluster that it began with."""
        stamps = self._stamps()
        if stamps != self._read:
            self.access, self.identity = kubeconfig.load(self.folder)
            self._version, self._read = "", stamps
            self.disconnect()
            with self._lock:
                self._api = None

    def _stamps(self) -> tuple[int, ...]:
        files = (self.folder / name for name in (kubeconfig.FILE, kubeconfig.IDENTITY))
        return tuple(path.lstat().st_mtime_ns if path.exists() else 0 for path in files)

    def version(self) -> str:
        """The version of Kubernetes that the cluster runs, such as "v1.37.2"."""
        if not self._version:
            self._version = str(self.get("/version")["gitVersion"])
        return self._version

    def ports(self) -> dict[str, int]:
        """The ports of this machine that are forwarded to the cluster's Ingress, by scheme ("http", "https")."""
        return kubeconfig.read_ports(self.folder)

    def verify(self) -> str:
        """Return the cluster's identity, the uid of kube-system, if it is the recorded one. Raises Refused for any other."""
        self.refresh()
        namespace = self.get(KUBE_SYSTEM)
        about = namespace.get("metadata") if isinstance(namespace, dict) else None
        if namespace is not None and not (isinstance(about, dict) and about.get("uid")):
            raise EngineError("the cluster's answer about the namespace kube-system could not be understood")
        uid = str(about["uid"]) if about else ""
        if uid != self.identity.kube_system_uid:
            raise kubeconfig.other_cluster(self.identity, uid)
        return uid

    def write(
        self, method: str, path: str, body: Any = None, *, timeout: float | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Change something, only after the cluster has proved to be ours. A status of 400 or more is an Answer."""
        self.verify()
        return self.request(method, path, body, timeout=timeout, headers=headers)

    def refusal(self, answer: Answer, what: str) -> str:
        return refusal(answer, what)

    def explain(self, error: OSError, timeout: float) -> str:
        server = f"the cluster's API server at {self.access.server}"
        kind = type(error).__name__
        if kind == "SSLCertVerificationError":
            return (
                f"what answers at {self.access.server} is not our cluster, or its certificate has expired "
                f"({getattr(error, 'verify_message', error)}); no request was sent. {kubeconfig.RECREATE}"
            )
        if isinstance(error, ConnectionRefusedError):
            return f"no cluster answers at {self.access.server}; `./slipway cluster up` starts it"
        if isinstance(error, TimeoutError):
            return f"{server} did not answer within {timeout:g} s; it may be starting, or paused: `./slipway cluster status`"
        if isinstance(error, CLOSED) or kind.startswith("SSL"):
            return f"{server} broke the connection off ({error or kind}); check again in a moment"
        return f"the connection to {server} failed ({error or kind})"


def refusal(answer: Answer, what: str) -> str:
    """Say what a status of 400 or more of the API server means. `what` is the request."""
    return f"the cluster answered {answer.status} to {what}: {ANSWERS.get(answer.status) or answer.message}"
