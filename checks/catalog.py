"""The labs of the course, read from `labs/*/lab.toml`."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

from checks.api_resources import KINDS
from checks.model import Lab, Probe, Scope
from sandboxes.errors import Exit, SlipwayError
from sandboxes.settings import load

SANDBOXES = ("docker", "kind")
TEXTS = ("id", "title", "summary")
LISTS = ("objectives", "prerequisites", "images", "addons", "passes_untouched")
PROBE_FIELDS = ("id", "kind", "timeout", "checks")
# A number of two digits; a letter after it stands for what comes between two numbers, such as a checkpoint.
NUMBER = re.compile(r"(\d\d?)([a-z]?)")
ON_CLUSTER = ("namespaces", "cluster", "kinds")
# Images are built on the engine, also those that are then taken into the nodes.
ON_BOTH = {"images"}
# The cluster's own namespaces can be nobody's to make and remove.
NAMESPACE = re.compile(r"(?!kube-|default$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def labs(folder: Path | None = None) -> list[Lab]:
    """Every lab, in the course's order. Raises SlipwayError for a `lab.toml` that cannot be used."""
    folder = folder or load().labs
    return [read(folder / id / "lab.toml") for id in ids(folder)]


def ids(folder: Path) -> list[str]:
    """The ids of the labs in a folder, in the course's order: 09-… before 09c-… before 10-…"""
    found = [path.parent.name for path in folder.glob("[0-9][0-9]*-*/lab.toml")]
    return sorted(id for id in found if NUMBER.fullmatch(id.split("-")[0]))


def find(name: str, folder: Path | None = None) -> Lab:
    """The lab meant by an id ("01-flask"), a number ("01", "1", "09c") or a word of it ("flask").

    Raises SlipwayError with the nearest names when there is none, or more than one.
    """
    folder = folder or load().labs
    if "/" not in name and (folder / name / "lab.toml").is_file():
        return read(folder / name / "lab.toml")
    known, wanted = ids(folder), name.strip().lower()
    found = [each for each in known if _number(wanted) and _number(each.split("-")[0]) == _number(wanted)]
    found = found or [each for each in known if wanted and wanted in each.split("-", 1)[1]]
    if len(found) == 1:
        return read(folder / found[0] / "lab.toml")
    from difflib import get_close_matches  # only here: a check that is named right starts without it

    near = found or get_close_matches(wanted, known + [each.split("-", 1)[1] for each in known], cutoff=0.5)
    advice = f"Did you mean {' or '.join(near)}?" if near else "See `slipway list`."
    raise SlipwayError(f"There is no lab “{name}”.", advice, Exit.WRONG_USAGE)


def _number(text: str) -> tuple[int, str] | None:
    """A lab's number as it is compared: "01", "1" and "09c"; None where the text is none."""
    found = NUMBER.fullmatch(text)
    return (int(found[1]), found[2]) if found else None


def read(path: Path) -> Lab:
    """The lab described by one `lab.toml`. Raises SlipwayError that names the file and the fault."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        probes = tuple(_probe(item) for item in data.pop("probes", []))
        scope = _scope(data.pop("scope", {}))
        known = {field.name for field in fields(Lab)} - {"folder", "scope", "probes"}
        if unknown := sorted(set(data) - known):
            raise ValueError(f"unknown entries: {', '.join(unknown)}")
        lists = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
        lab = Lab(folder=path.parent, scope=scope, probes=probes, **lists)
        _validate(lab)
    except (OSError, UnicodeDecodeError, ValueError, TypeError, KeyError, AttributeError) as error:
        fault = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise SlipwayError(
            f"The lab file {path} cannot be used: {fault}.", "Restore it with `git checkout` or correct it."
        ) from error
    return lab


def _names(what: str, value: Any) -> tuple[str, ...]:
    """A list of names. A bare string would otherwise be taken for a list of its letters."""
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise ValueError(f"{what} is {value!r}, not a list of names")
    return tuple(value)


def _scope(table: dict[str, Any]) -> Scope:
    swarm = table.pop("swarm", False)
    if type(swarm) is not bool:
        raise ValueError(f"swarm is {swarm!r}, not true or false")
    return Scope(**{name: _names(name, value) for name, value in table.items()}, swarm=swarm)


def _probe(item: dict[str, Any]) -> Probe:
    options = {name: value for name, value in item.items() if name not in PROBE_FIELDS}
    return Probe(item["id"], item["kind"], options, float(item.get("timeout", 5.0)), tuple(item.get("checks", ())))


def _validate(lab: Lab) -> None:
    if lab.id != lab.folder.name:
        raise ValueError(f"id is “{lab.id}” but the folder is “{lab.folder.name}”")
    for name in TEXTS:
        if not isinstance(getattr(lab, name), str):
            raise ValueError(f"{name} is {getattr(lab, name)!r}, not a text")
    for name in LISTS:
        _names(name, list(getattr(lab, name)) if isinstance(getattr(lab, name), tuple) else getattr(lab, name))
    if type(lab.minutes) is not int or type(lab.wait) not in (int, float):
        raise ValueError("minutes and wait are numbers")
    if lab.sandbox not in SANDBOXES:
        raise ValueError(f"sandbox is “{lab.sandbox}”; it is one of {', '.join(SANDBOXES)}")
    ids = [probe.id for probe in lab.probes]
    if twice := sorted({each for each in ids if ids.count(each) > 1}):
        raise ValueError(f"two probes are called {', '.join(twice)}")
    _validate_scope(lab)


def _validate_scope(lab: Lab) -> None:
    """The scope is about the lab's sandbox, and on a cluster it names nothing that could be somebody else's."""
    used = {field.name for field in fields(Scope) if getattr(lab.scope, field.name)}
    on_cluster = set(ON_CLUSTER)
    if lab.addons and lab.sandbox == "docker":
        raise ValueError("a lab on docker has no addons")
    if wrong := sorted(used & on_cluster if lab.sandbox == "docker" else used - on_cluster - ON_BOTH):
        raise ValueError(f"the scope of a lab on {lab.sandbox} has no {', '.join(wrong)}")
    if lab.sandbox == "kind" and not lab.scope.namespaces:
        raise ValueError("the scope of a lab on kind names no namespace")
    for name in lab.scope.namespaces:
        if not NAMESPACE.fullmatch(name):
            raise ValueError(f"the namespace {name} cannot be a lab's: it is the cluster's own, or no name for one")
    if unknown := [kind for kind in lab.scope.kinds if kind not in KINDS]:
        raise ValueError(f"unknown kinds: {', '.join(unknown)}; known are {', '.join(KINDS)}")
    for entry in lab.scope.cluster:
        kind, _, name = entry.partition("/")
        if not name or kind not in KINDS or KINDS[kind].namespaced or KINDS[kind].shared or kind == "Namespace":
            raise ValueError(f"{entry} names no object outside of namespaces, such as PersistentVolume/harbour-pv")
