"""Collecting a whole class from one cluster: as few requests as for one learner, and each learner's own objects."""

import base64
import copy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import class_cases as cases
import pytest
from class_targets import FILE, PREFIX, SharedCluster
from fake_api_server import Decoy, Reply

from checks import catalog, grade
from checks.api_resources import looked_at
from checks.classroom import live, live_connections, targets
from checks.classroom.live_connections import without
from checks.classroom.records import criteria_of
from checks.model import Outcome, Report
from checks.snapshot import Snapshot
from sandboxes.errors import SlipwayError

LAB = "12-deployments"
ALL = f"kubeconfig:{FILE}?context=slipway&prefix={PREFIX}"


def looks(*learners: str, lab: str = LAB, target: str = ALL) -> list[live.Look]:
    return [live.Look(learner, catalog.find(lab), targets.parse(target), f"live target {target}") for learner in learners]


def expected(name: str, lab: str = LAB) -> Report:
    """What the checks say about a recorded state, without what probes would have found."""
    found, snapshot = catalog.find(lab), cases.snapshot(name, lab)
    return grade.regrade(found, without(replace(snapshot, probes={}), found))


@pytest.fixture
def cluster(server: Decoy, tmp_path: Path) -> SharedCluster:
    return SharedCluster(server, tmp_path)


@pytest.mark.parametrize("learners", [1, 30, 500])
def test_requests_are_kinds_and_pages_for_a_class_of_any_size(server: Decoy, tmp_path: Path, learners: int) -> None:
    cluster, ids = SharedCluster(server, tmp_path), [f"l{number}" for number in range(learners)]
    for id in ids:
        cluster.add(id, cases.snapshot("solved", "11-pods"))
    assert sum(1 for seen in live.look_at(looks(*ids, lab="11"), tmp_path, settle=0) if seen.graded) == learners
    kinds = looked_at(catalog.find("11-pods").scope.kinds, ())
    sizes = [len(items) for path, items in cluster.items.items()]
    pages = sum(max(0, -(-size // 500) - 1) for size in sizes)
    assert len(cluster.lists) == len(kinds) + pages
    assert len(server.log) == len(kinds) + pages + 1 and "GET /version" in server.log  # whether it answers at all
    assert pages == 0 if learners == 1 else pages > 0 or learners == 30
    assert server.writes == []


def test_every_recorded_state_is_graded_as_on_the_learners_own_cluster(cluster: SharedCluster, tmp_path: Path) -> None:
    states = {f"l{number}": name for number, name in enumerate(cases.names(LAB))}
    for learner, name in states.items():
        cluster.add(learner, cases.snapshot(name, LAB))
    cluster.most = 7  # every learner's objects are spread over many pages
    outcomes = set()
    for seen in live.look_at(looks(*states), tmp_path, settle=0):
        wanted = expected(states[seen.look.learner])
        if {result.outcome for result in wanted.results} == {Outcome.COULD_NOT_CHECK}:
            assert seen.graded is None and "a submission brings its result" in seen.reason
            continue
        assert seen.graded is not None, (states[seen.look.learner], seen.reason)
        assert _plain(seen.graded.report) == _plain(wanted), states[seen.look.learner]
        outcomes |= {result.outcome for result in seen.graded.report.results}
    assert outcomes >= {Outcome.PASSED, Outcome.NOT_YET, Outcome.COULD_NOT_CHECK} and len(states) > 15


def _plain(report: Report) -> list[tuple]:
    return [
        (item.check, item.outcome, item.earned, [(finding.message, finding.subject) for finding in item.findings])
        for item in criteria_of(report)
    ]


def test_snapshot_bears_the_names_of_the_lab_and_holds_nothing_of_others(cluster: SharedCluster, tmp_path: Path) -> None:
    for learner in ("ada", "ada-b", "bob"):
        cluster.add(learner, cases.snapshot("solved", LAB))
    seen = next(iter(live.look_at(looks("ada"), tmp_path, settle=0)))
    snapshot = seen.graded.snapshot
    assert snapshot.objects.keys() == cases.snapshot("solved", LAB).objects.keys()
    for kind, objects in cases.snapshot("solved", LAB).objects.items():
        assert snapshot.objects[kind].keys() == objects.keys()
    text = snapshot.dumps()
    assert "c-ada" not in text and "c-bob" not in text and f'"namespace": "lab-{LAB}"' in text


def test_lab_with_two_namespaces_is_collected_from_both(cluster: SharedCluster, tmp_path: Path) -> None:
    cluster.add("ada", cases.snapshot("solved", "16-namespaces"))
    (seen,) = live.look_at(looks("ada", lab="16"), tmp_path, settle=0)
    assert "development/web" in seen.graded.snapshot.objects["Deployment"] and "web" in seen.graded.snapshot.objects["Deployment"]
    alone = ALL.replace(f"prefix={PREFIX}", "namespace=c-ada-16-namespaces")
    (seen,) = live.look_at(looks("ada", lab="16", target=alone), tmp_path, settle=0)
    assert seen.graded is None and "uses 2 namespaces" in seen.reason


def test_namespace_that_does_not_exist_is_no_zero(cluster: SharedCluster, tmp_path: Path) -> None:
    cluster.add("ada", cases.snapshot("solved", LAB))
    found = {seen.look.learner: seen for seen in live.look_at(looks("ada", "bob"), tmp_path, settle=0)}
    assert found["ada"].graded and found["bob"].graded is None
    assert found["bob"].reason == "The cluster has no namespace c-bob-12-deployments."


def test_cluster_of_ones_own_is_graded_by_the_names_of_the_lab(cluster: SharedCluster, tmp_path: Path) -> None:
    cluster.add_as(cases.snapshot("solved", "20-probes"), {})
    own = f"kubeconfig:{FILE}?context=slipway"
    (seen,) = live.look_at(looks("ada", lab="20", target=own), tmp_path, settle=0)
    assert _plain(seen.graded.report) == _plain(expected("solved", "20-probes"))
    assert seen.graded.report.passed


def test_logs_are_read_on_a_cluster_of_ones_own_only(cluster: SharedCluster, tmp_path: Path) -> None:
    log = f"/api/v1/namespaces/lab-{LAB}/pods/visitor/log"
    cluster.server.answers[log] = (200, b"2026-01-01T00:00:00Z one line\n")
    cluster.add_as(cases.snapshot("solved", LAB), {})
    own = f"kubeconfig:{FILE}?context=slipway"
    (seen,) = live.look_at(looks("ada", target=own), tmp_path, settle=0)
    assert "one line" in str(seen.graded.snapshot.probes["visits"])
    cluster.server.log.clear()
    cluster.add("ada", cases.snapshot("solved", LAB))
    (seen,) = live.look_at(looks("ada"), tmp_path, settle=0)
    assert "visits" in seen.graded.snapshot.errors and not any("/log" in line for line in cluster.server.log)


def test_snapshot_of_a_live_target_holds_no_value_of_a_secret(cluster: SharedCluster, tmp_path: Path) -> None:
    snapshot = copy.deepcopy(cases.snapshot("solved", "14-configuration"))
    name, secret = next(iter(snapshot.objects["Secret"].items()))
    secret["data"] = {"password": base64.b64encode(b"hunter2-hunter2").decode()}
    pod = next(iter(snapshot.objects["Pod"].values()))
    pod["metadata"].setdefault("annotations", {})["note"] = "it is hunter2-hunter2"
    cluster.add("ada", snapshot)
    (seen,) = live.look_at(looks("ada", lab="14"), tmp_path, settle=0)
    assert name in seen.graded.snapshot.objects["Secret"]
    text = seen.graded.snapshot.dumps()
    assert "hunter2" not in text and base64.b64encode(b"hunter2-hunter2").decode() not in text


def test_kind_that_is_refused_leaves_only_its_checks_unchecked(cluster: SharedCluster, tmp_path: Path) -> None:
    cluster.add("ada", cases.snapshot("solved", "19-jobs"))
    cluster.refuse("CronJob", 403, "cronjobs.batch is forbidden")
    (seen,) = live.look_at(looks("ada", lab="19"), tmp_path, settle=0)
    results = {result.id: result for result in seen.graded.report.results}
    assert results["count-complete"].outcome is Outcome.PASSED
    assert results["nightly-scheduled"].outcome is Outcome.COULD_NOT_CHECK
    assert "forbidden" in results["nightly-scheduled"].reason


@pytest.mark.parametrize("break_it", ["refused", "contexts", "other authority"])
def test_cluster_that_cannot_be_used_is_paused_for_everyone(server: Decoy, theirs: object, tmp_path: Path, break_it: str) -> None:
    cluster = SharedCluster(server, tmp_path)
    target, words = ALL, "refused"
    if break_it == "refused":
        for kind in looked_at(catalog.find(LAB).scope.kinds, ()):
            cluster.refuse(kind, 401, "Unauthorized")
    elif break_it == "contexts":
        target, words = ALL.replace("context=slipway", "context=other"), "other"
    else:
        access = server.access
        wrong = (tmp_path / FILE).read_text().replace(_encoded(access.authority), _encoded(theirs.pem("ca.crt")))
        (tmp_path / FILE).write_text(wrong)
        words = "certificate"
    found = list(live.look_at(looks("ada", "bob", target=target), tmp_path, settle=0))
    assert [(seen.graded, seen.paused) for seen in found] == [(None, True), (None, True)]
    assert words in found[0].reason


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def creating() -> Snapshot:
    """The state of lab 11 while the image of the Pod web is being pulled."""
    snapshot = copy.deepcopy(cases.snapshot("solved", "11-pods"))
    web, now = snapshot.objects["Pod"]["web"], datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    status = web["status"]
    web["metadata"]["creationTimestamp"] = status["startTime"] = now
    status["phase"], status["conditions"] = "Pending", []
    for container in status["containerStatuses"]:
        container.update(
            ready=False, started=False, restartCount=0, state={"waiting": {"reason": "ContainerCreating"}}, lastState={}
        )
    return snapshot


def test_look_waits_for_what_is_in_progress(cluster: SharedCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.add("ada", creating())
    cluster.add("bob", cases.snapshot("solved", "11-pods"))
    looked = cluster.server.choose

    def finish(method: str, path: str) -> Reply | None:
        """Let the Pod of ada be ready at the second look."""
        if path == "/version" and cluster.server.log.count("GET /version") == 2:
            cluster.items.clear()
            cluster.add("ada", cases.snapshot("solved", "11-pods"))
        return looked(method, path)

    cluster.server.choose = finish
    monkeypatch.setattr(live, "PAUSE", 0.01)
    found = [(seen.look.learner, bool(seen.graded)) for seen in live.look_at(looks("ada", "bob", lab="11"), tmp_path, settle=60)]
    assert found == [("bob", True), ("ada", True)]
    assert cluster.server.log.count("GET /version") == 2


def test_image_that_is_still_being_pulled_is_no_zero(cluster: SharedCluster, tmp_path: Path) -> None:
    cluster.add("ada", creating())
    (seen,) = live.look_at(looks("ada", lab="11"), tmp_path, settle=0)
    assert seen.graded is None and "still in progress" in seen.reason and not seen.paused


def test_read_only_clients_refuse_to_send_what_changes_something(server: Decoy, tmp_path: Path) -> None:
    SharedCluster(server, tmp_path)
    with live_connections.cluster(targets.parse(ALL), tmp_path) as client:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            with pytest.raises(SlipwayError, match="only read"):
                client.request(method, "/api/v1/namespaces/x")
        client.allow(0)
        with pytest.raises(SlipwayError, match="is over"):
            client.get("/version")
    assert server.writes == []
