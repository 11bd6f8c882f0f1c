"""The ferry's timetable: a ferry leaves every twenty minutes."""

import signal
import sys
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = 8000
EVERY = 20  # minutes


class Timetable(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        now = datetime.now()
        leaves = now + timedelta(minutes=EVERY - now.minute % EVERY)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"The next ferry leaves at {leaves:%H:%M}.\n".encode())


signal.signal(signal.SIGTERM, lambda *_: sys.exit())
print(f"The timetable listens on port {PORT}.", flush=True)
ThreadingHTTPServer(("", PORT), Timetable).serve_forever()
