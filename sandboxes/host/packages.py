"""Debian and Ubuntu packages: consent, installation, and downloads that leave the machine's own sources unchanged."""

import os
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sandboxes.errors import SlipwayError
from sandboxes.host import processes
from sandboxes.host.atomic_write import read_given
from sandboxes.steps import Progress

# Set by `slipway up --yes`, and inherited by the processes that it starts.
CONSENT = "SLIPWAY_YES"
QUIET = ("env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def agree() -> None:
    """Record the consent to installing packages (`--yes`)."""
    os.environ[CONSENT] = "1"


def ask(question: str, problem: str, fix: str) -> None:
    """Ask for consent on a terminal, unless `--yes` gave it. Raises SlipwayError without consent."""
    if os.environ.get(CONSENT):
        return
    if sys.stdin.isatty() and sys.stderr.isatty():
        print(textwrap.fill(f"{question} [y/N]", 78), end=" ", file=sys.stderr, flush=True)
        if sys.stdin.readline(80).strip().lower() in ("y", "yes"):
            return
    raise SlipwayError(problem, fix)


def privilege() -> list[str]:
    """Return the prefix of a command that needs root: nothing, or sudo. Raises SlipwayError where neither is possible."""
    if os.geteuid() == 0:
        return []
    if sudo := shutil.which("sudo"):
        if sys.stdin.isatty() or processes.ask([sudo, "-n", "echo", "yes"]) == "yes\n":
            return [sudo]
    raise SlipwayError("This needs root, and sudo is not available.", "Run it as root, or ask your administrator.")


def available() -> bool:
    """Return whether this machine installs its software with apt."""
    return bool(shutil.which("apt-get") and shutil.which("dpkg-query"))


def os_release(path: Path = Path("/etc/os-release")) -> dict[str, str]:
    """Return the fields of os-release, which names the system; {} where there is no such file."""
    try:
        lines = read_given(path, 2**20).splitlines()
    except (OSError, ValueError):
        return {}
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs}


def installed(package: str) -> bool:
    """Return whether a package is installed and configured."""
    return processes.ask(["dpkg-query", "-W", "-f", "${Status}", package]) == "install ok installed"


def candidate(package: str) -> str:
    """Return the version that the machine's own sources offer; empty for none."""
    listed = processes.ask(["apt-cache", "madison", package])
    versions = [line.split("|")[1].strip() for line in listed.splitlines() if line.count("|") == 2]
    return versions[0] if versions else ""


def update(report: Callable[[str], None]) -> None:
    """Download the machine's own package lists. Raises SlipwayError where no source answers."""
    processes.run([*privilege(), *QUIET, "apt-get", "update"], report)


def install(packages: Sequence[str], report: Callable[[str], None]) -> None:
    """Install packages, given as names or paths of .deb files, with the machine's own configuration."""
    apt_get = ["apt-get", "install", "-y", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0"]
    # In its own session, Ctrl-C does not reach dpkg in the middle of a package.
    processes.run([*privilege(), "setsid", "--wait", *QUIET, *apt_get, *packages], report, uncut=True)


def ensure_packages(packages: Sequence[str], *, reason: str, progress: Progress | None = None) -> None:
    """Install the missing ones of some packages, with consent. `reason` completes "… is needed to …".

    Raises SlipwayError where the machine has no apt, without consent, and where the installation fails.
    """
    names = " ".join(packages)
    if not available():
        raise SlipwayError(f"{names} is needed to {reason}.", "Install it with the package manager of this system.")
    missing = [package for package in packages if not installed(package)]
    if not missing:
        return
    names = " ".join(missing)
    ask(
        f"{names} is needed to {reason}. Install it?",
        f"{names} is needed to {reason}, and is not installed.",
        f"Run `sudo apt-get install {names}`, or repeat the command with {CONSENT}=1 in the environment.",
    )
    with (progress or Progress()).step(f"Installing {names}") as report:
        update(report)
        install(missing, report)


@contextmanager
def private_source(line: str) -> Iterator["PrivateSource"]:
    """Use a package source temporarily, without changing the machine's own configuration."""
    with tempfile.TemporaryDirectory(prefix="slipway-apt-") as folder:
        source = PrivateSource(Path(folder))
        (source.folder / "sources.list").write_text(f"{line}\n", encoding="utf-8")
        yield source


class PrivateSource:
    """A package source with its own lists and files, in its own folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.chmod(0o755)
        (folder / "lists" / "partial").mkdir(parents=True)
        (folder / "debs").mkdir()

    @property
    def options(self) -> list[str]:
        places = {
            "Dir::Etc::sourcelist": self.folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::State::lists": self.folder / "lists",
            "Dir::Cache::pkgcache": "",
            "Dir::Cache::srcpkgcache": "",
            "APT::Get::List-Cleanup": "0",
            "Acquire::Retries": "1",
            "Acquire::http::Timeout": "15",
        }
        # As root, apt would otherwise read as another user, who has no access to a private temporary folder.
        return [word for name, value in {**places, **_as_root()}.items() for word in ("-o", f"{name}={value}")]

    def download(self, packages: Sequence[str], report: Callable[[str], None]) -> list[str]:
        """Download packages without their dependencies. Returns the paths of the .deb files."""
        processes.run([*QUIET, "apt-get", *self.options, "update"], report)
        command = [*QUIET, "sh", "-c", 'cd "$0" && exec "$@"', str(self.folder / "debs")]
        processes.run([*command, "apt-get", *self.options, "download", *packages], report)
        return [str(path) for path in sorted((self.folder / "debs").glob("*.deb"))]


def _as_root() -> dict[str, str]:
    return {"APT::Sandbox::User": "root"} if os.geteuid() == 0 else {}


def mirror(codename: str) -> str:
    """Return the address of a release's main component in the machine's sources; empty where they have none."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)|$(RELEASE)|$(COMPONENT)", "Created-By: Packages"]
    for line in processes.ask(command).splitlines():
        address, release, component = (line.split("|") + ["", ""])[:3]
        if release == codename and component == "main":
            return address
    return ""
