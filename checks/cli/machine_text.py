"""The words of `slipway status` and `slipway doctor`: plain text for 80 columns, the same with and without colour."""

import os
import sys
import textwrap
from typing import Any

from sandboxes.doctor import Diagnosis, Level

WIDTH = 80
NAME = 12
COLORS = {Level.FINE: "32", Level.NOTE: "33", Level.PROBLEM: "31", Level.UNKNOWN: "2"}


def status(facts: dict[str, Any]) -> str:
    """`slipway status` as text."""
    parts = [
        ("Engine", _engine(facts["engine"])),
        *_images(facts["images"]),
        *_cluster(facts["cluster"]),
        ("JupyterLab", _jupyter(facts["jupyter"])),
    ]
    lines = [_entry(name, text) for name, text in parts]
    labs = facts["labs"]
    width = max((len(lab["id"]) for lab in labs), default=0)
    for number, lab in enumerate(labs):
        name = "Labs" if number == 0 else ""
        lines.append(f"{name:{NAME}}{lab['id']:{width}}  {_lab(lab)}")
    return "\n".join(lines)


def _engine(engine: dict[str, Any]) -> str:
    where = engine["endpoint"]
    if engine["state"] != "ok":
        return f"{engine['state']} ({where['url']}). `slipway doctor` says what to do."
    who = "started by Slipway" if engine["ours"] else "not started by Slipway"
    return f"Docker {engine['version']} at {where['url']}, {who}"


def _images(images: dict[str, Any]) -> list[tuple[str, str]]:
    if images["missing"] is None:
        return [("Images", "not known without an engine")]
    wanted, missing = len(images["wanted"]), images["missing"]
    text = f"{wanted - len(missing)} of {wanted} there"
    if missing:
        text += f"; missing: {', '.join(missing)}"
    lines = [("Images", text)]
    if images["under_way"]:
        lines.append(("", f"being got now: {images['under_way']}"))
    elif images["error"]:
        lines.append(("", f"stopped: {images['error']} Log: {images['log']}"))
    elif missing:
        lines.append(("", "`slipway up` gets them, or `slipway images` by hand"))
    return lines


def _cluster(cluster: dict[str, Any] | None) -> list[tuple[str, str]]:
    if cluster is None:
        return []
    if cluster["condition"] == "ready":
        text = f"{cluster['name']} is ready; Ingress at http://127.0.0.1:{cluster['http']}"
    else:
        text = f"{cluster['name']}, {cluster['condition']}: {cluster['reason']}. `slipway cluster up` makes it ready."
    return [("Cluster", text)]


def _jupyter(jupyter: dict[str, Any]) -> str:
    if not jupyter["running"]:
        return "not running; `slipway up` starts it"
    return jupyter["url"] if jupyter["answers"] else f"runs but does not answer: {jupyter['url']}"


def _lab(lab: dict[str, Any]) -> str:
    word = "done" if lab["passed"] == lab["total"] else "begun" if lab["started"] else "to do"
    return f"{word:6} {lab['passed']} of {lab['total']} checks passed"


def doctor(diagnoses: list[Diagnosis]) -> str:
    """`slipway doctor` as text."""
    lines = []
    for each in diagnoses:
        lines.append(_wrapped(f"{each.title}: {each.text}", colored(f"{each.level:9}", COLORS[each.level])))
        if each.fix:
            lines.append(textwrap.fill(f"Fix: {each.fix}", WIDTH, initial_indent=" " * 9, subsequent_indent=" " * 14, **WHOLE))
    problems = sum(each.level is Level.PROBLEM for each in diagnoses)
    lines.append("")
    lines.append("No problems." if not problems else f"{problems} problem{'s' if problems > 1 else ''} to mend.")
    return "\n".join(lines)


# Addresses and commands are to be copied: they are never broken.
WHOLE: dict[str, bool] = {"break_long_words": False, "break_on_hyphens": False}


def _wrapped(text: str, label: str) -> str:
    body = textwrap.fill(text, WIDTH, initial_indent=" " * 9, subsequent_indent=" " * 9, **WHOLE)
    return label + body[9:]


def _entry(name: str, text: str) -> str:
    body = textwrap.fill(text, WIDTH, initial_indent=" " * NAME, subsequent_indent=" " * NAME, **WHOLE)
    return f"{name:{NAME}}{body[NAME:]}"


def colored(text: str, code: str) -> str:
    """The text in colour on a terminal that wants it."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\x1b[{code}m{text}\x1b[0m"
