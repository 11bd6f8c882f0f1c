"""Recorded states of the course's own labs: changed as the real API would show it, and graded again offline."""

import copy
from collections.abc import Iterator

from checks import catalog, grade
from checks.dev import replay
from checks.dev.paths import places
from checks.model import Finding, Outcome, Result
from checks.snapshot import Json, Snapshot
from sandboxes.settings import ROOT, Settings

CLUSTER_LABS = [lab.id for lab in catalog.labs(ROOT / "labs") if lab.sandbox == "kind"]
# What makes Pods, and where its template is.
TEMPLATES = {
    "Deployment": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}


def state(lab_id: str, name: str = "solved") -> Snapshot:
    """Return a recorded state of a lab, as a copy that may be changed. `lab_id` may be its number alone."""
    lab = catalog.find(lab_id)
    return copy.deepcopy(replay.load(places(Settings()).recording(lab, name), lab))


def graded(snapshot: Snapshot) -> dict[str, Result]:
    """Return the result of each check of the snapshot's lab, by the check's id."""
    report = grade.regrade(catalog.find(snapshot.lab), snapshot)
    return {result.id: result for result in report.results}


def failing(snapshot: Snapshot) -> dict[str, str]:
    """Return the outcome of each check that has not passed, with the messages of its findings."""
    results = graded(snapshot).items()
    return {id: _words(result) for id, result in results if result.outcome is not Outcome.PASSED}


def _words(result: Result) -> str:
    return " ".join([result.outcome.value, *(finding.message for finding in result.findings), result.reason]).strip()


def only_finding(snapshot: Snapshot, check: str) -> Finding:
    """Return the one finding of a check that has not passed."""
    (finding,) = graded(snapshot)[check].findings
    return finding


def pod_specs(snapshot: Snapshot) -> Iterator[Json]:
    """Yield the `spec` of each Pod and of each template of Pods in the snapshot."""
    for kind, path in TEMPLATES.items():
        for item in snapshot.objects.get(kind, {}).values():
            for step in path:
                item = item[step]
            yield item["spec"]
    for pod in snapshot.objects.get("Pod", {}).values():
        yield pod["spec"]
