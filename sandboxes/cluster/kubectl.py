"""kubectl with the private kubeconfig, for `apply` alone: everything else goes through `sandboxes.cluster.client`.

The SDK has nothing that does what `kubectl apply` does with an add-on's manifest: `create_from_yaml` creates, and fails for
what is there already; server-side apply by the SDK would be another owner of the fields, so what an older `kubectl apply`
set, and the manifest no longer has, would stay in the cluster.
"""

import os
import subprocess

from sandboxes.cluster import paths
from sandboxes.errors import SlipwayError

# Time for one apply, in seconds. Without a deadline, one to a dead API server would wait for minutes.
SECONDS = 60


def apply(manifest: str) -> None:
    """Create what a manifest describes, or change it to that. Raises SlipwayError with kubectl's own words."""
    command = [
        str(paths.programs() / "kubectl"), f"--kubeconfig={paths.kubeconfig()}", f"--request-timeout={SECONDS}s",
        "apply", "--filename=-",
    ]  # fmt: skip
    try:
        completed = subprocess.run(
            command, input=manifest, capture_output=True, text=True, timeout=SECONDS + 5,
            env={**os.environ, "KUBECACHEDIR": str(paths.location() / "cache"), "KUBERC": "off"},
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        raise _failed(f"no answer within {SECONDS} seconds") from late
    except OSError as error:
        raise _failed(f"kubectl cannot be started: {error.strerror}") from error
    if completed.returncode != 0:
        raise _failed((completed.stderr.strip().splitlines() or ["kubectl failed"])[-1])


def _failed(reason: str) -> SlipwayError:
    return SlipwayError(
        f"`kubectl apply` failed on the cluster: {reason}.", "See `./slipway cluster status`; `./slipway cluster up` repairs it."
    )
