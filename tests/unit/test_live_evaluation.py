"""The live evaluation: one verdict with `slipway check`, and what it says where a probe does not run live."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from recorded import state

from checks import catalog, grade, registry
from checks.live import evaluation, history, view
from checks.live.evaluation import NOTE
from checks.model import Outcome, Probe
from checks.snapshot import Snapshot
from sandboxes.settings import ROOT, Settings

LABS = [lab.id for lab in catalog.labs(ROOT / "labs")]
STATES = [(lab, name) for lab in LABS for name in ("untouched", "solved")]


def without_probes(snapshot: Snapshot, lab_id: str) -> Snapshot:
    """The snapshot as a live look takes it: without the probes that do not run live."""
    lab = catalog.find(lab_id)
    live = {probe.id for probe in evaluation.live_probes(lab)}
    hidden = {probe.id: NOTE for probe in lab.probes if probe.id not in live}
    probes = {id: result for id, result in snapshot.probes.items() if id not in hidden}
    return replace(snapshot, probes=probes, errors=snapshot.errors | hidden)


@pytest.mark.parametrize(("lab_id", "name"), STATES)
def test_view_of_a_whole_snapshot_is_the_report_of_check(lab_id: str, name: str) -> None:
    lab, snapshot = catalog.find(lab_id), state(lab_id, name)
    report = grade.regrade(lab, snapshot)
    looked = evaluation.judge(lab, registry.load(lab), snapshot, ())
    assert looked.report == report
    built = view.build(lab, Settings(), looked.report, history.History())
    shown = {check["id"]: check for task in built["tasks"] for check in task["checks"]}
    assert shown.keys() == {result.id for result in report.results}
    for result in report.to_json()["results"]:
        check = shown[result["id"]]
        findings = [{**finding, "hint": bool(finding["hint"])} for finding in result["findings"]]
        kept = ("title", "outcome", "points", "earned", "reason")
        assert {name: check[name] for name in kept} == {name: result[name] for name in kept}
        assert check["findings"] == findings
        assert check["blocked_by"] == list(result["blocked_by"])
        assert check["note"] == ""
    assert built["points"]["earned"] == report.earned


@pytest.mark.parametrize("lab_id", LABS)
def test_solved_lab_without_its_costly_probes_never_looks_wrong(lab_id: str) -> None:
    lab, snapshot = catalog.find(lab_id), without_probes(state(lab_id), lab_id)
    looked = evaluation.judge(lab, registry.load(lab), snapshot, ())
    wrong = {
        result.id: result for result in looked.report.results if result.outcome in (Outcome.NOT_YET, Outcome.COULD_NOT_CHECK)
    }
    assert not wrong
    assert looked.noted <= evaluation.not_live(lab, registry.load(lab))
    assert not any(finding.message == NOTE for result in looked.report.results for finding in result.findings)
    passed = evaluation.judge(lab, registry.load(lab), snapshot, {check.id for check in registry.load(lab)})
    assert passed.report.passed


def test_check_whose_probe_does_not_run_live_waits_until_it_has_passed() -> None:
    lab, snapshot = catalog.find("04"), without_probes(state("04"), "04")
    checks = registry.load(lab)
    looked = evaluation.judge(lab, checks, snapshot, ())
    (counted,) = (result for result in looked.report.results if result.id == "visits-counted")
    assert counted.outcome in (Outcome.WAITING, Outcome.BLOCKED)
    assert "web-finds-it" in looked.noted
    passed = evaluation.judge(lab, checks, snapshot, {check.id for check in checks})
    assert passed.report.passed
    assert "visits-counted" in passed.noted


def test_what_is_wrong_without_the_probe_is_reported_and_what_passed_before_turns_red() -> None:
    lab, snapshot = catalog.find("01"), state("01")
    snapshot.objects["container"]["my-running-app"]["State"] |= {"Running": False, "Status": "exited", "ExitCode": 137}
    checks = registry.load(lab)
    looked = evaluation.judge(lab, checks, without_probes(snapshot, "01"), {check.id for check in checks})
    assert not looked.report.passed
    assert any(result.outcome is Outcome.NOT_YET and result.findings for result in looked.report.results)


def test_probe_after_one_that_does_not_run_live_does_not_run_live() -> None:
    lab = catalog.find("04")
    first, *others = lab.probes
    after = replace(others[0], id="later", live=True, options={**others[0].options, "after": [first.id]})
    quiet = replace(lab, probes=(replace(first, live=False), after))
    assert not evaluation.live_probes(quiet)
    assert [probe.id for probe in evaluation.live_probes(replace(lab, probes=(replace(first, live=True), after)))]


# What a live probe may do beside the kinds that only read.
ALLOWED = {
    "admission", "exec", "http", "ingress_http", "ingress_tls", "pod_exec", "pod_http", "registry_image", "service_http",
}  # fmt: skip
WRITES = re.compile(r"\b(touch|rm|mkdir|tee|kill|INSERT|UPDATE|DELETE|CREATE)\b|(?<!2)>(?!/dev/null)")
CHOSEN = [(lab.id, probe) for lab in catalog.labs(ROOT / "labs") for probe in lab.probes if probe.live]


@pytest.mark.parametrize(("lab_id", "probe"), CHOSEN, ids=[f"{lab_id}-{probe.id}" for lab_id, probe in CHOSEN])
def test_probe_that_a_lab_lets_run_live_only_reads_and_is_quick(lab_id: str, probe: Probe) -> None:
    assert probe.kind in ALLOWED
    assert not probe.options.keys() & {"method", "body", "times", "after"}
    assert not WRITES.search(" ".join(probe.options.get("command", ())))
    assert probe.timeout <= 5


def test_most_checks_are_live_and_those_of_many_labs_all() -> None:
    checks = {lab.id: registry.load(lab) for lab in catalog.labs(ROOT / "labs")}
    unseen = {id: evaluation.not_live(catalog.find(id), known) for id, known in checks.items()}
    assert sum(map(len, unseen.values())) * 4 < sum(map(len, checks.values()))
    assert {"01-flask", "12-deployments", "14-configuration", "22-ingress"} <= {id for id, names in unseen.items() if not names}


def test_requests_of_the_live_view_cannot_push_the_learners_out_of_a_log() -> None:
    """Lab 01 counts the learner's requests in the log of the server that its own live probe asks."""
    (log,) = (probe for probe in catalog.find("01").probes if probe.kind == "logs")
    asked = next(urlsplit(probe.options["url"]).path for probe in catalog.find("01").probes if probe.kind == "http")
    assert log.options["containing"] and not any(word in f"GET {asked} HTTP/1.1" for word in log.options["containing"])


def test_title_of_a_task_has_no_number() -> None:
    assert view.title("## Task 1 · Build the image\n\nText") == "Build the image"
    assert view.title("## The order\n") == "The order"
