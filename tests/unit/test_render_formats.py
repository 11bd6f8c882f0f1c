"""Reports as JSON and JUnit."""

import json
from copy import deepcopy
from xml.etree import ElementTree

import jsonschema
import pytest
import render_cases as cases

from checks.model import Finding, Outcome, Report
from checks.render import json as render
from checks.render import junit
from sandboxes.settings import ROOT

SCHEMA = json.loads((ROOT / "checks/render/report.schema.json").read_text(encoding="utf-8"))
REPORTS = {"full": cases.full(), "passing": cases.passing(), "unchecked": cases.unchecked()}
# Surrogates downwards: half pairs only, as no pair of them can come out of a JSON text.
EVERYTHING = "".join(map(chr, [*range(0x500), *range(0xE010, 0xD7F0, -1), *range(0xFFF0, 0x10010), 0x10FFFF])) + "]]>"


def strict(node: object) -> bool:
    """Whether every object with fixed fields refuses others, and every field is described."""
    if isinstance(node, list):
        return all(map(strict, node))
    if not isinstance(node, dict):
        return True
    fields = node.get("properties", {})
    closed = not fields or node.get("additionalProperties") is False
    described = all("description" in field or "$ref" in field for field in fields.values())
    return closed and described and all(map(strict, node.values()))


@pytest.mark.parametrize("name", REPORTS)
def test_reports_keep_to_the_schema_and_come_back_whole(name: str) -> None:
    data = json.loads(render.dumps(REPORTS[name]))
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    assert Report.from_json(data) == REPORTS[name]


def test_the_full_report_has_all_outcomes() -> None:
    assert {each.outcome for each in cases.full().results} == set(Outcome)


def test_the_schema_is_strict_and_describes_every_field() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert strict(SCHEMA)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.update(more=1),
        lambda data: data.pop("taken"),
        lambda data: data["score"].update(earned="3"),
        lambda data: data["results"][1].pop("findings"),
        lambda data: data["results"][1]["findings"][0].update(color="red"),
        lambda data: data["results"][1]["findings"][0].update(message=None),
        lambda data: data["results"][1].update(outcome="failed"),
    ],
)
def test_a_broken_report_is_refused(damage) -> None:
    data = deepcopy(json.loads(render.dumps(cases.full())))
    damage(data)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(data)


def test_the_order_in_which_a_value_was_found_does_not_show() -> None:
    one, other = ({"b": [{"y": 1, "x": 2}], "a": 1}, {"a": 1, "b": [{"x": 2, "y": 1}]})
    texts = {render.dumps(cases.with_finding(Finding("m", "s", observed=each))) for each in (one, other)}
    assert len(texts) == 1 and texts.pop().endswith("}\n")


def test_json_takes_any_character() -> None:
    report = cases.with_finding(Finding("m", "s", observed=EVERYTHING))
    assert json.loads(render.dumps(report).encode("utf-8"))["results"][0]["findings"][0]["observed"] == EVERYTHING


def test_junit_tells_outcomes_so_that_only_passed_is_green() -> None:
    suite = ElementTree.fromstring(junit.dumps(cases.full()).encode()).find("testsuite")
    told = {case.get("name"): [each.tag for each in case] for case in suite.iter("testcase")}
    wanted = {"passed": [], "not yet": ["failure"], "waiting": ["failure"], "blocked": ["skipped"]}
    for result in cases.full().results:
        assert told[result.title] == wanted.get(result.outcome, ["error"])
    assert {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "9", "failures": "6", "errors": "1", "skipped": "1"
    }  # fmt: skip
    skipped = suite.find(".//skipped")
    assert skipped.get("message") == "blocked by: The container answers on port 8000"
    assert "exit code 137" in suite.find(".//failure").text


def test_junit_is_valid_xml_whatever_it_contains() -> None:
    finding = Finding(EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING, [EVERYTHING], EVERYTHING, EVERYTHING)
    root = ElementTree.fromstring(junit.dumps(cases.with_finding(finding, EVERYTHING)).encode("utf-8"))
    assert "\\x00" in root.find(".//failure").text
