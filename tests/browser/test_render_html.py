"""Reports and pictures in a real browser: readable in every theme and width, and harmless; in JupyterLab too."""

import json
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
import render_cases as cases

from checks.model import Finding
from checks.render import draw, html, stack
from checks.snapshot import Snapshot
from sandboxes import settings
from sandboxes.jupyter import config, server

NAMES = ['a"b]', "end", "1. list", "- item"]
NAMES += ["%%{init: {}}%%", "`md`", "שלום", "x|y{z}", "<script>alert(1)</script>", "#35;", "$$x$$", "\\n"]
RECORDED = ("compose", "storage", "names")
# The contrast of every text with its ground, by the formula of WCAG 2.2; colours are resolved by a canvas.
CONTRAST = """() => {
  const context = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const over = (color, ground) => {
    context.fillStyle = `rgb(${ground})`; context.fillRect(0, 0, 1, 1);
    context.fillStyle = color; context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const ground = each =>
    each ? over(getComputedStyle(each).backgroundColor, ground(each.parentElement)) : [255, 255, 255];
  const light = color => {
    const [r, g, b] = color.map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const texts = [...document.querySelectorAll('.slipway *')].filter(
    each => !each.closest('style, svg') && [...each.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
  return texts.map(each => {
    const below = ground(each), [a, b] = [light(over(getComputedStyle(each).color, below)), light(below)];
    return {words: each.innerText.slice(0, 40), ratio: (Math.max(a, b) + .05) / (Math.min(a, b) + .05)};
  });
}"""


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield started
        started.close()


def readable(page: Page) -> None:
    """Everything in the reports stands out from its ground: at least 4.5 to 1."""
    texts = page.evaluate(CONTRAST)
    assert len(texts) > 20 and not [text for text in texts if text["ratio"] < 4.5]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1000])
def test_the_page_reads_well(browser: Browser, tmp_path: Path, scheme: str, width: int) -> None:
    file = tmp_path / "report.html"
    file.write_text(html.page(cases.full()), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto(file.as_uri())
    readable(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    fold = page.locator("details", has_text="Show more")
    assert not fold.locator("pre").is_visible()
    fold.locator("summary").press("Enter")
    assert fold.locator("pre").is_visible()
    page.close()


def test_nothing_in_a_report_acts(browser: Browser, tmp_path: Path) -> None:
    attack = "\"'><script>document.title='acted'</script><img src=x onerror=\"document.title='acted'\">"
    file = tmp_path / "report.html"
    file.write_text(html.page(cases.with_finding(Finding(*[attack] * 7), attack)), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    assert "<img src=x" in page.locator(".sw-message").inner_text()
    assert "acted" not in page.title().partition("<")[0] and page.locator("img, main script").count() == 0
    page.close()


def test_a_page_prints_what_is_folded(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(html.page(cases.full()), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    page.emulate_media(media="print")
    fold = page.locator("details", has_text="Show more").locator("pre")
    assert fold.is_visible() and fold.evaluate("each => each.scrollHeight - each.clientHeight") <= 2
    page.close()


def odd() -> Snapshot:
    """A snapshot with a container, a network, a folder and a file in the writable layer for every odd name."""
    seen = deepcopy(cases.snapshot("one"))
    (one,) = seen.objects["container"].values()
    odds = {}
    for name in NAMES:
        mounts = [{"Type": "bind", "Source": f"/a/b/{name}", "Destination": f"/{name}"}]
        networks = {**one["NetworkSettings"], "Networks": {name: {}}}
        layer = {f"/srv/{name}": "added"}
        odds[name] = {**one, "Name": f"/{name}", "Mounts": mounts, "NetworkSettings": networks, "Layer": layer}
    return replace(seen, objects={**seen.objects, "container": odds})


def layered() -> list[str]:
    """Layers of one image, of two and of three, and a chart."""
    images = json.loads((cases.DATA / "layers.json").read_text(encoding="utf-8"))
    bases = {name: images.pop(name) for name in ("python:3.11-slim", "debian:bookworm-slim")}
    scenes = [stack.build(dict(list(images.items())[:number]), bases) for number in (1, 2, 3)]
    return [*map(html.layers, scenes), html.chart("Seconds", {"slow": 12.5, "quick": 0.4}, "s", "#1 CACHED\n")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1000])
def test_layers_and_charts_read_well_and_have_one_scale(browser: Browser, tmp_path: Path, scheme: str, width: int) -> None:
    file = tmp_path / "layers.html"
    file.write_text("<!doctype html><meta charset=utf-8>" + "".join(layered()), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto(file.as_uri())
    readable(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for picture in page.locator(".sw-layers").all():
        whole = {round(bar.bounding_box()["width"]) for bar in picture.locator(".sw-bar").all()}
        assert max(whole) - min(whole) <= 1
    page.close()


def notebook() -> nbformat.NotebookNode:
    """A notebook whose outputs are pictures and messages."""
    seen = [odd(), *(cases.snapshot(name) for name in RECORDED)]
    pictures = [{"text/vnd.mermaid": draw.mermaid(snapshot, cases.LAB)} for snapshot in seen]
    messages = [
        html.fragment(cases.full()),
        html.solution("The image is there", {"Dockerfile": "FROM python\n"}),
        html.header("00-render", "Every state", 3, 7, "It answers"),
        html.notice("No engine answers.\nFix: Start it with `slipway up`."),
        *layered(),
    ]
    v4 = nbformat.v4
    outputs = [v4.new_output("display_data", data) for data in [*pictures, *({"text/html": message} for message in messages)]]
    return v4.new_notebook(cells=[v4.new_code_cell("", outputs=outputs)])


@pytest.fixture
def lab(folders: Path) -> Iterator[server.Server]:
    """A JupyterLab that has the notebook, trusted."""
    chosen = settings.load()
    chosen.work.mkdir(parents=True)
    nbformat.write(notebook(), chosen.work / "shown.ipynb")
    started = server.start(chosen, server.free_port(18890), lambda words: None)
    trust = [sys.executable, "-m", "jupyter", "trust", str(chosen.work / "shown.ipynb")]
    subprocess.run(trust, check=True, capture_output=True, env=config.environment(chosen))
    yield started
    server.stop(chosen)


def test_jupyterlab_shows_pictures_and_reports_in_both_themes(browser: Browser, lab: server.Server) -> None:
    page = browser.new_page(viewport={"width": 1200, "height": 6000})
    page.goto(lab.url("shown.ipynb"))
    themes = f"http://127.0.0.1:{lab.port}/lab/api/settings/@jupyterlab/apputils-extension:themes"
    known = {"Authorization": f"token {lab.token}"}
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        page.request.put(themes, data={"raw": f'{{"theme": "{theme}"}}'}, headers=known)
        page.reload()
        page.locator(f'body[data-jp-theme-name="{theme}"]').wait_for(state="attached")
        pictures = page.locator(".jp-RenderedMermaid img")
        pictures.nth(len(RECORDED)).wait_for()
        page.locator(".slipway.sw-notice").wait_for()
        assert pictures.count() == 1 + len(RECORDED) and page.locator(".jp-RenderedMermaid.jp-mod-warning").count() == 0
        assert "Every state" in pictures.nth(0).get_attribute("alt")
        svg = page.evaluate("decodeURIComponent(document.querySelector('.jp-RenderedMermaid img').src)")
        assert "Unsupported markdown" not in svg and "<math" not in svg and "<script" not in svg
        readable(page)
        left = [page.locator(selector).first.bounding_box()["x"] for selector in (".sw-head", ".sw-checks")]
        assert left[0] == left[1]
    page.close()
