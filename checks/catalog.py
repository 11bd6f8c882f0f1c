"""The catalog of labs, read from `labs/*/lab.toml`."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

from checks.api_resources import KINDS
from checks.model import Lab, Objective, Probe, Scope
from sandboxes.errors import Exit, SlipwayError
from sandboxes.settings import load

SANDBOXES = ("docker", "kind")
TEXTS = ("id", "title", "summary", "recall")
LISTS = ("prerequisites", "images", "addons", "passes_untouched")
PROBE_FIELDS = ("id", "kind", "timeout", "checks", "live")
# One or two digits, and a letter for a lab that comes between two numbers, such as a checkpoint.
# A name as engines and clusters have them: no pattern, and no path that leads elsewhere.
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*(?:[/:@][A-Za-z0-9][A-Za-z0-9_.-]*)*")
NUMBER = re.compile(r"(\d\d?)([a-z]?)")
LONGEST_NAME = 80
ON_CLUSTER = ("namespaces", "cluster", "kinds")
FLAGS = ("swarm", "stops_nodes")
# A learner builds images on the engine, also those that are then loaded into the nodes.
ON_BOTH = {"images"}
# A lab never creates or deletes the namespaces of the cluster itself.
NAMESPACE = re.compile(r"(?!kube-|default$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def labs(folder: Path | None = None) -> list[Lab]:
    """Return every lab, in the order of the course. Raise SlipwayError for an invalid `lab.toml`."""
    folder = folder or load().labs
    return [read(folder / id / "lab.toml") for id in ids(folder)]


def ids(folder: Path) -> list[str]:
    """Return the ids of the labs in a folder, in the order of the course: 09-… before 09c-… before 10-…"""
    names = (path.parent.name for path in folder.glob("[0-9][0-9]*-*/lab.toml"))
    return sorted(id for id in names if NUMBER.fullmatch(id.split("-")[0]))


def find(name: str, folder: Path | None = None) -> Lab:
    """Return the lab with this id ("01-flask"), number ("01", "1", "09c") or word of its id ("flask").

    Raise SlipwayError with the nearest names where no lab, or more than one, matches.
    """
    if not isinstance(name, str):
        raise SlipwayError(f"A lab is named by a text such as “01”. {str(name)[:80]!r} is none.", "", Exit.WRONG_USAGE)
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise SlipwayError(f"There is no lab “{name[:LONGEST_NAME]}…”.", "See `slipway list`.", Exit.WRONG_USAGE)
    folder = folder or load().labs
    if "/" not in name and (folder / name / "lab.toml").is_file():
        return read(folder / name / "lab.toml")
    known, wanted = ids(folder), name.strip().lower()
    matches = [id for id in known if _number(wanted) and _number(id.split("-")[0]) == _number(wanted)]
    matches = matches or [id for id in known if wanted and wanted in id.split("-", 1)[1]]
    if len(matches) == 1:
        return read(folder / matches[0] / "lab.toml")
    from difflib import get_close_matches  # imported here, because a correct name does not need it

    near = matches or get_close_matches(wanted, known + [id.split("-", 1)[1] for id in known], cutoff=0.5)
    advice = f"Did you mean {' or '.join(near)}?" if near else "See `slipway list`."
    raise SlipwayError(f"There is no lab “{name}”.", advice, Exit.WRONG_USAGE)


def _number(text: str) -> tuple[int, str] | None:
    """Return a lab's number in a form to compare ("01" and "1" are equal); None where the text is not a number."""
    match = NUMBER.fullmatch(text)
    return (int(match[1]), match[2]) if match else None


def read(path: Path) -> Lab:
    """Return the lab that a `lab.toml` describes. Raise SlipwayError that names the file and the fault."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        probes = tuple(_probe(item) for item in data.pop("probes", []))
        scope = _scope(data.pop("scope", {}))
        objectives = tuple(_objective(item) for item in _tables("objectives", data.pop("objectives")))
        known = {field.name for field in fields(Lab)} - {"folder", "objectives", "scope", "probes"}
        if unknown := sorted(set(data) - known):
            raise ValueError(f"unknown entries: {', '.join(unknown)}")
        lists = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
        lab = Lab(folder=path.parent, objectives=objectives, scope=scope, probes=probes, **lists)
        _validate(lab)
    except (OSError, UnicodeDecodeError, ValueError, TypeError, KeyError, AttributeError) as error:
        fault = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise SlipwayError(
            f"The lab file {path} is invalid: {fault}.", "Correct it, or restore it with `git checkout`."
        ) from error
    return lab


def _tables(field: str, value: Any) -> list[dict[str, Any]]:
    """Return a list of tables. Refuse a list of texts, the form of an older course."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError(f"{field} is {value!r}, not a list of tables ([[{field}]])")
    return value


def _objective(table: dict[str, Any]) -> Objective:
    """Return an objective. One that covers a competency names the checks that show it."""
    if unknown := sorted(set(table) - {field.name for field in fields(Objective)}):
        raise ValueError(f"unknown entries of an objective: {', '.join(unknown)}")
    text = table["text"]
    if not isinstance(text, str) or not text:
        raise ValueError(f"the text of an objective is {text!r}, not a string")
    competencies, checks = (tuple(_names(name, table.get(name, []))) for name in ("competencies", "checks"))
    if bool(competencies) != bool(checks):
        raise ValueError(f"the objective “{text}” must have both competencies and checks, or neither")
    return Objective(text, competencies, checks)


def _names(field: str, value: Any) -> tuple[str, ...]:
    """Return a list of names. Refuse a string, which Python would accept as a list of letters."""
    if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
        raise ValueError(f"{field} is {value!r}, not a list of names")
    return tuple(value)


def _plain_names(field: str, value: Any) -> tuple[str, ...]:
    """Return a list of names without patterns: what matches one may be someone else's."""
    names = _names(field, value)
    if patterns := [name for name in names if not PLAIN.fullmatch(name)]:
        raise ValueError(f"{field} has {patterns[0]!r}, which is not a plain name")
    return names


def _scope(table: dict[str, Any]) -> Scope:
    flags = {name: table.pop(name, False) for name in FLAGS}
    if wrong := next((name for name, value in flags.items() if type(value) is not bool), ""):
        raise ValueError(f"{wrong} is {flags[wrong]!r}, not true or false")
    read = {name: _names if name in ON_CLUSTER else _plain_names for name in table}
    return Scope(**{name: read[name](name, value) for name, value in table.items()}, **flags)


def _probe(item: dict[str, Any]) -> Probe:
    options = {name: value for name, value in item.items() if name not in PROBE_FIELDS}
    live = item.get("live")
    if live is not None and type(live) is not bool:
        raise ValueError(f"live of the probe {item['id']} is {live!r}, not true or false")
    return Probe(item["id"], item["kind"], options, float(item.get("timeout", 5.0)), tuple(item.get("checks", ())), live)


def _validate(lab: Lab) -> None:
    if lab.id != lab.folder.name:
        raise ValueError(f"id is “{lab.id}” but the folder is “{lab.folder.name}”")
    for name in TEXTS:
        if not isinstance(getattr(lab, name), str):
            raise ValueError(f"{name} is {getattr(lab, name)!r}, not a string")
    for name in LISTS:
        _names(name, list(getattr(lab, name)) if isinstance(getattr(lab, name), tuple) else getattr(lab, name))
    if type(lab.minutes) is not int or type(lab.wait) not in (int, float):
        raise ValueError("minutes and wait must be numbers")
    if lab.sandbox not in SANDBOXES:
        raise ValueError(f"sandbox is “{lab.sandbox}”; it must be one of {', '.join(SANDBOXES)}")
    ids = [probe.id for probe in lab.probes]
    if duplicates := sorted({id for id in ids if ids.count(id) > 1}):
        raise ValueError(f"two probes have the id {', '.join(duplicates)}")
    _validate_scope(lab)


def _validate_scope(lab: Lab) -> None:
    """Raise ValueError where the scope does not fit the sandbox or, on a cluster, names what a lab must not own."""
    used = {field.name for field in fields(Scope) if getattr(lab.scope, field.name)}
    on_cluster = {*ON_CLUSTER, "stops_nodes"}
    if lab.addons and lab.sandbox == "docker":
        raise ValueError("a lab on docker cannot have addons")
    if wrong := sorted(used & on_cluster if lab.sandbox == "docker" else used - on_cluster - ON_BOTH):
        raise ValueError(f"the scope of a lab on {lab.sandbox} cannot have {', '.join(wrong)}")
    if lab.sandbox == "kind" and not lab.scope.namespaces:
        raise ValueError("the scope of a lab on kind must name a namespace")
    for name in lab.scope.namespaces:
        if not NAMESPACE.fullmatch(name):
            raise ValueError(f"{name} cannot be the namespace of a lab: it belongs to the cluster, or is not a valid name")
    if unknown := [kind for kind in lab.scope.kinds if kind not in KINDS]:
        raise ValueError(f"unknown kinds: {', '.join(unknown)}; known kinds: {', '.join(KINDS)}")
    for entry in lab.scope.cluster:
        kind, _, name = entry.partition("/")
        if not name or kind not in KINDS or KINDS[kind].namespaced or KINDS[kind].shared or kind == "Namespace":
            raise ValueError(f"{entry} is not a cluster-scoped object of a lab, such as PersistentVolume/harbour-pv")
