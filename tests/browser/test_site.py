"""The documentation site in a real browser: in both palettes and at phone width, with no other host in reach."""

import functools
import http.server
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from site_pages import DESKTOP, MODES, PHONE, Built, Quiet, Watched, context, watch

from checks import catalog, notebook_file, registry
from sandboxes.settings import ROOT

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]  # fmt: skip
# The width of the window and that which the page needs, once what moves after a change of size has arrived.
WIDTHS = """async () => {
    const moving = document.getAnimations().filter(animation => animation instanceof CSSTransition);
    await Promise.allSettled(moving.map(transition => transition.finished));
    return [window.innerWidth, document.documentElement.scrollWidth];
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    folder = tmp_path_factory.mktemp("built-site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    completed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Built(f"http://127.0.0.1:{server.server_port}/", folder)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(params=MODES)
def watched(request: pytest.FixtureRequest, browser: Browser, site: Built) -> Iterator[Watched]:
    """A page of a new visitor in each of the modes."""
    with context(browser, request.param) as made:
        yield watch(made, site)


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor at a desktop who comes again and again, and so has the site's scripts already."""
    with context(browser, "light") as made:
        yield made


@pytest.fixture
def desktop(visitor: BrowserContext, site: Built) -> Iterator[Watched]:
    seen = watch(visitor, site)
    yield seen
    seen.page.close()


def test_every_page_is_whole_with_its_diagrams_and_asks_no_other_host(browser: Browser, site: Built) -> None:
    assert len(site.pages()) >= 10
    drawn, schemes = 0, set()
    with context(browser, "light") as visitor:
        seen = watch(visitor, site)
        for address in site.pages():
            # Each page is loaded once and then changed: loading what draws the diagrams takes longer than drawing them.
            # The browser remembers the palette, so every other page opens in the dark one. Each is drawn at both sizes.
            page = seen.open(address)
            assert page.locator("h1").count() == 1, address
            schemes.add(seen.scheme())
            drawn += whole(page, address, (DESKTOP, PHONE))
            seen.switch_palette()
            schemes.add(seen.scheme())
            drawn += whole(page, address, (PHONE, DESKTOP))
            assert seen.complaints == [], address
        assert seen.outside == []
    assert schemes == {"default", "slate"}
    assert drawn >= 4 * 2 * 2


def whole(page: Page, address: str, sizes: Iterable[tuple[int, int]]) -> int:
    """The number of a page's diagrams at all sizes together, where none of these makes the page scroll sideways."""
    drawn = 0
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        inner, needed = page.evaluate(WIDTHS)
        assert needed <= inner, f"{address} must be scrolled sideways: {needed} > {inner}"
        drawn += diagrams(page, address)
    return drawn


def diagrams(page: Page, address: str) -> int:
    """The number of a page's diagrams, each of them drawn and with a name."""
    figures = page.locator(".diagram").all()
    for figure in figures:
        picture = figure.locator("svg[role=img]")
        expect(picture).to_have_count(1)
        box = picture.bounding_box()
        assert box and box["width"] > 80 and box["height"] > 30, address
        assert "Syntax error" not in figure.inner_text(), address
        named = picture.get_attribute("aria-label") or picture.get_attribute("aria-labelledby")
        assert named, f"a diagram of {address} has no name"
    return len(figures)


def test_the_palette_follows_the_system_and_the_button(watched: Watched) -> None:
    page = watched.open("grading/")
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert (page.locator("body").get_attribute("data-md-color-scheme") == "slate") == dark
    node = page.locator(".diagram .node rect").first
    before = node.evaluate("each => getComputedStyle(each).fill")
    watched.switch_palette()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "default" if dark else "slate")
    expect(node).not_to_have_css("fill", before)
    assert watched.complaints == []


def labs_with_folds() -> list[str]:
    return [lab.id for lab in catalog.labs(ROOT / "labs")]


def test_there_are_labs() -> None:
    assert labs_with_folds()


@pytest.mark.parametrize("lab_id", labs_with_folds())
def test_a_lab_is_there_with_everything_folded(lab_id: str, desktop: Watched) -> None:
    lab = catalog.find(lab_id, ROOT / "labs")
    checks = registry.load(lab)
    page = desktop.open(f"labs/{lab_id}/")
    expect(page.locator("h1")).to_contain_text(lab.title)
    tasks = notebook_file.tasks(notebook_file.read(lab.folder / "lab.ipynb"))
    expect(page.locator(".admonition.task")).to_have_count(len(tasks))
    rows = page.locator("h2#what-is-checked ~ .md-typeset__scrollwrap table tbody tr")
    expect(rows).to_have_count(len(checks))
    for check in checks:
        expect(page.get_by_text(check.title).first).to_be_attached()
    asked = sum(len(task.checks) for task in tasks)
    hints = page.get_by_text("Hint 1 of", exact=False)
    expect(hints).to_have_count(asked)
    expect(page.locator("details[open]")).to_have_count(0)
    assert not any(hint.is_visible() for hint in hints.all())


def test_folds_open_and_close_by_keyboard(desktop: Watched) -> None:
    page = desktop.open(f"labs/{labs_with_folds()[-1]}/")
    fold = page.locator("article details:has(details)").first
    for _ in range(200):
        page.keyboard.press("Tab")
        if fold.locator("summary").first.evaluate("each => each === document.activeElement"):
            break
    inner = fold.locator("details").first
    assert not inner.is_visible()
    page.keyboard.press("Enter")
    expect(inner).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(inner.locator("p").last).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(inner).not_to_be_visible()


def test_the_first_tab_offers_to_skip_to_the_text(desktop: Watched) -> None:
    page = desktop.open("safety/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.classList.contains('md-skip')")


def test_the_search_finds_by_keyboard(desktop: Watched) -> None:
    page = desktop.open("install/")
    page.keyboard.press("f")
    page.keyboard.type("bind mount")
    result = page.locator(".md-search-result__link").first
    expect(result).to_be_visible(timeout=15_000)
    expect(page.locator(".md-search-result__list")).to_contain_text("Glossary")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "install/" not in address)
    assert desktop.outside == [] and desktop.complaints == []


class Links(HTMLParser):
    """What a page links to or includes, and the ids that one can link to in it."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.add(str(given["id"]))
        target = given.get("href") or given.get("src")
        if target and not target.startswith("data:"):
            self.targets.append(target)


def read(address: str) -> Links:
    with urllib.request.urlopen(address) as answer:
        links = Links()
        links.feed(answer.read().decode("utf-8", errors="replace"))
        return links


def test_every_link_inside_the_site_leads_somewhere(site: Built) -> None:
    seen = {urljoin(site.url, address): read(urljoin(site.url, address)) for address in site.pages()}
    broken, followed = [], 0
    for address, page in seen.items():
        for target in page.targets:
            where, fragment = urldefrag(urljoin(address, target))
            if urlsplit(where).netloc != urlsplit(site.url).netloc:
                continue
            followed += 1
            try:
                there = seen.get(where) or read(where)
            except urllib.error.HTTPError as error:
                broken.append(f"{address}: {target} ({error.code})")
                continue
            if fragment and where in seen and unquote(fragment) not in there.ids:
                broken.append(f"{address}: {target} (no such place)")
    assert followed > 100
    assert broken == []
