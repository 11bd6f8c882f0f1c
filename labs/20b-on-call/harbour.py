"""One of the harbour's services: `python3 harbour.py NAME` answers on port 8000, and on /live while it works."""

import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

name = sys.argv[1]
warm_up = int(os.environ.get("WARM_UP", "0"))
journal = Path(os.environ["JOURNAL"]) if "JOURNAL" in os.environ else None


class Harbour(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(("alive\n" if self.path == "/live" else page()).encode())

    def log_message(self, *about):
        pass


def page():
    lines = [f"{name}: open"]
    if crews is not None:
        lines.append(f"crews on duty: {crews}")
    if journal:
        lines.append(journal.read_text())
    return "\n".join(lines) + "\n"


def number_of_crews():
    text = os.environ.get("CREWS")
    if text is None:
        return None
    if not text.isdigit():
        sys.exit(f"{name}: CREWS is “{text}”, and that is not a number. Stopping.")
    return int(text)


signal.signal(signal.SIGTERM, lambda *about: os._exit(0))
print(f"{name}: warming up, {warm_up} seconds", flush=True)
time.sleep(warm_up)
crews = number_of_crews()
if journal:
    with journal.open("a") as book:
        book.write(f"{time.strftime('%H:%M:%S')} lit\n")
print(f"{name}: open on port 8000", flush=True)
ThreadingHTTPServer(("", 8000), Harbour).serve_forever()
