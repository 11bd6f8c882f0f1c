"""Texts in the templates and ConfigMaps of the checkpoint on the cluster, in which a password may be written out."""

from collections.abc import Iterator

from checks.model import Finding
from checks.redact import IN_BASE64, is_secret
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers
from checks.vocabulary.objects import subject

KEY = "password"


def written_out(snapshot: Snapshot, secret: Json) -> containers.Findings:
    """Yield a finding for each template and ConfigMap that holds the password, as it is or in base64."""
    mark = (secret.get("data") or {}).get(KEY, "")
    marks, hint = (mark, mark.replace(IN_BASE64, "", 1)), "Let it refer to the Secret: `valueFrom` with a `secretKeyRef`."
    for item, where, name, text in (*template_texts(snapshot), *config_texts(snapshot)):
        named = is_secret(name) and text and not text.startswith("$(")
        if named or any(fingerprint in text for fingerprint in marks if fingerprint):
            message = f"{subject(item)} contains a password in plain text."
            why = "Anyone who may read it, or the file that it was created from, has the password."
            yield Finding(message, subject(item), where, "a reference to a Secret", "a value", why, hint)


def template_texts(snapshot: Snapshot) -> Iterator[tuple[Json, str, str, str]]:
    """Yield the texts in the templates of Pods: the object, the path in it, the variable's name, the text."""
    for kind in ("Deployment", "StatefulSet", "CronJob"):
        for item in snapshot.of_kind(kind).values():
            spec = item["spec"]["jobTemplate"]["spec"] if kind == "CronJob" else item["spec"]
            for container in spec["template"]["spec"]["containers"]:
                for entry in container.get("env") or ():
                    yield item, f"env[{entry['name']}]", entry["name"], str(entry.get("value") or "")
                for entry in (*(container.get("command") or ()), *(container.get("args") or ())):
                    yield item, f"command of {container['name']}", "", entry


def config_texts(snapshot: Snapshot) -> Iterator[tuple[Json, str, str, str]]:
    """Yield the texts of ConfigMaps: the object, the path in it, the key, the text."""
    for item in snapshot.of_kind("ConfigMap").values():
        for key, text in (item.get("data") or {}).items():
            yield item, f"data.{key}", key, text
