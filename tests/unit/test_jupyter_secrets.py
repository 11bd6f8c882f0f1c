"""The token of JupyterLab stays out of the list of processes, and kernels listen on no port that other users reach."""

import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from sandboxes import settings
from sandboxes.jupyter import config
from sandboxes.settings import ROOT

URL = "http://127.0.0.1:8888/lab/tree/01-flask/lab.ipynb?token=t0ken&x=1"


def test_the_browser_is_started_without_the_token(tmp_path: Path) -> None:
    browser, seen = tmp_path / "browser", tmp_path / "seen"
    browser.write_text(f'#!/bin/sh\necho "$@" > {seen}.part && mv {seen}.part {seen}\n', encoding="utf-8")
    browser.chmod(0o755)
    code = f"from checks.cli import machine; from sandboxes import settings; machine.open_browser(settings.load(), {URL!r})"
    variables = {**os.environ, "BROWSER": f"{browser} %s", "SLIPWAY_STATE": str(tmp_path / "state")}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=variables, check=True, timeout=120)
    page = tmp_path / "state" / "jupyter" / "open.html"
    assert seen.read_text(encoding="utf-8").strip() == page.as_uri()
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert "url=http://127.0.0.1:8888/lab/tree/01-flask/lab.ipynb?token=t0ken&amp;x=1" in page.read_text(encoding="utf-8")


def test_kernels_are_reached_by_sockets_where_their_paths_are_not_too_long() -> None:
    short, long = Path("/home/me/slipway/.slipway"), Path("/home/me") / ("x" * 60) / ".slipway"
    chosen = [config.transport(folder / "jupyter" / "runtime") for folder in (short, long)]
    assert chosen == ["ipc", "tcp"]
    longest = short / "jupyter" / "runtime" / "kernel-00000000-0000-0000-0000-000000000000-ipc-5"
    assert len(os.fsencode(longest)) <= 103
    near = replace(settings.load(), state=Path("/tmp/s"))
    assert config.server_config(near, 8888)["KernelManager"] == {"transport": "ipc"}
