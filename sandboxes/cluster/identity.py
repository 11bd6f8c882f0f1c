"""The identity of our cluster: recorded when the cluster is created, compared before anything is written to it."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

from sandboxes import json_text
from sandboxes.cluster import client, kubeconfig, paths
from sandboxes.cluster.access import Identity
from sandboxes.cluster.client import KUBE_SYSTEM, Unanswered
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import read_text, write_whole


def load() -> Identity | None:
    """Return the recorded identity; None where there is none that can be read."""
    try:
        return Identity(**json_text.loads(read_text(paths.identity())))
    except (OSError, ValueError, TypeError):
        return None


def record() -> Identity:
    """Record what the cluster is that the kubeconfig leads to. Raises SlipwayError when it does not answer."""
    try:
        access, uid = kubeconfig.read(paths.kubeconfig()), _uid()
    except Unanswered as error:
        raise SlipwayError(f"The cluster does not answer: {error}.", "`./slipway cluster up` repairs it.") from error
    recorded = Identity(paths.name(), access.server, access.ca_sha256, uid, datetime.now(UTC).isoformat(timespec="seconds"))
    write_whole(paths.identity(), json.dumps(asdict(recorded), indent=2) + "\n", 0o600)
    return recorded


def differs() -> str:
    """Return how the cluster that answers differs from the recorded one; empty for the same. Raises Unanswered."""
    recorded = load()
    if recorded is None:
        return "nothing is recorded about how it was created"
    try:
        access = kubeconfig.read(paths.kubeconfig())
    except SlipwayError:
        return "its kubeconfig is missing or damaged, or belongs to another cluster"
    if (access.server, access.ca_sha256) != (recorded.server, recorded.ca_sha256):
        return "its kubeconfig belongs to another cluster"
    return "" if _uid() == recorded.kube_system_uid else "another cluster answers at its address"


def require() -> None:
    """Raise SlipwayError unless the cluster that answers is the recorded one. To be called before every write.

    The files are read as strictly as for a lab: raises Refused where they differ from what was written, before any request.
    """
    _, recorded = kubeconfig.load(paths.location())
    try:
        uid = _uid()
    except Unanswered as error:
        raise SlipwayError(f"The cluster does not answer: {error}.", "`./slipway cluster up` repairs it.") from error
    if uid != recorded.kube_system_uid:
        raise kubeconfig.other_cluster(recorded, uid)


def _uid() -> str:
    """Return the uid of the cluster's namespace kube-system. Raise Unanswered."""
    try:
        return str(client.read(KUBE_SYSTEM)["metadata"]["uid"])
    except (KeyError, TypeError) as error:
        raise Unanswered("what answers is not an API server") from error
