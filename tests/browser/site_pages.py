"""The pages of the built site in a browser: their addresses, what they ask for, and what they complain about."""

import http.server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

PHONE, DESKTOP = (360, 740), (1280, 900)
MODES = {"light": (*DESKTOP, "light"), "dark": (*DESKTOP, "dark"), "phone": (*PHONE, "light")}


@dataclass
class Built:
    """The built site, served: its address and folder."""

    url: str
    folder: Path

    def pages(self) -> list[str]:
        """The address of every page, relative to the site's."""
        files = sorted(self.folder.rglob("*.html"))
        return [path.relative_to(self.folder).as_posix().removesuffix("index.html") for path in files]


@dataclass
class Watched:
    """A page of the browser, and what it asked for or complained about."""

    page: Page
    base: str
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, address: str) -> Page:
        self.page.goto(urljoin(self.base, address))
        self.drawn()
        return self.page

    def drawn(self) -> None:
        """Wait until every diagram of the page has been drawn in the page's present palette."""
        if self.page.locator(".diagram").count():
            self.page.locator(f"html[data-diagrams={self.scheme()}]").wait_for(state="attached")

    def scheme(self) -> str | None:
        """The name of the page's present palette."""
        return self.page.locator("body").get_attribute("data-md-color-scheme")

    def switch_palette(self) -> None:
        """Press the button for the other palette, and wait for the diagrams in it."""
        before = self.scheme() or ""
        self.page.locator("label[for^=__palette]:visible").click()
        expect(self.page.locator("body")).not_to_have_attribute("data-md-color-scheme", before)
        self.drawn()

    def note(self, request: Request) -> None:
        """Keep count of requests to another host than the site's. The browser resolves no name, so they lead nowhere."""
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.outside.append(request.url)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def context(browser: Browser, mode: str) -> Iterator[BrowserContext]:
    width, height, colours = MODES[mode]
    made = browser.new_context(viewport={"width": width, "height": height}, color_scheme=colours)
    yield made
    made.close()


def watch(context: BrowserContext, site: Built) -> Watched:
    """A new page, watched for what it asks for and complains about."""
    page = context.new_page()
    # Only what hangs: beside the other tests, drawing all diagrams of a page takes a busy machine many seconds.
    page.set_default_timeout(60_000)
    seen = Watched(page, site.url)
    page.on("console", lambda message: seen.complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("request", seen.note)
    return seen
