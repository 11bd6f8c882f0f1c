"""The offline engine: a Docker daemon in a network namespace that no packet leaves, and a watch that sees each that tries.

    python -m checks.dev.lanes.offline_engine COMMAND ...

runs a command beside such an engine, with the images of all labs on it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from checks import catalog
from checks.dev.lanes.parent import attend, run
from sandboxes import images, settings
from sandboxes.engine import daemon
from sandboxes.errors import SlipwayError
from sandboxes.host.processes import exclusive
from sandboxes.host.signals import finishing
from sandboxes.images.build_environment import proxies
from sandboxes.images.get import BUILT, OUTDATED
from sandboxes.settings import ROOT
from sandboxes.steps import Progress

WATCH = Path(__file__).with_name("offline_watch.py")
# An address of those that documentation uses: nothing real can be meant by it.
ADDRESS, GATEWAY, INTERFACE = "192.0.2.2", "192.0.2.1", "out"
SET_UP = f"""
set -e
ip link set lo up
ip link add {INTERFACE} type veth peer name nowhere
for end in {INTERFACE} nowhere; do
    [ ! -e /proc/sys/net/ipv6/conf/$end ] || echo 1 > /proc/sys/net/ipv6/conf/$end/disable_ipv6
    ip link set $end up
done
ip address add {ADDRESS}/24 dev {INTERFACE}
ip neighbour add {GATEWAY} lladdr 02:00:00:00:00:01 dev {INTERFACE}
ip route add default via {GATEWAY}
mount --bind "$0" /etc/resolv.conf
exec "$@"
"""
SECONDS = 900
PYTHON = "python:3.11-slim"
# The feature with which containerd keeps the images, as it does by default since Docker 29.
CONTAINERD_STORE = "containerd-snapshotter"
# The folder of the offline engine that a process runs beside.
FOLDER = "SLIPWAY_OFFLINE_ENGINE"
Tries = Counter[str]


def possible() -> bool:
    """Return whether this process may start an offline engine: a second Docker daemon needs root."""
    return os.geteuid() == 0


class Offline:
    """The network of an offline engine in `folder`; `inside` begins a command that is to run there."""

    def __init__(self, folder: Path, inside: Sequence[str] = ()) -> None:
        self.folder = folder
        self.inside = tuple(inside)

    @property
    def url(self) -> str:
        return f"unix://{self.folder}/s"

    @property
    def log(self) -> Path:
        return self.folder / "watch.log"

    def environment(self, environ: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return variables for a command: the offline engine, and none of this machine's proxies and mirrors."""
        kept = {name: value for name, value in os.environ.items() if name not in proxies() and name[:4] != "PIP_"}
        own = {"PIP_CONFIG_FILE": os.devnull, "DOCKER_HOST": self.url, FOLDER: str(self.folder)}
        return {**kept, **(environ or {}), **own}

    def run(self, command: Sequence[str], environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command beside the engine and return how it ended. Raises TimeoutExpired after `SECONDS`."""
        return subprocess.run(
            [*self.inside, *command],
            env=self.environment(environ),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=SECONDS,
        )

    def mark(self) -> int:
        """Return where the watch's log ends now, in bytes."""
        return self.log.stat().st_size

    def tries(self, since: int = 0) -> Tries:
        """Count what has tried to leave, by "name N" and "packet P"; `since` is a former `mark`."""
        with self.log.open(encoding="utf-8") as log:
            log.seek(since)
            seen = [json.loads(line) for line in log if line.endswith("\n")]
        names = (f"name {entry['name']}" for entry in seen if "name" in entry)
        return Counter([*names, *(f"packet {entry['packet']}" for entry in seen if "packet" in entry)])


class OfflineEngine(Offline):
    """An offline engine for a `with` block: a daemon and its watch, which are removed at its end.

    `features` are switched on in the daemon, such as `CONTAINERD_STORE`.
    """

    def __init__(self, features: Sequence[str] = ()) -> None:
        super().__init__(Path(tempfile.mkdtemp(prefix="sw")))
        configuration = self.folder / "daemon.json"
        configuration.write_text(json.dumps({"features": dict.fromkeys(features, True)}), encoding="ascii")
        resolver = self.folder / "resolv.conf"
        resolver.write_text(f"nameserver {ADDRESS}\noptions timeout:1 attempts:1\n", encoding="ascii")
        places = {"--data-root": "data", "--exec-root": "exec", "--pidfile": "pid", "--config-file": configuration.name}
        arguments = tuple(f"{option}={self.folder}/{name}" for option, name in places.items())
        apart = ("unshare", "--net", "--mount", "--", "sh", "-c", SET_UP, str(resolver))
        self.daemon = daemon.Daemon(self.folder / "engine", self.url, arguments, apart)
        self.watch: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            daemon.start(self.daemon, Progress())
            process = self.daemon.running()
            if process is None:
                raise SlipwayError("The offline engine has ended.", f"Its log: {self.daemon.log}")
            self.inside = ("nsenter", f"--target={process.pid}", "--net", "--mount", "--wd=.")
            self._start_watch()
        except BaseException:
            self.close()
            raise
        return self

    def _start_watch(self) -> None:
        with self.log.open("wb") as log:
            self.watch = subprocess.Popen([*self.inside, sys.executable, str(WATCH), ADDRESS, INTERFACE], stdout=log)
        deadline = time.monotonic() + 20
        while not self.log.read_text(encoding="utf-8"):
            if self.watch.poll() is not None or time.monotonic() > deadline:
                raise SlipwayError("The watch of the offline engine does not start.")
            time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        with finishing():
            self.close()

    def close(self) -> None:
        """End the watch and the daemon, and remove their folder."""
        if self.watch:
            self.watch.terminate()
            self.watch.wait(10)
        daemon.stop(self.daemon, Progress())
        shutil.rmtree(self.folder, ignore_errors=True)

    def carry(self, references: Iterable[str]) -> None:
        """Copy images from the engine of this machine in an archive, as to a machine without a network."""
        with subprocess.Popen(["docker", "save", *references], stdout=subprocess.PIPE) as save:
            load = ["docker", "--host", self.url, "load", "--quiet"]
            loaded = subprocess.run(load, stdin=save.stdout, stdout=subprocess.DEVNULL, timeout=SECONDS)
        if save.returncode or loaded.returncode:
            raise SlipwayError("The images could not be copied to the offline engine.")


def wanted() -> list[str]:
    """Return the images that labs and the tests of images use, without those that only a cluster needs."""
    return sorted({image for lab in catalog.labs(ROOT / "labs") for image in lab.images})


@contextmanager
def built_python() -> Iterator[None]:
    """Let python:3.11-slim be the image of our recipe, which holds what the labs install, while the block runs.

    One that was pulled has its name back afterwards.
    """
    [status] = images.status([PYTHON])
    if status.origin != BUILT:
        images.ensure([PYTHON], source="build", again=True)
    yield
    if status.origin not in (BUILT, OUTDATED):
        subprocess.run(["docker", "tag", status.id, PYTHON], check=True)


@contextmanager
def filled(references: Sequence[str] = (), features: Sequence[str] = ()) -> Iterator[OfflineEngine]:
    """Run an offline engine with these images, or those of all labs, which the engine of this machine must have."""
    with OfflineEngine(features) as engine:
        # One at a time: another run would take the name of our image for the one to give back.
        with (
            exclusive(settings.load().state / "offline-images.lock", "Waiting for another offline engine to be filled."),
            built_python(),
        ):
            engine.carry(references or wanted())
        yield engine


def current() -> Offline | None:
    """Return the offline engine that this process uses; None for none."""
    folder = os.environ.get(FOLDER)
    return Offline(Path(folder)) if folder else None


def main(command: Sequence[str]) -> int:
    """Run a command beside an offline engine. Returns its exit code."""
    with filled() as engine:
        return attend([*engine.inside, *command], engine.environment())


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]))
