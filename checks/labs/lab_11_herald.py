"""The herald of lab 11: a Pod whose container needs a file that an init container writes before it starts."""

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers, pods
from checks.vocabulary.objects import container_of, subject

HERALD, FILE = "herald", "/plan/first"
READS = f"read -r ship < {FILE} ||"
CREATE = "Add an init container to herald.yaml, then `kubectl apply -f herald.yaml`."
AGAIN = "Add an init container to herald.yaml, `kubectl delete pod herald`, `kubectl apply -f herald.yaml`."


def prepared(snapshot: Snapshot) -> containers.Findings:
    """Yield a finding unless the Pod is ready, its container only reads the file, and an init container has ended."""
    pod = snapshot.pod(HERALD) or {}
    yield from containers.first(
        pods.runs(snapshot, HERALD, AGAIN if pod else CREATE),
        _same_command(pod),
        _has_prepared(pod),
    )


def _same_command(pod: Json) -> containers.Findings:
    container = container_of(pod, HERALD) or {} if pod else {}
    command = "\n".join([*container.get("command", ()), *container.get("args", ())])
    before, reads, after = command.partition(READS)
    # The shell and its option come before the first line; what comes after it only announces the ship.
    if not reads or FILE in before or "> /plan" in after:
        message = f"The container {HERALD} has another command than in the lab's file."
        why = "The container must not prepare its own file: it starts when the file is there."
        yield Finding(message, subject(pod), f"spec.containers[{HERALD}].command", READS, command[:300], why, AGAIN)


def _has_prepared(pod: Json) -> containers.Findings:
    names = [entry["name"] for entry in pod["spec"].get("initContainers") or () if entry.get("restartPolicy") != "Always"]
    if names:
        return  # The Pod is ready, so each of them has ended with exit code 0.
    helpers = [entry["name"] for entry in pod["spec"].get("initContainers") or ()]
    why = f"{helpers[0]} keeps running next to {HERALD}: with `restartPolicy: Always` it is a sidecar." if helpers else ""
    message = f"The Pod {HERALD} has no init container that has ended."
    yield Finding(message, subject(pod), "spec.initContainers", "one without restartPolicy", helpers, why, AGAIN)
