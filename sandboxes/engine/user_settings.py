"""The folder of the `docker` command's settings, and what of it another user has closed."""

import os
from collections.abc import Mapping
from pathlib import Path

from sandboxes.engine import endpoint, find

PARTS = ("", "config.json", "contexts", "cli-plugins", "buildx", "buildx/current", "buildx/instances")


def foreign(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the owner of each part of docker's settings that another user has closed to this one, by its path."""
    folder = endpoint.config_folder(environ)
    owners = {folder / part: owner_of_closed(folder / part) for part in PARTS}
    return {str(path).rstrip("/"): owner for path, owner in owners.items() if owner}


def owner_of_closed(path: Path) -> str:
    """Return the owner of a file or folder that this user cannot read and write; empty where this user can, or owns it."""
    try:
        owner = path.stat().st_uid
    except OSError:
        return ""
    if os.geteuid() in (0, owner) or os.access(path, os.R_OK | os.W_OK):
        return ""
    return find.name_of_user(owner)
