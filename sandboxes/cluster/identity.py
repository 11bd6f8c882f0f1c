"""Which cluster is ours: recorded when it is made, compared before anything is written to it."""

import base64
import hashlib
import json
import ssl
from dataclasses import asdict
from datetime import UTC, datetime

import yaml

from sandboxes.cluster import kubectl, paths
from sandboxes.cluster.access import Identity
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import write_whole


def load() -> Identity | None:
    """The recorded identity; None where there is none that can be read."""
    try:
        return Identity(**json.loads(paths.identity().read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def record() -> Identity:
    """Look at the cluster that the kubeconfig leads to and record what it is. Raises SlipwayError without an answer."""
    server, authority = _kubeconfig()
    uid = kubectl.must("get", "namespace", "kube-system", "--output=jsonpath={.metadata.uid}")
    found = Identity(paths.name(), server, authority, uid, datetime.now(UTC).isoformat(timespec="seconds"))
    write_whole(paths.identity(), json.dumps(asdict(found), indent=2) + "\n", 0o600)
    return found


def differs() -> str:
    """How the cluster that answers is not the recorded one; empty for the same. Raises kubectl.Unanswered."""
    recorded = load()
    if recorded is None:
        return "nothing is recorded of how it was made"
    server, authority = _kubeconfig()
    if (server, authority) != (recorded.server, recorded.ca_sha256):
        return "its kubeconfig leads to another cluster"
    uid = kubectl.run("get", "namespace", "kube-system", "--output=jsonpath={.metadata.uid}")
    return "" if uid == recorded.kube_system_uid else "another cluster answers at its address"


def require() -> None:
    """Raise SlipwayError unless the cluster that answers is the recorded one. To be called before every write."""
    try:
        reason = differs()
    except kubectl.Unanswered as error:
        raise SlipwayError(f"The cluster does not answer: {error}.", "`./slipway cluster up` repairs it.") from error
    if reason:
        raise SlipwayError(f"This is not Slipway's own cluster: {reason}.", "`./slipway cluster reset` makes it anew.")


def _kubeconfig() -> tuple[str, str]:
    """The server and the hash of the authority that the kubeconfig names. Raises kubectl.Unanswered."""
    try:
        (entry,) = yaml.safe_load(paths.kubeconfig().read_text(encoding="utf-8"))["clusters"]
        pem = base64.b64decode(entry["cluster"]["certificate-authority-data"]).decode("ascii")
        digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.strip())).hexdigest()
        return entry["cluster"]["server"], digest
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        raise kubectl.Unanswered("its kubeconfig is missing or damaged") from error
