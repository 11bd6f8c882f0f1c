"""The settings: where things are, and the few choices that a person can make.

Folders come from the project's root, or from SLIPWAY_WORK and SLIPWAY_STATE (the tests use these to stay apart from
a learner's own work); SLIPWAY_CLUSTER names another folder for the cluster, which is in the state folder by default;
SLIPWAY_LABS names another folder of labs, your own course. Choices come from `.slipway/settings.toml`; without that file,
the defaults apply.
"""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandboxes.errors import Exit, SlipwayError
from sandboxes.host.atomic_write import read_given
from sandboxes.recursion import without_finalizers

ROOT = Path(__file__).resolve().parent.parent
# Bytes of the file: a longer one takes Python's TOML parser minutes.
LARGEST = 16 * 1024
IMAGE_SOURCES = ("auto", "pull", "build")


@dataclass(frozen=True)
class Settings:
    """Folders (absolute paths) and choices; see the install page of the docs for what each choice means."""

    root: Path = ROOT
    labs: Path = ROOT / "labs"
    work: Path = ROOT / "work"
    state: Path = ROOT / ".slipway"
    cluster: Path = ROOT / ".slipway" / "cluster"
    port: int = 8888
    image_source: str = "auto"
    allow_remote_engine: bool = False
    node_image: str = "kindest/node:v1.37.0"


# Set by `slipway up --remote-engine` for the JupyterLab that it starts and everything in it.
REMOTE_ENGINE = "SLIPWAY_REMOTE_ENGINE"
CHOICES = {"port": int, "image_source": str, "allow_remote_engine": bool, "node_image": str}


def load() -> Settings:
    """Return the settings that apply. Raises SlipwayError for a settings file that cannot be read or has a wrong value."""
    state = Path(os.environ.get("SLIPWAY_STATE") or ROOT / ".slipway").absolute()
    work = Path(os.environ.get("SLIPWAY_WORK") or ROOT / "work").absolute()
    cluster = Path(os.environ.get("SLIPWAY_CLUSTER") or state / "cluster").absolute()
    labs = Path(os.environ.get("SLIPWAY_LABS") or ROOT / "labs").absolute()
    choices = read_choices(state / "settings.toml")
    if os.environ.get(REMOTE_ENGINE):
        choices["allow_remote_engine"] = True
    return Settings(labs=labs, work=work, state=state, cluster=cluster, **choices)


def read_choices(path: Path) -> dict[str, Any]:
    """Return the validated choices of a settings file; {} where there is no file."""
    try:
        with without_finalizers():
            choices = tomllib.loads(read_given(path, LARGEST).removeprefix("\ufeff"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise _wrong(path, f"cannot be read ({error})") from error
    for name, value in choices.items():
        if name not in CHOICES:
            raise _wrong(path, f"has an unknown setting “{name}”; known are {', '.join(sorted(CHOICES))}")
        if type(value) is not CHOICES[name]:
            raise _wrong(path, f"sets {name} to {value!r}, which is not of type {CHOICES[name].__name__}")
    if choices.get("image_source", "auto") not in IMAGE_SOURCES:
        raise _wrong(path, f"sets image_source to {choices['image_source']!r}; it is one of {', '.join(IMAGE_SOURCES)}")
    if not 1 <= choices.get("port", 8888) <= 65535:
        raise _wrong(path, f"sets port to {choices['port']}, which is not a port number")
    return choices


def _wrong(path: Path, problem: str) -> SlipwayError:
    return SlipwayError(
        f"The settings file {path} {problem}.",
        "Correct it, or delete it to go back to the defaults.",
        Exit.WRONG_USAGE,
    )
