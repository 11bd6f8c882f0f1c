"""Objects that a finding calls missing: the lab also looks for them in other namespaces, where kubectl may have aimed."""

import re

import pytest
from recorded import graded, state

from checks import catalog
from checks.api_resources import KINDS
from checks.model import Lab
from sandboxes.settings import ROOT

MISSING = re.compile(r"There is no (\w+) called (\S+)\.")
# Lab 10 looks where kubectl aims now. In labs 16 and 20b, the same names belong to several namespaces of the lab.
OTHERWISE = ("10-cluster", "16-namespaces", "20b-on-call")
LABS = [lab for lab in catalog.labs(ROOT / "labs") if lab.sandbox == "kind" and lab.id not in OTHERWISE]


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_what_a_finding_calls_missing_is_looked_for_elsewhere(lab: Lab) -> None:
    probes = [probe for probe in lab.probes if probe.kind == "elsewhere"]
    sought = {(name, check) for probe in probes for name in probe.options["objects"] for check in probe.checks}
    solved = state(lab.id.partition("-")[0])
    for kind in [kind for kind in solved.objects if kind in KINDS and KINDS[kind].namespaced]:
        for name in solved.objects[kind]:
            snapshot = state(lab.id.partition("-")[0])
            del snapshot.objects[kind][name]
            for check, result in graded(snapshot).items():
                for finding in result.findings:
                    if missing := MISSING.fullmatch(finding.message):
                        assert (f"{missing[1]}/{missing[2]}", check) in sought
