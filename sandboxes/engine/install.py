"""The installation of an engine on Debian and Ubuntu: the daemon, the docker command, Compose v2, BuildKit.

Three ways, in this order: the distribution's packages, if they include Compose v2; Docker's packages, if its repository
answers; the packages of the next Debian release. The last two are downloaded through a private apt configuration and
installed as files, so the machine's own package sources do not change.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sandboxes.engine import find
from sandboxes.errors import SlipwayError
from sandboxes.host import download, packages, processes
from sandboxes.steps import Progress

DOCKER_REPOSITORY = "https://download.docker.com/linux"
NEXT_DEBIAN = {"bookworm": "trixie"}
ANSWER_SECONDS = 5


class Part(StrEnum):
    """A part of Docker that labs need on the machine."""

    DAEMON = "the Docker daemon"
    CLIENT = "the docker command"
    COMPOSE = "Docker Compose v2"
    BUILDX = "BuildKit (the buildx plugin)"


DEBIAN_NAMES = {
    Part.DAEMON: ("docker.io", "containerd"),
    Part.CLIENT: ("docker-cli",),
    Part.COMPOSE: ("docker-compose",),
    Part.BUILDX: ("docker-buildx",),
}
DOCKER_NAMES = {
    Part.DAEMON: ("docker-ce", "containerd.io"),
    Part.CLIENT: ("docker-ce-cli",),
    Part.COMPOSE: ("docker-compose-plugin",),
    Part.BUILDX: ("docker-buildx-plugin",),
}


@dataclass(frozen=True)
class Way:
    """A source of the packages: the machine's own sources, or `source`, a line as in sources.list.

    `key` is the address of the repository's signing key, if the machine does not have it.
    """

    title: str
    packages: tuple[str, ...]
    source: str = ""
    key: str = ""


def missing_parts(daemon: bool = False) -> list[Part]:
    """Return the parts that are not installed; the daemon only counts with `daemon` (the engine may be elsewhere)."""
    missing = [Part.DAEMON] if daemon and not find.find_daemon() else []
    client = shutil.which("docker")
    if client is None:
        missing.append(Part.CLIENT)
    if client is None or _major(_plugin_version(client, "compose")) < 2:
        missing.append(Part.COMPOSE)
    if client is None or not _plugin_version(client, "buildx"):
        missing.append(Part.BUILDX)
    return missing


def _plugin_version(client: str, plugin: str) -> str:
    arguments = ["version", "--short"] if plugin == "compose" else ["version"]
    try:
        completed = subprocess.run([client, plugin, *arguments], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return completed.stdout.strip().lstrip("v") if completed.returncode == 0 else ""


def install(parts: list[Part], progress: Progress) -> None:
    """Install parts, with consent. Raises SlipwayError, with the alternative, where that is not possible here."""
    names = ", ".join(parts)
    joining = "" if os.geteuid() == 0 else " You also join the group “docker”, which gives its members root access."
    if not packages.available():
        raise SlipwayError(f"Not installed: {names}.", find.how_to_install())
    packages.privilege()
    missing = f"Not installed: {names}."
    packages.ask(
        f"{missing} Install packages of this system or of Docker (a download of about 100 MB)?{joining}",
        missing,
        f"Run `./slipway up --yes` to install it, or install it by hand: {find.INSTALL_PAGE}",
    )
    with progress.step("Looking for Docker's packages") as report:
        packages.update(report)
        way = choose(parts, packages.os_release())
    with progress.step(f"Installing Docker: {way.title}") as report:
        try:
            carry_out(way, report)
            if shutil.which("curl") is None:
                packages.install(["curl"], report)  # cells of the labs call it, and a minimal system has none
        finally:
            # Also after Ctrl-C, which waits for the packages: the next run then finds the engine and continues.
            if Part.DAEMON in parts and os.geteuid() != 0 and find.find_daemon():
                processes.run([*packages.privilege(), "usermod", "-aG", "docker", find.user_name()], report)
    if left := missing_parts(daemon=Part.DAEMON in parts):
        raise SlipwayError(f"Still missing after the installation: {', '.join(left)}.", f"See {find.INSTALL_PAGE}")


def choose(parts: list[Part], release: dict[str, str], repository: str = DOCKER_REPOSITORY) -> Way:
    """Return the first way that offers every part. Raises SlipwayError where none does."""
    if way := _distribution_way(parts):
        return way
    codename = release.get("UBUNTU_CODENAME") or release.get("VERSION_CODENAME", "")
    family = "ubuntu" if "ubuntu" in (release.get("ID"), *release.get("ID_LIKE", "").split()) else "debian"
    if _answers(f"{repository}/{family}/dists/{codename}/Release"):
        names = tuple(name for part in parts for name in DOCKER_NAMES[part])
        line = f"deb [signed-by={{key}}] {repository}/{family} {codename} stable"
        return Way("Docker's own packages", names, line, f"{repository}/{family}/gpg")
    following = NEXT_DEBIAN.get(codename) if family == "debian" else None
    if following and (address := packages.mirror(codename)):
        signed = f"[signed-by={packages.KEYRING}] " if packages.KEYRING.is_file() else ""
        names = tuple(name for part in parts for name in DEBIAN_NAMES[part])
        return Way(f"packages of Debian “{following}”", names, f"deb {signed}{address} {following} main")
    raise SlipwayError(
        f"Neither this system's packages nor Docker's repository offer {', '.join(parts)}.",
        f"Install by hand: {find.INSTALL_PAGE}",
    )


def _distribution_way(parts: list[Part]) -> Way | None:
    """Return the distribution's own packages, if they offer all parts, Compose in version 2 or later."""
    chosen: list[str] = []
    for part in parts:
        choices = {
            Part.DAEMON: ("docker.io",),
            Part.CLIENT: ("docker-cli", "docker.io"),
            Part.COMPOSE: ("docker-compose-v2", "docker-compose"),
            Part.BUILDX: ("docker-buildx",),
        }[part]
        offered = [name for name in choices if (version := packages.candidate(name)) and _suits(part, version)]
        if not offered:
            return None
        chosen.append(offered[0])
    return Way("this system's own packages", tuple(dict.fromkeys(chosen)))


def _suits(part: Part, version: str) -> bool:
    return part is not Part.COMPOSE or _major(version.split(":")[-1]) >= 2


def _major(version: str) -> int:
    """Return the first number of a version; 0 where there is none."""
    match = re.match(r"v?(\d+)\.", version)
    return int(match.group(1)) if match else 0


def _answers(address: str) -> bool:
    try:
        download.fetch(address, ANSWER_SECONDS)
    except OSError:
        return False
    return True


def carry_out(way: Way, report: Callable[[str], None]) -> None:
    """Download and install the packages of a way."""
    if not way.source:
        packages.install([*way.packages, *_company(way)], report)
        return
    with packages.private_source(way.source) as private:
        if way.key:
            key = private.folder / "key.asc"
            _fetch(way.key, key)
            line = way.source.replace("{key}", str(key))
            (private.folder / "sources.list").write_text(f"{line}\n", encoding="utf-8")
        packages.install([*private.download(way.packages, report), *_company(way)], report)


def _company(way: Way) -> list[str]:
    """Return the packages that a daemon needs and that its own packages only recommend."""
    if not {"docker.io", "docker-ce"} & set(way.packages):
        return []
    enabled = Path("/sys/module/apparmor/parameters/enabled")
    # Where the kernel enforces AppArmor, no container starts without its parser.
    needs_parser = enabled.is_file() and enabled.read_text(encoding="ascii").startswith("Y")
    return ["ca-certificates", *(["apparmor"] if needs_parser else [])]


def _fetch(address: str, path: Path) -> None:
    try:
        path.write_bytes(download.fetch(address, ANSWER_SECONDS))
    except OSError as error:
        raise SlipwayError(f"The signing key {address} could not be fetched: {error}.", "Try again later.") from error
