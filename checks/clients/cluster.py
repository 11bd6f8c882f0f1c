"""HTTP to our cluster's API server: one pool of connections, TLS to that cluster alone, its identity before every write."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from checks.clients.base import CLOSED, DEADLINE, Answer, Client, EngineError
from sandboxes.cluster import client, kubeconfig
from sandboxes.cluster.client import KUBE_SYSTEM
from sandboxes.http1 import Connection

MERGE = {"Content-Type": "application/merge-patch+json"}
BUSY = 429
ANSWERS = {
    401: "our credentials are refused: they may have expired; `./slipway cluster reset` makes new ones",
    403: "our credentials do not allow it",
    BUSY: "it has too much to do; check again in a moment",
}


class Cluster(Client):
    """The cluster whose files are in `folder`. Raises SlipwayError where none was made, Refused where they were changed."""

    what = "the cluster"

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self._version = ""
        self._read = self._stamps()
        self.access, self.identity = kubeconfig.load(folder)
        self.host = f"127.0.0.1:{self.access.port}"

    def open(self, timeout: float) -> Connection:
        return client.connection(self.access, timeout)

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        timeout: float = DEADLINE,
        limit: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask the API. One that cannot answer now, as just after its start, says when to ask again: that is heeded, in time.

        Source: "Retry-After" in https://kubernetes.io/docs/concepts/cluster-administration/flow-control/.
        """
        end = time.monotonic() + timeout
        while True:
            answer = super().request(method, path, body, timeout=timeout, limit=limit, headers=headers)
            after = answer.headers.get("retry-after", "")
            if answer.status != BUSY or not after.isdigit() or time.monotonic() + int(after) >= end:
                return answer
            time.sleep(int(after))

    def refresh(self) -> None:
        """Read the files again if they were changed: a notebook outlives the cluster that it began with."""
        stamps = self._stamps()
        if stamps != self._read:
            self.access, self.identity = kubeconfig.load(self.folder)
            self._version = ""
            self._read, self.host = stamps, f"127.0.0.1:{self.access.port}"
            with self._lock:
                while self._idle:
                    self._idle.pop().close()

    def _stamps(self) -> tuple[int, ...]:
        paths = (self.folder / name for name in (kubeconfig.FILE, kubeconfig.IDENTITY))
        return tuple(path.lstat().st_mtime_ns if path.exists() else 0 for path in paths)

    def version(self) -> str:
        """The version of Kubernetes that the cluster runs."""
        if not self._version:
            self._version = str(self.get("/version")["gitVersion"])
        return self._version

    def ports(self) -> dict[str, int]:
        """The ports of this machine that lead into the cluster, by what they are for ("http", "https")."""
        return kubeconfig.read_ports(self.folder)

    def verify(self) -> str:
        """The cluster's identity, once it is known to be the one recorded. Raises Refused for any other cluster."""
        self.refresh()
        found = self.get(KUBE_SYSTEM)
        uid = str(found["metadata"]["uid"]) if found else ""
        if uid != self.identity.kube_system_uid:
            raise kubeconfig.other_cluster(self.identity, uid)
        return uid

    def write(
        self, method: str, path: str, body: Any = None, *, timeout: float = DEADLINE, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Change something: only after the cluster has shown that it is ours. A 4xx is an Answer."""
        self.verify()
        return self.request(method, path, body, timeout=timeout, headers=headers)

    def get(self, path: str, *, timeout: float = DEADLINE) -> Any:
        answer = self.request("GET", path, timeout=timeout)
        if answer.status == 404:
            return None
        if answer.status >= 400:
            raise EngineError(refusal(answer, f"GET {path}"))
        return answer.json()

    def explain(self, error: Exception, timeout: float) -> str:
        where = f"the cluster's API server at {self.access.server}"
        kind = type(error).__name__
        if kind == "SSLCertVerificationError":
            return (
                f"what answers at {self.access.server} is not our cluster, or its certificate has expired "
                f"({getattr(error, 'verify_message', error)}); nothing was asked of it. {kubeconfig.RECREATE}"
            )
        if isinstance(error, ConnectionRefusedError):
            return f"no cluster answers at {self.access.server}; `./slipway cluster up` starts it"
        if isinstance(error, TimeoutError):
            return f"{where} did not answer within {timeout:g} s; it may be starting, or paused: `./slipway cluster status`"
        if isinstance(error, CLOSED) or kind.startswith("SSL"):
            return f"{where} broke the connection off ({error or kind}); check again in a moment"
        return f"the connection to {where} failed ({error or kind})"


def refusal(answer: Answer, what: str) -> str:
    """What a status of 400 or more means."""
    known = ANSWERS.get(answer.status)
    return f"the cluster answered {answer.status} to {what}: {known or answer.message}"
