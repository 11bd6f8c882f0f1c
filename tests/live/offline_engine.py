"""An island: a Docker daemon in a network namespace that no packet leaves, and a watch that sees each that tries to."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

import pytest

from sandboxes.engine import daemon
from sandboxes.images.build_environment import proxies
from sandboxes.steps import Progress

WATCH = Path(__file__).with_name("island_watch.py")
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
Tries = Counter[str]
# A second Docker daemon needs root.
POSSIBLE = os.geteuid() == 0
# What has tried to leave, by lab, for the end of the run.
TRIED = pytest.StashKey[dict[str, Tries]]()


class Island:
    """`with Island() as island`: the daemon runs, the watch sees. All of it is gone at the end."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sw"))
        resolver = self.folder / "resolv.conf"
        resolver.write_text(f"nameserver {ADDRESS}\noptions timeout:1 attempts:1\n", encoding="ascii")
        places = {"--data-root": "data", "--exec-root": "exec", "--pidfile": "pid"}
        arguments = tuple(f"{option}={self.folder}/{name}" for option, name in places.items())
        apart = ("unshare", "--net", "--mount", "--", "sh", "-c", SET_UP, str(resolver))
        self.url = f"unix://{self.folder}/s"
        self.daemon = daemon.Daemon(self.folder / "engine", self.url, arguments, apart)
        self.log = self.folder / "watch.log"
        self.watch: subprocess.Popen | None = None

    def __enter__(self) -> Self:
        try:
            daemon.start(self.daemon, Progress())
            with self.log.open("wb") as log:
                self.watch = subprocess.Popen([*self.inside(), sys.executable, str(WATCH), ADDRESS, INTERFACE], stdout=log)
            deadline = time.monotonic() + 20
            while not self.log.read_text():
                assert self.watch.poll() is None and time.monotonic() < deadline, "the watch does not begin"
                time.sleep(0.05)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self.watch:
            self.watch.terminate()
            self.watch.wait(10)
        daemon.stop(self.daemon, Progress())
        shutil.rmtree(self.folder, ignore_errors=True)

    def inside(self) -> list[str]:
        """The beginning of a command that runs on the island: its network, its resolv.conf, and all files."""
        process = self.daemon.running()
        assert process is not None, "the island's daemon has ended"
        return ["nsenter", f"--target={process.pid}", "--net", "--mount", "--wd=."]

    def run(self, command: list[str], environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess:
        """Run a command on the island, with the island's engine, and without this machine's proxies and mirrors."""
        kept = {name: value for name, value in os.environ.items() if name not in proxies() and name[:4] != "PIP_"}
        told = {**kept, "PIP_CONFIG_FILE": os.devnull, **(environ or {}), "DOCKER_HOST": self.url}
        return subprocess.run(
            [*self.inside(), *command],
            env=told,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=SECONDS,
        )

    def carry(self, references: Iterable[str]) -> None:
        """Bring images over from the engine that is there, as a file is carried to a machine without a network."""
        with subprocess.Popen(["docker", "save", *references], stdout=subprocess.PIPE) as save:
            subprocess.run(["docker", "--host", self.url, "load", "--quiet"], stdin=save.stdout, check=True, timeout=SECONDS)
        assert save.returncode == 0

    def tries(self, since: int = 0) -> Tries:
        """What has tried to leave, and how often; `since` is a former `mark`."""
        with self.log.open(encoding="utf-8") as log:
            log.seek(since)
            seen = [json.loads(line) for line in log if line.endswith("\n")]
        names = (f"name {each['name']}" for each in seen if "name" in each)
        return Counter([*names, *(f"packet {each['packet']}" for each in seen if "packet" in each)])

    def mark(self) -> int:
        """Where the watch's log ends now."""
        return self.log.stat().st_size
