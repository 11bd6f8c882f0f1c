"""What the tests of the panel and of the desk share: one JupyterLab, one browser, and a visitor."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import panel_views
import pytest
from panel_desk import ARGUMENTS, HERE, LAB, OTHER, SECONDS, Desk, replayed
from playwright.sync_api import BrowserContext, expect, sync_playwright

from checks import catalog
from checks.lifecycle import workspace
from sandboxes import settings
from sandboxes.jupyter import config, server


@pytest.fixture(scope="session")
def context(chromium: str) -> Iterator[BrowserContext]:
    """One for all tests: it keeps JupyterLab's own files."""
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        expect.set_options(timeout=SECONDS)
        yield started.new_context(viewport={"width": 1280, "height": 900})
        expect.set_options(timeout=5_000)
        started.close()


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[server.Server, Path]]:
    """A JupyterLab as `slipway up` configures it, with the recorded feed in place of the watcher."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("panel")
        patch.setenv("SLIPWAY_WORK", str(folder / "work"))
        patch.setenv("SLIPWAY_STATE", str(folder / "state"))
        chosen = settings.load()
        for lab in (LAB, OTHER):
            workspace.prepare(catalog.find(lab), chosen)
        shutil.copy(chosen.work / LAB / "lab.ipynb", chosen.work / "mine.ipynb")
        original = config.environment
        patch.setattr(config, "server_config", replayed(config.server_config))
        patch.setattr(config, "environment", lambda *given: {**original(*given), "PYTHONPATH": str(HERE)})
        started = server.start(chosen, server.free_port(18990), lambda words: None)
        yield started, chosen.work
        server.stop(chosen)


@pytest.fixture
def desk(context: BrowserContext, lab_server: tuple[server.Server, Path]) -> Iterator[Desk]:
    """A visitor who has seen the tour, at an untouched lab 01 and a solved lab 02."""
    page = context.new_page()
    page.set_default_timeout(SECONDS)
    made = Desk(page, *lab_server)
    page.on("pageerror", lambda error: made.complaints.append(str(error)))
    views = {LAB: panel_views.view(LAB, "untouched"), OTHER: panel_views.view(OTHER, "solved")}
    pictures = {LAB: panel_views.picture(LAB), OTHER: panel_views.picture(OTHER)}
    made.feed(course=panel_views.course(), views=views, pictures=pictures, answers={}, requests=[], down=False)
    made.settings({"tourSeen": True, "terminal": False})
    made.theme("JupyterLab Light")
    yield made
    page.close()
    assert not made.complaints
