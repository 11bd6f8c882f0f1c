"""The set-up of the project's Python environment (.venv) and the start of the command line in it, run by `slipway`.

Standard library only: nothing is installed yet when this runs. A finished environment carries stamps in
.venv/slipway/: `base.toml` and `test.toml` are pyproject.toml as it was installed, `place` is the folder's path then.
The launcher compares them; whatever differs is set up again here.
"""

import errno
import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEEDED_MIB = 600
# Also applies to the pip that pip starts for build requirements. The defaults wait for minutes without a network.
PATIENCE = {"PIP_RETRIES": "2", "PIP_DEFAULT_TIMEOUT": "20"}
# Settings of pip for other environments: with them, pip would install beside .venv, or refuse to install.
ELSEWHERE = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_REQUIRE_VIRTUALENV", "PIP_DRY_RUN")
NOT_FOR_THE_USER = {"PIP_USER": "0"}


class SetupError(Exception):
    """The reason for which the environment could not be created, and its fix: one line for the person at the keyboard."""


def main(arguments: list[str]) -> int:
    """Set up what is missing, then run the command line in this process. Returns 2 and prints one line on a problem."""
    extra = "test" if arguments[:1] == ["test"] else "base"
    try:
        with locked(ROOT):
            if not is_ready(ROOT, extra):
                set_up(ROOT, extra)
    except SetupError as error:
        print(f"slipway: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nslipway: interrupted. Run the same command again to continue.", file=sys.stderr)
        return 130
    python = str(ROOT / ".venv" / "bin" / "python")
    os.execv(python, [python, "-I", "-m", "checks.cli", *arguments])


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold the set-up lock of this project folder; a second launcher prints a message and waits."""
    path = root / ".slipway" / "setup.lock"
    try:
        path.parent.mkdir(exist_ok=True)
        # Never through a link: what it leads to would be locked, or made. `sandboxes.host` is not there yet.
        lock = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600), "r+")
    except OSError as error:
        raise explain_os_error(error, root) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another slipway command is setting up the Python environment; waiting for it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_ready(root: Path, extra: str) -> bool:
    """Return whether the environment is complete, for this folder and the current pyproject.toml."""
    stamps = root / ".venv" / "slipway"
    try:
        return (
            os.access(root / ".venv" / "bin" / "python", os.X_OK)
            and (stamps / "place").read_text(encoding="utf-8").rstrip("\n") == str(root)
            and (stamps / f"{extra}.toml").read_bytes() == (root / "pyproject.toml").read_bytes()
        )
    except FileNotFoundError:
        return False


def set_up(root: Path, extra: str) -> None:
    """Create or update `root`/.venv with the project and, for "test", the requirements of its tests."""
    started = time.monotonic()
    extras = "with the requirements of the tests " if extra == "test" else ""
    say(f"Setting up the Python environment {extras}in {root / '.venv'}")
    say("(needed once, takes a minute or two) ...")
    venv = root / ".venv"
    try:
        if not is_usable(venv, root):
            make_venv(venv, root)
        definition = (root / "pyproject.toml").read_bytes()
        stamps = venv / "slipway"
        stamps.mkdir(exist_ok=True)
        for stamp in ("place", "base.toml", "test.toml"):
            (stamps / stamp).unlink(missing_ok=True)
        install(venv, root, extra)
        for name in {"base", extra}:
            (stamps / f"{name}.toml").write_bytes(definition)
        (stamps / "place").write_text(f"{root}\n", encoding="utf-8")
    except OSError as error:
        raise explain_os_error(error, root) from error
    say(f"Python environment ready ({time.monotonic() - started:.0f} s).")


def is_usable(venv: Path, root: Path) -> bool:
    """Return whether an existing environment can be updated; an incomplete or moved one is recreated."""
    stamps = venv / "slipway"
    if stamps.is_dir():
        try:
            if (stamps / "place").read_text(encoding="utf-8").rstrip("\n") != str(root):
                return False
        except (OSError, UnicodeDecodeError):
            return False
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11) or sys.prefix == sys.base_prefix)"
    try:
        return subprocess.run([venv / "bin" / "python", "-I", "-c", probe], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def make_venv(venv: Path, root: Path) -> None:
    """Create an empty environment in place of an existing one. It is marked as incomplete from the start."""
    require_room(root)
    try:
        import ensurepip  # noqa: F401
        import venv as _  # noqa: F401
    except ImportError as error:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetupError(
            f"this Python {version} lacks the venv module. Install it (Debian, Ubuntu: apt install python{version}-venv "
            "or python3-venv), then run this again."
        ) from error
    if venv.is_symlink() or venv.is_file():
        venv.unlink()
    elif venv.exists():
        say("An incomplete, moved or broken .venv is replaced.")
        shutil.rmtree(venv)
    (venv / "slipway").mkdir(parents=True)
    # The versioned executable: when the system's Python changes, the link breaks and the environment is recreated.
    python = os.path.realpath(sys.executable)
    run([python, "-I", "-m", "venv", str(venv)], root)


def install(venv: Path, root: Path, extra: str) -> None:
    """Install the project in editable mode and compile it, so that its first command is as fast as the next."""
    python = str(venv / "bin" / "python")
    target = f"{root}[test]" if extra == "test" else str(root)
    pip = [python, "-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    run([*pip, "--editable", target], root)
    require_installed(python)
    run([python, "-I", "-m", "compileall", "-q", str(root / "checks"), str(root / "sandboxes")], root)


def environment() -> dict[str, str]:
    """Return the environment for pip, without the settings that lead it elsewhere. PIP_USER is stronger than pip's files."""
    kept = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    return {**PATIENCE, **kept, **NOT_FOR_THE_USER}


def require_installed(python: str) -> None:
    """Raise SetupError where pip has installed into another place, as a setting in one of its files may say."""
    probe = [python, "-I", "-c", "import checks.cli"]
    if subprocess.run(probe, capture_output=True, timeout=60).returncode != 0:
        raise SetupError(
            "pip has installed the packages into another folder than .venv. `python3 -m pip config list` shows the settings of "
            "pip: remove target, prefix or root with `python3 -m pip config unset global.target`, then run this again."
        )


def run(command: list[str], root: Path) -> None:
    """Run one command and show its progress; its whole output goes to .slipway/setup.log."""
    log_path = root / ".slipway" / "setup.log"
    with log_path.open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(command)}\n")
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8", errors="replace", cwd=root, env=environment(),
        )  # fmt: skip
        ticker = Ticker()
        lines = []
        try:
            for line in process.stdout:
                log.write(line)
                lines.append(line.rstrip())
                ticker.show(line.strip())
            code = process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
        finally:
            ticker.clear()
    if code != 0:
        raise SetupError(f"{explain_output(lines)} (whole output: {log_path})")


class Ticker:
    """The display of pip's current step: on one line of a terminal, otherwise as a line every ten seconds."""

    WORTH_SHOWING = re.compile(r"(Collecting|Downloading|Using cached|Installing|Building|Preparing|Uninstalling)\b.*")

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self.printed = time.monotonic()

    def show(self, line: str) -> None:
        """Show a line of pip's output if it names a step."""
        match = self.WORTH_SHOWING.match(line)
        if not match or (not self.terminal and time.monotonic() - self.printed < 10):
            return
        text = match.group().split(" (from")[0]
        if "/" in text and text.startswith(("Downloading", "Using")):
            text = f"{text.split()[0]} {text.rsplit('/', 1)[1]}"
        self.printed = time.monotonic()
        if self.terminal:
            width = shutil.get_terminal_size().columns - 4
            print(f"\r\x1b[K  {text[:width]}", end="", file=sys.stderr, flush=True)
        else:
            say(f"  {text[:76]}")

    def clear(self) -> None:
        """Remove what is shown on a terminal."""
        if self.terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def explain_output(lines: list[str]) -> str:
    """Return one sentence with the reason for which pip or venv failed, or else the last error line of its output."""
    output = "\n".join(lines)
    if re.search(r"No space left on device|Disk quota exceeded|Errno 28\b", output):
        return no_space()
    if re.search(r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError", output):
        return (
            "this machine does not trust the certificate of the package index (PyPI). Behind a company proxy, "
            "set PIP_CERT to the company's CA file, then run this again."
        )
    if "Permission denied" in output and "Errno 13" in output:
        return "permission denied for a file of the Python environment. Change its owner (chown), then run this again."
    if re.search(r"Missing dependencies for SOCKS support|InvalidSchema.*socks|ProxySchemeUnknown", output, re.IGNORECASE):
        return (
            "pip cannot use the SOCKS proxy that is set (ALL_PROXY, HTTPS_PROXY or pip's own setting). Set HTTPS_PROXY to an "
            "HTTP proxy and unset ALL_PROXY, then run this again."
        )
    unreachable = (
        r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|Connection refused"
        r"|Network is unreachable|Temporary failure in name resolution|timed out|from versions: none"
    )
    if re.search(unreachable, output):
        return (
            "the Python package index (PyPI) does not answer. Check the network, or set a mirror in PIP_INDEX_URL "
            "or a proxy in HTTPS_PROXY, then run this again."
        )
    errors = [line for line in lines if line.startswith(("ERROR", "error", "Error"))]
    last = (errors or [line for line in lines if line] or ["no output"])[-1]
    return f"the Python environment could not be created: {last[:200]}"


def explain_os_error(error: OSError, root: Path) -> SetupError:
    """Return the same for an error of the operating system."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return SetupError(no_space())
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return SetupError(f"permission denied in {root}. Change its owner (chown), or clone Slipway into your home folder.")
    return SetupError(f"the Python environment could not be created: {error}")


def require_room(root: Path) -> None:
    """Raise SetupError where the disk has too little space for the environment."""
    free = shutil.disk_usage(root).free // 2**20
    if free < NEEDED_MIB:
        raise SetupError(f"{no_space()} {free} MiB free, {NEEDED_MIB} MiB needed.")


def no_space() -> str:
    """Return the message for a full disk."""
    return f"no space left for the Python environment in {ROOT}. Free some space, then run this again."


def say(text: str) -> None:
    """Print a line to standard error."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
