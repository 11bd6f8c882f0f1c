"""A Jupyter server extension that replays what a test gives it, in the form of the `slipway/` API of the labs."""

import asyncio
import json
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.iostream import StreamClosedError

from checks import glossary


class Script:
    """What the server answers, what it was asked, and who listens."""

    def __init__(self) -> None:
        self.course: dict[str, Any] = {"labs": [], "next": ""}
        self.views: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, list[dict[str, Any]]] = {}
        self.pictures: dict[str, str] = {}
        self.down = False
        self.requests: list[str] = []
        self.listeners: list[tuple[str, asyncio.Queue[str]]] = []

    def change(self, changed: dict[str, Any]) -> None:
        """Take over what a test sends, and publish it."""
        self.__dict__.update(changed)
        for lab, queue in self.listeners:
            if self.down or lab in self.views:
                queue.put_nowait("down" if self.down else json.dumps(self.views[lab]))


class Base(APIHandler):
    @property
    def script(self) -> Script:
        return self.settings["panel_script"]

    def fail(self, status: int, message: str, fix: str = "") -> None:
        self.set_status(status)
        self.finish({"message": message, "fix": fix})


class Control(Base):
    @web.authenticated
    def get(self) -> None:
        self.finish({"requests": self.script.requests, "listeners": len(self.script.listeners)})

    @web.authenticated
    def post(self) -> None:
        self.script.change(json.loads(self.request.body))
        self.finish({})


class Course(Base):
    @web.authenticated
    def get(self) -> None:
        self.finish(self.script.course)


class Glossary(Base):
    @web.authenticated
    def get(self) -> None:
        self.finish(glossary.definitions())


class Stream(Base):
    @web.authenticated
    async def get(self) -> None:
        lab = self.get_query_argument("lab")
        self.script.requests.append(f"stream {lab}")
        if self.script.down or lab not in self.script.views:
            return self.fail(503, "The watcher is starting.")
        self.set_header("Content-Type", "text/event-stream")
        queue: asyncio.Queue[str] = asyncio.Queue()
        listener = (lab, queue)
        self.script.listeners.append(listener)
        try:
            name, data = "snapshot", json.dumps(self.script.views[lab])
            while data != "down":
                self.write(f"event: {name}\ndata: {data}\n\n")
                await self.flush()
                name, data = "change", await self._next(queue)
        except StreamClosedError:
            pass
        finally:
            self.script.listeners.remove(listener)

    async def _next(self, queue: "asyncio.Queue[str]") -> str:
        """Wait for the next view, and say in between that the server lives: writing notices who has left."""
        while True:
            try:
                return await asyncio.wait_for(queue.get(), 0.5)
            except TimeoutError:
                self.write(": ping\n\n")
                await self.flush()


class Picture(Base):
    @web.authenticated
    def get(self, lab: str) -> None:
        self.script.requests.append(f"picture {lab}")
        self.finish(self.script.pictures[lab], set_content_type="text/vnd.mermaid")


class Action(Base):
    @web.authenticated
    def post(self, lab: str, action: str) -> None:
        body = json.loads(self.request.body or b"{}")
        self.script.requests.append(" ".join([action, lab, *body.values()]))
        answer = self.script.answers.get(action)
        if not answer:
            return self.fail(409, "Another reset of this lab is running.", "Wait until it has finished.")
        self.finish(answer.pop(0))


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "panel_feed"}]


def _load_jupyter_server_extension(app: Any) -> None:
    app.web_app.settings["panel_script"] = Script()
    routes = [
        ("fake", Control),
        ("course", Course),
        ("glossary", Glossary),
        ("stream", Stream),
        (r"labs/([\w-]+)/picture", Picture),
        (r"labs/([\w-]+)/(\w+)", Action),
    ]
    base = app.web_app.settings["base_url"]
    app.web_app.add_handlers(".*$", [(url_path_join(base, "slipway", path), handler) for path, handler in routes])
