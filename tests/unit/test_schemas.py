"""What is written keeps to the published JSON Schemas."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from checks import catalog, evidence, grade, registry
from checks.grade import Graded
from checks.model import Outcome
from checks.render import json as render
from checks.snapshot import Snapshot
from sandboxes.settings import ROOT

DATA = Path(__file__).parent.parent / "data"
FOLDER = ROOT / "checks" / "render"
RECORDED = sorted((DATA / "labs" / "snapshots" / "90-tiny").glob("*.json"))


def schema(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))


def validate(data: Any, name: str) -> None:
    known = Registry().with_resources(
        (f"{name}.schema.json", Resource.from_contents(schema(name))) for name in ("report", "evidence")
    )
    jsonschema.Draft202012Validator(schema(name), registry=known).validate(data)


def graded(path: Path) -> Graded:
    lab = catalog.find("90-tiny")
    snapshot = Snapshot.from_json(json.loads(path.read_text(encoding="utf-8")))
    return Graded(grade.regrade(lab, snapshot), snapshot)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_reports_and_evidence_of_recorded_states_keep_to_the_schemas(path: Path, tiny_labs: Path, tmp_path: Path) -> None:
    result = graded(path)
    validate(json.loads(render.dumps(result.report)), "report")
    evidence.save(tmp_path / "kept.json", result)
    validate(json.loads((tmp_path / "kept.json").read_text(encoding="utf-8")), "evidence")


def test_the_schema_knows_every_outcome() -> None:
    known = schema("report")["$defs"]["result"]["properties"]["outcome"]["enum"]
    assert known == [outcome.value for outcome in Outcome]


@pytest.mark.parametrize(
    "damage",
    [
        lambda report: report.pop("score"),
        lambda report: report.update(format="slipway-report/9"),
        lambda report: report["results"][0].update(outcome="fine"),
        lambda report: report["results"][0].update(extra=1),
        lambda report: report.update(results=[]),
    ],
)
def test_what_is_no_report_is_refused(damage: Any, tiny_labs: Path) -> None:
    report = json.loads(render.dumps(graded(RECORDED[0]).report))
    damage(report)
    with pytest.raises(jsonschema.ValidationError):
        validate(report, "report")


def test_the_recorded_lab_has_checks(tiny_labs: Path) -> None:
    assert RECORDED and registry.load(catalog.find("90-tiny"))
