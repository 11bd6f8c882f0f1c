"""The Jupyter server extension: the live view of a lab as a stream of events, and what the panel's buttons do.

All paths are below `slipway/`, behind Jupyter's own authentication. An error is JSON: `message`, and `fix` for what to do
about it. The modules of the labs are loaded by the first request, so JupyterLab starts as fast as without them.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.iostream import StreamClosedError

from sandboxes import json_text, settings
from sandboxes.errors import Exit, SlipwayError

if TYPE_CHECKING:
    from checks.live.watcher import Watcher
    from checks.model import Lab

PING_SECONDS = 20.0
WATCHER = "slipway_watcher"
MERMAID = "text/vnd.mermaid; charset=utf-8"
LAB = r"slipway/labs/([\w-]+)"


def _load_jupyter_server_extension(app: Any) -> None:
    """Add the handlers to a Jupyter server."""
    base = app.web_app.settings["base_url"]
    app.web_app.add_handlers(".*$", [(url_path_join(base, path), handler) for path, handler in HANDLERS])


def in_words(method: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Decorate a handler's method: an error becomes JSON that says what to do, never a traceback."""

    @wraps(method)
    async def answer(handler: "Base", *arguments: str) -> None:
        try:
            await method(handler, *arguments)
        except StreamClosedError:  # the browser has left
            return
        except SlipwayError as error:
            status = 404 if error.exit_code is Exit.WRONG_USAGE else 503
            handler.fail(status, error.message, error.fix)
        except web.HTTPError:
            raise
        except Exception:
            from checks import crash_report

            handler.fail(500, crash_report.record())

    return answer


class Base(APIHandler):
    """What all handlers share: the watcher, the lab of a path, work on other threads."""

    # A stream is no sign of a person: the hub stops idle servers.
    _track_activity = False

    @property
    def watcher(self) -> "Watcher":
        """The watcher of this server, made by the first request."""
        if WATCHER not in self.settings:
            from checks.live.watcher import Watcher

            self.settings[WATCHER] = Watcher(settings.load())
        watcher: Watcher = self.settings[WATCHER]
        return watcher

    async def lab(self, id: str) -> "Lab":
        """Return a lab by its id. Raise SlipwayError for an unknown one."""
        from checks import catalog

        return await asyncio.to_thread(catalog.find, id)

    def fail(self, status: int, message: str, fix: str = "") -> None:
        """Answer with an error."""
        self.set_status(status)
        self.finish(json.dumps({"message": message, "fix": fix}))

    def data(self) -> Any:
        """Return the JSON of the request. Raise SlipwayError for a body that is none."""
        try:
            return json_text.loads(self.request.body or b"{}")
        except ValueError as error:
            raise SlipwayError("The request is not valid JSON.", "", Exit.WRONG_USAGE) from error


class Stream(Base):
    """The views of one lab, as server-sent events."""

    @web.authenticated
    @in_words
    async def get(self) -> None:
        from checks.live.subscribers import Subscriber

        lab = await self.lab(self.get_query_argument("lab", ""))
        woken, loop = asyncio.Event(), asyncio.get_running_loop()
        self.closed = woken
        subscriber = Subscriber(lambda: loop.call_soon_threadsafe(woken.set))
        watched = await asyncio.to_thread(self.watcher.watched, lab)
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Accel-Buffering", "no")
        try:
            await asyncio.to_thread(self.watcher.add, watched, subscriber)
            await self._send_all(subscriber, woken)
        finally:
            await asyncio.to_thread(self.watcher.remove, watched, subscriber)

    async def _send_all(self, subscriber: Any, woken: asyncio.Event) -> None:
        """Send each view, and a comment every 20 seconds, until the browser leaves. Raise StreamClosedError then."""
        name = "snapshot"
        self.write(": slipway\n\n")
        await self.flush()
        while not self.gone:
            try:
                await asyncio.wait_for(woken.wait(), PING_SECONDS)
            except TimeoutError:
                self.write(": ping\n\n")
            woken.clear()
            view = subscriber.take()
            if view is not None:
                self.write(f"event: {name}\nid: {view['version']}\ndata: {json.dumps(view)}\n\n")
                name = "change"
            await self.flush()

    gone = False

    def on_connection_close(self) -> None:
        """Wake the handler, so that an abandoned stream ends at once."""
        self.gone = True
        closed = getattr(self, "closed", None)
        if closed is not None:
            closed.set()


class Course(Base):
    """The labs of the course, with where the learner stands."""

    @web.authenticated
    @in_words
    async def get(self) -> None:
        from checks.live import actions

        self.finish(json.dumps(await asyncio.to_thread(actions.course, settings.load())))


class Glossary(Base):
    """The definitions of the glossary, by term."""

    @web.authenticated
    @in_words
    async def get(self) -> None:
        from checks import glossary

        self.finish(json.dumps(await asyncio.to_thread(glossary.definitions)))


class Picture(Base):
    """What exists now, as a diagram."""

    @web.authenticated
    @in_words
    async def get(self, id: str) -> None:
        from checks import backend
        from checks.live import actions

        lab = await self.lab(id)

        def drawn() -> str:
            client = backend.connect(lab)
            try:
                return actions.picture(lab, settings.load(), client)
            finally:
                client.close()

        self.finish(await asyncio.to_thread(drawn), set_content_type=MERMAID)


class Check(Base):
    """The full check: its result comes through the stream."""

    @web.authenticated
    @in_words
    async def post(self, id: str) -> None:
        watched = await asyncio.to_thread(self.watcher.watched, await self.lab(id))
        if not watched.watched:
            self.fail(409, "The result of a check comes through the stream, and no stream of this lab is open.")
            return
        watched.ask()
        self.set_status(202)
        self.finish("{}")


class Action(Base):
    """Start, reset, hint and solution."""

    @web.authenticated
    @in_words
    async def post(self, id: str, name: str) -> None:
        from checks.live import actions

        lab, chosen, data = await self.lab(id), settings.load(), self.data()
        work: dict[str, Callable[[], dict[str, Any]]] = {
            "start": lambda: actions.start(lab, chosen),
            "reset": lambda: actions.reset(lab, chosen),
            "hint": lambda: actions.hint(lab, chosen, data),
            "solution": lambda: actions.solution(lab, chosen, data),
        }
        result = await asyncio.to_thread(work[name])
        (await asyncio.to_thread(self.watcher.watched, lab)).mark()
        self.finish(json.dumps(result))


HANDLERS = (
    (r"slipway/stream", Stream),
    (r"slipway/course", Course),
    (r"slipway/glossary", Glossary),
    (LAB + "/picture", Picture),
    (LAB + "/check", Check),
    (LAB + "/(start|reset|hint|solution)", Action),
)
