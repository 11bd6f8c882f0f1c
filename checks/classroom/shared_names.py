"""The names of learners' namespaces in a cluster that a class shares: `<prefix>-<learner's slug>-<lab's suffix>`."""

import hashlib
import re

MOST = 63  # characters of a namespace's name (RFC 1123 label)
MOST_PREFIX = 20
PLAIN_ID = re.compile(r"[a-z0-9]{1,24}")
PREFIX = re.compile(r"(?!kube-)[a-z]([a-z0-9-]{0,18}[a-z0-9])?")
LAB_PREFIX = "lab-"


def namespace(prefix: str, learner: str, lab_namespace: str) -> str:
    """Return the namespace that stands for `lab_namespace` (as the lab's scope names it) of a learner.

    `prefix` is `is_prefix`, `learner` the id in the roster. Raise ValueError where the name would be longer than 63
    characters. Example: `namespace("containers", "ada", "lab-11-pods")` is `"containers-ada-11-pods"`.
    """
    name = f"{learner_prefix(prefix, learner)}-{lab_namespace.removeprefix(LAB_PREFIX)}"
    if len(name) > MOST:
        raise ValueError(f"the namespace {name} would have more than {MOST} characters")
    return name


def learner_prefix(prefix: str, learner: str) -> str:
    """Return what all namespaces of a learner begin with, without the hyphen that follows."""
    return f"{prefix}-{slug(learner)}"


def slug(learner: str) -> str:
    """Return a learner's id as a part of a namespace's name: at most 25 characters of `a-z`, `0-9` and `-`.

    An id of up to 24 letters and digits is its own slug in lower case, since the roster refuses ids that differ in case
    only. Every other one keeps its first letters and digits, and ends with a hyphen and 8 digits of its SHA-256: `a.b` and
    `a-b` stay apart.
    """
    low = learner.lower()
    if PLAIN_ID.fullmatch(low):
        return low
    return f"{re.sub('[^a-z0-9]', '', low)[:16]}-{_digits(low)}"


def is_prefix(text: str) -> bool:
    """Tell whether a text can begin the namespaces of a class: a letter first, then at most 19 of `a-z`, `0-9` and `-`."""
    return PREFIX.fullmatch(text) is not None and not text.startswith("default-")


def prefix_of(class_id: str) -> str:
    """Return the prefix of a class: its id, or the beginning and a digest of it where a prefix cannot be so long."""
    if is_prefix(class_id):
        return class_id
    return f"c-{class_id[: MOST_PREFIX - 11].strip('-')}-{_digits(class_id)}"


def _digits(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]
