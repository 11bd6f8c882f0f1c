"""The greeting of the harbour, in one of its versions: it says which one answers, and where."""

import json
import os
import signal
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

VERSION = os.environ.get("VERSION", "0")
MACHINE = os.environ.get("MACHINE", "a machine without a name")
# A real application reads its configuration, connects to others and fills its caches. This one only waits.
START_SECONDS = float(os.environ.get("START_SECONDS", "2"))


class Harbour(BaseHTTPRequestHandler):
    """Answers every path with the greeting, and `/storm` not at all."""

    def do_GET(self) -> None:  # noqa: N802
        if self.path == "/storm":
            self.log_message("a case that nobody thought of: the process ends")
            os._exit(1)
        said = {
            "greeting": "Hello from the harbour!",
            "version": VERSION,
            "machine": MACHINE,
            "container": socket.gethostname(),
        }
        body = json.dumps(said).encode() + b"\n"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve() -> None:
    """Serve until the engine asks the process to end (SIGTERM); what has been begun is finished first."""
    time.sleep(START_SECONDS)
    server = ThreadingHTTPServer(("", 8000), Harbour)
    server.daemon_threads = False
    # From another thread, because shutdown() waits for the loop that runs in this one.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"Version {VERSION} serves on {MACHINE}.", flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()


if __name__ == "__main__":
    serve()
