"""The one JupyterLab server of this project: starting, finding and stopping it."""

import errno
import html
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sandboxes import exchange, json_text
from sandboxes.errors import SlipwayError
from sandboxes.host import processes
from sandboxes.host.atomic_write import write_whole
from sandboxes.jupyter import config
from sandboxes.settings import Settings

START_SECONDS = 60
STOP_SECONDS = 15
PORTS_TRIED = 100
STATUS_LIMIT = 64 * 1024  # bytes


@dataclass(frozen=True)
class Server:
    """A running JupyterLab, on this machine's loopback address."""

    process: processes.Process
    port: int
    token: str

    def url(self, notebook: str = "") -> str:
        """Return the address to open, with the token, and on a `notebook`, given by its path under the workspace."""
        path = f"/lab/tree/{quote(notebook)}" if notebook else "/lab"
        return f"http://127.0.0.1:{self.port}{path}?token={self.token}"

    def answers(self, timeout: float = 2.0) -> bool:
        """Return whether our server answers on the port, and accepts our token."""
        from urllib3.connection import HTTPConnection

        connection = HTTPConnection("127.0.0.1", self.port)
        sent = {"Authorization": f"token {self.token}"}
        try:
            response = exchange.once(connection, "GET", "/api/status", timeout=timeout, limit=STATUS_LIMIT, sent=sent)
            return response.status == 200 and "started" in json_text.loads(response.body)
        except (OSError, ValueError):
            return False


def redirect_page(settings: Settings, url: str) -> Path:
    """Write a page that leads a browser to `url`, readable by its owner only; the path of it.

    The browser is started with this path: its command line, which other users of the machine can read, has no token.
    """
    path = config.folder(settings) / "open.html"
    target = html.escape(url)
    page = f'<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={target}">'
    write_whole(path, f'{page}<title>JupyterLab</title><a href="{target}">Open JupyterLab</a>\n', 0o600)
    return path


def find(settings: Settings) -> Server | None:
    """Return the server that was started for this project, if its process is still alive."""
    process = processes.load(_record(settings))
    if process is None or not isinstance(process.about.get("port"), int):
        return None
    return Server(process, process.about["port"], config.token(settings))


def start(settings: Settings, port: int, report: Callable[[str], None]) -> Server:
    """Start JupyterLab and wait until it answers. Raises SlipwayError with the last line of its log otherwise."""
    settings.work.mkdir(parents=True, exist_ok=True)
    path = config.write(settings, port)
    command = [sys.executable, "-P", "-m", "jupyterlab", f"--config={path}"]
    log = config.folder(settings) / "server.log"
    child = processes.start_detached(command, log, config.environment(settings), settings.work)
    process = processes.Process(child.pid, child.started, {"port": port})
    process.save(_record(settings))
    server = Server(process, port, config.token(settings))
    deadline = time.monotonic() + START_SECONDS
    while not server.answers():
        if not process.alive or time.monotonic() > deadline:
            problem = "ended while starting" if not process.alive else f"does not answer after {START_SECONDS} seconds"
            stop(settings)
            words = " ".join(processes.last_lines(log, 1))
            raise SlipwayError(f"JupyterLab {problem}: {words}", f"Its log: {log}")
        report("waiting for it to answer")
        time.sleep(0.1)
    return server


def stop(settings: Settings) -> bool:
    """Stop the server and its kernels; return False where none runs. Raises SlipwayError when it does not end."""
    server = find(settings)
    if server is None:
        _record(settings).unlink(missing_ok=True)
        return False
    if not processes.terminate(server.process, STOP_SECONDS) and not _end_idle(server):
        raise SlipwayError(
            f"JupyterLab (process {server.process.pid}) has not ended after {STOP_SECONDS} seconds.",
            "Save your work, then run `./slipway down` again.",
        )
    _record(settings).unlink(missing_ok=True)
    return True


def _end_idle(server: Server) -> bool:
    """Kill a server that has closed its port and ended its kernels, and still runs. Return whether it has ended.

    A request that was under way when the server stopped leaves a thread behind that nothing ends, and Python waits for it.
    """
    return is_free(server.port) and processes.kill_childless(server.process)


def free_port(wanted: int) -> int:
    """Return the first port from `wanted` upwards that no program listens on. Raises SlipwayError where a hundred are taken."""
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        if is_free(port):
            return port
    raise SlipwayError(f"No free port was found from {wanted} upwards.", "Choose one with --port.")


def is_free(port: int) -> bool:
    """Return whether a server could listen on this port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def _record(settings: Settings) -> Path:
    return config.folder(settings) / "server.json"
