"""The kubeconfigs that a class hands out: one for each learner, and one for the grader.

Their tokens come from the TokenRequest API and not from Secrets: they expire by themselves, the cluster stores none of
them, and they end with the service account. Source: "Manually create an API token for a ServiceAccount" in
https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/.
"""

import base64
import json
import time
from dataclasses import dataclass
from pathlib import Path

from checks.api_resources import KINDS
from checks.clients.base import EngineError
from checks.clients.named_cluster import NamedCluster
from sandboxes import json_text
from sandboxes.host.atomic_write import read_whole, write_whole

SUFFIX = ".kubeconfig"
MOST_BYTES = 256 * 1024
DAY = 86400
# A token that has less than this part of its lifetime left is replaced.
LEFT = 0.25


@dataclass(frozen=True)
class Handout:
    """A kubeconfig to hand out. `namespaces` maps each context to its namespace; the first one is current."""

    path: Path
    account: str
    namespaces: dict[str, str]


def is_current(handout: Handout, cluster: NamedCluster, account_uid: str, days: int) -> bool:
    """Tell whether a kubeconfig is there, complete, and valid for a good part of `days`."""
    try:
        data = json_text.loads(read_whole(handout.path, MOST_BYTES))
        token = data["users"][0]["user"]["token"]
        claims = _claims(token)
        same = claims["kubernetes.io"]["serviceaccount"]["uid"] == account_uid
        private = handout.path.stat().st_mode & 0o077 == 0
        return private and same and claims["exp"] > time.time() + days * DAY * LEFT and data == _content(handout, cluster, token)
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return False


def write(handout: Handout, cluster: NamedCluster, accounts: str, days: int) -> float:
    """Get a token and write a kubeconfig, readable by its owner only. Return when it expires (seconds since 1970).

    A cluster may give a shorter life than asked for. Raise EngineError where it refuses.
    """
    path = f"{KINDS['ServiceAccount'].path(accounts)}/{handout.account}/token"
    wanted = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": days * DAY}}
    answer = cluster.write("POST", path, wanted)
    if answer.status >= 400:
        raise EngineError(cluster.refusal(answer, f"POST {path}"))
    try:
        token = str(answer.json()["status"]["token"])
        expires = float(_claims(token)["exp"])
    except (ValueError, KeyError, TypeError) as error:
        raise EngineError(f"the cluster's answer to POST {path} has no token that can be read") from error
    write_whole(handout.path, json.dumps(_content(handout, cluster, token), indent=1) + "\n", 0o600)
    return expires


def expires(handout: Handout) -> float:
    """Return when the token in a kubeconfig that was written here expires (seconds since 1970)."""
    return float(_claims(json_text.loads(read_whole(handout.path, MOST_BYTES))["users"][0]["user"]["token"])["exp"])


def _claims(token: str) -> dict:
    """Return what a token says about itself. Its signature is the cluster's business."""
    payload = token.split(".")[1]
    return json_text.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def _content(handout: Handout, cluster: NamedCluster, token: str) -> dict:
    """Return a kubeconfig: JSON is YAML, too."""
    server = {"server": cluster.access.server, "certificate-authority-data": base64.b64encode(cluster.access.authority).decode()}
    contexts = [
        {
            "name": name,
            "context": {"cluster": "class", "user": handout.account, **({"namespace": namespace} if namespace else {})},
        }
        for name, namespace in handout.namespaces.items()
    ]
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "class", "cluster": server}],
        "users": [{"name": handout.account, "user": {"token": token}}],
        "contexts": contexts,
        "current-context": contexts[0]["name"],
    }
