"""Predictions: the first answer is locked, the result comes after it, and no points depend on them."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from course import OWN_LABS, use_labs
from test_schemas import validate

from checks import catalog, grade, notebook, notebook_file, predictions, progress, questions
from checks.cli.__main__ import main
from checks.dev import rules
from checks.docs import labs as pages
from checks.lifecycle import prediction, standing, workspace
from checks.model import Lab, Predicted, Report
from checks.render import html, text, words
from checks.render import json as render_json
from checks.snapshot import Snapshot
from sandboxes import settings
from sandboxes.errors import SlipwayError
from sandboxes.settings import Settings

CONTENT = """
[[predictions]]
id = "restart"
question = "Is the note still there?"
options = ["Yes, \\"always\\"", "No", "Perhaps"]
right = "b"
why = '''
Nothing keeps it.

It was in *memory*.
'''

[[predictions]]
id = "port"
question = "Which port answers?"
options = ["80", "8080"]
right = "a"
why = "It is published."
"""


@pytest.fixture
def lab(folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A copy of the tiny lab, with two predictions."""
    shutil.copytree(OWN_LABS, tmp_path / "labs", ignore=shutil.ignore_patterns("__pycache__"))
    use_labs(tmp_path / "labs", monkeypatch)
    (tmp_path / "labs" / "90-tiny" / "predictions.toml").write_text(CONTENT, encoding="utf-8")
    return catalog.find("90")


@pytest.fixture
def chosen(lab: Lab) -> Settings:
    return settings.load()


def test_the_first_answer_is_locked(lab: Lab, chosen: Settings) -> None:
    assert prediction.answer(lab, "restart", "", chosen).answer == ""
    assert prediction.answer(lab, "restart", " B ", chosen).answer == "b"
    assert prediction.answer(lab, "restart", "a", chosen).answer == "b"
    assert progress.read(chosen, lab.id).predicted == {"restart": "b"}


def test_an_answer_after_the_result_does_not_count(lab: Lab, chosen: Settings) -> None:
    assert prediction.reveal(lab, "restart", chosen, anyway=True).revealed
    assert prediction.answer(lab, "restart", "b", chosen).answer == ""
    assert prediction.tally(lab, chosen) == Predicted(0, 0, 1)


@pytest.mark.parametrize(
    ("id", "letter", "fix"), [("restart", "d", "a, b, c"), ("restart", "ab", "a, b, c"), ("x", "a", "restart")]
)
def test_an_unknown_prediction_or_option_is_refused_with_those_that_exist(
    lab: Lab, chosen: Settings, id: str, letter: str, fix: str
) -> None:
    with pytest.raises(SlipwayError) as caught:
        prediction.answer(lab, id, letter, chosen)
    assert fix in caught.value.fix
    assert progress.read(chosen, lab.id).predicted == {}


def test_the_result_comes_after_an_answer_or_on_request(lab: Lab, chosen: Settings) -> None:
    with pytest.raises(SlipwayError, match="not answered") as caught:
        prediction.reveal(lab, "restart", chosen, anyway=False)
    assert "anyway=True" in caught.value.fix
    assert progress.read(chosen, lab.id).revealed == []
    prediction.answer(lab, "restart", "a", chosen)
    shown = prediction.result(prediction.reveal(lab, "restart", chosen, anyway=False))
    assert "different" in shown and "Nothing keeps it" in shown and '`a` Yes, "always"' in shown and "`b` No" in shown


def test_nothing_gives_the_answer_away_before_the_result(lab: Lab, chosen: Settings) -> None:
    before = prediction.shown(prediction.answer(lab, "restart", "", chosen), "ASK", "SHOW")
    assert before.count("- `") == 3 and "ASK" in before
    after = prediction.shown(prediction.answer(lab, "restart", "b", chosen), "ASK", "SHOW")
    assert "`b` No" in after and "SHOW" in after
    assert not any(word in before + after for word in ("Nothing keeps", "right:", "result is"))


def test_only_results_that_were_shown_are_counted(lab: Lab, chosen: Settings) -> None:
    prediction.answer(lab, "restart", "b", chosen)
    assert prediction.tally(lab, chosen) is None
    prediction.reveal(lab, "restart", chosen, anyway=False)
    prediction.answer(lab, "port", "b", chosen)
    assert prediction.tally(lab, chosen) == Predicted(1, 1, 0)
    prediction.reveal(lab, "port", chosen, anyway=False)
    assert prediction.tally(lab, chosen) == Predicted(1, 2, 0)


def test_a_report_on_the_whole_lab_has_the_predictions_and_the_same_points(lab: Lab, chosen: Settings) -> None:
    report = recorded(lab)
    assert standing.with_predictions(report, lab, chosen) == report
    prediction.answer(lab, "restart", "b", chosen)
    prediction.reveal(lab, "restart", chosen, anyway=False)
    with_them = standing.with_predictions(report, lab, chosen)
    assert with_them == replace(report, predictions=Predicted(1, 1, 0))
    assert (with_them.earned, with_them.possible) == (report.earned, report.possible)
    part = replace(report, results=report.results[:1])
    assert standing.with_predictions(part, lab, chosen) == part


def recorded(lab: Lab) -> Report:
    path = OWN_LABS / "snapshots" / "90-tiny" / "solved.json"
    return grade.regrade(lab, Snapshot.from_json(json.loads(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize(
    ("predicted", "expected"),
    [
        (Predicted(2, 3), "Predictions: 2 of 3 right."),
        (Predicted(1, 2, 1), "Predictions: 1 of 2 right, 1 result shown without one."),
        (Predicted(0, 0, 2), "Predictions: 2 results shown without one."),
        (None, ""),
    ],
)
def test_predictions_in_every_format(lab: Lab, predicted: Predicted | None, expected: str) -> None:
    report = replace(recorded(lab), predictions=predicted)
    assert words.predictions(report) == expected
    for shown in (text.render(report), html.page(report)):
        assert expected in shown if expected else "Predictions" not in shown
    data = json.loads(render_json.dumps(report))
    assert ("predictions" in data) == (predicted is not None)
    validate(data, "report")
    assert Report.from_json(data) == report


def test_a_reset_keeps_the_answers(lab: Lab, chosen: Settings) -> None:
    with progress.changing(chosen, lab.id) as state:
        state.predicted, state.revealed, state.passed = {"port": "a"}, ["port"], {"running": "2026-01-01T00:00:00Z"}
    workspace.reset(lab, None, chosen)  # type: ignore[arg-type] # never started, so no engine is needed
    state = progress.read(chosen, lab.id)
    assert (state.predicted, state.revealed, state.passed) == ({"port": "a"}, ["port"], {})


def test_a_learners_copy_has_no_predictions_file(lab: Lab, chosen: Settings) -> None:
    assert not (workspace.prepare(lab, chosen) / predictions.FILE).exists()


def test_sealed_predictions_are_the_same_and_show_no_answer(lab: Lab) -> None:
    plain, sealed = predictions.read(lab), questions.sealed(CONTENT, predictions.TABLE)
    assert not any(word in sealed for word in ("right", "why", "Nothing keeps", "published"))
    assert "Is the note still there?" in sealed
    (lab.folder / predictions.FILE).write_text(sealed, encoding="utf-8")
    assert predictions.read(lab) == plain


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('right = "a"', 'right = "c"', "the right answer of port"),
        ('right = "a"', 'right = ""', "not a text"),
        ('right = "a"', "", "right"),
        ('["80", "8080"]', '["80"]', "two to four"),
        ('["80", "8080"]', '["80", "80"]', "two to four"),
        ('["80", "8080"]', '["1", "2", "3", "4", "5"]', "two to four"),
        ('["80", "8080"]', '"80"', "not a text"),
        ('id = "port"', 'id = "restart"', "the same id"),
        ("[[predictions]]", "[[prediction]]", "predictions"),
        ('why = "It', 'way = "It', "way"),
    ],
)
def test_an_invalid_file_is_named_with_its_fault(lab: Lab, old: str, new: str, fault: str) -> None:
    path = lab.folder / predictions.FILE
    path.write_text(CONTENT.replace(old, new), encoding="utf-8")
    with pytest.raises(SlipwayError) as caught:
        predictions.read(lab)
    assert str(path) in caught.value.message and fault in caught.value.message


def cells(*parts: tuple[str, str]) -> dict:
    kinds = {"m": "markdown", "c": "code"}
    return {"cells": [{"cell_type": kinds[k], "id": f"cell-{n}", "metadata": {}, "source": s} for n, (k, s) in enumerate(parts)]}


ASK, RUN, SHOW = ("c", 'here.predict("restart")'), ("c", "%%bash\ndocker ps"), ("c", 'here.reveal("restart")')
PORT = [("m", "**predict:** which?"), ("c", 'here.predict("port")'), RUN, ("c", 'here.reveal("port")')]


def test_rules_accept_one_prediction_per_prompt(lab: Lab) -> None:
    assert list(rules.experiments(lab, cells(("m", "**Predict:** what?"), ASK, RUN, SHOW, *PORT))) == []


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ([("m", "**Predict:** what?"), RUN], "cell-0 has 1 prompts"),
        ([("m", "**Predict:** what? **Predict** too"), ASK, RUN, SHOW], "cell-0 has 2 prompts"),
        ([("m", "No prompt"), ASK, RUN, SHOW], "cell-0 has 0 prompts"),
        ([("m", "**Predict:** what?"), ASK, SHOW, RUN], "no experiment comes between"),
        ([("m", "**Predict:** what?"), ASK, RUN], "“restart” needs one cell"),
        ([("m", "**Predict:** what?"), ("c", 'here.predict("other")'), RUN, SHOW], "“other”, which"),
    ],
)
def test_rules_find_a_prompt_or_prediction_that_does_not_fit(lab: Lab, parts: list[tuple[str, str]], fault: str) -> None:
    assert any(fault in found for found in rules.experiments(lab, cells(*parts, *PORT)))


def test_a_cell_that_predicts_is_not_the_cell_to_work_in() -> None:
    notebook = cells(("m", "## Task"), ASK, ("c", ""), ("c", 'here.check("running")'), SHOW)
    notebook["cells"][0]["metadata"]["tags"] = ["task"]
    (task,) = notebook_file.tasks(notebook)
    assert (task.work, task.checks) == ("cell-2", ("running",))


def test_the_site_folds_question_and_result(lab: Lab) -> None:
    path = lab.folder / "lab.ipynb"
    notebook = notebook_file.read(path)
    notebook["cells"] += [{"execution_count": None, "outputs": [], **cell} for cell in cells(ASK, RUN, SHOW)["cells"]]
    path.write_bytes(notebook_file.written(notebook))
    page = pages.page(lab)
    question, result = page.index('??? question "Your prediction"'), page.index('??? info "The result')
    assert question < result
    assert "    Is the note still there?" in page[question:result] and "Nothing keeps" not in page[:result]
    assert "    Nothing keeps it." in page[result:] and "    **b** No" in page[result:]
    assert "here.predict" not in page and "here.reveal" not in page


def test_the_command_lists_locks_and_shows(lab: Lab, chosen: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "90"]) == 0
    assert "restart (open): Is the note still there?" in capsys.readouterr().out
    assert main(["predict", "90", "restart"]) == 0
    assert "- `c` Perhaps" in capsys.readouterr().out
    assert main(["predict", "90", "restart", "a"]) == 0
    assert "locked" in capsys.readouterr().out
    assert main(["predict", "90", "restart", "--reveal"]) == 0
    assert "The result: `b` No" in capsys.readouterr().out
    assert main(["predict", "90"]) == 0
    assert "restart (wrong)" in capsys.readouterr().out
    assert main(["predict", "90", "restart", "a", "--reveal"]) == 64
    assert main(["predict", "90", "other"]) == 64


def test_the_command_works_in_the_labs_folder(
    lab: Lab, chosen: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(workspace.prepare(lab, chosen))
    assert main(["predict", "port", "a"]) == 0
    assert "`a` 80" in capsys.readouterr().out
    assert progress.read(chosen, lab.id).predicted == {"port": "a"}


def test_the_notebook_asks_locks_and_shows(lab: Lab, chosen: Settings) -> None:
    here = object.__new__(notebook.Here)  # no prediction needs an engine
    here._lab, here._settings = lab, chosen
    assert "Is the note still there?" in here.predict("restart").bundle["text/markdown"]
    assert "anyway=True" in here.reveal("restart").plain
    assert "It is locked" in here.predict("restart", "b").bundle["text/markdown"]
    assert "Your prediction was right" in here.reveal("restart").bundle["text/markdown"]
    assert "The result:" in here.reveal("port", anyway=True).bundle["text/markdown"]
    assert progress.read(chosen, lab.id).revealed == ["port", "restart"]
