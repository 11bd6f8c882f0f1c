"""The lab that a command is about, where the command line names none: the one in whose folder the command runs."""

from collections.abc import Mapping
from pathlib import Path

from checks import catalog, registry
from checks.lab_folder import lab_of
from checks.model import Lab
from sandboxes import settings
from sandboxes.errors import Exit, SlipwayError


def find(name: str, command: str) -> Lab:
    """Return the lab of this name or, for an empty name, the lab of the current folder.

    Raise SlipwayError for an unknown name, and where neither says which lab is meant.
    """
    if name:
        return catalog.find(name)
    lab = current()
    if lab is None:
        raise SlipwayError(
            "No lab was specified.",
            f"Name a lab, such as `slipway {command} 01`, or run the command in the lab's folder. `slipway list` shows all labs.",
            Exit.WRONG_USAGE,
        )
    return lab


def with_checks(words: tuple[str, ...], command: str) -> tuple[Lab, tuple[str, ...]]:
    """Return the lab and the checks that the words `[LAB] [CHECK …]` name.

    In a lab's folder, the first word may be one of the lab's checks.
    """
    lab = current()
    if words and lab is not None and words[0] in {check.id for check in registry.load(lab)}:
        return lab, words
    return find(words[0] if words else "", command), words[1:]


def current() -> Lab | None:
    """Return the lab whose folder in the workspace is the current folder or above it; None outside these folders."""
    try:
        id = lab_of(Path.cwd())
    except OSError:  # the current folder may have been removed
        return None
    return catalog.find(id) if id else None


def kubectl_elsewhere(lab: Lab, chosen: settings.Settings, environ: Mapping[str, str]) -> str:
    """Return what to do where kubectl in this terminal does not use the lab's namespace; empty where it does."""
    from sandboxes.cluster import lab_kubeconfig

    if lab.sandbox != "kind":
        return ""
    advice = f"`slipway shell {lab.id}` opens a terminal that does."
    files = environ.get("KUBECONFIG", "")
    if not files:
        return f"kubectl in this terminal does not use the course's cluster. {advice}"
    namespace = lab_kubeconfig.namespace_of(Path(files)) or "default"
    if namespace == lab.namespace:
        return ""
    return f"kubectl in this terminal uses the namespace {namespace}, not {lab.namespace}. {advice}"
