"""The panel in JupyterLab, in a real browser: fed by recorded states, without an engine and without a kernel."""

import re

import panel_views
import pytest
from panel_desk import LAB, OTHER, Desk, seen
from playwright.sync_api import expect

from checks import catalog


def test_the_panel_opens_with_a_lab_and_shows_its_report(desk: Desk) -> None:
    desk.open()
    panel = desk.panel
    expect(panel.get_by_role("heading", name="Flask in Docker")).to_be_visible()
    expect(panel.get_by_text(f"Lab 2 of {len(catalog.labs())} · {catalog.find(LAB).minutes} minutes")).to_be_visible()
    view = panel_views.view(LAB, "untouched")
    total = sum(len(task["checks"]) for task in view["tasks"])
    expect(panel.get_by_text(f"0 of {total} checks passed")).to_be_visible()
    titles = [f"Task {number} {task['outcome']} {task['title']}" for number, task in enumerate(view["tasks"], 1)]
    shown = panel.locator(".slipway-Task > h3").all_inner_texts()
    assert [" ".join(text.split()) for text in shown] == titles
    finding = view["tasks"][0]["checks"][0]["findings"][0]
    for text in (finding["message"], finding["expected"], finding["subject"]):
        expect(desk.check("image-built").get_by_text(text, exact=True)).to_be_visible()


def test_a_task_turns_green_while_one_works_and_red_again_with_the_reason(desk: Desk) -> None:
    desk.open()
    seen(desk, LAB, "solved")
    expect(desk.panel.locator('.slipway-Task:not([data-look="passed"])')).to_have_count(0)
    expect(desk.panel.get_by_text("All checks passed.")).to_be_visible()
    expect(desk.panel.get_by_role("button", name="Next lab: Layers and caching")).to_be_visible()
    seen(desk, LAB, "loopback", broken={"answers": "Container my-running-app was replaced"})
    check = desk.check("answers")
    expect(check.get_by_text("broken", exact=True)).to_be_visible()
    expect(check).to_contain_text(re.compile(r"Passed at .*, broken since .*: Container my-running-app was replaced"))
    expect(check).to_contain_text("Running on http://127.0.0.1:5000")
    expect(desk.panel.get_by_text("All checks passed.")).to_have_count(0)


def test_help_comes_one_step_at_a_time_and_on_request(desk: Desk) -> None:
    hints = [{"text": "Look at `docker ps`.", "level": 1, "more": True}, {"text": "Build it.", "level": 2, "more": False}]
    solution = {"text": "", "files": [{"path": "Dockerfile", "text": "FROM python:3.11-slim\n"}]}
    desk.feed(answers={"hint": hints, "solution": [solution]})
    desk.open()
    check = desk.check("image-built")
    expect(check.get_by_role("button", name="Show a hint")).to_be_visible()
    expect(check.get_by_role("button", name="Show the solution")).to_have_count(0)
    check.get_by_role("button", name="Show a hint").click()
    expect(check.locator("code", has_text="docker ps")).to_be_visible()
    check.get_by_role("button", name="Show the next hint").click()
    expect(check.get_by_text("Build it.")).to_be_visible()
    check.get_by_role("button", name="Show the solution").click()
    expect(check.get_by_text("FROM python:3.11-slim")).to_be_visible()
    assert desk.asked()[1:] == [f"hint {LAB} image-built"] * 2 + [f"solution {LAB} task-build"]


def test_the_picture_is_drawn_again_when_it_changes(desk: Desk) -> None:
    desk.open()
    desk.panel.get_by_role("tab", name="Picture").click()
    drawn = desk.panel.locator(".slipway-Picture img")
    expect(drawn).to_have_attribute("src", re.compile("my-running-app"))
    assert desk.asked().count(f"picture {LAB}") == 1
    pictures = {LAB: panel_views.picture(OTHER)}
    desk.feed(pictures=pictures, views={LAB: panel_views.view(LAB, "solved", picture=2)})
    expect(drawn).to_have_attribute("src", re.compile("harbour-greeting"))


def test_it_says_that_it_is_disconnected_and_connects_again(desk: Desk) -> None:
    desk.open()
    message = desk.panel.get_by_text("Disconnected. What you see may be out of date.")
    expect(desk.panel.get_by_role("heading", name="Flask in Docker")).to_be_visible()
    desk.feed(down=True)
    expect(message).to_be_visible()
    desk.feed(down=False, views={LAB: panel_views.view(LAB, "solved")})
    expect(message).to_have_count(0)
    expect(desk.panel.get_by_text("All checks passed.")).to_be_visible()


def test_it_follows_the_notebook_in_front(desk: Desk) -> None:
    desk.open()
    desk.open(f"{OTHER}/lab.ipynb")
    expect(desk.panel.get_by_role("heading", name="Layers and caching")).to_be_visible()
    desk.page.locator(".jp-DirListing-item", has_text="lab.ipynb").first.wait_for()
    desk.page.locator(".jp-BreadCrumbs-home").click()
    desk.page.locator(".jp-DirListing-item", has_text="mine.ipynb").dblclick()
    expect(desk.panel.get_by_text("This notebook does not belong to a lab.")).to_be_visible()


def test_a_hidden_panel_asks_for_nothing(desk: Desk) -> None:
    desk.open()
    expect(desk.panel.get_by_role("heading", name="Flask in Docker")).to_be_visible()
    assert desk.listeners() == 1
    desk.page.locator('[data-id="slipway-panel"]').click()
    expect(desk.panel).to_be_hidden()
    for _ in range(100):
        if desk.listeners() == 0:
            break
        desk.page.wait_for_timeout(100)
    assert desk.listeners() == 0


def test_reset_asks_first_and_then_says_what_is_gone(desk: Desk) -> None:
    desk.feed(answers={"reset": [{"removed": ["container/my-running-app"], "left": []}]})
    desk.open()
    desk.panel.get_by_role("button", name="Reset…").click()
    desk.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert not [request for request in desk.asked() if request.startswith("reset")]
    desk.panel.get_by_role("button", name="Reset…").click()
    desk.page.get_by_role("dialog").get_by_role("button", name="Reset the lab").click()
    expect(desk.panel.get_by_text("The lab is at its start again. Removed: container/my-running-app.")).to_be_visible()
    desk.panel.get_by_role("button", name="Reset…").click()
    desk.page.get_by_role("dialog").get_by_role("button", name="Reset the lab").click()
    expect(desk.panel.get_by_text("Another reset of this lab is running. Wait until it has finished.")).to_be_visible()


def test_a_terminal_opens_in_the_folder_of_the_lab(desk: Desk) -> None:
    shown: list[str] = []
    desk.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: shown.append(str(frame))))
    desk.open()
    desk.panel.get_by_role("button", name="Terminal").click()
    # What is typed before the shell's prompt goes nowhere.
    for _ in range(150):
        if any(f"({LAB}" in frame for frame in shown):
            break
        desk.page.wait_for_timeout(200)
    desk.page.locator(".jp-Terminal textarea").focus()
    desk.page.keyboard.type("basename $PWD > ../shown && which slipway >> ../shown && mv ../shown ../whole\n")
    whole = desk.workspace / "whole"
    for _ in range(150):
        if whole.exists():
            break
        desk.page.wait_for_timeout(200)
    folder, command = whole.read_text(encoding="utf-8").split()
    assert folder == LAB and command.endswith("/slipway")


def test_go_to_this_task_selects_its_cell(desk: Desk) -> None:
    desk.open()
    desk.task(3).get_by_role("button", name="Task 3").click()
    desk.task(3).get_by_role("button", name="Go to this task").click()
    expect(desk.page.locator(".jp-Cell.jp-mod-active")).to_contain_text("Task 3")


def test_everything_works_by_keyboard(desk: Desk) -> None:
    desk.feed(answers={"hint": [{"text": "Look there.", "level": 1, "more": False}]})
    desk.open()
    panel = desk.panel
    panel.get_by_role("button", name="Check now").focus()
    reached = []
    for _ in range(14):
        desk.page.keyboard.press("Tab")
        reached.append(desk.page.evaluate("document.activeElement.innerText.split('\\n')[0]"))
    assert {"Terminal", "Reset…", "Tasks", "Show a hint", "Go to this task"} <= set(reached)
    panel.get_by_role("button", name="Show a hint").focus()
    desk.page.keyboard.press("Enter")
    expect(panel.get_by_text("Look there.")).to_be_visible()
    panel.get_by_role("tab", name="Tasks").focus()
    desk.page.keyboard.press("ArrowRight")
    expect(panel.get_by_role("tab", name="Picture")).to_be_focused()
    expect(panel.get_by_role("tab", name="Picture")).to_have_attribute("aria-selected", "true")
    desk.page.keyboard.press("ArrowLeft")
    task = desk.task(2).get_by_role("button", name="Task 2")
    expect(task).to_have_attribute("aria-expanded", "false")
    task.focus()
    desk.page.keyboard.press("Enter")
    expect(task).to_have_attribute("aria-expanded", "true")


def test_the_tour_welcomes_once_and_ends_at_any_point(desk: Desk) -> None:
    desk.settings({"terminal": False})
    desk.open()
    tour = desk.panel.get_by_role("region", name="A short tour")
    tour.get_by_role("button", name="Next").click()
    expect(tour.get_by_text("2 of 4")).to_be_visible()
    tour.get_by_role("button", name="Next").press("Escape")
    expect(tour).to_have_count(0)
    expect(desk.panel.get_by_role("button", name="Course")).to_be_focused()
    desk.page.wait_for_timeout(500)
    desk.open()
    expect(desk.panel.get_by_role("heading", name="Flask in Docker")).to_be_visible()
    expect(tour).to_have_count(0)


def test_changes_are_announced_together_and_not_too_often(desk: Desk) -> None:
    desk.open()
    expect(desk.panel.get_by_role("heading", name="Flask in Docker")).to_be_visible()
    desk.page.evaluate("""() => { window.heard = [];
      new MutationObserver(() => window.heard.push([Date.now(), document.querySelector('.slipway-Live').textContent]))
        .observe(document.querySelector('.slipway-Live'), {childList: true}); }""")
    for recording in ("loopback", "solved", "untouched", "solved"):
        seen(desk, LAB, recording)
        desk.page.wait_for_timeout(250)
    desk.page.wait_for_function("window.heard.length >= 2")
    heard = desk.page.evaluate("window.heard")
    assert all(later[0] - earlier[0] >= 1900 for earlier, later in zip(heard, heard[1:], strict=False))
    assert "There is an image called my-python-app: passed." in heard[0][1] + heard[1][1]


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_it_is_readable_and_accessible(desk: Desk, theme: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    desk.theme(theme)
    desk.open()
    desk.page.locator(f'body[data-jp-theme-name="{theme}"]').wait_for(state="attached")
    seen(desk, LAB, "loopback", broken={"answers": "Container my-running-app was replaced"}, state="unreachable", reason="…")
    expect(desk.check("answers").get_by_text("broken", exact=True)).to_be_visible()
    if width < 800:
        toggle = desk.page.locator('[data-id="slipway-panel"]')
        toggle.click()
        desk.page.set_viewport_size({"width": width, "height": 700})
        toggle.click(position={"x": 8, "y": 12})
        expect(desk.page.locator("#filebrowser")).to_be_hidden()
        box = desk.panel.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
    wide = desk.panel.evaluate("panel => panel.scrollWidth - panel.clientWidth")
    assert wide <= 0
    results = Axe().run(desk.page, context="#slipway-panel")
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_the_course_shows_every_lab_and_what_comes_next(desk: Desk, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    desk.theme(theme)
    desk.open()
    desk.panel.get_by_role("button", name="Course").click()
    page = desk.page.locator("#slipway-course")
    expect(page.get_by_text("02 · Layers and caching")).to_be_visible()
    expect(page.get_by_role("listitem")).to_have_count(len(catalog.labs()))
    results = Axe().run(desk.page, context="#slipway-course")
    assert results.violations_count == 0, results.generate_report()
    page.get_by_role("button", name="Open the lab").click()
    expect(desk.panel.get_by_role("heading", name="Layers and caching")).to_be_visible()


def test_jupyterlab_opens_on_the_course_where_no_notebook_is_asked_for(desk: Desk) -> None:
    desk.page.goto(desk.server.url() + "&reset")
    expect(desk.page.locator("#slipway-course").get_by_role("button", name="Open the lab")).to_be_visible()


def test_without_the_labs_api_jupyterlab_stays_as_it_is(desk: Desk) -> None:
    desk.page.route("**/slipway/course**", lambda route: route.fulfill(status=404, json={"message": "Not Found"}))
    desk.open()
    desk.page.wait_for_timeout(1000)
    expect(desk.panel).to_have_count(0)
    expect(desk.page.locator('[data-id="slipway-panel"]')).to_have_count(0)
