"""What a person has set for other work on this machine, as facts: variables, the settings of docker, snap, the umask."""

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandboxes import json_text
from sandboxes.engine import endpoint, user_settings
from sandboxes.engine.environment import unwanted
from sandboxes.settings import Settings

# They choose an engine, which the check of the engine names.
CHOOSE_AN_ENGINE = ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH")
# Values with which a variable changes nothing.
HARMLESS = {"BUILDX_BUILDER": ("default",), "DOCKER_BUILDKIT": ("1", "true"), "DOCKER_CONTENT_TRUST": ("0", "false")}
LONGEST = 60  # characters of a value that are shown
USER_INFO = re.compile(r"//[^/@\s]*@")


def variables(environ: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """Return the exported variables that change what `docker` or `kubectl` does in a lab, with what can be shown of them."""
    names = [name for name in unwanted(environ) if name not in CHOOSE_AN_ENGINE]
    found = {name: environ[name] for name in names if environ[name] not in ("", *HARMLESS.get(name, ()))}
    kubeconfig = environ.get("KUBECONFIG", "")
    if kubeconfig and not Path(kubeconfig).is_relative_to(settings.cluster):
        found["KUBECONFIG"] = kubeconfig
    return {name: shown(value) for name, value in found.items()}


def shown(value: str) -> str:
    """Return a value without the user and password of an address, and not longer than a line."""
    plain = USER_INFO.sub("//…@", value)
    return plain if len(plain) <= LONGEST else plain[:LONGEST] + "…"


def builder(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the builder that `docker buildx use` has chosen and the file that says so; () for Docker's own."""
    path = Path(environ.get("BUILDX_CONFIG") or endpoint.config_folder(environ) / "buildx") / "current"
    try:
        name = json_text.loads(endpoint.read_config(path))["Name"]
    except (OSError, ValueError, LookupError, TypeError):
        return ()
    return (str(name), str(path)) if name and name != "default" else ()


def docker_settings(environ: Mapping[str, str], settings: Settings) -> dict[str, Any]:
    """Return the state of the folder of docker's settings.

    "folder" is its path, "foreign" maps each part that another user has closed to that user's name, "read_only" says that
    nothing can be written there, and "instead" is a folder that could be used in its place.
    """
    folder = endpoint.config_folder(environ)
    foreign = user_settings.foreign(environ)
    writable = folder
    while not writable.exists() and writable != writable.parent:
        writable = writable.parent
    read_only = not foreign and not os.access(writable, os.W_OK | os.X_OK)
    return {"folder": str(folder), "foreign": foreign, "read_only": read_only, "instead": str(settings.state / "docker")}


def snap(root: str) -> str:
    """Return the path that shows that Docker was installed by snap: of its command or its data folder; empty otherwise."""
    client = shutil.which("docker") or ""
    return next((path for path in (client, root) if path.startswith(("/snap/", "/var/snap/", "/var/lib/snapd/"))), "")


def outside_home(environ: Mapping[str, str], root: Path) -> str:
    """Return the project's folder where it is not below the home folder; empty where it is."""
    home = environ.get("HOME", "")
    return "" if home and root.is_relative_to(home) else str(root)


def umask() -> int:
    """Return the permissions that are taken from files that this user creates."""
    current = os.umask(0o077)
    os.umask(current)
    return current
