"""kubectl with the private kubeconfig and a deadline on every call: one to a dead API server would hang for minutes."""

import json
import os
import subprocess
from typing import Any

from sandboxes.cluster import paths
from sandboxes.errors import SlipwayError

# Time for one call, in seconds.
SECONDS = 10


class Unanswered(Exception):
    """The API server did not answer, or refused; the text is kubectl's own last line."""


def run(*arguments: str, text: str = "", seconds: float = SECONDS) -> str:
    """The output of one kubectl command, `text` as its input. Raises Unanswered when it fails or takes too long."""
    command = [
        str(paths.programs() / "kubectl"), f"--kubeconfig={paths.kubeconfig()}", f"--request-timeout={seconds:g}s",
        *arguments,
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, timeout=seconds + 5,
            env={**os.environ, "KUBECACHEDIR": str(paths.location() / "cache"), "KUBERC": "off"},
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        raise Unanswered(f"no answer within {seconds:g} seconds") from late
    except OSError as error:
        raise Unanswered(f"kubectl cannot be started: {error.strerror}") from error
    if done.returncode != 0:
        raise Unanswered((done.stderr.strip().splitlines() or ["kubectl failed"])[-1])
    return done.stdout


def get(*arguments: str, seconds: float = SECONDS) -> Any:
    """The JSON answer to `kubectl get …`. Raises Unanswered."""
    return json.loads(run("get", *arguments, "--output=json", seconds=seconds))


def must(*arguments: str, text: str = "", seconds: float = SECONDS) -> str:
    """The same as `run`, for what has to succeed. Raises SlipwayError."""
    try:
        return run(*arguments, text=text, seconds=seconds)
    except Unanswered as error:
        raise SlipwayError(
            f"`kubectl {' '.join(arguments[:3])}` failed on the cluster: {error}.",
            "See `./slipway cluster status`; `./slipway cluster up` repairs it.",
        ) from error
