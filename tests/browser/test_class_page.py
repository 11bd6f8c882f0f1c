"""The pages of a class in a real browser: the table, its filter, keyboard and links; readable and without a network."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
import class_cases as cases

from checks.classroom import pages
from checks.classroom.folder import open_class
from checks.classroom.records import ManualChange

LABS = ("01-flask", "02-layers")
NUMBER = 100
HOSTILE = "<script>document.title='acted'</script>"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of a class with right, wrong, late and unreadable work, a manual change, and a hostile name."""
    place = tmp_path_factory.mktemp("class") / "c"
    ids = [f"l{number:03}" for number in range(NUMBER)]
    cases.classroom(place, ids, LABS)
    names = ["Ada Lovelace", "Jürgen Müller", "משה כהן", HOSTILE, *(f"Learner {id}" for id in ids[4:])]
    lines = [f'{id},"{name}",{"AB"[at % 2]}\n' for at, (id, name) in enumerate(zip(ids, names, strict=True))]
    (place / "roster.csv").write_text("id,name,group\n" + "".join(lines), encoding="utf-8")
    for at, id in enumerate(ids[:30]):
        body = b"{}" if at == 5 else cases.body("untouched" if at % 3 == 1 else "solved")
        cases.hand_in(place, id, body, sent=cases.SENT + timedelta(days=6 * (at % 4 == 2)))
    _, store = cases.run(place)
    store.change(ManualChange(0, "l001", LABS[0], Decimal("7.5"), "Agreed on 12 October.", "kim", cases.NOW))
    assert pages.write(open_class(place), store, place / "feedback", lambda done, all: None) == 1 + NUMBER
    store.close()
    return place / "feedback"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1000, "height": 800})
    yield opened
    opened.close()


def test_rows_are_made_as_they_are_needed_and_the_filter_finds_learners(page: Page, folder: Path) -> None:
    page.goto((folder / "index.html").as_uri())
    rows, count = page.locator("#rows tr"), page.locator("#count")
    expect(count).to_have_text(f"{NUMBER} of {NUMBER} learners")
    assert rows.count() < NUMBER
    for text, id in (("muller", "l001"), ("כהן", "l002"), ("b l003", "l003")):
        page.locator("#filter").fill(text)
        expect(count).to_have_text(f"1 of {NUMBER} learners")
        assert id in rows.inner_text()
    page.locator("#filter").fill("")
    page.locator("#open").check()
    expect(count).to_have_text(f"1 of {NUMBER} learners")
    assert "l005" in rows.inner_text() and rows.locator("td.open").count() == 2
    page.locator("#open").uncheck()
    while (button := page.locator("#more")).is_visible():
        before = rows.count()
        button.focus()
        page.keyboard.press("Enter")
        # On a busy machine, the page may handle the key later: the next one would then open a learner's page.
        expect(rows).not_to_have_count(before)
    assert rows.count() == NUMBER


def test_marks_say_what_else_there_is_to_know(page: Page, folder: Path) -> None:
    page.goto((folder / "index.html").as_uri())
    cells = [row.locator("td").nth(1).inner_text() for row in page.locator("#rows tr").all()[:6]]
    assert cells == ["100", "53.5*", "80+", "100", "0", "?"]
    assert page.locator("#rows tr").first.locator("td").nth(2).inner_text() == "–"


def test_the_most_frequent_failure_is_first_with_what_was_found(page: Page, folder: Path) -> None:
    page.goto((folder / "index.html").as_uri())
    first = page.locator(".sw-check").first
    assert "There is an image called my-python-app" in first.inner_text() and "10 of 29 learners" in first.inner_text()
    assert first.locator("ul.observed strong").first.inner_text() == "10×"
    first.locator("ul.observed a").first.click()
    assert page.locator("h1").inner_text().endswith("l001")


def test_the_keyboard_leads_from_the_filter_to_the_findings_of_a_learner(page: Page, folder: Path) -> None:
    page.goto((folder / "index.html").as_uri())
    page.keyboard.press("Tab")
    page.keyboard.type("ada")
    for _ in range(3):  # the box, the table, the name
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Ada Lovelace")
    page.goto((folder / "index.html").as_uri())
    page.locator("#rows td a").nth(1).click()
    assert page.url.endswith("learners/l001.html#01-flask")
    assert "kim set the points to 7.5 on 2026-10-20: Agreed on 12 October." in page.locator(":target").inner_text()
    picture = page.locator("details.picture")
    picture.locator("summary").press("Enter")
    assert "Flask in Docker" in picture.locator("pre").inner_text()


def test_a_feedback_page_names_no_other_learner_and_leads_nowhere(page: Page, folder: Path) -> None:
    page.goto((folder / "learners" / "l001.html").as_uri())
    source = page.content()
    assert "l000" not in source and "Lovelace" not in source
    assert all(link.get_attribute("href").startswith("#") for link in page.locator("a").all())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1400])
@pytest.mark.parametrize("name", ["index.html", "learners/l001.html"])
def test_pages_are_accessible_and_ask_for_nothing(browser: Browser, folder: Path, name: str, width: int, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    # The page forbids foreign scripts; axe is one.
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    requests, complaints = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((folder / name).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert requests == [(folder / name).as_uri()] and complaints == []
    context.close()


@pytest.mark.parametrize("name", ["index.html", "learners/l003.html"])
def test_nothing_in_a_name_acts(page: Page, folder: Path, name: str) -> None:
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto((folder / name).as_uri())
    assert HOSTILE in page.locator("body").inner_text() and page.title() != "acted" and complaints == []
