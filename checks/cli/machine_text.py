"""The output of `slipway status` and `slipway doctor`: text of at most 80 columns, the same with and without color."""

import os
import shutil
import sys
import textwrap
from typing import Any

from sandboxes.doctor import Diagnosis, Level

WIDEST = 80
NARROWEST = 40
NAME = 12
# The longest level, “not known”, and a blank.
LABEL = 10
COLORS = {Level.FINE: "32", Level.NOTE: "33", Level.PROBLEM: "31", Level.UNKNOWN: "2"}


def width() -> int:
    """Return the columns to use: those of the terminal, or of COLUMNS, and never more than 80."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns))


def status(facts: dict[str, Any]) -> str:
    """Return the output of `slipway status`; `facts` are those of `machine_state.current_state`."""
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
    url = engine["endpoint"]["url"]
    if engine["state"] != "ok":
        return f"{engine['state']} ({url}). Run `slipway doctor` to find the fix."
    starter = "started by Slipway" if engine["ours"] else "not started by Slipway"
    return f"Docker {engine['version']} at {url}, {starter}"


def _images(images: dict[str, Any]) -> list[tuple[str, str]]:
    if images["missing"] is None:
        return [("Images", "unknown, because no engine answers")]
    wanted, missing = len(images["wanted"]), images["missing"]
    text = f"{wanted - len(missing)} of {wanted} present"
    if missing:
        text += f"; missing: {', '.join(missing)}"
    lines = [("Images", text)]
    if images["under_way"]:
        lines.append(("", f"getting {images['under_way']} now"))
    elif images["error"]:
        lines.append(("", f"stopped: {images['error']} Log: {images['log']}"))
    elif missing:
        lines.append(("", "`slipway up` gets them"))
    return lines


def _cluster(cluster: dict[str, Any] | None) -> list[tuple[str, str]]:
    if cluster is None:
        return []
    if cluster["condition"] == "ready":
        text = f"{cluster['name']} is ready; Ingress at http://127.0.0.1:{cluster['http']}"
    else:
        text = f"{cluster['name']}, {cluster['condition']}: {cluster['reason']}. Run `slipway cluster up` to make it ready."
    return [("Cluster", text)]


def _jupyter(jupyter: dict[str, Any]) -> str:
    if not jupyter["running"]:
        return "not running. Run `slipway up` to start it."
    return jupyter["url"] if jupyter["answers"] else f"running, but does not answer at {jupyter['url']}"


def _lab(lab: dict[str, Any]) -> str:
    status = "done" if lab["passed"] == lab["total"] else "started" if lab["started"] else "not started"
    return f"{status:11}  {lab['passed']} of {lab['total']} checks passed"


def doctor(diagnoses: list[Diagnosis]) -> str:
    """Return the output of `slipway doctor`."""
    lines = []
    for diagnosis in diagnoses:
        label = colored(f"{diagnosis.level:{LABEL}}", COLORS[diagnosis.level])
        lines.append(_wrapped(f"{diagnosis.title}: {diagnosis.text}", label))
        if diagnosis.fix:
            lines.append(
                textwrap.fill(
                    f"Fix: {diagnosis.fix}", width(), initial_indent=" " * LABEL, subsequent_indent=" " * (LABEL + 5), **WHOLE
                )
            )
    problems = sum(diagnosis.level is Level.PROBLEM for diagnosis in diagnoses)
    lines.append("")
    lines.append("No problems found." if not problems else f"{problems} problem{'s' if problems > 1 else ''} to fix.")
    return "\n".join(lines)


# Addresses and commands are never broken, so that you can copy them.
WHOLE: dict[str, bool] = {"break_long_words": False, "break_on_hyphens": False}


def _wrapped(text: str, label: str) -> str:
    body = textwrap.fill(text, width(), initial_indent=" " * LABEL, subsequent_indent=" " * LABEL, **WHOLE)
    return label + body[LABEL:]


def _entry(name: str, text: str) -> str:
    body = textwrap.fill(text, width(), initial_indent=" " * NAME, subsequent_indent=" " * NAME, **WHOLE)
    return f"{name:{NAME}}{body[NAME:]}"


def colored(text: str, code: str) -> str:
    """Return the text in color on a terminal, unless NO_COLOR is set."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\x1b[{code}m{text}\x1b[0m"
