"""What has arrived in the containers of lab 14: the user and password of the office, the code of the radio."""

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import configmaps_secrets, containers, objects
from checks.vocabulary.objects import subject

OFFICE, LOGBOOK, USER, PASSWORD = "office", "logbook-key", "user", "password"
VARIABLES = {USER: "LOG_USER", PASSWORD: "LOG_PASSWORD"}
# What the container prints where its user is someone else.
OTHER = "another user"
RADIO, RADIO_KEY, CODE, CODE_FILE = "radio", "radio-key", "code", "/etc/radio/code"
RIGHT, CODE_LENGTH = ("845d41f885dabd5936b1063560be4448f04f10d2836a2fc111dca61c63149729", 10)


def given(snapshot: Snapshot, office: Json, key: str) -> containers.Findings:
    """Yield a finding unless the variable comes from the Secret, and arrives at its full length."""
    variable, secret = VARIABLES[key], snapshot.require("Secret", LOGBOOK)
    again = f"Is it `key: {key}`? After a change of the Secret: `kubectl rollout restart deployment/office`."
    hint = f"Give {variable} `valueFrom` with `secretKeyRef`, and apply office.yaml."
    yield from containers.first(
        configmaps_secrets.variable_from(office, OFFICE, variable, "Secret", LOGBOOK, hint),
        is_keeper(snapshot, office) if key == USER else (),
        configmaps_secrets.arrives(snapshot, key, office, variable, secret, key, again),
    )


def is_keeper(snapshot: Snapshot, office: Json) -> containers.Findings:
    """Yield a finding unless the user is the one of the task: the container compares, and tells only the outcome."""
    if OTHER in snapshot.probe(USER)["stdout"]:
        message = f"{VARIABLES[USER]} in the container has the right length, and is not “keeper”."
        hint = "Delete the Secret, create it again with `--from-literal=user=keeper`, and restart the office."
        yield Finding(message, subject(office), VARIABLES[USER], "keeper", "another text", hint=hint)


def code_inside(snapshot: Snapshot, secret: Json, hint: str) -> containers.Findings:
    """Yield a finding unless the code of the Secret is in the file of the radio."""
    probe = snapshot.probe("code")
    where = subject(snapshot.require("Deployment", RADIO))
    if not probe["ok"]:
        yield from objects.printed(snapshot, "code", where, RIGHT, "Mount the Secret radio-key at /etc/radio.")
    elif not probe["stdout"].startswith(RIGHT):
        other, pod = "the fingerprint of something else than the code", snapshot.pod(probe["pod"])
        if pod and configmaps_secrets.started(pod, RADIO) > objects.changed(secret):
            # What the container found at its start is what the Secret says: nothing will change by itself.
            message = f"The value of {CODE} in {RADIO_KEY} has the right length, and is not the code."
            yield Finding(message, subject(secret), f"data.{CODE}", "the code of the task", other, hint=hint)
            return
        yield configmaps_secrets.behind(snapshot, secret, snapshot.require("Deployment", RADIO), RADIO, CODE_FILE, other, hint)
