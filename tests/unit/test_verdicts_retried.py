"""States that were judged wrongly when the kinds of known faults were tried again: recorded ones, changed as on a real system."""

from typing import Any

import docker_recordings as docker
import pytest
from recorded import failing, only_finding, state

from checks.model import Outcome
from checks.snapshot import Json, Snapshot
from checks.vocabulary import stored_rows


def container(snapshot: Snapshot, name: str) -> Json:
    """The first container of a Deployment's template, to be changed."""
    first: Json = snapshot.objects["Deployment"][name]["spec"]["template"]["spec"]["containers"][0]
    return first


@pytest.mark.parametrize(
    ("deployment", "probe", "changed", "check", "message"),
    [
        ("database", "readinessProbe", {"exec": {"command": ["echo", "redis-cli ping"]}}, "database-probed", "does not ask"),
        ("database", "readinessProbe", {"exec": {"command": ["sh", "-c", "ls # redis-cli ping"]}}, "database-probed", "does not"),
        ("database", "livenessProbe", {"tcpSocket": {"port": 10250}}, "database-probed", "port 10250, where Redis does not"),
        ("database", "livenessProbe", {"tcpSocket": {"port": 6379, "host": "10.0.0.1"}}, "database-probed", "asks 10.0.0.1"),
        ("harbour", "readinessProbe", {"httpGet": {"path": "/ready?x=1", "port": 8000}}, "readiness", "says nothing about"),
        ("harbour", "startupProbe", {"exec": {"command": ["true"]}, "failureThreshold": 9}, "starts-in-peace", "cannot fail"),
        ("harbour", "livenessProbe", {"httpGet": {"path": "/live"}, "timeoutSeconds": 60}, "liveness-own", "a hang after 180 s"),
    ],
)
def test_20_a_probe_that_asks_another_machine_or_asks_nothing(
    deployment: str, probe: str, changed: dict[str, Any], check: str, message: str
) -> None:
    snapshot = state("20")
    container(snapshot, deployment)[probe] = changed
    assert message in only_finding(snapshot, check).message


def test_20_a_connection_to_a_port_by_its_name() -> None:
    snapshot = state("20")
    redis = container(snapshot, "database")
    redis["ports"] = [{"name": "redis", "containerPort": 6379}]
    redis["livenessProbe"]["tcpSocket"] = {"port": "redis"}
    assert failing(snapshot) == {}


def test_14_a_variable_that_is_another_one_from_the_secret() -> None:
    snapshot = state("14")
    env = container(snapshot, "office")["env"]
    (password,) = [variable for variable in env if variable["name"] == "LOG_PASSWORD"]
    env[:0] = [{**password, "name": "FROM_SECRET"}]
    password["value"] = "$(FROM_SECRET)"
    del password["valueFrom"]
    assert failing(snapshot) == {}
    password["value"] = "$(FROM_SECRET)!"
    assert "is written in office itself" in only_finding(snapshot, "logbook-inside").message


def test_14_a_look_into_a_container_that_took_too_long_says_nothing_about_the_password() -> None:
    snapshot = state("14")
    snapshot.probes["password"] |= {"ok": False, "error": "still running after 4 s", "exit": None, "stdout": ""}
    finding = only_finding(snapshot, "logbook-inside")
    assert finding.message == "The length of LOG_PASSWORD in the container could not be read: still running after 4 s."


@pytest.mark.parametrize(
    ("command", "asks"),
    [
        ("test -S /var/run/postgresql/.s.PGSQL.5432", False),
        ("pidof postgres || pgrep postgres || test -f /var/lib/postgresql/data/postmaster.pid", False),
        ("if [ -f /var/lib/postgresql/data/PG_VERSION ]; then exit 0; fi; exit 1", False),
        ("pg_isready -h 127.0.0.1 | grep accepting", True),
        ('[ "$(psql -h 127.0.0.1 -Atc "select 1")" = 1 ]', True),
        ("bash -c '< /dev/tcp/127.0.0.1/5432'", True),
        ("test -f /ready && pg_isready --host 127.0.0.1", True),
    ],
)
def test_05_a_health_check_that_looks_at_files_and_processes_asks_no_server(command: str, asks: bool) -> None:
    snapshot = docker.recorded("05")
    docker.container(snapshot, "slipway-harbour-database-1")["Config"]["Healthcheck"]["Test"] = ["CMD-SHELL", command]
    found = docker.findings(snapshot, "database-healthy")
    assert bool(found) is not asks
    assert all("looks at a file or a process" in finding.why for finding in found)


def test_08_a_file_that_is_mounted_does_not_come_from_the_image() -> None:
    snapshot = docker.recorded("08")
    tide = docker.container(snapshot, "slipway-morning-tide-1")
    tide["Mounts"] = [{"Type": "bind", "Source": "/tmp/tide.conf", "Destination": "/app/tide.conf", "RW": True}]
    (finding,) = docker.findings(snapshot, "tide-itself")
    assert finding.message == "/app/tide.conf in slipway-morning-tide-1 does not come from its image: a bind is mounted there."


@pytest.mark.parametrize(
    ("script", "once"),
    [
        ("sh\nstart.sh\nwhile true; do python timetable.py; done\n", False),
        ("sh\nstart.sh\nuntil python timetable.py\ndo\n  sleep 1\n  python timetable.py\ndone\n", False),
        ("sh\n-c\nwhile :; do\n sleep 1; exec_it=1; python /app/timetable.py\ndone\n", False),
        ("sh\nstart.sh\npython timetable.py &\nwhile kill -0 $!; do wait; done\n", True),
        ("sh\nstart.sh\nfor i in 1 2; do echo $i; done\npython timetable.py & wait\n", True),
        ("sh\nstart.sh\n# while true; do python timetable.py; done\nexec python timetable.py\n", True),
        ("python\ntimetable.py\nwhile do timetable.py\n", True),
        ("", True),
    ],
)
def test_08_a_loop_that_starts_the_ferry_again_hides_its_crash(script: str, once: bool) -> None:
    snapshot = docker.recorded("08")
    snapshot.probes["ferry-script"] = {**snapshot.probes["ferry-processes"], "stdout": script}
    found = docker.findings(snapshot, "ferry-itself")
    assert [finding.message for finding in found] == (
        [] if once else ["slipway-morning-ferry-1 starts timetable.py again each time it ends."]
    )


def test_08_a_journal_begins_with_the_night_watch() -> None:
    snapshot = docker.recorded("08")
    snapshot.probes["journal"]["stdout"] = "Before: nothing\n" + snapshot.probes["journal"]["stdout"]
    (finding,) = docker.findings(snapshot, "lamp-itself")
    assert "no longer begins with" in finding.message


def test_08_visits_that_could_not_be_read_are_not_none() -> None:
    snapshot = docker.recorded("08")
    snapshot.probes["visits"] |= {"ok": False, "error": "still running after 10 s", "exit": None, "stdout": ""}
    (finding,) = docker.findings(snapshot, "clerk-writes")
    assert finding.message == "The visits in slipway-morning-database-1 could not be read."
    assert finding.observed == "still running after 10 s"


@pytest.mark.parametrize(
    ("number", "check"), [("04", "visits-counted"), ("05", "visits-stored"), ("05", "data-kept"), ("09c", "visits-counted")]
)
def test_rows_that_could_not_be_counted_are_not_none(number: str, check: str) -> None:
    snapshot = docker.recorded(number)
    snapshot.probes["rows"] |= {"ok": False, "error": "still running after 5 s", "exit": None, "stdout": ""}
    if check == "data-kept":
        (finding,) = stored_rows.survived(snapshot, docker.container(snapshot, "slipway-harbour-database-1"), "rows", "hint")
    else:
        (finding,) = docker.findings(snapshot, check)
    assert finding.message.endswith("could not be read.") and finding.observed == "still running after 5 s"


@pytest.mark.parametrize("printed", ["²|²", "1|soon", "1e400|nan", "9" * 5000, "|", "a|b|c"])
def test_rows_that_another_program_prints_do_not_take_a_check_out_of_the_count(printed: str) -> None:
    for number, check in (("03", "rows-kept"), ("04", "visits-counted"), ("05", "visits-stored"), ("09c", "visits-counted")):
        snapshot = docker.recorded(number)
        snapshot.probes["rows"]["stdout"] = f"{printed}\n"
        assert docker.outcome(snapshot, check) is Outcome.NOT_YET
    snapshot = docker.recorded("08")
    snapshot.probes["visits"]["stdout"] = f"x|{printed}\n"
    assert docker.outcome(snapshot, "clerk-writes") is Outcome.NOT_YET


def test_08_a_health_check_that_was_switched_off_says_nothing() -> None:
    snapshot = docker.recorded("08")
    del docker.container(snapshot, "slipway-morning-lamp-1")["State"]["Health"]
    snapshot.probes.pop("lamp-check", None)
    (finding,) = docker.findings(snapshot, "lamp-healthy")
    assert "has no health check" in finding.message and finding.hint.startswith("lamp/Dockerfile gives it one.")


def test_02_answers_in_small_letters() -> None:
    snapshot = docker.recorded("02")
    snapshot.probes["answers"]["text"] = snapshot.probes["answers"]["text"].replace("WORKDIR", "Workdir").replace("CMD", "cmd")
    assert docker.outcome(snapshot, "layers-known") is Outcome.PASSED


def test_02_an_application_that_the_second_image_deletes_is_not_there() -> None:
    snapshot = docker.recorded("02")
    top = len(snapshot.require("image", "harbour-greeting:after")["RootFS"]["Layers"])
    snapshot.require("image", "harbour-greeting:after")["RootFS"]["Layers"].append(f"sha256:{'e' * 64}")
    snapshot.probes["edited-files"]["files"].append({"path": "/app/.wh.app.py", "layer": top, "size": 0})
    (finding,) = docker.findings(snapshot, "built-twice")
    assert finding.message == "harbour-greeting:after has no /app/app.py."


@pytest.mark.parametrize(("code", "waits"), [(1, True), (127, False)])
def test_05_a_health_check_that_cannot_run_its_command_is_not_waited_for(code: int, waits: bool) -> None:
    snapshot = docker.recorded("05")
    output = {"ExitCode": code, "Output": "sh: 1: pg_isreadi: not found"}
    database = docker.container(snapshot, "slipway-harbour-database-1")
    database["State"]["Health"] |= {"Status": "starting", "FailingStreak": 2, "Log": [output]}
    (finding,) = docker.findings(snapshot, "database-healthy")
    assert finding.waiting is waits and "not found" in finding.why


def test_02_a_container_that_was_never_started_is_started() -> None:
    snapshot = docker.recorded("02")
    docker.container(snapshot, "harbour-greeting")["State"] |= {"Status": "created", "Running": False}
    (finding,) = docker.findings(snapshot, "greets")
    assert finding.hint.startswith("`docker start harbour-greeting` starts it")
