"""A decoy API server: real TLS on the loopback address, certificates of its own, and a log of all that it receives."""

import base64
import hashlib
import json
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from trouble import Clock, Trouble

from sandboxes.cluster import kubeconfig
from sandboxes.cluster.access import Access, Identity

UID = "0d1c2b3a-0000-4000-8000-000000000001"
Reply = tuple[int, Any]
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


@dataclass(frozen=True)
class Authority:
    """A certificate authority with a server's and a client's pair, as files and as PEM."""

    folder: Path

    def pem(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def access(self, port: int, context: str = "slipway") -> Access:
        server = f"https://127.0.0.1:{port}"
        return Access(context, server, self.pem("ca.crt"), self.pem("client.crt"), self.pem("client.key"))


def authority(folder: Path, days: int = 2) -> Authority:
    """Create an authority with the openssl command. With `days` of -1, its certificates have expired."""
    folder.mkdir(parents=True)

    def run(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    run("req", "-x509", *KEY, "-days", "2", "-subj", "/CN=decoy-ca", "-keyout", "ca.key", "-out", "ca.crt")
    for name in ("server", "client"):
        sign(folder, name, days)
    return Authority(folder)


def sign(folder: Path, name: str, days: int = 2, address: str = "IP:127.0.0.1") -> None:
    """Create a certificate of the authority in `folder`, NAME.crt, with its key, for an address ("DNS:…" or "IP:…")."""

    def run(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    (folder / "san").write_text(f"subjectAltName={address}\n", encoding="ascii")
    run("req", *KEY, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
    run(
        "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
        "-days", str(days), "-extfile", "san", "-out", f"{name}.crt",
    )  # fmt: skip


@dataclass
class Decoy:
    """The server. `log` holds "METHOD path" of every request; `answers` and `choose` decide what it says.

    With `frames`, a request for a WebSocket is granted, and these bytes follow, part by part; then the connection is
    closed, or held with `hold`. What comes from the other side is in `heard`. `trouble` is what breaks its answers, and
    `clock` its own time.
    """

    authority: Authority
    server: ThreadingHTTPServer
    log: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    uid: str = UID
    delay: float = 0.0
    retry_after: str = ""
    frames: list[bytes] | None = None
    pause: float = 0.0
    hold: bool = False
    subprotocol: str = "v5.channel.k8s.io"
    heard: bytes = b""
    clock: Clock = field(default_factory=Clock)
    trouble: Trouble | None = None
    answers: dict[str, Reply] = field(default_factory=dict)
    choose: Callable[[str, str], Reply | None] = lambda method, path: None

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    @property
    def access(self) -> Access:
        return self.authority.access(self.port)

    def identity(self, **changed: str) -> Identity:
        about = {"name": "slipway", "server": self.access.server, "ca_sha256": self.access.ca_sha256}
        return Identity(**{**about, "kube_system_uid": UID, "made": "2026-01-01T00:00:00Z", **changed})

    def keep(self, folder: Path, **changed: str) -> Path:
        """Write the files of a cluster that is this server."""
        kubeconfig.write(folder, self.access, self.identity(**changed))
        return folder

    @property
    def writes(self) -> list[str]:
        return [request for request in self.log if not request.startswith("GET ")]

    def reply(self, method: str, path: str) -> Reply:
        plain = path.partition("?")[0]
        if (chosen := self.choose(method, path)) is not None:
            return chosen
        if plain in self.answers:
            return self.answers[plain]
        if plain == "/api/v1/namespaces/kube-system":
            return 200, {"kind": "Namespace", "metadata": {"name": "kube-system", "uid": self.uid}}
        if plain == "/version":
            return 200, {"gitVersion": "v1.37.2"}
        if method == "GET" and plain.rpartition("/")[2].endswith("s"):
            return 200, {"kind": "List", "apiVersion": "v1", "items": []}
        return status(404, "not found") if method == "GET" else (200, {"kind": "Status", "status": "Success"})


def status(code: int, message: str) -> Reply:
    body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": code}
    return code, body


class Handler(BaseHTTPRequestHandler):
    """The requests of one connection: logged, and answered as the decoy says."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def handle_any(self) -> None:
        running = self.server.decoy
        length = int(self.headers.get("Content-Length") or 0)
        running.bodies.append(json.loads(self.rfile.read(length)) if length else None)
        running.log.append(f"{self.command} {self.path}")
        time.sleep(running.delay)
        upgrades = self.headers.get("Upgrade") == "websocket"
        if upgrades and running.trouble is not None and running.trouble.breaks(self, 101, b""):
            return
        if running.frames is not None and self.headers.get("Upgrade") == "websocket":
            self.open_websocket()
            self.send_frames(running, running.frames)
        else:
            self.send_reply(running)

    def send_reply(self, running: Decoy) -> None:
        code, body = running.reply(self.command, self.path)
        if isinstance(body, Iterator):
            self.send_lines(code, body)
            return
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        if running.trouble is not None and running.trouble.breaks(self, code, data):
            return
        self.send_response(code)
        self.send_header("Content-Type", "text/plain" if "/log?" in self.path and isinstance(body, bytes) else "application/json")
        self.send_header("Content-Length", str(len(data)))
        if code == 429 and running.retry_after:
            self.send_header("Retry-After", running.retry_after)
        self.end_headers()
        self.wfile.write(data)

    def send_lines(self, code: int, lines: Iterator[bytes]) -> None:
        """Send a response without an end, such as a watch, as its lines come."""
        self.send_response(code)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for line in lines:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
        self.close_connection = True

    def open_websocket(self) -> None:
        """Grant the handshake of RFC 6455."""
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.send_header("Sec-WebSocket-Protocol", self.server.decoy.subprotocol)
        self.end_headers()

    def send_frames(self, running: Decoy, frames: list[bytes]) -> None:
        for frame in frames:
            self.wfile.write(frame)
            time.sleep(running.pause)
        while running.hold and (data := self.connection.recv(65536)):
            running.heard += data
        self.close_connection = True

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(self.server.decoy.clock.now() if timestamp is None else timestamp)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815

    def log_message(self, *arguments: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """The listening socket: each connection has a thread, which does the TLS handshake."""

    daemon_threads = True

    def __init__(self, authority: Authority) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.context = tls(authority)
        self.decoy = Decoy(authority, self)

    def get_request(self) -> Any:
        plain, address = super().get_request()
        plain.settimeout(10)
        return self.context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: object, address: object) -> None:
        pass  # a client that does not trust us breaks off: that is what the tests want to see


def tls(authority: Authority) -> ssl.SSLContext:
    """Return the TLS settings of a server of this authority, which accepts a client's certificate and does not ask for one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.folder / "server.crt", authority.folder / "server.key")
    context.load_verify_locations(authority.folder / "ca.crt")
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


@contextmanager
def decoy(authority: Authority) -> Iterator[Decoy]:
    """Run a decoy on a free port while the block runs."""
    server = Server(authority)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server.decoy
    finally:
        server.shutdown()
        server.server_close()
