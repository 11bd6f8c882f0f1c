"""The Docker engine of this machine: whether it is there, what it is, and how to get one.

`describe` looks and never changes anything; `connect` is the same with an error where labs cannot run on what it finds.
"""

import os
import platform
import shlex
import shutil
import sys
from contextlib import closing
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sandboxes.engine import client, endpoint
from sandboxes.engine.endpoint import Endpoint
from sandboxes.errors import SlipwayError

INSTALL_PAGE = "https://docs.docker.com/engine/install/"
DOCKER, PODMAN = "Docker", "Podman"
NOT_DOCKER = (
    "The labs need Docker Engine. Unset DOCKER_HOST if it is set. If the package podman-docker is installed, remove it. Then "
    "run `./slipway up`, which installs and starts Docker Engine."
)
OLDEST_API = tuple(int(part) for part in client.API_VERSION.split("."))


class State(StrEnum):
    """The states of an engine, as far as it can be seen from here."""

    OK = "ok"
    NOT_INSTALLED = "not installed"
    NOT_RUNNING = "not running"
    NO_RIGHTS = "no rights on the socket"
    UNRESPONSIVE = "does not answer"
    REFUSED = "is on another machine"


@dataclass(frozen=True)
class Engine:
    """An engine as seen from this machine. What it says about itself is filled only in state OK; otherwise `reason` says why.

    `memory` is in bytes, `clock` is its time (ISO 8601, UTC), `root` its data folder on its own machine. `product` is the
    name of the program that answers: Podman also serves the API of Docker.
    """

    state: State
    endpoint: Endpoint
    reason: str = ""
    version: str = ""
    api_version: str = ""
    storage: str = ""
    cgroup: str = ""
    name: str = ""
    id: str = ""
    system: str = ""
    root: str = ""
    cpus: int = 0
    memory: int = 0
    clock: str = ""
    product: str = DOCKER

    @property
    def ok(self) -> bool:
        return self.state is State.OK

    @property
    def too_old(self) -> bool:
        return self.ok and tuple(int(part) for part in self.api_version.split(".")) < OLDEST_API

    @property
    def local_root(self) -> Path | None:
        """The data folder where it is on this machine; None where it is elsewhere, as with Docker Desktop."""
        here = self.ok and not self.endpoint.remote and self.name == platform.node()
        return Path(self.root) if here and self.root and Path(self.root).is_dir() else None

    def to_json(self) -> dict[str, Any]:
        """Return the engine as JSON values."""
        where = {"url": self.endpoint.url, "source": self.endpoint.source, "remote": self.endpoint.remote}
        return {**asdict(self), "too_old": self.too_old, "endpoint": where}


def describe(where: Endpoint | None = None, timeout: float = 5.0) -> Engine:
    """Look at an engine, by default the one that the docker command would use. Each of two requests has `timeout` seconds.

    One on another machine that the settings do not allow is not asked.

    Raises SlipwayError only for an endpoint that cannot be understood.
    """
    where = where or endpoint.find()
    if endpoint.is_refused(where):
        return Engine(State.REFUSED, where, reason="it was not asked")
    try:
        with closing(client.connect(where, timeout)) as api:
            version = client.get(api, "/version", timeout)
            info = client.get(api, "/info", timeout)
        return Engine(
            State.OK,
            where,
            version=str(version["Version"]),
            api_version=str(version["ApiVersion"]),
            storage=str(info["Driver"]),
            cgroup=str(info.get("CgroupVersion", "")),
            name=str(info["Name"]),
            id=str(info["ID"]),
            system=str(info.get("OperatingSystem", "")),
            root=str(info.get("DockerRootDir", "")),
            cpus=int(info.get("NCPU", 0)),
            memory=int(info.get("MemTotal", 0)),
            clock=str(info.get("SystemTime", "")),
            product=_product(version),
        )
    except PermissionError as error:
        return Engine(State.NO_RIGHTS, where, reason=str(error))
    except TimeoutError:
        return Engine(State.UNRESPONSIVE, where, reason=f"no answer within {timeout:g} seconds")
    except (FileNotFoundError, ConnectionRefusedError) as error:
        state = State.NOT_RUNNING if where.url != endpoint.DEFAULT_URL or find_daemon() else State.NOT_INSTALLED
        return Engine(state, where, reason=str(error))
    except (OSError, ValueError, KeyError, TypeError) as error:
        return Engine(State.UNRESPONSIVE, where, reason=str(error) or type(error).__name__)


def _product(version: dict[str, Any]) -> str:
    """Return the name of the program that answered `/version`."""
    components = " ".join(str(component.get("Name", "")) for component in version.get("Components") or ())
    return PODMAN if PODMAN in components else DOCKER


def find_daemon() -> str:
    """Return the path of the Docker daemon's program; empty where it is not installed."""
    folders = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])
    return shutil.which("dockerd", path=folders) or ""


def connect(timeout: float = 5.0) -> Engine:
    """Return the engine that labs run on. Raises SlipwayError that says why there is none and what to do about it."""
    where = endpoint.find()
    endpoint.refuse_remote(where)
    engine = describe(where, timeout)
    if not engine.ok:
        raise problem(engine)
    if engine.product != DOCKER:
        raise SlipwayError(
            f"{engine.product} {engine.version} answers at {where.url} ({where.source}) in place of Docker.", NOT_DOCKER
        )
    if engine.too_old:
        raise SlipwayError(f"Docker {engine.version} is too old for the labs.", f"Install a newer one: {INSTALL_PAGE}")
    return engine


def problem(engine: Engine) -> SlipwayError:
    """Return the error for an engine that labs cannot run on, with its fix."""
    where = engine.endpoint
    named = "" if where.url == endpoint.DEFAULT_URL else f" at {where.url} (chosen by {where.source})"
    match engine.state:
        case State.NOT_INSTALLED:
            return SlipwayError("No Docker engine is installed on this machine.", how_to_install())
        case State.NOT_RUNNING if named:
            return SlipwayError(f"No Docker engine runs{named}.", how_to_leave(where))
        case State.NOT_RUNNING:
            return SlipwayError("The Docker engine is not running.", "Start it with `./slipway up`.")
        case State.NO_RIGHTS:
            return SlipwayError(f"Permission denied on the Docker socket{named}.", how_to_get_rights())
        case _:
            return SlipwayError(
                f"The Docker engine{named} does not answer: {engine.reason}.",
                "See `./slipway doctor`; a restart of the engine often helps.",
            )


def user_name() -> str:
    """Return the name of the user that this process runs as; its UID where the system knows no name."""
    return name_of_user(os.geteuid())


def name_of_user(uid: int) -> str:
    """Return the name of a user; the UID where the system knows no name."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def group_is_new() -> bool:
    """Return whether this user joined the group “docker” after this session had begun."""
    import grp

    try:
        group = grp.getgrnam("docker")
    except KeyError:
        return False
    return user_name() in group.gr_mem and group.gr_gid not in os.getgroups()


def group_exists() -> bool:
    """Return whether this system has the group “docker”, whose members may use the socket."""
    import grp

    try:
        return bool(grp.getgrnam("docker"))
    except KeyError:
        return False


def become_member() -> None:
    """Run the same command again, once, with the permissions of the group “docker”."""
    if shutil.which("sg") and not os.environ.get("SLIPWAY_GROUP"):
        os.environ["SLIPWAY_GROUP"] = "docker"
        command = shlex.join([sys.executable, "-I", "-m", "checks.cli", *sys.argv[1:]])
        os.execvp("sg", ["sg", "docker", "-c", command])


def how_to_get_rights() -> str:
    """Say how to get permission to open the socket."""
    user = user_name()
    if group_is_new():
        return "You are in the group “docker” already: log out and in again once, or run `newgrp docker` in this terminal."
    if user.isdigit():
        return f"Your UID {user} has no name on this system, so it cannot join the group “docker”. Log in as a user with a name."
    if not group_exists():
        return (
            f"Create the group “docker” and join it: `sudo groupadd docker; sudo usermod -aG docker {user}`. Then restart the "
            "engine, and log out and in again."
        )
    return f"Join its group with `sudo usermod -aG docker {user}`, then log out and in again."


def how_to_leave(where: Endpoint) -> str:
    """Say how to go back to this machine's own engine from an address that was chosen."""
    if where.source.startswith("DOCKER_HOST="):
        undo = "`unset DOCKER_HOST`"
    elif "DOCKER_CONTEXT" in where.source:
        undo = "`unset DOCKER_CONTEXT`"
    else:
        undo = "`docker context use default`"
    return f"Start the engine there. To use this machine's own engine instead: {undo}."


def how_to_install() -> str:
    """Say what to install here, for where Slipway cannot or may not do it."""
    system = platform.system()
    if system == "Darwin":
        return "Install Docker Desktop (https://docs.docker.com/desktop/setup/install/mac-install/) or colima, and start it."
    if "microsoft" in platform.release().lower():
        return "Install Docker Desktop with its WSL 2 engine: https://docs.docker.com/desktop/features/wsl/"
    if shutil.which("apt-get"):
        return "Run `./slipway up`, which offers to install it, or see " + INSTALL_PAGE
    return f"Install Docker Engine with the Compose and Buildx plugins: {INSTALL_PAGE}"
