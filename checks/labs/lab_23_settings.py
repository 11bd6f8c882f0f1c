"""What the tiers of lab 23 are given: the keys of the Secret, the values of the ConfigMap, CPU and memory of the backend."""

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers
from checks.vocabulary.objects import quantity, subject
from checks.vocabulary.pod_containers import main_container

KEYS = ("username", "password")
VALUES = {"DB_HOST": "postgres", "DB_NAME": "appdb"}
REQUESTS, LIMITS = {"cpu": "50m", "memory": "64Mi"}, {"cpu": "500m", "memory": "256Mi"}


def keys(snapshot: Snapshot, name: str) -> containers.Findings:
    """Yield a finding for each key of the Secret that has no value, or one that ends with a line break."""
    secret, hint = snapshot.require("Secret", name), f"`kubectl delete secret {name}`, then create it again."
    facts = secret.get("DataFacts") or {}
    for key in KEYS:
        value_facts = facts.get(key) or {}
        if not value_facts.get("length"):
            message = f"The Secret {name} has no value for {key}."
            yield Finding(message, subject(secret), f"data.{key}", "a value", sorted(facts), hint=hint, cost=1)
        elif value_facts.get("ends_with_newline"):
            message = f"The {key} in {name} ends with a line break."
            why = "`echo` ends what it writes with one; it would be part of the value, and of the URL that contains it."
            yield Finding(message, subject(secret), f"data.{key}", "no line break", "a line break", why, hint, cost=1)


def values(snapshot: Snapshot, name: str) -> containers.Findings:
    """Yield a finding for each value of the ConfigMap that differs from the task's."""
    config = snapshot.require("ConfigMap", name)
    for key, value in VALUES.items():
        if (observed := (config.get("data") or {}).get(key)) != value:
            message = f"{key} in {name} is {observed}, not {value}."
            hint = "It is in manifests/config.yaml."
            yield Finding(message, subject(config), f"data.{key}", value, observed, hint=hint, cost=1)


def resources(backend: Json, image: str) -> containers.Findings:
    """Yield a finding for each request and limit of the backend's container that differs from the task's, in any unit."""
    container = main_container(backend["spec"]["template"], image)
    for kind, amounts in (("requests", REQUESTS), ("limits", LIMITS)):
        observed = (container.get("resources") or {}).get(kind) or {}
        for name, wanted in amounts.items():
            if name not in observed or quantity(observed[name]) != quantity(wanted):
                path = f"resources.{kind}.{name}"
                message = f"backend has {observed.get(name, 'nothing')} for {name} under {kind}, not {wanted}."
                hint = "Complete manifests/backend.yaml and apply it."
                yield Finding(message, subject(backend), path, wanted, observed.get(name), hint=hint, cost=1)
