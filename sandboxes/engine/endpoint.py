"""The endpoint of the Docker engine: DOCKER_HOST, the current context or the default socket, in the Docker CLI's order.

Reads only files and variables, and connects to nothing. Source of the rules: the Docker CLI reference, "docker context".
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sandboxes import json_text, settings
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import read_given

LARGEST = 4 * 2**20  # bytes of a file of settings
DEFAULT_URL = "unix:///var/run/docker.sock"


@dataclass(frozen=True)
class Endpoint:
    """The address of an engine. `url` is unix:///path, tcp://host:port or ssh://[user@]host[:port]; `source` is what set it.

    `tls` is the folder of the client certificates, `verify` whether the server's certificate is verified.
    """

    url: str = DEFAULT_URL
    source: str = "the default socket"
    tls: Path | None = None
    verify: bool = True

    @property
    def scheme(self) -> str:
        """The scheme of the URL: unix, tcp or ssh."""
        return urlsplit(self.url).scheme

    @property
    def socket_path(self) -> str:
        """The path of a unix socket; empty for other schemes."""
        return urlsplit(self.url).path if self.scheme == "unix" else ""

    @property
    def remote(self) -> bool:
        """Whether the engine is on another machine, as are its published ports and bind mounts."""
        return self.scheme == "ssh" or (
            self.scheme == "tcp" and urlsplit(self.url).hostname not in ("127.0.0.1", "localhost", "::1")
        )


def find(environ: Mapping[str, str] | None = None) -> Endpoint:
    """Return the endpoint that the `docker` command would use. Raises SlipwayError for a context that does not exist."""
    environ = os.environ if environ is None else environ
    config = config_folder(environ)
    if host := environ.get("DOCKER_HOST"):
        return _from_host(host, environ, config)
    name, source = environ.get("DOCKER_CONTEXT", ""), "DOCKER_CONTEXT"
    if not name:
        name, source = _current_context(config), "docker context use"
    if name and name != "default":
        return _from_context(name, source, config)
    return Endpoint()


def config_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder of the `docker` command's settings: DOCKER_CONFIG, or .docker in the home folder."""
    environ = os.environ if environ is None else environ
    if chosen := environ.get("DOCKER_CONFIG"):
        return Path(chosen)
    try:
        return Path(environ.get("HOME") or "~").expanduser() / ".docker"
    except RuntimeError:  # the user has no entry in the list of users, and so no home folder
        return Path("/.docker")


def read_config(path: Path) -> str:
    """Read a file of the `docker` command's settings, which may be a link. Raise OSError or ValueError."""
    return read_given(path, LARGEST)


def _from_host(host: str, environ: Mapping[str, str], config: Path) -> Endpoint:
    if "://" not in host:
        host = f"tcp://{host}"
    secure = environ.get("DOCKER_TLS_VERIFY") or environ.get("DOCKER_TLS")
    certificates = Path(environ.get("DOCKER_CERT_PATH") or config)
    endpoint = Endpoint(host, f"DOCKER_HOST={host}", certificates if secure else None, bool(environ.get("DOCKER_TLS_VERIFY")))
    if endpoint.scheme not in ("unix", "tcp", "ssh"):
        raise SlipwayError(
            f"DOCKER_HOST is {host}, which is not an address that Slipway supports.",
            "Set it to unix:///path, tcp://host:port or ssh://host, or unset it.",
        )
    return endpoint


def _current_context(config: Path) -> str:
    try:
        return str(json_text.loads(read_config(config / "config.json")).get("currentContext", ""))
    except (OSError, ValueError, AttributeError):
        # The Docker CLI also falls back to its defaults when its configuration cannot be read.
        return ""


def _from_context(name: str, source: str, config: Path) -> Endpoint:
    import hashlib

    digest = hashlib.sha256(name.encode()).hexdigest()
    try:
        meta = json_text.loads(read_config(config / "contexts" / "meta" / digest / "meta.json"))
        docker = meta["Endpoints"]["docker"]
        host = docker["Host"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        undo = "`unset DOCKER_CONTEXT`" if source == "DOCKER_CONTEXT" else "`docker context use default`"
        raise SlipwayError(
            f"The Docker context “{name}” (from {source}) does not exist or cannot be read.",
            f"Go back to this machine's own engine with {undo}, or choose another that `docker context ls` lists.",
        ) from error
    tls = config / "contexts" / "tls" / digest / "docker"
    return Endpoint(
        host, f"context “{name}” from {source}", tls if tls.is_dir() else None, not docker.get("SkipTLSVerify", False)
    )


def is_refused(where: Endpoint) -> bool:
    """Return whether the engine is on another machine and the settings do not allow that: nothing is sent there."""
    return where.remote and not settings.load().allow_remote_engine


def refuse_remote(where: Endpoint) -> None:
    """Raise SlipwayError for an engine on another machine, unless the settings allow it."""
    if is_refused(where):
        raise SlipwayError(
            f"The Docker engine is on another machine ({where.url}, set by {where.source}), and so would be the ports and "
            "folders of the labs.",
            "Use a local engine (unset DOCKER_HOST, or `docker context use default`). To use this one anyway, add the line "
            "`allow_remote_engine = true` to .slipway/settings.toml, or run `slipway up --remote-engine`.",
        )
