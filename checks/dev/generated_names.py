"""Generated names in a recording: the random end of a Pod's name, the minute in a Job's, the moment in an event's.

Each is replaced by a number in the order of creation, so that the same Pod of the same owner has the same name in every
recording.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from itertools import count

from checks.dev import json_texts
from checks.snapshot import Json

# The letters of the suffixes that Kubernetes generates: no vowels, so that they form no words.
SUFFIX = re.compile(r"(.+-)[bcdfghjklmnpqrstvwxz2456789]{5}")
TEMPLATE_HASH = "pod-template-hash"
MINUTE = re.compile(r"(.+-)\d{8}")
# The volume with the service account's token: its name means something in its own Pod alone.
TOKEN = re.compile(r"(?<=\bkube-api-access-)[bcdfghjklmnpqrstvwxz2456789]{5}\b")
EVENT = re.compile(r"(?P<namespace>.+/)?.+\.[0-9a-f]{14,16}")


def replace(data: Json) -> Json:
    """Return the snapshot's JSON with numbers for what is random in its names."""
    data = _rename(data, _revisions(data["objects"].get("ReplicaSet", {})))
    data = _rename(data, _numbered(_scheduled(data["objects"]), MINUTE, 8))
    data = _rename(data, _numbered(_generated(data["objects"]), SUFFIX, 5))
    data = json_texts.change(data, lambda text: TOKEN.sub("00000", text))
    if "Event" in data["objects"]:
        data["objects"]["Event"] = _events(data["objects"]["Event"])
    return data


def _rename(data: Json, names: dict[str, str]) -> Json:
    if not names:
        return data
    longest_first = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    pattern = re.compile(rf"(?<![0-9a-z])(?:{longest_first})(?![0-9a-z])")
    return json_texts.change(data, lambda text: pattern.sub(lambda match: names[match[0]], text))


def _revisions(sets: Json) -> dict[str, str]:
    """Return the hashes in the names of ReplicaSets, each by its Deployment and its number there, the oldest first.

    So a Pod whose template has one wrong field is compared with the right one.
    """
    numbers: dict[str, Iterator[int]] = {}
    renamed: dict[str, str] = {}
    for key, item in sorted(sets.items(), key=lambda entry: (entry[1]["metadata"].get("creationTimestamp") or "", entry[0])):
        word, owner = (item["metadata"].get("labels") or {}).get(TEMPLATE_HASH), key.rpartition("-")[0]
        if word and word not in renamed:
            digest = hashlib.sha256(owner.encode()).hexdigest()
            renamed[word] = f"{digest[:7]}{next(numbers.setdefault(owner, count(1))):03d}"
    return renamed


def _numbered(names: Iterable[str], pattern: re.Pattern[str], digits: int) -> dict[str, str]:
    """Return each name with its random end replaced by its number among those that begin alike."""
    numbers: dict[str, Iterator[int]] = {}
    renamed: dict[str, str] = {}
    for name in names:
        match = pattern.fullmatch(name)
        if match and name not in renamed:
            renamed[name] = f"{match[1]}{next(numbers.setdefault(match[1], count(1))):0{digits}d}"
    return renamed


def _scheduled(objects: Json) -> Iterator[str]:
    """Return the Jobs of CronJobs, by the minute that they were scheduled for."""
    yield from sorted(name for name, job in objects.get("Job", {}).items() if job["metadata"].get("ownerReferences"))


def _generated(objects: Json) -> Iterator[str]:
    """Return the objects whose names end at random, the oldest first."""
    items = [item for items in objects.values() for item in items.values() if isinstance(item.get("metadata"), dict)]
    made = [item["metadata"] for item in items if item["metadata"].get("generateName")]
    for about in sorted(made, key=lambda about: (about.get("creationTimestamp") or "", about["name"])):
        yield about["name"]


def _events(events: Json) -> Json:
    """Return the events under names that say what they are about: object.kind.reason.container.number."""
    numbers: dict[str, Iterator[int]] = {}
    renamed: Json = {}
    for key, event in sorted(events.items()):
        match, about = EVENT.fullmatch(key), event.get("involvedObject") or {}
        if match is None:
            renamed[key] = event
            continue
        container = re.findall(r"\{(.+)\}", about.get("fieldPath") or "")
        name = ".".join([about["name"], about["kind"].lower(), str(event.get("reason")).lower(), *container])
        name = (match["namespace"] or "") + name
        renamed[f"{name}.{next(numbers.setdefault(name, count(1)))}"] = event
    return renamed
