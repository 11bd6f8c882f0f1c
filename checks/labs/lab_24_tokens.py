"""The tokens of lab 24: one that should not be there, and one for another service, of which only the claims are known."""

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers, workloads
from checks.vocabulary.objects import subject
from checks.vocabulary.texts import json_object, whole_number

BOARD, TOKEN, CUSTOMS, SECONDS = "board", "/var/run/secrets/customs/token", "customs", 600
# The audience of the API server, as the kubelet names it, or a part of it.
API_SERVER = "kubernetes"


def none_in(snapshot: Snapshot, name: str, hint: str) -> containers.Findings:
    """Yield a finding if the Pods of a Deployment carry a token."""
    deployment, seen = snapshot.require("Deployment", name), snapshot.probe("mounted")["stdout"].split()
    pods = workloads.newest_pods(snapshot, deployment)
    volumes = [volume for pod in pods for volume in pod["spec"].get("volumes") or () if _brings_token(volume)]
    if "token" in seen or volumes:
        account = deployment["spec"]["template"]["spec"].get("serviceAccountName") or "default"
        message = f"The Pods of {name} carry a token of the ServiceAccount {account}, which they never use."
        why = "Anyone who can read a file in the container can use it."
        path = "spec.template.spec.automountServiceAccountToken"
        yield Finding(message, subject(deployment), path, False, seen or sorted(volume["name"] for volume in volumes), why, hint)


def _brings_token(volume: Json) -> bool:
    sources = (volume.get("projected") or {}).get("sources") or ()
    return any("serviceAccountToken" in source for source in sources)


def for_customs(snapshot: Snapshot, hint: str) -> containers.Findings:
    """Yield a finding unless the board has a token for the audience, and for no longer than the task says."""
    probe, where, path = snapshot.probe("claims"), f"deployment/{BOARD}", "its token"
    claims = json_object(probe["stdout"])
    if not claims:
        why = containers.last_reason(probe["stderr"]) or probe["error"]
        yield Finding(f"There is no token at {TOKEN} in the board's container.", where, path, TOKEN, "none", why, hint)
        return
    audience = ", ".join(str(name) for name in claims.get("audience") or ())
    if audience != CUSTOMS:
        message = f"The token is for the audience {audience}, not for {CUSTOMS}."
        why = "The customs office could use it at the API server." if API_SERVER in audience else ""
        yield Finding(message, where, f"{path}: aud", CUSTOMS, audience, why, hint)
    elif (seconds := whole_number(claims.get("seconds"))) > SECONDS:
        message = f"The token is valid for {seconds} seconds, not for {SECONDS}."
        yield Finding(message, where, f"{path}: exp - iat", SECONDS, seconds, "An hour is the default.", hint)
