"""The vocabulary of containers over recorded states, in the turns that no lab's near miss takes."""

import pytest
from course import OWN_LABS, use_labs

from checks import catalog
from checks.dev import replay
from checks.dev.paths import places
from checks.model import Finding
from checks.snapshot import Json, Snapshot, Unknown
from checks.vocabulary import container_images, container_ports, containers
from sandboxes import settings

NAME = "slipway-tiny"


def recorded(name: str, monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    use_labs(OWN_LABS, monkeypatch)
    lab = catalog.find("90")
    return replay.load(places(settings.load()).recording(lab, name), lab)


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    return recorded("solved", monkeypatch)


@pytest.fixture
def tiny(solved: Snapshot) -> Json:
    container = solved.container(NAME)
    assert container is not None
    return container


def publish(container: Json, ports: dict[str, list[dict[str, str]] | None], live: bool = True) -> None:
    container["HostConfig"]["PortBindings"] = ports
    container["NetworkSettings"]["Ports"] = ports if live else {}


@pytest.mark.parametrize("live", [True, False], ids=["running", "stopped"])
def test_publishes_counts_no_udp_port(tiny: Json, live: bool) -> None:
    publish(tiny, {"8080/udp": [{"HostIp": "", "HostPort": "5990"}]}, live)
    assert container_ports.bindings(tiny) == []
    (finding,) = container_ports.publishes(tiny, 5990, 8080, "hint")
    assert (finding.expected, finding.observed) == ("5990 → 8080", [])


def test_publishes_finds_the_tcp_port_beside_a_udp_port(tiny: Json) -> None:
    publish(tiny, {"8080/udp": [{"HostIp": "", "HostPort": "5991"}], "8080/tcp": [{"HostIp": "", "HostPort": "5990"}]})
    assert container_ports.bindings(tiny) == ["5990 → 8080"]
    assert list(container_ports.publishes(tiny, 5990, 8080, "hint")) == []


def test_publishes_accepts_any_of_several_bindings(tiny: Json) -> None:
    several = [
        {"HostIp": "0.0.0.0", "HostPort": "5990"},
        {"HostIp": "::", "HostPort": "5990"},
        {"HostIp": "", "HostPort": "6000"},
    ]
    publish(tiny, {"8080/tcp": several, "9090/tcp": None})
    assert container_ports.bindings(tiny) == ["5990 → 8080", "6000 → 8080"]
    for host_port in (5990, 6000):
        assert list(container_ports.publishes(tiny, host_port, 8080, "hint")) == []
    assert len(list(container_ports.publishes(tiny, 5990, 9090, "hint"))) == 1


def test_bindings_prefer_the_port_that_the_engine_chose(tiny: Json) -> None:
    """Published on a free port, the container is asked for port 0 and gets another."""
    tiny["HostConfig"]["PortBindings"] = {"8080/tcp": [{"HostIp": "", "HostPort": "0"}]}
    tiny["NetworkSettings"]["Ports"] = {"8080/tcp": [{"HostIp": "0.0.0.0", "HostPort": "32768"}]}
    assert container_ports.bindings(tiny) == ["32768 → 8080"]


def test_publishes_says_when_the_ports_are_swapped_and_only_then(tiny: Json) -> None:
    publish(tiny, {"5990/tcp": [{"HostIp": "", "HostPort": "8080"}]})
    (finding,) = container_ports.publishes(tiny, 5990, 8080, "hint")
    assert "wrong way round" in finding.why
    (finding,) = container_ports.publishes(tiny, 5991, 8080, "hint")
    assert finding.why == ""


def silence(solved: Snapshot, tiny: Json, seconds: int, log: str = "", health: str = "") -> Finding:
    """The finding for a request that was refused, by a container that has run for so long."""
    minute = solved.taken[:17]
    tiny["State"]["StartedAt"] = f"{minute}00.5Z"
    tiny["State"]["Health"] = {"Status": health} if health else None
    tiny["LogTail"] = log
    snapshot = Snapshot(solved.lab, f"{minute}{seconds:02}Z")
    return container_ports.no_answer(snapshot, {"error": "refused", "request": "GET /"}, tiny, "hint")


@pytest.mark.parametrize(("seconds", "waiting"), [(0, True), (9, True), (10, False), (11, False), (59, False)])
def test_no_answer_waits_ten_seconds_for_a_process_that_has_begun(
    solved: Snapshot, tiny: Json, seconds: int, waiting: bool
) -> None:
    assert silence(solved, tiny, seconds).waiting is waiting


def test_no_answer_waits_for_a_health_check_that_is_starting(solved: Snapshot, tiny: Json) -> None:
    assert silence(solved, tiny, 59, health="starting").waiting
    assert not silence(solved, tiny, 59, health="unhealthy").waiting


@pytest.mark.parametrize(
    ("log", "settled"),
    [
        ("Running on http://127.0.0.1:5000\n", True),
        ("Listening on localhost:5000\n", True),
        ("Running on all addresses (0.0.0.0)\nRunning on http://127.0.0.1:5000\n", False),
        ("", False),
    ],
    ids=["loopback", "localhost", "all addresses", "nothing said"],
)
def test_no_answer_of_a_server_on_loopback_alone_is_not_waited_for(solved: Snapshot, tiny: Json, log: str, settled: bool) -> None:
    finding = silence(solved, tiny, 1, log)
    assert finding.waiting is not settled
    assert ("0.0.0.0." in finding.why) is settled


@pytest.mark.parametrize(("seconds", "error", "waiting"), [(5, "", True), (15, "", False), (5, "no such device", False)])
def test_running_waits_for_a_container_that_was_just_created(
    solved: Snapshot, tiny: Json, seconds: int, error: str, waiting: bool
) -> None:
    minute = solved.taken[:17]
    tiny["Created"] = f"{minute}00.123Z"
    tiny["State"] |= {"Status": "created", "Running": False, "Error": error}
    snapshot = Snapshot(solved.lab, f"{minute}{seconds:02}Z", objects=solved.objects)
    (finding,) = containers.running(snapshot, NAME, "hint")
    assert finding.waiting is waiting


def test_running_is_not_satisfied_with_a_restart_loop(solved: Snapshot, tiny: Json) -> None:
    """Between two starts the engine calls such a container running."""
    tiny["State"] |= {"Status": "running", "Restarting": True}
    assert len(list(containers.running(solved, NAME, "hint"))) == 1


@pytest.mark.parametrize(("code", "fine"), [(0, True), (3, True), (1, False)])
def test_ended_accepts_any_of_the_exit_codes_and_no_other(solved: Snapshot, tiny: Json, code: int, fine: bool) -> None:
    tiny["State"] |= {"Status": "exited", "ExitCode": code}
    assert (list(containers.ended(solved, NAME, (0, 3), "hint")) == []) is fine


def test_runs_image_compares_content_and_not_tags(solved: Snapshot, tiny: Json) -> None:
    assert list(container_images.runs_image(solved, tiny, NAME, "hint")) == []
    now, tiny["Image"] = solved.require("image", NAME), "sha256:" + "0" * 64
    before = {**now, "Id": tiny["Image"], "RepoTags": [], "RootFS": {"Layers": ["sha256:" + "1" * 64]}}
    solved.objects["image"][tiny["Image"]] = before
    (finding,) = container_images.runs_image(solved, tiny, NAME, "hint")
    assert "built again" in finding.why
    with pytest.raises(Unknown, match="slipway-tiny:2"):
        list(container_images.runs_image(solved, tiny, f"{NAME}:2", "hint"))


@pytest.mark.parametrize(
    ("exit_code", "killed", "words"), [(137, False, "SIGKILL"), (137, True, "OOMKilled"), (1, False, "exit code 1")]
)
def test_why_ended_tells_a_kill_from_a_failure(tiny: Json, exit_code: int, killed: bool, words: str) -> None:
    tiny["State"] |= {"Status": "exited", "ExitCode": exit_code, "OOMKilled": killed}
    why = containers.why_ended(tiny)
    assert words in why
    assert ("SIGKILL" in why) is (words == "SIGKILL")


def test_why_ended_quotes_the_last_lines_of_the_log(tiny: Json) -> None:
    tiny["State"] |= {"Status": "exited", "ExitCode": 1}
    tiny["LogTail"] = "one\ntwo\n\nthree\n  \nfour\n"
    assert containers.why_ended(tiny).endswith("\ntwo\nthree\nfour")


def test_healthy_waits_only_while_the_health_check_starts(solved: Snapshot, tiny: Json) -> None:
    log = [{"ExitCode": 0, "Output": "first"}, {"ExitCode": 7, "Output": "last"}]
    for status, waiting in (("starting", True), ("unhealthy", False)):
        tiny["State"]["Health"] = {"Status": status, "Log": log, "FailingStreak": 3}
        (finding,) = containers.healthy(solved, tiny, "hint")
        assert finding.waiting is waiting
        assert finding.why.endswith("exited with 7: last")
    tiny["State"]["Health"] = {"Status": "healthy", "Log": log, "FailingStreak": 0}
    assert list(containers.healthy(solved, tiny, "hint")) == []
    tiny["State"]["Health"] = None
    assert len(list(containers.healthy(solved, tiny, "hint"))) == 1


def test_first_gives_the_findings_of_the_first_group_that_has_any() -> None:
    one, two, three = (Finding(name, "x") for name in ("one", "two", "three"))
    assert list(containers.first((), (one, two), (three,))) == [one, two]
    assert list(containers.first((), ())) == []
