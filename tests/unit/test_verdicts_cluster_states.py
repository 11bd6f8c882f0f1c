"""States of the cluster labs that were once judged wrongly: recorded ones, changed as the real API would show them."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from recorded import failing, graded, only_finding, state

from checks import catalog
from checks.model import Outcome
from checks.snapshot import Json, Snapshot


def container(snapshot: Snapshot, kind: str, name: str) -> Json:
    """The first container of an object's template, to be changed."""
    first: Json = snapshot.objects[kind][name]["spec"]["template"]["spec"]["containers"][0]
    return first


# Right states that were refused.


def hung(snapshot: Snapshot, *pods: str, came: str) -> Snapshot:
    """Let the process of these Pods hang and be restarted after the database's Pod came at `came`."""
    (database,) = [pod for name, pod in snapshot.objects["Pod"].items() if name.startswith("database")]
    database["metadata"]["creationTimestamp"] = came
    for name in pods:
        status = snapshot.objects["Pod"][name]["status"]["containerStatuses"][0]
        ended = {"exitCode": 137, "reason": "Error", "message": "it hung: somebody asked for /hang"}
        ended |= {"startedAt": "2026-01-01T11:58:58Z", "finishedAt": "2026-01-01T11:59:40Z"}
        status |= {
            "restartCount": 1,
            "lastState": {"terminated": ended},
            "state": {"running": {"startedAt": "2026-01-01T11:59:41Z"}},
        }
    return snapshot


def test_20_both_pods_that_hang_after_the_outage_do_not_undo_it() -> None:
    pods = ("harbour-aa74f6f001-00001", "harbour-aa74f6f001-00002")
    assert failing(hung(state("20"), *pods, came="2026-01-01T11:59:15Z")) == {}


def test_20_an_outage_that_no_pod_has_noticed_is_none_because_both_hang_later() -> None:
    snapshot = hung(state("20"), "harbour-aa74f6f001-00001", "harbour-aa74f6f001-00002", came="2026-01-01T11:59:15Z")
    for name, event in list(snapshot.objects["Event"].items()):
        if "statuscode: 503" in str(event.get("message")):
            del snapshot.objects["Event"][name]
    assert "No Pod of harbour has seen the database go" in failing(snapshot)["drops-and-returns"]


def parallel_before(snapshot: Snapshot) -> Snapshot:
    """A set that was deleted and applied again in order, with the claims of one that created all Pods at once."""
    snapshot.objects["StatefulSet"]["pier"]["metadata"]["creationTimestamp"] = "2026-01-01T11:59:05Z"
    for ordinal in range(3):
        claim = snapshot.objects["PersistentVolumeClaim"][f"book-pier-{ordinal}"]
        claim["metadata"]["creationTimestamp"] = "2026-01-01T11:50:00Z"
        book = snapshot.probes[f"book-{ordinal}"]
        book["stdout"] = f"2026-01-01T11:50:0{9 - ordinal}Z pier-{ordinal} opened by of-the-first-set\n{book['stdout']}"
    return snapshot


def test_17_a_set_that_was_applied_again_in_order_may_keep_its_claims() -> None:
    assert failing(parallel_before(state("17"))) == {}


def test_17_a_set_that_opens_all_at_once_is_still_refused() -> None:
    snapshot = parallel_before(state("17"))
    snapshot.objects["StatefulSet"]["pier"]["metadata"]["creationTimestamp"] = "2026-01-01T11:59:59Z"
    assert "did not have to wait for pier-0" in failing(snapshot)["in-order"]


@pytest.mark.parametrize(
    ("variables", "asked"),
    [
        ({"POSTGRES_USER": "u", "POSTGRES_DB": "d"}, "-U u -d d"),
        ({"POSTGRES_USER_FILE": "user", "POSTGRES_DB_FILE": "db"}, "-U from-a-file -d named-in-a-file"),
        ({}, "-U postgres -d appdb"),
    ],
)
def test_23_the_names_of_the_database_may_come_from_files(tmp_path: Path, variables: dict[str, str], asked: str) -> None:
    """The probe's own command, in a real shell; psql is a script that prints its arguments."""
    (probe,) = [probe for probe in catalog.find("23").probes if probe.id == "rows"]
    (tmp_path / "user").write_text("from-a-file\n", encoding="ascii")
    (tmp_path / "db").write_text("named-in-a-file\n", encoding="ascii")
    psql = tmp_path / "psql"
    psql.write_text('#!/bin/sh\necho "$@"\n', encoding="ascii")
    psql.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", **variables}
    done = subprocess.run(probe.options["command"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert f"-XAtq {asked} -c SELECT count(*)" in done.stdout


@pytest.mark.parametrize("answer", ["the kubelet", "kubelet", "Kubelet"])
def test_10_the_kubelet_is_as_good_as_kubelet(answer: str) -> None:
    snapshot = state("10")
    text = snapshot.probes["answers"]["text"]
    started = next(line for line in text.splitlines() if line.startswith("started_by"))
    snapshot.probes["answers"]["text"] = text.replace(started, f'started_by = "{answer}"')
    assert failing(snapshot) == {}


# Wrong states that passed.


@pytest.mark.parametrize(
    ("kind", "command", "check", "message"),
    [
        ("readinessProbe", ["ls", "/ready"], "readiness", "which says nothing about the database"),
        ("readinessProbe", ["sh", "-c", "wget -q localhost:8000/ready || true"], "readiness", "cannot fail"),
        ("readinessProbe", ["curl", "-s", "http://localhost:8000/ready"], "readiness", "cannot fail"),
        ("livenessProbe", ["cat", "/live"], "liveness-own", "does not request /live"),
        ("livenessProbe", ["cat", "/program/harbour.py"], "liveness-own", "does not request /live"),
        ("livenessProbe", ["sh", "-c", "curl -f http://localhost:8000/live; exit 0"], "liveness-own", "cannot fail"),
    ],
)
def test_20_a_probe_that_asks_nobody_or_cannot_fail_does_not_pass(
    kind: str, command: list[str], check: str, message: str
) -> None:
    snapshot = state("20")
    container(snapshot, "Deployment", "harbour")[kind] = {"exec": {"command": command}, "periodSeconds": 1}
    assert message in failing(snapshot)[check]


@pytest.mark.parametrize(
    "command",
    [
        ["python3", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/ready')"],
        ["curl", "-sf", "localhost:8000/ready"],
    ],
)
def test_20_a_command_that_asks_the_server_passes(command: list[str]) -> None:
    snapshot = state("20")
    container(snapshot, "Deployment", "harbour")["readinessProbe"] = {"exec": {"command": command}, "periodSeconds": 1}
    assert failing(snapshot) == {}


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["true"], "does not ask the server"),
        (["sh", "-c", "redis-cli ping || true"], "cannot fail"),
        (["test", "-d", "/data"], "does not ask the server"),
    ],
)
def test_20_a_readiness_probe_of_the_database_has_to_ask_it(command: list[str], message: str) -> None:
    snapshot = state("20")
    container(snapshot, "Deployment", "database")["readinessProbe"] = {"exec": {"command": command}}
    assert message in failing(snapshot)["database-probed"]


def test_14_a_user_of_the_right_length_is_not_the_keeper() -> None:
    snapshot = state("14")
    snapshot.probes["user"]["stdout"] = "6\nanother user\n"
    assert only_finding(snapshot, "logbook-inside").message.endswith("has the right length, and is not “keeper”.")


@pytest.mark.parametrize(
    ("claim", "change", "check", "message"),
    [
        ("archive-claim", {"accessModes": ["ReadWriteMany"]}, "archive-provisioned", "requests ReadWriteMany, not ReadWriteOnce"),
        ("archive-claim", {"resources": {"requests": {"storage": "1Gi"}}}, "archive-provisioned", "requests 1Gi, not 100Mi"),
        ("harbour-claim", {"accessModes": ["ReadWriteOncePod"]}, "claim-bound", "requests ReadWriteOncePod, not ReadWriteOnce"),
    ],
)
def test_15_size_and_access_mode_are_those_of_the_text(claim: str, change: Json, check: str, message: str) -> None:
    snapshot = state("15")
    snapshot.objects["PersistentVolumeClaim"][claim]["spec"] |= change
    assert message in failing(snapshot)[check]


def test_22_the_certificate_comes_from_the_secret_that_the_task_names() -> None:
    snapshot = state("22")
    snapshot.objects["Secret"]["other"] = snapshot.objects["Secret"].pop("harbour-tls")
    snapshot.objects["Ingress"]["harbour"]["spec"]["tls"][0]["secretName"] = "other"
    message = only_finding(snapshot, "certificate").message
    assert message == "The certificate for harbour.example.com comes from the Secret other, not from harbour-tls."


# Findings that misled, or waited where nothing would come.


def paused(snapshot: Snapshot) -> Snapshot:
    """Pause lab 12's Deployment and change its image: the controller notes it, and starts nothing."""
    web = snapshot.objects["Deployment"]["web"]
    web["spec"]["paused"] = True
    web["spec"]["template"]["spec"]["containers"][0]["image"] = "nginx:1.22"
    web["status"]["updatedReplicas"] = 0
    condition = {"type": "Progressing", "status": "Unknown", "reason": "DeploymentPaused", "message": "Deployment is paused"}
    web["status"]["conditions"] = [*(one for one in web["status"]["conditions"] if one["type"] != "Progressing"), condition]
    return snapshot


def test_12_a_paused_deployment_is_called_paused_and_not_waited_for() -> None:
    snapshot = paused(state("12"))
    result = graded(snapshot)["undone"]
    assert result.outcome is Outcome.NOT_YET and "The rollout of web is paused." in result.findings[0].why
    assert result.findings[0].hint.startswith("`kubectl rollout resume deployment web` first")
    snapshot.objects["Deployment"]["web"]["spec"]["template"]["spec"]["containers"][0]["image"] = "nginx:1.26"
    finding = only_finding(snapshot, "undone")
    assert finding.message == "The rollout of web is paused." and "kubectl rollout resume" in finding.hint and not finding.waiting


def test_11_a_stuck_init_container_is_called_one() -> None:
    snapshot = state("11")
    web = snapshot.objects["Pod"]["web"]
    web["spec"]["initContainers"] = [{"name": "wait", "image": "busybox:1.35"}]
    running = {"name": "wait", "ready": False, "restartCount": 0, "state": {"running": {"startedAt": "2026-01-01T11:50:00Z"}}}
    waiting = {"name": "nginx", "ready": False, "restartCount": 0, "state": {"waiting": {"reason": "PodInitializing"}}}
    web["status"] |= {"phase": "Pending", "initContainerStatuses": [running], "containerStatuses": [waiting]}
    finding = only_finding(snapshot, "web-ready")
    assert (
        finding.message == "The init container wait of web is still running: the containers of the Pod start when it has ended."
    )
    assert not finding.waiting
    running["state"] = {"waiting": {"reason": "CrashLoopBackOff"}}
    assert only_finding(snapshot, "web-ready").message.startswith("The init container wait of web ends again and again")


def test_13_endpoints_by_hand_are_called_so() -> None:
    snapshot = state("13")
    del snapshot.objects["Service"]["office"]["spec"]["selector"]
    for endpoint in snapshot.objects["EndpointSlice"]["office-00001"]["endpoints"]:
        del endpoint["targetRef"]
    finding = only_finding(snapshot, "right-pods")
    assert finding.message == "The Service office has no selector, so no controller keeps its endpoints."


@pytest.mark.parametrize(
    ("port", "reason"),
    [
        ({"targetPort": "htpp"}, "forwards to the port named htpp of its Pods; they have http"),
        ({"protocol": "UDP"}, "is for UDP, and its clients use TCP"),
    ],
)
def test_13_a_port_that_leads_nowhere_is_named_with_its_reason(port: Json, reason: str) -> None:
    snapshot = state("13")
    snapshot.objects["Service"]["office"]["spec"]["ports"][0] |= port
    refused = {"ok": False, "exit": 1, "stdout": "", "stderr": "wget: can't connect to remote host: Connection refused\n"}
    snapshot.probes["rounds"] |= refused
    assert reason in only_finding(snapshot, "answers").why


def test_14_a_wrong_code_of_the_right_length_is_not_waited_for() -> None:
    snapshot = state("14")
    snapshot.probes["code"]["stdout"] = f"{'0' * 64}  /etc/radio/code\n"
    secret = snapshot.objects["Secret"]["radio-key"]
    secret["metadata"]["managedFields"][0]["time"] = "2026-01-01T11:50:00Z"
    secret["metadata"]["creationTimestamp"] = "2026-01-01T11:50:00Z"
    finding = only_finding(snapshot, "radio-code")
    assert finding.message == "The value of code in radio-key has the right length, and is not the code."
    assert finding.subject == "secret/radio-key" and not finding.waiting


def wrong_answer(snapshot: Snapshot, *probes: str) -> Snapshot:
    for id in probes:
        snapshot.probes[id] |= {"status": 200, "body": "Quay 7, two berths free\n"}
    return snapshot


def test_22_a_second_ingress_for_the_same_host_is_named() -> None:
    snapshot = wrong_answer(state("22"), "tls-board")
    other = {"host": "harbour.example.com", "http": snapshot.objects["Ingress"]["rest"]["spec"]["rules"][0]["http"]}
    snapshot.objects["Ingress"]["rest"]["spec"]["rules"].append(other)
    finding = only_finding(snapshot, "by-path")
    assert finding.why == (
        "ingress/rest has a rule for the same requests: harbour.example.com / (Prefix) to quay:80. Only one of the two can win."
    )
    assert not finding.waiting


@pytest.mark.parametrize(("taken", "waiting"), [("2026-01-01T12:00:00Z", True), ("2026-01-01T12:05:00Z", False)])
def test_22_only_a_recent_change_is_waited_for(taken: str, waiting: bool) -> None:
    data = wrong_answer(state("22"), "tls-board").to_json() | {"taken": taken}
    finding = only_finding(Snapshot.from_json(data), "by-path")
    assert finding.waiting is waiting and finding.why.startswith("The rules are right")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"pathType": "Exact"}, "myapp.example.com /api (Exact) to backend:8000: Exact matches only this path"),
        (
            {"backend": {"service": {"name": "backend", "port": {"number": 80}}}},
            "to backend:80: the Service has only the port 8000",
        ),
    ],
)
def test_23_a_wrong_route_is_shown_with_its_kind_and_port(change: dict[str, Any], reason: str) -> None:
    snapshot = state("23")
    snapshot.objects["Ingress"]["myapp"]["spec"]["rules"][0]["http"]["paths"][1] |= change
    snapshot.probes["before"] |= {"status": 404, "body": "<html>not found</html>"}
    assert reason in only_finding(snapshot, "whole-path").why


def test_18_a_node_selector_gets_a_hint_about_itself() -> None:
    snapshot = state("18")
    collector = snapshot.objects["DaemonSet"]["collector"]
    collector["spec"]["template"]["spec"]["nodeSelector"] = {"disk": "fast"}
    for pod in snapshot.pods(owner=collector):
        del snapshot.objects["Pod"][pod["metadata"]["name"]]
    finding = only_finding(snapshot, "collector-everywhere")
    assert "Its nodeSelector requires the label disk=fast" in finding.why and finding.hint.startswith("Its nodeSelector")


def without_events(snapshot: Snapshot) -> Snapshot:
    snapshot.objects["Event"] = {}
    return snapshot


@pytest.mark.parametrize("name", ["solved", "second"])
@pytest.mark.parametrize("lab", ["10", "21"])
def test_events_that_the_cluster_has_forgotten_take_nothing_back(lab: str, name: str) -> None:
    assert failing(without_events(state(lab, name))) == {}


def test_21_without_any_change_of_the_autoscaler_nothing_has_happened() -> None:
    snapshot = without_events(state("21"))
    del snapshot.objects["HorizontalPodAutoscaler"]["desk"]["status"]["lastScaleTime"]
    assert "has not added a Pod" in failing(snapshot)["scaled-up"]


def test_16_the_pod_has_the_amounts_of_the_text() -> None:
    snapshot = state("16")
    pod = snapshot.pods(owner=snapshot.object("Deployment", "web", "development"))[-1]
    pod["spec"]["containers"][0]["resources"]["requests"]["memory"] = "24Mi"
    assert "sets memory to 24Mi under requests, not 16Mi" in failing(snapshot)["usual-given"]


def test_11_the_sidecar_runs_the_image_of_the_text() -> None:
    snapshot = state("11")
    harbour = snapshot.objects["Pod"]["harbour"]
    for part in (*harbour["spec"]["initContainers"], *harbour["status"]["initContainerStatuses"]):
        if part["name"] == "watch":
            part["image"] = "docker.io/library/alpine:3"
    assert "runs docker.io/library/alpine:3, not busybox:1.35" in failing(snapshot)["harbour-ready"]


def test_23c_the_report_runs_the_image_of_the_text() -> None:
    snapshot = state("23c")
    template = snapshot.objects["CronJob"]["report"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    template["containers"][0]["image"] = "curlimages/curl:8"
    assert "report runs curlimages/curl:8, not busybox:1.35" in failing(snapshot)["reported"]


@pytest.mark.parametrize(("lab", "check"), [("23", "backend-probes"), ("23c", "probed")])
def test_23_a_ready_that_always_answers_200_does_not_pass(lab: str, check: str) -> None:
    snapshot = state(lab)
    snapshot.probes["alone"]["stdout"] = "200\n"
    assert only_finding(snapshot, check).message.endswith("answers 200, also where no database answers.")
    snapshot.probes["alone"] |= {"ok": False, "exit": 1, "stdout": "", "stderr": "ModuleNotFoundError: No module named 'app'\n"}
    assert failing(snapshot) == {}


@pytest.mark.parametrize(("wanted", "outcome"), [(3, Outcome.WAITING), (2, Outcome.NOT_YET)])
def test_18_a_pod_that_the_controller_is_about_to_create_is_waited_for(wanted: int, outcome: Outcome) -> None:
    snapshot = state("18")
    collector = snapshot.objects["DaemonSet"]["collector"]
    collector["metadata"]["creationTimestamp"] = "2026-01-01T11:00:00Z"
    collector["status"]["desiredNumberScheduled"] = wanted
    del snapshot.objects["Pod"][snapshot.pods(owner=collector)[0]["metadata"]["name"]]
    assert graded(snapshot)["collector-everywhere"].outcome is outcome


# Hints that would have led back to the same state.


def test_17_a_set_that_is_created_again_needs_another_policy_first() -> None:
    finding = only_finding(state("17", "all-at-once"), "in-order")
    assert finding.hint.startswith("Take `podManagementPolicy` out of pier.yaml. To start over: ")


def test_16_a_namespace_that_exists_is_not_created_again() -> None:
    (finding,) = [each for each in graded(state("16", "service-left-behind"))["two-webs"].findings if "Service" in each.message]
    assert finding.message == "There is no Service called web in the namespace development."
    assert finding.hint.startswith("`kubectl apply -n development -f development.yaml`")
