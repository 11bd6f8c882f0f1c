"""The competencies of the exams: the data, what labs cover, what a learner has shown, and the page on them."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from checks import catalog, curricula, progress, registry
from checks.cli.__main__ import main
from checks.docs import coverage
from checks.lifecycle import course_progress
from checks.model import Lab, Objective
from sandboxes import settings
from sandboxes.settings import ROOT

LABS = catalog.labs(ROOT / "labs")


def lab_with(*objectives: Objective, id: str = "90-tiny") -> Lab:
    return replace(LABS[0], id=id, objectives=objectives)


def test_the_curricula_are_complete() -> None:
    ckad, cka = curricula.read()
    assert (len(ckad.codes), len(cka.codes)) == (24, 27)
    assert len(curricula.codes()) == 24 + 27, "a code names two competencies"
    for curriculum in (ckad, cka):
        assert sum(domain.weight for domain in curriculum.domains) == 100
        assert all(code.startswith(f"{curriculum.id}/") for code in curriculum.codes)


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_objectives_name_competencies_and_checks_that_exist(lab: Lab) -> None:
    """That is what makes the page and a learner's share true: nothing is covered that no check asks for."""
    checks = {check.id for check in registry.load(lab)}
    for objective in lab.objectives:
        assert set(objective.competencies) <= curricula.codes(), objective.text
        assert set(objective.checks) <= checks, objective.text
        assert not set(objective.checks) & set(lab.passes_untouched), f"{objective.text}: passed before the learner starts"


def test_a_competency_is_shown_when_all_checks_of_one_objective_have_passed() -> None:
    lab = lab_with(
        Objective("a", ("ckad/probes", "cka/self-healing"), ("one", "two")),
        Objective("b", ("ckad/probes",), ("three",)),
        Objective("c"),
    )
    assert curricula.shown([lab], {}) == frozenset()
    assert curricula.shown([lab], {"90-tiny": ["one"]}) == frozenset()
    assert curricula.shown([lab], {"90-tiny": ["three"]}) == {"ckad/probes"}
    assert curricula.shown([lab], {"90-tiny": ["one", "two"]}) == {"ckad/probes", "cka/self-healing"}
    assert curricula.shown([lab], {"91-other": ["one", "two", "three"]}) == frozenset()


def test_shares_count_each_competency_once() -> None:
    ckad, cka = curricula.shares({"ckad/probes", "cka/rbac", "cka/nodes", "of/none"})
    assert (str(ckad), str(cka)) == ("CKAD 1 of 24", "CKA 2 of 27")


def test_weighted_share_follows_the_domains() -> None:
    ckad, _ = curricula.read()
    assert ckad.weighted(ckad.codes) == pytest.approx(100)
    # A domain of 20 % with three competencies.
    assert ckad.weighted({"ckad/ingress"}) == pytest.approx(20 / 3)


def test_the_page_names_the_labs_of_each_competency() -> None:
    page = coverage.page(LABS)
    rows = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE))
    for curriculum in curricula.read():
        covered = 0
        for domain in curriculum.domains:
            for competency in domain.competencies:
                cell = rows[competency.name.replace("&", "&amp;")]
                ids = re.findall(r"labs/([\w-]+)\.md", cell)
                assert ids == list(dict.fromkeys(lab.id for lab, _ in curricula.teaching(competency.code, LABS)))
                assert bool(ids) != (cell == coverage.NOT_YET)
                covered += bool(ids)
        assert f"**{covered} of {len(curriculum.codes)} competencies**" in page


def test_list_shows_the_learners_own_share(
    tiny_labs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = catalog.find("90")
    objective = Objective("Serve a page", ("ckad/images",), ("image-built",))
    monkeypatch.setattr(catalog, "labs", lambda folder=None: [replace(tiny, objectives=(objective,))])
    assert main(["list"]) == 0
    assert "Exam competencies that you have shown: CKAD 0 of 24, CKA 0 of 27" in capsys.readouterr().out
    with progress.changing(settings.load(), tiny.id) as kept:
        kept.passed = {"image-built": "2026-01-01T00:00:00Z"}
    assert main(["list"]) == 0
    assert "Exam competencies that you have shown: CKAD 1 of 24, CKA 0 of 27" in capsys.readouterr().out
    assert main(["list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["competencies"] == ["ckad/images"]
    assert course_progress.shown(course_progress.course()) == {"ckad/images"}
