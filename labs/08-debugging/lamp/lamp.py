"""The harbour's lamp. The law asks for a journal of when it was lit: without one, it may not be relied on."""

import signal
import sys
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = 8000
JOURNAL = "/var/lib/lamp/journal"


def note(words: str) -> str:
    """Add a line to the journal, if there are words to add. Returns what went wrong, or nothing."""
    try:
        with open(JOURNAL, "a", encoding="utf-8") as journal:
            journal.write(words)
    except OSError as error:
        return f"The journal cannot be written: {error}"
    return ""


class Lamp(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        fault = note("") if self.path == "/health" else ""
        self.send_response(503 if fault else 200)
        self.end_headers()
        self.wfile.write(f"{fault or 'The lamp is lit.'}\n".encode())


signal.signal(signal.SIGTERM, lambda *_: sys.exit())
note(f"{datetime.now():%Y-%m-%d, %H:%M}: lit.\n")
print(f"The lamp listens on port {PORT}.", flush=True)
ThreadingHTTPServer(("", PORT), Lamp).serve_forever()
