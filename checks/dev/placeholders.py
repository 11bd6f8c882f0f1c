"""Placeholders in a recording for what is different in every run: IDs, UIDs, generated names, addresses, secrets' marks.

A placeholder is made from the role of what it stands for ("the UID of Pod/web", "the ID of the image app:1"), never from its
value. Two recordings therefore call the same thing by the same name, and what is equal in one recording stays equal in it,
wherever it is written. A placeholder has the shape of the original: a check sees no difference.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Collection, Iterable, Iterator
from itertools import count

from checks.dev import generated_names, json_texts
from checks.snapshot import Json

Words = dict[str, str]
LONG, SHORT = 64, 12  # digits of an ID of Docker's, and those to which it is shortened
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
ADDRESS = r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}"
MARK = r"(?:(?<=‹redacted )|(?<=‹redacted base64 ))[0-9a-f]{8}(?=›)"
_WORD = re.compile(rf"(?<![0-9A-Za-z])(?:{UUID}|[0-9a-f]{{{LONG}}}|[0-9a-f]{{{SHORT}}})(?![0-9A-Za-z])|{MARK}")
_LONG = re.compile(rf"[0-9a-f]{{{LONG}}}")
# With what precedes it: sha256:…, containerd://…, docker.io/library/nginx@sha256:…
_ALONE = re.compile(rf"(?:[\w./:-]+[:@/])?[0-9a-f]{{{LONG}}}")
_ADDRESS = re.compile(rf"(?<![\d.]){ADDRESS}(?![\d.]*\d)")


def fill(data: Json) -> Json:
    """Return the snapshot's JSON with placeholders, keys sorted."""
    data = generated_names.replace(data)
    # The objects' own first: their IDs are in the places by which everything else is called.
    own = _identities(_own(data["objects"]))
    data = _replace(data, _WORD, own)
    data = _replace(data, _WORD, _identities(_others(data), kept=set(own.values())))
    return _replace(data, _ADDRESS, _addresses(data))


def _replace(data: Json, pattern: re.Pattern[str], words: Words) -> Json:
    return json_texts.change(data, lambda text: pattern.sub(lambda match: words.get(match[0], match[0]), text))


def _identities(written: Iterable[tuple[str, str]], kept: Collection[str] = ()) -> Words:
    """Return a placeholder for each ID, UID and mark in texts with their roles, and for the short forms of the IDs.

    Those of `kept` are placeholders already.
    """
    words: Words = {}
    numbers: dict[str, Iterator[int]] = {}
    for role, text in written:
        for word in _WORD.findall(text):
            if word not in words and word not in kept and len(word) != SHORT:
                number = next(numbers.setdefault(role, count(1)))
                words[word] = _placeholder(word, role if number == 1 else f"{role}, {number}")
    return words | {long[:SHORT]: stead[:SHORT] for long, stead in words.items() if len(long) == LONG}


def _placeholder(word: str, role: str) -> str:
    digest = hashlib.sha256(role.encode()).hexdigest()
    if re.fullmatch(UUID, word):
        return str(uuid.uuid5(uuid.NAMESPACE_OID, role))
    return re.sub(r"[0-9a-f]+$", lambda match: digest[: len(match[0])], word)


def _own(objects: Json) -> Iterator[tuple[str, str]]:
    """Yield the objects' own IDs and UIDs, each with its role."""
    for name, container in sorted(objects.get("container", {}).items()):
        yield f"container/{name}", container["Id"]
    untagged = {
        container["Image"]: f"of {name}" for name, container in sorted(objects.get("container", {}).items(), reverse=True)
    }
    for id, image in sorted(objects.get("image", {}).items(), key=lambda item: str(item[1].get("Created"))):
        yield "image/" + (sorted(image.get("RepoTags") or ()) or [untagged.get(id, "untagged")])[0], id
    for name, network in sorted(objects.get("network", {}).items()):
        yield f"network/{name}", network["Id"]
    for kind, items in sorted(objects.items()):
        for name, item in sorted(items.items()):
            if kind != "Event" and isinstance(item.get("metadata"), dict):
                yield f"{kind}/{name}", item["metadata"]["uid"]
    for name, image in sorted(_images_of_pods(objects)):
        yield f"image/{name}", image


def _images_of_pods(objects: Json) -> Iterator[tuple[str, str]]:
    for pod in objects.get("Pod", {}).values():
        status = pod.get("status") or {}
        for container in [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]:
            yield container["image"], container.get("imageID") or ""


def _others(data: Json) -> Iterator[tuple[str, str]]:
    """Return everything else that may vary. 64 digits are an ID where an object has them on their own: in a command, or in
    what a probe printed, they may be the sum of a file, which a check compares."""
    for place, text in _places(data["objects"], ""):
        if not _LONG.search(text) or _ALONE.fullmatch(text):
            yield place, text
    yield from ((place, text) for place, text in _places(data["probes"], "probes") if not _LONG.search(text))


def _places(data: object, place: str) -> Iterator[tuple[str, str]]:
    """Yield each text in the snapshot with its place, keys included."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield place, key
            yield from _places(value, f"{place}/{key}")
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _places(value, f"{place}/{number}")
    elif isinstance(data, str):
        yield place, data


def _addresses(data: Json) -> Words:
    """Return the addresses of containers, Pods and Services, each by its owner's name, in the network in which it was."""
    taken = set(_ADDRESS.findall(json.dumps(data)))
    words: Words = {}
    for owner, address, kept in _owners(data["objects"]):
        if _ADDRESS.fullmatch(address) and address not in words:
            words[address] = _free(address.split(".")[:kept], owner, taken)
    return words


def _owners(objects: Json) -> Iterator[tuple[str, str, int]]:
    """Yield who has an address, the address, and how many of its parts name the network."""
    for name, container in sorted(objects.get("container", {}).items()):
        for network, endpoint in sorted((container["NetworkSettings"].get("Networks") or {}).items()):
            yield f"container/{name} in {network}", endpoint.get("IPAddress") or "", 3
    for name, service in sorted(objects.get("Service", {}).items()):
        yield f"Service/{name}", service["spec"].get("clusterIP") or "", 2
    for name, pod in sorted(objects.get("Pod", {}).items()):
        status = pod.get("status") or {}
        if status.get("podIP") != status.get("hostIP"):
            yield f"Pod/{name}", status.get("podIP") or "", 3


def _free(network: list[str], role: str, taken: set[str]) -> str:
    """Return an address in the network that depends on the role alone, unless another one has it."""
    digest = hashlib.sha256(role.encode()).digest()
    for step in count():
        rest = [str(2 + (byte + step) % 250) for byte in digest[: 4 - len(network)]]
        if (address := ".".join([*network, *rest])) not in taken:
            taken.add(address)
            return address
    raise AssertionError("unreachable")
