"""Asks the lamp how it is, for the health check."""

import sys
from http.client import HTTPConnection

connection = HTTPConnection("127.0.0.1", 8000, timeout=2)
connection.request("GET", "/health")
answer = connection.getresponse()
print(answer.read().decode().strip())
sys.exit(answer.status != 200)
