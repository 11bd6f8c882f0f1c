"""A Docker daemon of our own: started where no other is running, stopped when it is no longer needed.

Where systemd runs, it manages the engine: we ask it to start the service, and never stop it.
"""

import os
import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandboxes import settings
from sandboxes.engine import endpoint, find
from sandboxes.engine.endpoint import Endpoint
from sandboxes.engine.find import Engine, State
from sandboxes.errors import SlipwayError
from sandboxes.host import packages, processes
from sandboxes.host.atomic_write import open_log
from sandboxes.steps import Progress

START_SECONDS = 90
STOP_SECONDS = 60


@dataclass(frozen=True)
class Daemon:
    """How a daemon of ours is run: its address, its arguments, and the folder of its record and log.

    `apart` is a command that it is run through, for a second daemon on a machine: it then has its own network.
    """

    folder: Path
    url: str = endpoint.DEFAULT_URL
    arguments: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()

    @property
    def record(self) -> Path:
        """The file that records the process."""
        return self.folder / "daemon.json"

    @property
    def log(self) -> Path:
        """The log of the daemon."""
        return self.folder / "dockerd.log"

    def running(self) -> processes.Process | None:
        """Return the process of the daemon that we started, if it is still running."""
        return processes.load(self.record)


def own() -> Daemon:
    """Return the daemon that `slipway up` starts for this project."""
    return Daemon(settings.load().state / "engine")


def start(daemon: Daemon, progress: Progress) -> Engine:
    """Start a daemon and wait until it answers. Raises SlipwayError with the reason from its log if it does not."""
    if daemon.url == endpoint.DEFAULT_URL and Path("/run/systemd/system").is_dir():
        return _start_service(progress)
    with progress.step("Starting the Docker engine") as report:
        process = daemon.running() or _launch(daemon)
        return _wait(Endpoint(daemon.url), process, daemon, report)


def _launch(daemon: Daemon) -> processes.Process:
    program = find.find_daemon()
    if not program:
        raise SlipwayError("No Docker daemon is installed.", find.how_to_install())
    daemon.folder.mkdir(parents=True, exist_ok=True)
    os.close(open_log(daemon.log))
    path = f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"
    command = ["env", f"PATH={path}", *daemon.apart, program, "-H", daemon.url, *daemon.arguments]
    # Through a shell that ends at once: the daemon is then not a child of ours, whether sudo was needed or not.
    script = 'setsid "$@" >>"$0" 2>&1 </dev/null & echo $!'
    printed = processes.ask([*packages.privilege(), "sh", "-c", script, str(daemon.log), *command], processes.SECONDS_TO_TYPE)
    if not printed.strip().isdigit():
        raise SlipwayError("The Docker engine could not be started: permission denied.", "Start it as root, or with sudo.")
    pid = int(printed)
    process = processes.Process(pid, processes.start_time(pid), {"command": command[2:]})
    process.save(daemon.record)
    return process


def _wait(where: Endpoint, process: processes.Process, daemon: Daemon, report: Callable[[str], None]) -> Engine:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        engine = find.describe(where, timeout=2)
        if engine.ok or engine.state is State.NO_RIGHTS:
            return engine
        if not process.alive:
            raise SlipwayError(f"The Docker engine exited while starting: {_reason(daemon)}", f"Its log: {daemon.log}")
        report("waiting for it to answer")
        time.sleep(0.1)
    raise SlipwayError(
        f"The Docker engine does not answer {START_SECONDS} seconds after its start: {_reason(daemon)}",
        f"Its log: {daemon.log}",
    )


def _reason(daemon: Daemon) -> str:
    """Return the last line of the log that names a reason, without its time stamp."""
    lines = processes.last_lines(daemon.log, 20)
    telling = [line for line in lines if line.startswith("failed to") or "level=fatal" in line or "level=error" in line]
    line = (telling or lines or ["its log is empty"])[-1]
    _, _, message = line.partition("msg=")
    return (shlex.split(message)[0] if message.startswith('"') and message.count('"') % 2 == 0 else message or line)[:400]


def _start_service(progress: Progress) -> Engine:
    with progress.step("Starting the Docker service") as report:
        processes.run([*packages.privilege(), "systemctl", "start", "docker.service"], report)
        engine = find.describe()
        if engine.state not in (State.OK, State.NO_RIGHTS):
            raise find.problem(engine)
        return engine


def stop(daemon: Daemon, progress: Progress) -> bool:
    """Stop the daemon that we started. Returns False if there is none. Raises SlipwayError if it does not end in time."""
    process = daemon.running()
    if process is None:
        daemon.record.unlink(missing_ok=True)
        return False
    with progress.step("Stopping the Docker engine") as report:
        gone = processes.terminate(
            process, STOP_SECONDS, packages.privilege(), lambda: report("waiting until its containers have ended")
        )
    if not gone:
        raise SlipwayError(
            f"The Docker engine (process {process.pid}) did not stop within {STOP_SECONDS} seconds.",
            "It may still be stopping containers: run `./slipway down` again in a minute.",
        )
    daemon.record.unlink(missing_ok=True)
    return True
