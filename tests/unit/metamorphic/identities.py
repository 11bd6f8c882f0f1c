"""Generated names, IDs and addresses, changed everywhere in the same way."""

import hashlib
import re
import uuid
from collections.abc import Callable, Iterator

from checks.dev import json_texts
from checks.snapshot import Json
from metamorphic.changes import CLUSTER, DOCKER, harmless

UID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
HEX = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
SHORT = re.compile(r"(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])")
TEMPLATE_HASH = "pod-template-hash"
# The letters of which Kubernetes makes a suffix.
LETTERS = "bcdfghjklmnpqrstvwxz2456789"


@harmless(CLUSTER)
def other_uids(snapshot: Json) -> Json:
    """Give every object another UID, wherever it is written."""
    return _changed(snapshot, lambda text: UID.sub(lambda match: str(uuid.uuid5(uuid.NAMESPACE_OID, match[0])), text))


@harmless(CLUSTER)
def other_container_ids(snapshot: Json) -> Json:
    """Give every container of a Pod another ID. (Images keep theirs, of which some are built into nodes.)"""
    known = re.compile(r"(?<=containerd://)[0-9a-f]{64}")
    ids = {digest for text in _texts(snapshot) for digest in known.findall(text)}
    return _changed(snapshot, lambda text: HEX.sub(lambda match: _digest(match[0]) if match[0] in ids else match[0], text))


@harmless(CLUSTER)
def other_generated_names(snapshot: Json) -> Json:
    """Give ReplicaSets another hash, and the Pods that controllers made another suffix, wherever the names are written.

    The Pods of a StatefulSet keep their names: these are not generated.
    """
    hashes = {}
    for item in snapshot["objects"].get("ReplicaSet", {}).values():
        if old := (item["metadata"].get("labels") or {}).get(TEMPLATE_HASH):
            hashes[old] = _word(old, 10)
    renamed = dict(hashes)
    for pod in snapshot["objects"].get("Pod", {}).values():
        about = pod["metadata"]
        owners = [owner["kind"] for owner in about.get("ownerReferences") or ()]
        if (prefix := about.get("generateName")) and "StatefulSet" not in owners:
            new = next((prefix.replace(old, word) for old, word in hashes.items() if old in prefix), prefix)
            renamed[about["name"]] = new + _word(about["name"], 5)
    if not renamed:
        return snapshot
    longest_first = "|".join(map(re.escape, sorted(renamed, key=len, reverse=True)))
    pattern = re.compile(rf"(?<![0-9a-z])(?:{longest_first})(?![0-9a-z])")
    return _changed(snapshot, lambda text: pattern.sub(lambda match: renamed[match[0]], text))


@harmless(CLUSTER)
def other_addresses(snapshot: Json) -> Json:
    """Give every Pod, node and Service other addresses, wherever they are written; those of the task's own network stay."""
    network = re.compile(r"(?<![\d.])10\.(\d+)\.(\d+)\.(\d+)(?![\d.])")
    return _changed(snapshot, lambda text: network.sub(lambda match: f"10.{int(match[1]) ^ 64}.{match[2]}.{match[3]}", text))


@harmless(DOCKER)
def other_ids(snapshot: Json) -> Json:
    """Give every container and network another ID, in full and in short (host names), in the same way."""
    objects = snapshot["objects"]
    ids = {item["Id"] for kind in ("container", "network") for item in objects.get(kind, {}).values() if "Id" in item}
    return _digested(snapshot, ids)


@harmless(DOCKER)
def other_image_ids(snapshot: Json) -> Json:
    """Give every image and layer another sum, in full and in short, wherever it is written."""
    return _digested(snapshot, {digest for text in _texts(snapshot) for digest in re.findall(r"(?<=sha256:)[0-9a-f]{64}", text)})


def _digested(snapshot: Json, ids: set[str]) -> Json:
    short = {id[:12]: _digest(id)[:12] for id in ids}
    changed = _changed(snapshot, lambda text: HEX.sub(lambda match: _digest(match[0]) if match[0] in ids else match[0], text))
    return _changed(changed, lambda text: SHORT.sub(lambda match: short.get(match[0], match[0]), text))


def _changed(snapshot: Json, change: Callable[[str], str]) -> Json:
    changed: Json = json_texts.change(snapshot, change)
    return changed


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (text for part in (*value, *value.values()) for text in _texts(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in _texts(part))
    elif isinstance(value, str):
        yield value


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _word(text: str, length: int) -> str:
    """Make a random-looking word of another one, always the same."""
    return "".join(LETTERS[byte % len(LETTERS)] for byte in hashlib.sha256(text.encode()).digest()[:length])
