"""Access to our cluster: the credentials, the recorded identity, and the names of the files that hold them."""

import base64
import hashlib
import re
from dataclasses import dataclass, field

from sandboxes.errors import SlipwayError

# In the cluster's folder: the kubeconfig, the identity, the choices made at creation, and the folder of the labs' copies.
FILE, IDENTITY, RECORD, COPIES = "kubeconfig", "identity.json", "cluster.json", "labs"
CREATE = "`./slipway cluster up` creates the cluster."
RECREATE = "`./slipway cluster reset` recreates the cluster and its files."


class Refused(SlipwayError):
    """A kubeconfig or a cluster differs from what was recorded. Nothing was written and nothing was run."""


@dataclass(frozen=True)
class Identity:
    """The identity of our cluster: recorded when it is created, compared before every write.

    `ca_sha256` is the SHA-256 of the certificate authority in DER form, in hexadecimal; `made` is ISO 8601 in UTC.
    """

    name: str
    server: str
    ca_sha256: str
    kube_system_uid: str
    made: str


@dataclass(frozen=True)
class Access:
    """The credentials for our cluster. `authority`, `certificate` and `key` are PEM and never shown."""

    context: str
    server: str
    authority: bytes = field(repr=False)
    certificate: bytes = field(repr=False)
    key: bytes = field(repr=False)

    @property
    def port(self) -> int:
        """The port of the API server on the loopback address."""
        return int(self.server.rpartition(":")[2])

    @property
    def ca_sha256(self) -> str:
        """The fingerprint of the certificate authority: SHA-256 of its DER form, in hexadecimal."""
        body = re.sub(rb"-----[A-Z ]+-----|\s", b"", self.authority)
        return hashlib.sha256(base64.b64decode(body)).hexdigest()
