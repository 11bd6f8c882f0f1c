"""Mermaid, the program that draws the diagrams, for a site that asks no other host for anything.

The theme would load it from a public CDN when a page is read. Here the file is part of the built site instead. It is
the release on npm, byte for byte; it is taken out of a Python package that carries it, because PyPI is the one registry
that everyone who installed Slipway can reach. Nothing of that package is installed or run, and a file with another
content is refused. JupyterLab has Mermaid inside it as well, but cut into pieces whose form changes with its releases.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import write_whole

VERSION = "11.16.0"
SHA256 = "74d7c46dabca328c2294733910a8aa1ed0c37451776e8d5295da38a2b758fb9b"
PACKAGE, MEMBER = "mermaidx==0.10.1", "mermaidx/assets/mermaid.js"
NOTICE = f"/*! Mermaid {VERSION}, https://mermaid.js.org, MIT License, Copyright (c) 2014 - 2022 Knut Sveidqvist */\n"


def script(cache: Path) -> str:
    """Return Mermaid as one script that defines `mermaid`. It is downloaded once and kept in the folder `cache`.

    Raise SlipwayError if it cannot be downloaded.
    """
    kept = cache / f"mermaid-{VERSION}.min.js"
    try:
        content = kept.read_bytes()
    except FileNotFoundError:
        content = b""
    if not is_genuine(content):
        content = _fetch(kept)
        if not is_genuine(content):
            raise SlipwayError(f"The script in {PACKAGE} is not Mermaid {VERSION}.", _by_hand(kept))
        cache.mkdir(parents=True, exist_ok=True)
        write_whole(kept, content.decode("utf-8"))
    return NOTICE + content.decode("utf-8")


def is_genuine(content: bytes) -> bool:
    """Return whether `content` is the release that the site uses."""
    return hashlib.sha256(content).hexdigest() == SHA256


def _fetch(kept: Path) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
        options = ["--no-deps", "--only-binary=:all:", "--retries=2", "--timeout=20", f"--dest={folder}", PACKAGE]
        completed = subprocess.run([*pip, *options], capture_output=True, text=True)
        wheels = list(Path(folder).glob("*.whl"))
        if completed.returncode != 0 or not wheels:
            reason = (completed.stderr.strip().splitlines() or ["no output"])[-1]
            raise SlipwayError(f"Mermaid cannot be downloaded for the site's diagrams: {reason}", _by_hand(kept))
        with zipfile.ZipFile(wheels[0]) as wheel:
            return wheel.read(MEMBER)


def _by_hand(kept: Path) -> str:
    return f"Try again when PyPI is reachable, or put dist/mermaid.min.js of npm's mermaid {VERSION} at {kept}."
