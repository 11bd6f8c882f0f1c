"""The desk around a lab in JupyterLab, in a real browser: the arrangement, the start page, and the notebook itself."""

import json
import re
from typing import Any

import panel_views
import pytest
from panel_desk import LAB, OTHER, Desk
from playwright.sync_api import Locator, expect
from recorded import state

from checks import catalog, glossary, grade
from checks.notebook_output import PROGRESS_MIME
from checks.render import html

WIDE = "NAME " + "COLUMN " * 60 + "END\n"
PROMPT_MILLISECONDS = 30_000


def notebook(*cells: dict[str, Any]) -> str:
    """The file of a notebook."""
    numbered = [{"id": f"cell-{number}", "metadata": {}, **cell} for number, cell in enumerate(cells)]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Slipway", "language": "python"}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": numbered})


def saved(*outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": "here", "execution_count": 1, "outputs": list(outputs)}


def open_notebook(desk: Desk, *cells: dict[str, Any]) -> None:
    """Open a notebook of these cells, in the folder of lab 01."""
    (desk.workspace / LAB / "mine.ipynb").write_text(notebook(*cells), encoding="utf-8")
    desk.open(f"{LAB}/mine.ipynb")


def box(shown: Locator) -> dict[str, float]:
    found = shown.bounding_box()
    assert found is not None
    return dict(found)


def test_a_terminal_of_the_lab_opens_below_the_notebook_and_leaves_it_in_front(desk: Desk) -> None:
    desk.settings({"tourSeen": True, "terminal": True})
    shown: list[str] = []
    desk.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: shown.append(str(frame))))
    desk.open()
    terminal, lab = desk.page.locator(".jp-Terminal"), desk.page.locator(".jp-NotebookPanel")
    expect(terminal).to_be_visible()
    expect(desk.page.get_by_text("Terminal 01_flask")).to_be_visible()
    desk.page.wait_for_function("document.querySelector('.jp-NotebookPanel').offsetHeight > 400")
    upper, lower = box(lab), box(terminal)
    assert upper["y"] + upper["height"] <= lower["y"] and upper["height"] > lower["height"]
    assert desk.page.evaluate("document.querySelector('.jp-NotebookPanel').contains(document.activeElement)")
    for _ in range(PROMPT_MILLISECONDS // 200):
        if any(f"({LAB}" in frame for frame in shown):
            break
        desk.page.wait_for_timeout(200)
    assert any(f"({LAB}" in frame for frame in shown), "the prompt does not name the lab"


def test_the_tab_has_the_name_of_the_lab_and_the_file_keeps_its_own(desk: Desk) -> None:
    desk.open()
    expect(desk.page.locator(".lm-TabBar-tabLabel", has_text="01 Flask in Docker")).to_be_visible()
    desk.page.wait_for_timeout(500)
    assert sorted(path.name for path in (desk.workspace / LAB).glob("*.ipynb") if path.name != "mine.ipynb") == ["lab.ipynb"]


def test_a_file_of_the_lab_opens_beside_its_question(desk: Desk) -> None:
    desk.open()
    desk.page.locator('.jp-RenderedMarkdown a[href*="Dockerfile"]').first.click()
    editor = desk.page.locator(".jp-FileEditor")
    expect(editor).to_be_visible()
    expect(desk.page.locator(".jp-NotebookPanel")).to_be_visible()
    upper, lower = box(desk.page.locator(".jp-NotebookPanel")), box(editor)
    assert upper["y"] + upper["height"] <= lower["y"]


def test_the_first_page_says_where_you_left_off_and_what_is_next(desk: Desk) -> None:
    course = panel_views.course()
    desk.feed(course={**course, "next": "00-start", "last": OTHER})
    desk.page.goto(desk.server.url() + "&reset")
    page = desk.page.locator("#slipway-course")
    left_off = page.locator(".slipway-NextLab", has_text="Where you left off")
    expect(left_off).to_contain_text("02 · Layers and caching")
    expect(left_off).to_contain_text("2 of 4 checks passed")
    expect(page.locator(".slipway-NextLab", has_text="Next")).to_contain_text("00 · ")
    expect(desk.page.locator(".jp-Launcher")).to_have_count(0)
    left_off.get_by_role("button").click()
    desk.page.locator(".jp-Notebook").wait_for()


def test_a_wide_table_scrolls_and_keeps_its_columns(desk: Desk) -> None:
    open_notebook(desk, saved({"output_type": "stream", "name": "stdout", "text": [WIDE]}))
    output = desk.page.locator(".jp-OutputArea-output.jp-RenderedText")
    expect(output).to_contain_text("END")
    width, inner, height = output.evaluate("node => [node.clientWidth, node.scrollWidth, node.clientHeight]")
    assert inner > width and height < 40
    assert output.evaluate("node => { node.scrollLeft = 99999; return node.scrollLeft }") > 0


def test_a_report_in_the_notebook_does_not_change_how_the_panel_looks(desk: Desk) -> None:
    report = html.fragment(grade.regrade(catalog.find(LAB), state(LAB, "solved")))
    data = {"text/plain": "", "text/html": report}
    open_notebook(desk, saved({"output_type": "display_data", "metadata": {}, "data": data}))
    desk.page.locator(".jp-OutputArea .sw-head").wait_for()
    expect(desk.panel.get_by_role("heading", name="Flask in Docker")).to_be_visible()
    looks = desk.panel.evaluate("panel => ['borderTopWidth', 'borderRadius'].map(name => getComputedStyle(panel)[name])")
    assert looks == ["0px", "0px"]


def test_a_saved_card_shows_the_present_state(desk: Desk) -> None:
    data = {"text/plain": "yesterday", "text/html": "<b>as of yesterday</b>", PROGRESS_MIME: {"lab": OTHER}}
    open_notebook(desk, saved({"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}))
    card = desk.page.locator(".slipway-Card")
    expect(card).to_contain_text("2 of 4 checks passed")
    expect(desk.page.get_by_text("as of yesterday")).to_have_count(0)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_a_term_of_the_glossary_explains_itself(desk: Desk, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    desk.theme(theme)
    open_notebook(desk, {"cell_type": "markdown", "source": "# A **volume**\n\nTwo **volumes**, and **nothing** else."})
    desk.page.locator(f'body[data-jp-theme-name="{theme}"]').wait_for(state="attached")
    term, tip = desk.page.locator(".slipway-Term"), desk.page.get_by_role("tooltip")
    expect(term).to_have_text(["volumes"])  # not in the heading, and no word that is no term
    term.hover()
    expect(tip).to_have_text(glossary.definitions()["volume"])
    results = Axe().run(desk.page, context="#slipway-Tip")
    assert results.violations_count == 0, results.generate_report()
    desk.page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    desk.page.mouse.move(5, 5)
    term.focus()
    expect(tip).to_be_visible()


def test_a_cell_that_does_not_return_is_noticed_and_can_be_stopped(desk: Desk) -> None:
    hurried = (
        "const real = window.setTimeout; window.setTimeout = (work, ms, ...more) => real(work, ms === 30000 ? 500 : ms, ...more)"
    )
    desk.page.add_init_script(hurried)
    open_notebook(desk, {"cell_type": "code", "source": "%%bash\necho begun\nsleep 300", "execution_count": None, "outputs": []})
    message = desk.panel.get_by_text(re.compile("A cell of this notebook has been running"))
    expect(desk.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_be_visible()
    desk.page.locator(".jp-Cell").first.click()
    desk.page.keyboard.press("Shift+Enter")
    expect(message).to_be_visible()
    desk.feed(answers={"check": [{}]})
    desk.panel.get_by_role("button", name="Check now").click()
    desk.panel.get_by_role("button", name="Stop the cell").click()
    expect(desk.page.locator(".jp-OutputArea").get_by_text("Interrupted.")).to_be_visible()
    expect(message).to_have_count(0)
    assert f"check {LAB}" in desk.asked()
