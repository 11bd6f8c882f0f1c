"""The application of lab 23 as its visitors see it: solved on the cluster, its page opened in a real browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from checks import catalog
from checks.dev.trial import Trial
from checks.lifecycle import provision
from sandboxes.cluster import manage as clusters
from sandboxes.cluster.manage import Cluster
from sandboxes.settings import ROOT
from sandboxes.steps import Progress

HOST = "myapp.example.com"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--no-first-run", f"--host-resolver-rules=MAP {HOST} 127.0.0.1"]  # fmt: skip
PHONE = 360


@dataclass
class Visited:
    """A page of the browser, where the application is, and what the page complained about."""

    page: Page
    url: str
    complaints: list[str]


@pytest.fixture(scope="module")
def address(cluster: Cluster) -> Iterator[str]:
    """Where the solved application answers; the lab is reset afterwards."""
    lab = catalog.find("23", ROOT / "labs")
    provision.get([lab])
    with Trial(lab) as trial:
        trial.solve()
        trial.execute(only_work=True)
        assert trial.grade().report.passed
        # Earlier tests have recreated the cluster, so its ports have changed.
        yield f"http://{HOST}:{clusters.ensure(Progress()).http}/"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def visited(browser: Browser, address: str) -> Iterator[Visited]:
    context = browser.new_context(viewport={"width": PHONE, "height": 740})
    page, complaints = context.new_page(), []
    # Only what hangs: beside the other tests, drawing all diagrams of a page takes a busy machine many seconds.
    page.set_default_timeout(60_000)
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield Visited(page, address, complaints)
    context.close()


def visits(page: Page) -> int:
    """The number that the page shows, once it does."""
    expect(page.locator("#visits")).to_have_text(re.compile(r"^\d+$"))
    return int(page.locator("#visits").inner_text())


def test_the_page_makes_a_visit_and_shows_it(visited: Visited) -> None:
    page = visited.page
    page.goto(visited.url)
    expect(page.get_by_role("heading", name="The harbour")).to_be_visible()
    first = visits(page)
    expect(page.get_by_role("status")).to_have_text("Version 2 of the backend says so.")
    assert page.locator("#latest tr").first.inner_text().split()[-1].startswith("backend-")
    page.reload()
    assert visits(page) == first + 1
    inner, whole = page.evaluate("[window.innerWidth, document.documentElement.scrollWidth]")
    assert whole <= inner and visited.complaints == []


def test_without_the_backend_the_page_says_so(visited: Visited) -> None:
    page = visited.page
    page.route("**/api/visits", lambda route: route.fulfill(status=503, json={"error": "the database is away"}))
    page.goto(visited.url)
    expect(page.get_by_role("status")).to_have_text("/api/visits is answered with status 503")
    expect(page.locator("#visits")).to_have_text("unknown")
