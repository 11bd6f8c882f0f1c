"""Pods in every bad state, odd objects, and every probe: on the real cluster."""

import json
from typing import Any

from sample_kind_lab import SampleKindLab, until

from checks.model import Finding, Outcome, Probe
from checks.probes import pod_logs, pods
from checks.snapshot import Json
from checks.vocabulary.pods import ready

UNICODE = "größe-大-🚢-\u202e"


def waiting_for(kube: SampleKindLab, reason: str) -> None:
    path = "{.status.containerStatuses[0].state.waiting.reason} {.status.containerStatuses[0].lastState.terminated.reason}"
    try:
        until(lambda: reason in kube.kubectl("get", "pod", "tiny", f"--output=jsonpath={path}"))
    except AssertionError as late:
        raise AssertionError(f"{late}: {reason}\n{kube.kubectl('describe', 'pod', 'tiny')}") from None


def finding(kube: SampleKindLab, wait: float = 0) -> Finding:
    seen = kube.result("pod-ready", wait)
    assert seen.outcome is Outcome.NOT_YET, seen
    return seen.findings[0]


def test_an_image_that_is_not_there_is_stuck_at_once_with_the_names_that_are(kube: SampleKindLab) -> None:
    # A kubelet reports what its node has every ten seconds; a cluster that was only made now has not been told yet.
    until(lambda: "busybox:1.35" in kube.kubectl("get", "nodes", "--output=jsonpath={..status.images[*].names}"))
    kube.apply(kube.pod("tiny", image="busybox:1.53"))
    waiting_for(kube, "Pull")
    problem = finding(kube)
    assert "busybox:1.53" in problem.message
    assert "The nodes have: busybox:1.35" in problem.why


def test_a_crash_loop_is_told_with_exit_code_and_log(kube: SampleKindLab) -> None:
    kube.apply(kube.pod("tiny", "sh", "-c", "echo cannot find my database; exit 3"))
    # Between two starts the kubelet shows the one state or the other: ended, or waiting to be started again.
    count = "--output=jsonpath={.status.containerStatuses[0].restartCount}"
    until(lambda: int(kube.kubectl("get", "pod", "tiny", count) or 0) >= 2)
    # It may have been started again in this moment: whether it stays, is known soon.
    problem = finding(kube, wait=10)
    assert "ends again and again" in problem.message
    assert "exit code 3" in problem.why
    assert "cannot find my database" in problem.why


def test_out_of_memory(kube: SampleKindLab) -> None:
    limits = {"limits": {"memory": "16Mi"}}
    kube.apply(kube.pod("tiny", "sh", "-c", "tail /dev/zero", resources=limits))
    waiting_for(kube, "OOMKilled")
    problem = finding(kube, wait=3)
    assert "more memory than its limit, 16Mi (OOMKilled)" in problem.why


def test_a_request_that_no_node_can_meet(kube: SampleKindLab) -> None:
    kube.apply(kube.pod("tiny", resources={"requests": {"cpu": "64"}}))
    until(lambda: "Unschedulable" in kube.kubectl("get", "pod", "tiny", "--output=jsonpath={.status.conditions[0].reason}"))
    problem = finding(kube)
    assert "No node can run tiny" in problem.message
    assert "Insufficient cpu" in problem.why


def test_a_config_that_is_missing(kube: SampleKindLab) -> None:
    volume = {"name": "page", "configMap": {"name": "no-such-page"}}
    # A volume that no container mounts is not even looked for.
    kube.apply(kube.pod("tiny", volumes=[volume], volumeMounts=[{"name": "page", "mountPath": "/page"}]))
    # In a new namespace, the first mount that fails may be that of the cluster's own certificates.
    until(lambda: '"no-such-page" not found' in kube.kubectl("get", "events"))
    # The kubelet notes times in whole seconds: of two reports in one second, the other may seem to be the later one.
    problem = finding(kube, wait=20)
    assert 'configmap "no-such-page" not found' in problem.why


def test_a_readiness_probe_that_fails(kube: SampleKindLab) -> None:
    probe = {"httpGet": {"port": 8080, "path": "/health"}, "periodSeconds": 1}
    kube.apply(kube.pod("tiny", readinessProbe=probe))
    until(lambda: "Unhealthy" in kube.kubectl("get", "events"))
    problem = finding(kube, wait=20)
    assert "Readiness probe failed" in problem.why
    assert "connection refused" in problem.why


def test_what_starts_is_waited_for(kube: SampleKindLab) -> None:
    probe = {"exec": {"command": ["test", "-f", "/tmp/up"]}, "periodSeconds": 1}
    kube.apply(kube.pod("tiny", "sh", "-c", "sleep 4; touch /tmp/up; sleep 600", readinessProbe=probe))
    assert kube.result("pod-ready", wait=0).outcome is Outcome.WAITING
    assert kube.result("pod-ready", wait=40).outcome is Outcome.PASSED


def test_a_pod_that_ended(kube: SampleKindLab) -> None:
    kube.apply(kube.pod("tiny", "true", restartPolicy="Never"))
    until(lambda: kube.kubectl("get", "pod", "tiny", "--output=jsonpath={.status.phase}") == "Succeeded")
    assert "has ended; it should be running" in finding(kube).message


def test_a_pod_held_by_a_finalizer_is_told(kube: SampleKindLab) -> None:
    body = kube.pod("tiny")
    body["metadata"]["finalizers"] = ["harbour.example/never-comes"]
    kube.apply(body)
    kube.kubectl("wait", "--for=condition=Ready", "pod/tiny", "--timeout=60s")
    kube.kubectl("delete", "pod", "tiny", "--wait=false")
    seen = kube.result("pod-ready", wait=0).findings[0]
    assert "has been terminating since" in seen.message
    assert "harbour.example/never-comes" in seen.why


def test_huge_and_odd_objects_change_nothing(solved_kube: SampleKindLab) -> None:
    annotations = {"harbour.example/words": UNICODE, "harbour.example/long": "x" * 200_000}
    huge = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "huge"}, "data": {"long": "y" * 900_000}}
    solved_kube.kubectl("create", "--filename=-", text=json.dumps(huge))
    for number in range(5):
        odd = solved_kube.pod(f"odd-{number}", "echo", UNICODE, annotations=annotations, nodeName="no-such-node")
        solved_kube.kubectl("create", "--filename=-", text=json.dumps(odd))
    assert set(solved_kube.outcomes().values()) == {Outcome.PASSED}
    snapshot = solved_kube.grade(wait=0).snapshot
    lost = snapshot.pod("odd-0") or {}
    assert lost["metadata"]["annotations"]["harbour.example/words"] == UNICODE
    assert "no longer exists" in next(ready(snapshot, lost, "")).message


def ask(kube: SampleKindLab, kind: str, **options: Any) -> Json:
    prober = pod_logs.pod_logs if kind == "pod_logs" else getattr(pods, kind)
    return prober(Probe("x", kind, options, options.pop("timeout", 5.0)), kube.cluster, kube.lab.namespace)


def test_requests_through_the_api_server(solved_kube: SampleKindLab) -> None:
    seen = ask(solved_kube, "pod_http", pod="tiny", port=9090)
    assert (seen["ok"], seen["status"], seen["pod"]) == (True, 200, "tiny")
    assert "afloat" in seen["body"]
    assert ask(solved_kube, "pod_http", selector="tier=web", port=9090)["pod"] == "tiny"
    assert ask(solved_kube, "pod_http", pod="tiny", port=9090, path="/nowhere")["status"] == 404
    assert ask(solved_kube, "pod_http", pod="tiny", port=9091)["error"] == "refused"
    assert "not found" in ask(solved_kube, "pod_http", pod="other", port=80)["error"]
    assert ask(solved_kube, "pod_http", selector="app=none", port=80)["error"] == "no such pod"
    assert "afloat" in ask(solved_kube, "service_http", service="tiny", port=80)["body"]
    assert "not found" in ask(solved_kube, "service_http", service="other", port=80)["error"]
    solved_kube.kubectl("patch", "service", "tiny", '--patch={"spec": {"selector": {"tier": "none"}}}')
    until(lambda: ask(solved_kube, "service_http", service="tiny", port=80)["error"] == "no endpoints")


def test_a_server_that_says_nothing_is_slow_and_not_the_cluster(kube: SampleKindLab) -> None:
    kube.apply(kube.pod("tiny", "sh", "-c", "sleep 600 | nc -l -p 8080"))
    kube.kubectl("wait", "--for=condition=Ready", "pod/tiny", "--timeout=60s")
    assert ask(kube, "pod_http", pod="tiny", port=8080, timeout=2.0)["error"] == "timeout"


def test_commands_in_a_pod(solved_kube: SampleKindLab) -> None:
    def run(*command: str, **options: Any) -> Json:
        return ask(solved_kube, "pod_exec", pod="tiny", command=list(command), **options)

    both = run("sh", "-c", f"echo {UNICODE}; echo wrong >&2; exit 7")
    assert (both["ok"], both["exit"], both["stdout"], both["stderr"]) == (False, 7, f"{UNICODE}\n", "wrong\n")
    assert run("true") == {**run("true"), "ok": True, "exit": 0, "error": ""}
    missing = run("no-such-program")
    assert (missing["exit"], missing["ok"]) == (None, False)
    assert "not found" in missing["error"]
    big = run("sh", "-c", "yes ship | head -c 2000000")
    assert (big["exit"], len(big["stdout"])) == (0, pods.OUTPUT_LIMIT)
    slow = run("sh", "-c", "echo begun; sleep 30", timeout=2.0)
    assert (slow["stdout"], slow["error"]) == ("begun\n", "still running after 2 s")
    # A Pod with one container is asked in that one, whatever the learner calls it.
    assert run("hostname", container="other")["stdout"] == "tiny\n"
    assert "not found" in ask(solved_kube, "pod_exec", pod="none", command=["true"])["error"]
    assert ask(solved_kube, "pod_exec", selector="app=none", command=["true"])["error"] == "no such pod"


def test_logs_and_names(solved_kube: SampleKindLab) -> None:
    solved_kube.apply(solved_kube.pod("talker", "sh", "-c", f"for i in 1 2 3; do echo line $i {UNICODE}; done; sleep 600"))
    solved_kube.kubectl("wait", "--for=condition=Ready", "pod/talker", "--timeout=60s")
    text = ask(solved_kube, "pod_logs", pod="talker", tail=2)["text"]
    assert text.splitlines() == [f"line 2 {UNICODE}", f"line 3 {UNICODE}"]
    assert "not found" in ask(solved_kube, "pod_logs", pod="none")["error"]
    result = ask(solved_kube, "pod_resolve", pod="tiny", name="tiny")
    service = json.loads(solved_kube.kubectl("get", "service", "tiny", "--output=json"))
    assert (result["ok"], result["addresses"]) == (True, [service["spec"]["clusterIP"]])
    assert ask(solved_kube, "pod_resolve", pod="tiny", name="no-such-service")["addresses"] == []
