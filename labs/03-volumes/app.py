"""A small web application: it greets whoever asks, and says where it runs."""

import os
import socket

from flask import Flask
from markupsafe import escape

GREETING = os.environ.get("GREETING", "Hello from Docker!")

app = Flask(__name__)


@app.get("/")
def greet() -> str:
    """The greeting, with the name of the machine or container that answers."""
    return f"{GREETING} You have reached {socket.gethostname()}.\n"


@app.get("/hello/<name>")
def greet_by_name(name: str) -> str:
    """The greeting, for somebody in particular."""
    return f"{GREETING} Nice to meet you, {escape(name)}.\n"
