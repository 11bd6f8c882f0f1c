"""A JupyterLab with the panel in a browser, fed by recorded states: without an engine."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import panel_views
from playwright.sync_api import Locator, Page

from sandboxes.jupyter import server

HERE = Path(__file__).parent
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
LAB = "01-flask"
OTHER = "02-layers"
SECONDS = 60_000  # only what hangs: JupyterLab starts slowly on a busy machine


@dataclass
class Desk:
    """A JupyterLab with the panel, and the page of a browser that shows it."""

    page: Page
    server: server.Server
    workspace: Path
    complaints: list[str] = field(default_factory=list)

    @property
    def panel(self) -> Locator:
        return self.page.locator("#slipway-panel")

    def open(self, notebook: str = f"{LAB}/lab.ipynb") -> None:
        self.page.goto(self.server.url(notebook) + "&reset")
        self.page.locator(".jp-Notebook").wait_for()

    def feed(self, **changed: Any) -> None:
        """Change what the server says, and publish it."""
        self._api("post", "slipway/fake", changed)

    def asked(self) -> list[str]:
        """What the panel has asked for, in order."""
        return self._api("get", "slipway/fake")["requests"]

    def listeners(self) -> int:
        return self._api("get", "slipway/fake")["listeners"]

    def theme(self, name: str) -> None:
        self._api("put", "lab/api/settings/@jupyterlab/apputils-extension:themes", {"raw": f'{{"theme": "{name}"}}'})

    def settings(self, values: dict[str, Any]) -> None:
        self._api("put", "lab/api/settings/slipway-panel:plugin", {"raw": json.dumps(values)})

    def _api(self, method: str, path: str, data: Any = None) -> Any:
        headers = {"Authorization": f"token {self.server.token}"}
        response = getattr(self.page.request, method)(f"http://127.0.0.1:{self.server.port}/{path}", data=data, headers=headers)
        assert response.ok, response.text()
        return response.json() if response.body() else {}

    def task(self, number: int) -> Locator:
        return self.panel.locator(".slipway-Task").nth(number - 1)

    def check(self, name: str) -> Locator:
        return self.panel.locator(f'[data-check="{name}"]')


def replayed(original: Any) -> Any:
    """Return the server's configuration with the recorded feed, and without the watcher."""

    def server_config(*arguments: Any) -> dict[str, Any]:
        made = original(*arguments)
        extensions = made["ServerApp"]["jpserver_extensions"]
        extensions.update({"panel_feed": True, **({"checks.live": False} if "checks.live" in extensions else {})})
        return made

    return server_config


def seen(desk: Desk, lab: str, recording: str, **changed: Any) -> None:
    """The lab is now in this recorded state."""
    views = {LAB: panel_views.view(LAB, "untouched"), OTHER: panel_views.view(OTHER, "solved")}
    desk.feed(views={**views, lab: panel_views.view(lab, recording, **changed)})
