"""What the panel and the desk add to the start of JupyterLab: until a lab's notebook can be read, with and without them.

Run it with Chromium installed: `python tests/bench/desk.py`. Two servers, which differ only in the extension of the course,
are opened in turn by one browser each, whose cache is warm. The goal: at most 0.1 s more. The panel, the terminal and the
glossary appear after that moment, and delay nothing that was there before.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from timing import show

from checks import catalog
from checks.dev.lanes.prepare import BROWSERS
from checks.lifecycle import workspace
from sandboxes import settings
from sandboxes.jupyter import config, server

LAB = "01-flask"
GOAL = 0.1  # seconds
# Seconds from the start of the page until the first cell of the notebook is there.
READABLE = "() => document.querySelector('.jp-Notebook .jp-Cell') && performance.now() / 1000"


@contextmanager
def jupyterlab(folder: Path, extended: bool) -> Iterator[server.Server]:
    """Run a JupyterLab, with or without the extension of the course."""
    chosen = replace(settings.load(), work=folder / "work", state=folder / "state")
    workspace.prepare(catalog.find(LAB), chosen)
    original = config.server_config

    def without(*arguments: Any) -> dict[str, Any]:
        made = original(*arguments)
        made["LabApp"]["extra_labextensions_path"] = []
        made["ServerApp"]["jpserver_extensions"][config.LIVE_VIEW] = False
        return made

    config.server_config = original if extended else without
    try:
        running = server.start(chosen, server.free_port(18950), lambda words: None)
    finally:
        config.server_config = original
    try:
        yield running
    finally:
        server.stop(chosen)


def opened(browser: Browser, running: server.Server) -> float:
    """Open the notebook of the lab in a new tab. Return the seconds until it can be read."""
    page = browser.contexts[0].new_page() if browser.contexts else browser.new_context().new_page()
    page.goto(f"{running.url(f'{LAB}/lab.ipynb')}&reset")
    taken = page.wait_for_function(READABLE, polling=10, timeout=120_000).json_value()
    page.close()
    return float(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    options = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as driver,
        jupyterlab(Path(folder) / "a", True) as extended,
        jupyterlab(Path(folder) / "b", False) as plain,
    ):
        sides = {"desk": extended, "plain": plain}
        browsers = {name: driver.chromium.launch(executable_path=program, args=options) for name in sides}
        times: dict[str, list[float]] = {name: [] for name in sides}
        for number in range(runs + 1):
            for name, running in sides.items():
                taken = opened(browsers[name], running)
                if number:  # the first one fills the cache
                    times[name].append(taken)
        show(times)
        added = statistics.median(mine - theirs for mine, theirs in zip(times["desk"], times["plain"], strict=True))
        print(f"added: {added:.3f} s (goal: at most {GOAL})", flush=True)
    sys.exit(added > GOAL)


if __name__ == "__main__":
    main()
