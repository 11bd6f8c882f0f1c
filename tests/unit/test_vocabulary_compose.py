"""The vocabulary of Compose: which container stands for a service, and what holds one back."""

from typing import Any

import pytest

from checks.snapshot import Json, Snapshot
from checks.vocabulary import compose, health_checks

PREFIX = "com.docker.compose"
NOW = "2026-01-01T00:10:00Z"


def container(name: str, service: str, created: str = "2026-01-01T00:00:00Z", project: str = "shop", **more: Any) -> Json:
    labels = {f"{PREFIX}.project": project, f"{PREFIX}.service": service, **more.pop("labels", {})}
    state = {
        "Status": "running",
        "Running": True,
        "Restarting": False,
        "OOMKilled": False,
        "Error": "",
        "ExitCode": 0,
        "StartedAt": created,
    }
    config = {"Labels": labels, "Healthcheck": more.pop("healthcheck", None)}
    policy = {"RestartPolicy": {"Name": more.pop("policy", "always")}}
    return {
        "Name": f"/{name}",
        "RestartCount": 0,
        "Created": created,
        "Config": config,
        "HostConfig": policy,
        "State": state | more,
    }


def snapshot(*containers: Json) -> Snapshot:
    return Snapshot("x", NOW, objects={"container": {container["Name"][1:]: container for container in containers}})


def test_service_is_a_running_container_before_a_newer_one_that_ended() -> None:
    older = container("a", "web", "2026-01-01T00:01:00Z")
    newer = container("b", "web", "2026-01-01T00:02:00Z", Running=False, Status="exited")
    newest = container("c", "web", "2026-01-01T00:03:00Z", Running=False, Status="exited")
    assert compose.service(snapshot(newer, older, newest), "shop", "web") == older
    assert compose.service(snapshot(newer, newest), "shop", "web") == newest
    assert compose.service(snapshot(newer), "shop", "db") is None


def test_service_is_none_of_another_project_and_no_one_off() -> None:
    foreign = container("a", "web", project="shop2")
    one_off = container("b", "web", labels={f"{PREFIX}.oneoff": "True"})
    assert compose.service(snapshot(foreign, one_off), "shop", "web") is None


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("", {}),
        ("db:service_healthy:false,cache:service_started:true", {"db": "service_healthy", "cache": "service_started"}),
        ("db", {"db": "service_started"}),
    ],
)
def test_dependencies_are_as_compose_writes_them(label: str, found: dict[str, str]) -> None:
    web = container("web", "web", labels={compose.DEPENDS_ON: label})
    assert compose.dependencies(web) == found
    assert (list(compose.waits_for_health(web, "db", "hint")) == []) is (found.get("db") == "service_healthy")


def health(status: str) -> Json:
    return {"Status": status, "FailingStreak": 2, "Log": [{"ExitCode": 1, "Output": "no such table"}]}


@pytest.mark.parametrize(("status", "waiting"), [("starting", True), ("unhealthy", False)])
def test_services_run_says_what_holds_a_container_back(status: str, waiting: bool) -> None:
    depends = {compose.DEPENDS_ON: "cache:service_started:false,db:service_healthy:false"}
    web = container("web", "web", labels=depends, Status="created", Running=False)
    findings = list(compose.services_run(snapshot(web, container("db", "db", Health=health(status))), "shop", ["web"], "hint"))
    assert [(finding.waiting, "no such table" in finding.why) for finding in findings] == [(waiting, True)]


def test_services_run_does_not_excuse_a_container_that_failed_or_that_nothing_holds_back() -> None:
    depends = {compose.DEPENDS_ON: "db:service_healthy:false"}
    db = container("db", "db", Health=health("healthy"))
    for state in ({"Status": "created", "Error": "port is taken"}, {"Status": "exited", "ExitCode": 1}, {"Status": "created"}):
        web = container("web", "web", labels=depends, Running=False, **state)
        (finding,) = compose.services_run(snapshot(web, db), "shop", ["db", "web"], "hint")
        assert (finding.subject, finding.waiting) == ("container/web", False)


def test_services_run_names_each_service_without_a_container() -> None:
    findings = compose.services_run(snapshot(container("web", "web")), "shop", ["db", "web", "cache"], "hint")
    assert [finding.subject for finding in findings] == ["service/db", "service/cache"]


@pytest.mark.parametrize(
    ("test", "asks"),
    [
        (["CMD", "true"], False), (["CMD-SHELL", "exit 0"], False), (["CMD", "/bin/true"], False), (["CMD-SHELL", "sleep 1"], False),
        (["CMD", "pg_isready"], True), (["CMD-SHELL", "wget -q -O- http://127.0.0.1 || exit 1"], True), (["CMD", "truest"], True),
    ],
)  # fmt: skip
def test_asks_the_server_refuses_commands_that_always_succeed(test: list[str], asks: bool) -> None:
    web = container("web", "web", healthcheck={"Test": test})
    assert (list(health_checks.asks_the_server(snapshot(web), web, "hint")) == []) is asks


@pytest.mark.parametrize(
    ("policy", "comes_back"), [("always", True), ("unless-stopped", True), ("on-failure", False), ("no", False), ("", False)]
)
def test_comes_back_accepts_the_policies_that_act_after_a_restart_of_the_engine(policy: str, comes_back: bool) -> None:
    fine, asked = container("db", "db"), container("web", "web", policy=policy)
    subjects = [finding.subject for finding in compose.comes_back([fine, asked], "hint")]
    assert subjects == ([] if comes_back else ["container/web"])
