"""Registries for the tests of pulling: Debian's docker-registry on a loopback port, and servers with one fault each."""

import http.client
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sandboxes.host import packages

CONFIG = """version: 0.1
log: {{level: error}}
storage:
  filesystem: {{rootdirectory: {folder}}}
http:
  addr: 127.0.0.1:{port}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def registry_program() -> str:
    """The path of Debian's registry. In CI it is installed; elsewhere the tests that need it are skipped without it."""
    if not shutil.which("docker-registry") and os.environ.get("CI") and packages.available():
        packages.agree()
        packages.ensure_packages(["docker-registry"], reason="pull from a registry of the tests' own")
    return shutil.which("docker-registry") or pytest.skip("docker-registry is not installed")


@contextmanager
def real_registry(folder: Path) -> Iterator[str]:
    """Debian's registry with its data in `folder`; yields host:port."""
    port, program = free_port(), registry_program()
    config = folder / "registry.yml"
    config.write_text(CONFIG.format(folder=folder / "data", port=port))
    with (folder / "registry.log").open("wb") as log:
        server = subprocess.Popen([program, "serve", str(config)], stdout=log, stderr=log)
    try:
        _wait_for(port, server)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(port: int, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert server.poll() is None, "the registry ended at once"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the registry does not listen")


@contextmanager
def serve(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def answering(status: int, code: str, message: str) -> type[BaseHTTPRequestHandler]:
    """A registry that answers every request with one error."""
    body = f'{{"errors":[{{"code":"{code}","message":"{message}"}}]}}'.encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802
            if self.path == "/v2/":
                # The greeting works: the trouble begins with the image.
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")
                return
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *arguments: object) -> None:
            pass

    return Handler


@contextmanager
def silent_registry() -> Iterator[str]:
    """Accepts connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def stalling(upstream: str, released: threading.Event) -> type[BaseHTTPRequestHandler]:
    """Passes everything on to a real registry, but stops in the middle of every blob over a megabyte."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # noqa: N802
            connection = http.client.HTTPConnection(upstream)
            connection.request(self.command, self.path, headers={"Accept": ", ".join(self.headers.get_all("Accept", ["*/*"]))})
            answer = connection.getresponse()
            body = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "date"):
                    self.send_header(name, value)
            self.end_headers()
            if self.command == "GET" and len(body) > 1_000_000:
                self.wfile.write(body[: len(body) // 2])
                self.wfile.flush()
                released.wait(120)
                self.close_connection = True
                return
            self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *arguments: object) -> None:
            pass

    return Handler


def docker(*arguments: str, data: bytes | None = None) -> str:
    """Run a docker command and return its output; fails the test when it fails."""
    completed = subprocess.run(["docker", *arguments], input=data, capture_output=True, timeout=120, env=os.environ)
    assert completed.returncode == 0, f"docker {' '.join(arguments)}: {completed.stderr.decode(errors='replace')}"
    return completed.stdout.decode(errors="replace").strip()
