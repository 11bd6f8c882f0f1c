"""Findings of the Docker labs that misled: each state is a solved recording, changed as a real engine would show it."""

import pytest
from docker_recordings import container, findings, recorded

from checks.model import Finding
from checks.snapshot import Snapshot
from checks.vocabulary import answers_file, containers

CARET = """\
Traceback (most recent call last):
psycopg.errors.UndefinedTable: relation "visits" does not exist
LINE 1: INSERT INTO visits (served_by) VALUES ($1)
                    ^
"""


def end(snapshot: Snapshot, name: str, code: int, log: str = "") -> None:
    """Let a container end with this exit code and log."""
    own = container(snapshot, name)
    own["State"] |= {"Status": "exited", "Running": False, "ExitCode": code, "OOMKilled": False}
    own["LogTail"] = log


def test_hungry_program_that_never_came_is_said_to_be_missing() -> None:
    snapshot = recorded("07")
    end(snapshot, "harbour-hungry", 0)
    (finding,) = findings(snapshot, "kept-within")
    assert "got no program on standard input" in finding.message and "`-i`" in finding.hint
    end(snapshot, "harbour-hungry", 0, "I hold 400 MiB.\nNobody has stopped me.\n")
    assert "was not stopped" in findings(snapshot, "kept-within")[0].message


def test_killed_application_is_not_said_to_have_taken_ten_seconds() -> None:
    snapshot = recorded("01")
    end(snapshot, "my-stopped-app", 137)
    (finding,) = findings(snapshot, "stops-when-asked")
    assert "`docker kill`" in finding.why and "`docker stop`" in finding.why


@pytest.mark.parametrize(
    ("lab", "state", "check", "hint"),
    [
        ("06", "no-shell", "answers", "`docker start tide-clock`"),
        ("07", "other-image", "kept-within", "run it again from harbour-api:1"),
        ("01", "other-greeting", "answers", "Let app.py answer “Hello from Docker!”"),
        ("01", "loopback", "answers", "at which address does it listen?"),
        ("09", "only-north", "comes-back", "`docker run --detach --name lone-harbour --restart unless-stopped"),
    ],
)
def test_hint_is_about_the_mistake_that_was_made(lab: str, state: str, check: str, hint: str) -> None:
    assert hint in findings(recorded(lab, state), check)[0].hint


def test_database_without_the_user_answers_and_says_so() -> None:
    snapshot = recorded("03")
    says = 'psql: error: connection to server on socket "/run/postgresql/.s.PGSQL.5432" failed: FATAL:  role "postgres" does not exist\n'
    snapshot.probes["data-directory"] |= {"ok": False, "exit": 2, "stdout": "", "stderr": says}
    (finding,) = findings(snapshot, "database-answers")
    assert finding.message == "PostgreSQL in harbour-database answers, but it has no user postgres."
    assert "POSTGRES_USER" in finding.hint and not finding.waiting


def test_last_reason_is_the_error_and_not_the_caret_below_it() -> None:
    assert containers.last_reason(CARET) == 'psycopg.errors.UndefinedTable: relation "visits" does not exist'
    assert containers.last_reason("one\ntwo\n \n") == "two"
    assert containers.last_reason("") == ""


def test_clerk_names_the_error_of_its_log() -> None:
    snapshot = recorded("08")
    snapshot.probes["visits"]["stdout"] = ""
    container(snapshot, "slipway-morning-clerk-1")["LogTail"] = CARET
    assert "does not exist" in findings(snapshot, "clerk-writes")[0].why


@pytest.mark.parametrize(
    ("number", "name", "check"),
    [("01", "my-running-app", "container-runs"), ("03", "harbour-desk", "two-places"), ("07", "harbour-api", "answers")],
)
def test_hint_for_a_container_that_has_ended_frees_its_name(number: str, name: str, check: str) -> None:
    snapshot = recorded(number)
    end(snapshot, name, 1)
    (finding,) = findings(snapshot, check)
    assert f"`docker start {name}`" in finding.hint and f"`docker rm -f {name}`" in finding.hint


def test_missing_answers_are_brought_back_alone() -> None:
    snapshot = recorded("09b")
    snapshot.probes["answers"] |= {"ok": False, "error": "no such file", "text": ""}
    finding = answers_file.table(snapshot, "answers", "x = 1")
    assert isinstance(finding, Finding) and "`slipway start 09b`" in finding.hint and "reset" not in finding.hint


def test_server_that_listens_on_another_port_is_not_waited_for() -> None:
    snapshot = recorded("01")
    own = container(snapshot, "my-running-app")
    own["LogTail"] = " * Running on all addresses (0.0.0.0)\n * Running on http://172.17.0.2:8000\n"
    own["State"]["StartedAt"] = snapshot.taken
    snapshot.probes["greeting"] |= {"ok": False, "error": "closed", "status": 0, "body": ""}
    (finding,) = findings(snapshot, "answers")
    assert "it listens on port 8000" in finding.why and not finding.waiting
    own["LogTail"] = " * Running on all addresses (0.0.0.0)\n * Running on http://172.17.0.2:5000\n"
    assert findings(snapshot, "answers")[0].waiting


def test_near_name_of_the_ignore_file_is_noticed() -> None:
    snapshot = recorded("02", "deleted-later")
    snapshot.probes["near-dockerignore"] = {"ok": True, "path": ".dockerignore.txt", "text": ".env\n", "error": ""}
    assert "`mv .dockerignore.txt .dockerignore`" in findings(snapshot, "context-clean")[0].hint


def test_forgotten_image_and_unsaved_file_are_named() -> None:
    snapshot = recorded("00")
    snapshot.objects["container"].pop("kernel-container")
    assert "the first word after the options is the image" in findings(snapshot, "same-kernel")[0].hint
    snapshot.probes["answers"]["text"] = 'api_version = ""\nimage_id = ""\n'
    assert "Is the file saved?" in findings(snapshot, "api-version")[0].hint


def test_crash_count_that_a_restart_has_set_back_is_explained() -> None:
    snapshot = recorded("09")
    container(snapshot, "lone-harbour")["RestartCount"] = 0
    assert "counts from 0 again" in findings(snapshot, "comes-back")[0].why
