"""The tide gauge: how high the water stands. It reads its settings from tide.conf."""

import math
import signal
import sys
import time
from configparser import ConfigParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOURS = 12.42  # from one high water to the next

settings = ConfigParser()
settings.read("/app/tide.conf")
PORT = settings.getint("gauge", "port")


class Gauge(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        height = 2 + 1.5 * math.sin(2 * math.pi * time.time() / (HOURS * 3600))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"The water stands at {height:.2f} m.\n".encode())


signal.signal(signal.SIGTERM, lambda *_: sys.exit())
print(f"The tide gauge listens on port {PORT}.", flush=True)
ThreadingHTTPServer(("", PORT), Gauge).serve_forever()
