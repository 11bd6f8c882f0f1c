"""Each probe against a real container, in its good and its bad cases; the snapshot holds the lab's scope and no more."""

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sample_lab import NAME, PORT, SampleLab, docker

from checks.collect import docker as collecting
from checks.model import Probe, Scope
from checks.probes import container_network as looking
from checks.probes import run
from checks.probes.run import Context
from checks.snapshot import Snapshot

OTHER = "slipway-collect-other"
PYTHON = "slipway-collect-python"
BARE = "slipway-collect-bare"


def ask(tiny: SampleLab, kind: str, timeout: float = 5.0, **options: Any) -> dict[str, Any]:
    """The result of one probe. Fails when it could not be run."""
    seen, errors = run.run((Probe("it", kind, options, timeout),), context(tiny))
    assert not errors
    return seen["it"]


def fails(tiny: SampleLab, kind: str, timeout: float = 5.0, **options: Any) -> str:
    """Why one probe could not be run."""
    seen, errors = run.run((Probe("it", kind, options, timeout),), context(tiny))
    assert not seen
    return errors["it"]


def context(tiny: SampleLab) -> Context:
    return Context(tiny.engine, tiny.folder, tiny.settings.state / "cache")


def collect(tiny: SampleLab, scope: Scope | None = None) -> Snapshot:
    lab = replace(tiny.lab, scope=scope or tiny.lab.scope)
    return collecting.collect(lab, tiny.engine, context(tiny), (), "")


@pytest.fixture
def network(solved: SampleLab, need_images: Callable[[Iterable[str]], None]) -> Iterator[SampleLab]:
    """The solved lab and two containers that the lab does not own, on a network with names."""
    need_images(["python:3.11-slim"])
    docker("network", "create", OTHER)
    docker("network", "connect", "--alias", "server", OTHER, NAME)
    try:
        docker("run", "--detach", "--name", OTHER, "--network", OTHER, "busybox:1.35", "sleep", "600")
        docker("run", "--detach", "--name", PYTHON, "--network", OTHER, "python:3.11-slim", "sleep", "600")
        yield solved
    finally:
        docker("rm", "--force", OTHER, PYTHON)
        docker("network", "disconnect", "--force", OTHER, NAME)
        docker("network", "rm", OTHER)


def test_http(solved: SampleLab) -> None:
    time.sleep(0.3)
    page = ask(solved, "http", url=f"http://127.0.0.1:{PORT}/")
    assert (page["ok"], page["status"], page["body"]) == (True, 200, "<h1>Still afloat</h1>\n")
    assert page["headers"]["content-type"].startswith("text/html")
    absent = ask(solved, "http", url=f"http://127.0.0.1:{PORT}/absent")
    assert (absent["ok"], absent["status"]) == (True, 404)
    refused = ask(solved, "http", url="http://127.0.0.1:1/")
    assert (refused["ok"], refused["error"]) == (False, "refused")


def test_http_that_answers_too_slowly_or_not_in_http(solved: SampleLab) -> None:
    docker("rm", "--force", NAME)
    serve = "while true; do nc -l -p 8080 -e sh -c 'sleep 3; echo no http'; done"
    docker("run", "--detach", "--name", NAME, "--publish", f"{PORT}:8080", NAME, "sh", "-c", serve)
    time.sleep(0.3)
    started = time.monotonic()
    assert ask(solved, "http", timeout=0.5, url=f"http://127.0.0.1:{PORT}/")["error"] == "timeout"
    assert time.monotonic() - started < 2
    time.sleep(3)
    assert ask(solved, "http", timeout=8, url=f"http://127.0.0.1:{PORT}/")["error"] == "not HTTP"


def test_exec(solved: SampleLab) -> None:
    good = ask(solved, "exec", container=NAME, command=["sh", "-c", "echo out; echo err >&2"])
    assert (good["ok"], good["exit"], good["stdout"], good["stderr"]) == (True, 0, "out\n", "err\n")
    bad = ask(solved, "exec", container=NAME, command=["sh", "-c", "exit 7"])
    assert (bad["ok"], bad["exit"]) == (False, 7)
    user = ask(solved, "exec", container=NAME, command=["id", "-u"], user="1000")
    assert user["stdout"] == "1000\n"


def test_exec_where_it_cannot_be(solved: SampleLab) -> None:
    assert ask(solved, "exec", container="slipway-absent", command=["true"])["error"] == "no such container"
    docker("pause", NAME)
    assert "paused" in ask(solved, "exec", container=NAME, command=["true"])["error"]
    docker("unpause", NAME)
    docker("stop", "--time", "0", NAME)
    assert "not running" in ask(solved, "exec", container=NAME, command=["true"])["error"]


def test_exec_has_a_deadline_and_a_limit(solved: SampleLab) -> None:
    started = time.monotonic()
    slow = ask(solved, "exec", timeout=1, container=NAME, command=["sleep", "60"])
    assert slow["error"] == "still running after 1 s"
    assert time.monotonic() - started < 3
    long = ask(solved, "exec", container=NAME, command=["sh", "-c", "yes | head -c 3000000"])
    assert 0 < len(long["stdout"]) <= 256 * 1024


def test_resolve(network: SampleLab) -> None:
    for container in (OTHER, PYTHON):
        result = ask(network, "resolve", container=container, name="server")
        assert result["ok"], result
        assert any(re.fullmatch(r"\d+\.\d+\.\d+\.\d+", address) for address in result["addresses"])
        absent = ask(network, "resolve", container=container, name="nobody-is-called-so")
        assert not absent["ok"]


def test_connect(network: SampleLab) -> None:
    for container in (OTHER, PYTHON):
        assert ask(network, "connect", container=container, host="server", port=8080)["ok"]
        assert not ask(network, "connect", timeout=3, container=container, host="server", port=81)["ok"]


@pytest.fixture
def without_tools(network: SampleLab) -> Iterator[SampleLab]:
    """On that network, a container that holds one program that waits, and nothing else."""
    recipe = "FROM scratch\nCOPY --from=busybox:1.35 /bin/busybox /sleep\n"
    (network.folder / "Dockerfile").write_text(recipe, encoding="utf-8")
    docker("build", "--quiet", "--tag", BARE, str(network.folder))
    docker("run", "--detach", "--name", BARE, "--network", OTHER, BARE, "/sleep", "600")
    try:
        yield network
    finally:
        docker("rm", "--force", BARE)
        docker("rmi", BARE)


def test_resolve_uses_a_helper_container_where_a_container_has_no_tool(without_tools: SampleLab) -> None:
    before = docker("ps", "--all", "--quiet")
    address = docker("inspect", "--format", f'{{{{(index .NetworkSettings.Networks "{OTHER}").IPAddress}}}}', NAME)
    assert ask(without_tools, "exec", container=BARE, command=["nslookup", "server"])["exit"] in (None, 126, 127)
    result = ask(without_tools, "resolve", container=BARE, name="server")
    assert (result["ok"], result["addresses"], result["container"]) == (True, [address], BARE)
    assert not ask(without_tools, "resolve", container=BARE, name="nobody-is-called-so")["ok"]
    assert ask(without_tools, "connect", container=BARE, host="server", port=8080)["ok"]
    assert not ask(without_tools, "connect", timeout=3, container=BARE, host="server", port=81)["ok"]
    assert docker("ps", "--all", "--quiet") == before


def test_resolve_without_tool_and_helper_could_not_be_checked(without_tools: SampleLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "HELPER", "slipway-absent:1")
    reason = fails(without_tools, "resolve", container=BARE, name="server")
    assert "has no tool to try this with" in reason and "No such image" in reason


def test_logs(solved: SampleLab) -> None:
    docker("rm", "--force", NAME)
    docker("run", "--name", NAME, NAME, "sh", "-c", "for n in $(seq 300); do echo line $n; done; sleep 0.2; echo wrong >&2")
    log = ask(solved, "logs", container=NAME, tail=5)
    assert set(log["text"].split("\n")) == {"line 297", "line 298", "line 299", "line 300", "wrong", ""}
    assert ask(solved, "logs", container="slipway-absent")["error"] == "no such container"


def test_logs_of_a_terminal(solved: SampleLab) -> None:
    docker("rm", "--force", NAME)
    docker("run", "--tty", "--name", NAME, NAME, "echo", "grüße")
    assert ask(solved, "logs", container=NAME)["text"] == "grüße\r\n"


def test_changes_since_the_image(solved: SampleLab) -> None:
    docker("rm", "--force", NAME)
    docker("run", "--name", NAME, NAME, "sh", "-c", "echo x > /bin/new; rm /bin/vi; echo x >> /etc/passwd")
    everything = ask(solved, "changes", container=NAME)["paths"]
    assert everything["/etc/passwd"] == "changed"
    below = ask(solved, "changes", container=NAME, under="/bin")["paths"]
    assert below.pop("/bin") == "changed"
    assert below == {"/bin/new": "added", "/bin/vi": "deleted"}
    docker("rm", "--force", NAME)
    docker("run", "--name", NAME, NAME, "true")
    assert ask(solved, "changes", container=NAME, under="/bin") == {
        "kind": "changes", "container": NAME, "ok": True, "error": "", "paths": {}
    }  # fmt: skip
    assert ask(solved, "changes", container="slipway-absent")["error"] == "no such container"


def test_files_in_an_image_also_those_deleted_later(tiny: SampleLab) -> None:
    (tiny.folder / "secret.txt").write_text("x", encoding="utf-8")
    lines = ["FROM busybox:1.35", "COPY secret.txt /srv/secret.txt", "RUN rm /srv/secret.txt", "COPY page /srv/page"]
    (tiny.folder / "Dockerfile").write_text("\n".join(lines), encoding="utf-8")
    docker("build", "--quiet", "--tag", NAME, str(tiny.folder))
    for _ in range(2):
        result = ask(tiny, "image_files", timeout=30, image=NAME, patterns=["srv/*"])
        paths = {(file["path"], file["size"]) for file in result["files"]}
        assert ("/srv/secret.txt", 1) in paths
        assert any(path == "/srv/page/index.html" for path, _ in paths)
    (secret,) = (file for file in result["files"] if file["path"] == "/srv/secret.txt")
    assert "COPY secret.txt" in secret["step"] and "rm /srv/secret.txt" in secret["deleted_by"]
    assert all(not file["deleted_by"] for file in result["files"] if file is not secret)
    options = {"image": NAME, "patterns": ["*"], "contains": "^x$"}
    assert ask(tiny, "image_files", timeout=30, **options)["files"] == [secret]
    assert ask(tiny, "image_files", image="slipway-absent", patterns=["*"])["error"] == "no such image"
    for cached in (tiny.settings.state / "cache").glob("image-files-*.json"):
        cached.write_text("{", encoding="utf-8")
    assert ask(tiny, "image_files", timeout=30, image=NAME, patterns=["srv/*"])["files"] == result["files"]


def test_programs_in_an_image_say_which_loader_they_ask_for(tiny: SampleLab) -> None:
    programs = ask(tiny, "image_files", timeout=30, image="busybox:1.35", patterns=["bin/*", "etc/passwd"])["files"]
    assert {program["interpreter"] for program in programs if "interpreter" in program} == {""}
    assert [program["path"] for program in programs if program["path"].startswith("/etc/")] == ["/etc/passwd"]
    assert all("interpreter" not in program for program in programs if program["path"] == "/etc/passwd")


def test_files_of_the_learner(tiny: SampleLab, tmp_path: Path) -> None:
    assert "busybox" in ask(tiny, "file", path="Dockerfile")["text"]
    assert ask(tiny, "file", path="absent")["error"] == "no such file"
    assert "outside" in ask(tiny, "file", path="../../state")["error"]
    (tiny.folder / "link").symlink_to("/etc/passwd")
    assert "outside" in ask(tiny, "file", path="link")["error"]
    (tiny.folder / "binary").write_bytes(b"\xff\x00\xfe" * 200_000)
    assert len(ask(tiny, "file", path="binary")["text"]) <= 256 * 1024


def test_when_a_file_of_the_learner_was_changed(tiny: SampleLab) -> None:
    os.utime(tiny.folder / "Dockerfile", (1_700_000_000, 1_700_000_000.25))
    assert ask(tiny, "file", path="Dockerfile")["modified"] == "2023-11-14T22:13:20.250000Z"


def test_what_a_container_has_changed_in_its_writable_layer(solved: SampleLab) -> None:
    docker("exec", NAME, "sh", "-c", "echo x > /srv.txt; rm /etc/group")
    seen = ask(solved, "changes", container=NAME)["paths"]
    assert (seen["/srv.txt"], seen["/etc/group"], seen["/etc"]) == ("added", "deleted", "changed")
    docker("stop", "--time", "0", NAME)
    assert ask(solved, "changes", container=NAME)["paths"] == seen
    assert ask(solved, "changes", container="slipway-absent")["error"] == "no such container"


def test_a_folder_in_a_container_that_is_the_labs_own(solved: SampleLab) -> None:
    docker("rm", "--force", NAME)
    mounts = ["--volume", f"{solved.folder}:/lab:ro", "--volume", f"{solved.folder}/page:/part"]
    docker("create", "--name", NAME, *mounts, NAME)
    before = sorted(solved.folder.iterdir())
    assert ask(solved, "shared", container=NAME, folder="/lab")["ok"]
    for other in ("/part", "/bin", "/no-such-folder"):
        seen = ask(solved, "shared", container=NAME, folder=other)
        assert (seen["ok"], seen["error"]) == (False, "what is made in the lab's folder does not appear there")
    assert sorted(solved.folder.iterdir()) == before
    docker("start", NAME)
    assert ask(solved, "shared", container=NAME, folder="/lab")["ok"]
    docker("pause", NAME)
    assert ask(solved, "shared", container=NAME, folder="/lab")["ok"]


def test_shared_folder_that_is_gone_costs_no_point(solved: SampleLab) -> None:
    lost = Context(solved.engine, solved.folder / "gone", solved.settings.state / "cache")
    _, errors = run.run((Probe("it", "shared", {"container": NAME, "folder": "/"}),), lost)
    assert "no file could be made in gone" in errors["it"]


def test_probes_run_side_by_side_each_with_its_own_deadline(solved: SampleLab) -> None:
    slow = [Probe(f"slow{n}", "exec", {"container": NAME, "command": ["sleep", "60"]}, 1.0) for n in range(4)]
    quick = Probe("quick", "exec", {"container": NAME, "command": ["true"]}, 5.0)
    after = Probe("after", "exec", {"container": NAME, "command": ["true"], "after": ["quick"]}, 5.0)
    started = time.monotonic()
    seen, errors = run.run((after, *slow, quick), context(solved))
    assert time.monotonic() - started < 4
    assert not errors
    assert {id for id, result in seen.items() if result["ok"]} == {"quick", "after"}


def test_run_reports_a_failed_probe_apart_from_the_others(solved: SampleLab) -> None:
    wrong = Probe("wrong", "exec", {"container": NAME}, 5.0)
    unknown = Probe("unknown", "telepathy", {}, 5.0)
    quick = Probe("quick", "exec", {"container": NAME, "command": ["true"]}, 5.0)
    seen, errors = run.run((wrong, unknown, quick), context(solved))
    assert seen["quick"]["ok"]
    assert set(errors) == {"wrong", "unknown"}


def test_the_snapshot_holds_the_scope_and_nothing_else(network: SampleLab) -> None:
    docker("tag", "busybox:1.35", f"my-{NAME}")
    try:
        snapshot = collect(network)
        names = {kind: set(by_name) for kind, by_name in snapshot.objects.items()}
        assert names["container"] == {NAME}
        assert names["volume"] == {f"{NAME}-data"}
        assert names["network"] == set()
        tags = [image["RepoTags"] for image in snapshot.objects["image"].values()]
        assert tags == [[f"{NAME}:latest"]]
        assert snapshot.errors == {}
        assert "GraphDriver" not in snapshot.dumps()
    finally:
        docker("rmi", f"my-{NAME}")


def test_secrets_of_a_container_do_not_reach_the_snapshot(solved: SampleLab) -> None:
    docker("rm", "--force", NAME)
    secret = "correct-horse-battery"
    docker("run", "--name", NAME, "--env", f"DB_PASSWORD={secret}", NAME, "sh", "-c", "echo using $DB_PASSWORD")
    text = collect(solved).dumps()
    assert secret not in text
    assert "using ‹redacted" in text


def test_an_empty_scope_asks_for_nothing(solved: SampleLab) -> None:
    snapshot = collect(solved, Scope())
    assert snapshot.objects == {"container": {}, "image": {}, "volume": {}, "network": {}}
