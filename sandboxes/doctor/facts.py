"""The facts of this machine that `slipway doctor` judges, as plain values that can be stored in a file."""

import os
import platform
import shutil
import socket
import ssl
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandboxes.doctor import surroundings
from sandboxes.engine import client, find, install
from sandboxes.errors import SlipwayError
from sandboxes.host import resources
from sandboxes.settings import Settings

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
TOOLS = ("bash", "curl")
LIMITS = ("max_user_watches", "max_user_instances")


@dataclass(frozen=True)
class Facts:
    """Facts of a machine. Sizes are in bytes, times ISO 8601 in UTC; None means not known here.

    `engine` is `Engine.to_json()`. `rights_fix` and `install_fix` are the fixes for a socket without permission and for a
    missing engine. `missing` are parts of the Docker client, `missing_tools` programs that cells of the labs call. `ports`
    maps each port that labs use to the labs' ids, `listeners` each of them that is taken to what uses it. `jupyter` has
    "port", "free" and "ours". `certificates` maps each authority that was added to this machine to whether its programs
    trust it. `cluster` has "name", "condition" and "reason", and is empty where no cluster was created. `inotify` has the
    limits and, where it can be read, "used", the instances in use by root, who runs the nodes. `leave_fix` says how to go back
    to this machine's own engine. What the others hold is described in `sandboxes.doctor.surroundings`.
    """

    system: str = ""
    user: str = ""
    python: tuple[int, int] = (0, 0)
    engine: dict[str, Any] = field(default_factory=dict)
    remote_allowed: bool = False
    rights_fix: str = ""
    install_fix: str = ""
    missing: tuple[str, ...] = ()
    missing_tools: tuple[str, ...] = ()
    engine_free: int | None = None
    project_free: int | None = None
    not_writable: tuple[str, ...] = ()
    memory: int | None = None
    inotify: dict[str, int] = field(default_factory=dict)
    ports: dict[int, tuple[str, ...]] = field(default_factory=dict)
    listeners: dict[int, str] = field(default_factory=dict)
    jupyter: dict[str, Any] = field(default_factory=dict)
    certificates: dict[str, bool] = field(default_factory=dict)
    cluster: dict[str, str] = field(default_factory=dict)
    now: str = ""
    proxies: dict[str, str] = field(default_factory=dict)
    leave_fix: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    builder: tuple[str, ...] = ()
    docker_settings: dict[str, Any] = field(default_factory=dict)
    snap: str = ""
    outside_home: str = ""
    umask: int = 0o022


def collect(settings: Settings, ports: dict[int, tuple[str, ...]], own: Callable[[str], bool]) -> Facts:
    """Collect the facts. `ports` are those that labs use; `own` tells whether a container of that name belongs to a lab."""
    engine = find.describe()
    published = published_ports(engine) if engine.ok else {}
    return Facts(
        system=platform.system(),
        user=find.user_name(),
        python=(sys.version_info.major, sys.version_info.minor),
        engine=engine.to_json(),
        remote_allowed=settings.allow_remote_engine,
        rights_fix=find.how_to_get_rights(),
        install_fix=find.how_to_install(),
        missing=tuple(install.missing_parts()),
        missing_tools=tuple(name for name in TOOLS if not shutil.which(name)),
        engine_free=resources.free_space(engine.local_root) if engine.local_root else None,
        project_free=resources.free_space(settings.root),
        not_writable=tuple(str(path) for path in (settings.work, settings.state) if not can_write(path)),
        memory=resources.available_memory(),
        inotify=inotify(),
        ports=ports,
        listeners=listeners(ports, published, own) if not engine.endpoint.remote else {},
        jupyter=jupyter_facts(settings),
        certificates=certificates(),
        cluster=cluster_facts(engine),
        now=datetime.now(UTC).isoformat(),
        proxies=proxies(),
        leave_fix=find.how_to_leave(engine.endpoint),
        variables=surroundings.variables(os.environ, settings),
        builder=surroundings.builder(os.environ),
        docker_settings=surroundings.docker_settings(os.environ, settings),
        snap=surroundings.snap(engine.root),
        outside_home=surroundings.outside_home(os.environ, settings.root),
        umask=surroundings.umask(),
    )


def proxies() -> dict[str, str]:
    """Return the proxies that are set, without their passwords, and the exceptions from them."""
    found = {name: os.environ.get(name) or os.environ.get(name.lower(), "") for name in PROXIES}
    return {name: value if name == "NO_PROXY" else surroundings.shown(value) for name, value in found.items() if value}


def inotify() -> dict[str, int]:
    """Return the limits on watched files, and the instances in use by root, as far as this system tells them."""
    limits = {name: value for name in LIMITS if (value := resources.kernel_limit(name)) is not None}
    used = resources.inotify_instances_of_root()
    return limits if used is None else {**limits, "used": used}


def can_write(path: Path) -> bool:
    """Return whether a folder, or the nearest parent that exists, is writable."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return os.access(path, os.W_OK | os.X_OK)


def published_ports(engine: find.Engine) -> dict[int, str]:
    """Return the host ports that containers publish, with the container's name."""
    try:
        with closing(client.connect(engine.endpoint)) as api:
            containers = client.get(api, "/containers/json", 5.0)
        return {
            port["PublicPort"]: container["Names"][0].lstrip("/")
            for container in containers
            for port in container["Ports"]
            if "PublicPort" in port
        }
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return {}


def listeners(ports: dict[int, tuple[str, ...]], published: dict[int, str], own: Callable[[str], bool]) -> dict[int, str]:
    """Return the ports that are used by something other than a lab's own container, and by what."""
    taken = {}
    for port in ports:
        if port in published:
            if not own(published[port]):
                taken[port] = f"the container “{published[port]}”"
        elif is_taken(port):
            taken[port] = "another program"
    return taken


def is_taken(port: int) -> bool:
    """Return whether a port is taken for listening on all addresses, as a published port does."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except PermissionError:
            return False
        except OSError:
            return True
    return False


def jupyter_facts(settings: Settings) -> dict[str, Any]:
    """Return the port that JupyterLab uses, or would try first."""
    from sandboxes import jupyter

    server = jupyter.find(settings)
    if server:
        return {"port": server.port, "free": False, "ours": True, "answers": server.answers()}
    return {"port": settings.port, "free": jupyter.is_free(settings.port), "ours": False}


def cluster_facts(engine: find.Engine) -> dict[str, str]:
    """Return the condition of the cluster; {} where none was created, or no engine answers."""
    from sandboxes.cluster import manage

    if not engine.ok or manage.find() is None:
        return {}
    try:
        status = manage.status()
    except SlipwayError as error:
        return {"name": "the cluster", "condition": "not known", "reason": error.message}
    return {name: str(status[name]) for name in ("name", "condition", "reason")}


def certificates() -> dict[str, bool]:
    """Return the certificate authorities that were added to this machine, each with whether its programs trust it."""
    from sandboxes.images import build_environment

    bundle = build_environment.system_bundle()
    trusted = {ssl.PEM_cert_to_DER_cert(pem) for pem in build_environment.read(bundle)} if bundle else set()
    return {name: ssl.PEM_cert_to_DER_cert(pem) in trusted for name, pem in build_environment.certificates().items()}
