"""The learner's own terminal: `slipway shell`, its lines to evaluate, and the lab that the current folder names."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fake_api_server import Decoy

from checks import catalog, progress
from checks.cli import lab_here, shell
from checks.cli.__main__ import main
from checks.lifecycle import workspace
from sandboxes import settings
from sandboxes.cluster import lab_kubeconfig
from sandboxes.engine import environment
from sandboxes.engine.endpoint import Endpoint
from sandboxes.jupyter import config, shells

# Each with its own rules of quoting. bash is on every machine that runs the labs; the others are tried where they are.
SHELLS = [name for name in ("bash", "zsh", "fish", "sh") if shutil.which(name)]
EXPORTED = {
    "COMPOSE_PROJECT_NAME": "mine", "COMPOSE_FILE": "/home/me/compose.yaml", "BUILDX_BUILDER": "remote", "DOCKER_BUILDKIT": "0",
    "DOCKER_DEFAULT_PLATFORM": "linux/s390x", "DOCKER_CONTENT_TRUST": "1", "DOCKER_CONTEXT": "default",
}  # fmt: skip
AWKWARD = "it's a “folder” $HOME \\' \"x\" `id`"


@pytest.fixture
def awkward(tiny_labs: Path, monkeypatch: pytest.MonkeyPatch) -> settings.Settings:
    """Work and state in folders whose names have blanks, quotes and backslashes; variables of other work are exported."""
    for name in ("SLIPWAY_WORK", "SLIPWAY_STATE"):
        monkeypatch.setenv(name, os.path.join(os.environ[name], AWKWARD))
    monkeypatch.setenv("SLIPWAY_CLUSTER", os.path.join(os.environ["SLIPWAY_STATE"], "cluster"))
    home = Path(os.environ["SLIPWAY_WORK"]).parent / "home"
    home.mkdir(parents=True)
    Path(os.environ["SLIPWAY_STATE"]).mkdir(parents=True)
    for name in (".bashrc", ".zshrc", "config.fish"):  # what a person's own files export does not count either
        path = home / ".config" / "fish" / name if name.endswith("fish") else home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("export COMPOSE_FILE=/from/a/start/file\nexport KUBECONFIG=/home/me/prod\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    for name, value in EXPORTED.items():
        monkeypatch.setenv(name, value)
    return settings.load()


def variables(printed: str) -> dict[str, str]:
    """The environment that `env -0` printed after the mark."""
    entries = printed.partition("MARK\n")[2].split("\0")
    return dict(entry.split("=", 1) for entry in entries if "=" in entry)


def is_clean(found: dict[str, str], chosen: settings.Settings, lab_id: str) -> bool:
    left = set(found).intersection(EXPORTED) - {"BUILDX_BUILDER"}
    assert not left, left
    assert found["BUILDX_BUILDER"] == "default" and found["DOCKER_HOST"] == "unix:///var/run/docker.sock"
    assert found["KUBECONFIG"] == str(lab_kubeconfig.copy_path(chosen.cluster, lab_id))
    assert (found["SLIPWAY_WORK"], found["SLIPWAY_STATE"]) == (str(chosen.work), str(chosen.state))
    first, second = found["PATH"].split(os.pathsep)[:2]
    assert (first, second) == (str(Path(sys.executable).parent), str(chosen.cluster / "bin"))
    return True


@pytest.mark.parametrize("name", SHELLS)
def test_eval_gives_a_shell_the_engine_the_cluster_and_nothing_exported_for_other_work(
    name: str, awkward: settings.Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["shell", "91", "--eval", "--shell", name]) == 0
    file = awkward.state / "lines"
    file.write_text(capfd.readouterr().out, encoding="utf-8")
    ways = ("cat $LINES_FILE | source", "eval (cat $LINES_FILE)") if name == "fish" else ('eval "$(cat "$LINES_FILE")"',)
    for way in ways:
        script, environ = f"{way}\necho MARK\nenv -0\n", {**os.environ, "LINES_FILE": str(file)}
        ran = subprocess.run([name, "-c", script], env=environ, capture_output=True, text=True)
        assert is_clean(variables(ran.stdout), awkward, "91-tiny-kind"), ran.stderr


@pytest.mark.parametrize("name", SHELLS)
@pytest.mark.parametrize(("lab", "prompt"), [("90", "(90-tiny) "), ("91", "(91-tiny-kind: lab-91-tiny-kind) ")])
def test_shell_starts_in_the_labs_folder_with_its_variables_and_its_name_in_the_prompt(
    name: str, lab: str, prompt: str, awkward: settings.Settings
) -> None:
    found = catalog.find(lab)
    run, files = shells.start(
        str(shutil.which(name)), shell.prompt(found), shell.commands(found, awkward, shells.kind(name)), awkward.state / "s"
    )
    show = "fish_prompt" if name == "fish" else 'printf "%s" "$PS1"'
    ran = subprocess.run(
        run, input=f"echo PROMPT; {show}; echo; echo MARK\nenv -0\nexit\n", env={**shell.environment(found, awkward), **files},
        cwd=workspace.prepare(found, awkward), capture_output=True, text=True, timeout=60, start_new_session=True,
    )  # fmt: skip
    assert is_clean(variables(ran.stdout), awkward, found.id), ran.stderr
    assert prompt in ran.stdout.partition("PROMPT\n")[2].splitlines()[0]


def test_shell_replaces_itself_by_the_learners_shell(awkward: settings.Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/bin/bash")
    command = [sys.executable, "-c", "from checks.cli.__main__ import command; command()", "shell", "90"]
    ran = subprocess.run(
        command, input="pwd\nexit 7\n", capture_output=True, text=True, timeout=60, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(settings.ROOT)},
    )  # fmt: skip
    assert ran.returncode == 7
    assert str(awkward.work / "90-tiny") in ran.stdout.splitlines()
    assert "Lab 90-tiny is not started" in ran.stderr


def test_fish_quotes_what_other_shells_take_literally() -> None:
    assert shells.quote("it's \\ here", "fish") == "'it\\'s \\\\ here'"
    assert shells.quote("it's \\ here", "bash") == "'it'\"'\"'s \\ here'"
    printed = shells.lines({"A": "b c"}, ["X"], "fish")
    assert printed == "set -e X;\nset -gx A 'b c';"


@pytest.mark.parametrize(
    ("program", "kind"), [("/bin/bash", "bash"), ("-zsh", "zsh"), ("dash", "sh"), ("fish", "fish"), ("nu", "")]
)
def test_a_shell_is_known_by_the_name_of_its_program(program: str, kind: str) -> None:
    assert shells.kind(program) == kind


def test_notebooks_and_jupyters_terminals_have_the_clean_environment(awkward: settings.Settings) -> None:
    assert is_clean(config.environment(awkward, "90-tiny"), awkward, "90-tiny")
    (awkward.state / "start").write_text(config.shell_start(awkward), encoding="utf-8")
    folder = workspace.prepare(catalog.find("90"), awkward)
    lab_kubeconfig.copy_path(awkward.cluster, "90-tiny").parent.mkdir(parents=True)
    lab_kubeconfig.copy_path(awkward.cluster, "90-tiny").write_text('{"context": {"namespace": "lab-90"}}', encoding="utf-8")
    ran = subprocess.run(
        ["bash", "--rcfile", str(awkward.state / "start"), "-i"], input='echo "PROMPT<$PS1"\necho MARK\nenv -0\n', cwd=folder,
        env={**os.environ, "PS1": "$ "}, capture_output=True, text=True, timeout=60, start_new_session=True,
    )  # fmt: skip
    found = variables(ran.stdout)
    assert not set(found).intersection(EXPORTED) - {"BUILDX_BUILDER"}
    assert found["BUILDX_BUILDER"] == "default"
    assert "PROMPT<(90-tiny: lab-90) " in ran.stdout


def test_requests_to_this_machine_go_past_a_proxy() -> None:
    assert environment.direct({"HOME": "/home/me", "ALL_PROXY": ""}) == {}
    both = environment.direct({"ALL_PROXY": "socks5://p:1080", "no_proxy": "intra, localhost"})
    assert both == dict.fromkeys(("no_proxy", "NO_PROXY"), "intra,localhost,127.0.0.1,::1")


def test_engine_with_certificates_is_selected_with_them() -> None:
    chosen = environment.selecting(Endpoint("tcp://127.0.0.1:2376", tls=Path("/keys")))
    assert chosen["DOCKER_CERT_PATH"] == "/keys" and chosen["DOCKER_TLS_VERIFY"] == "1"
    cleaned = environment.clean({"DOCKER_TLS_VERIFY": "1", "DOCKER_CONTEXT": "far", "HOME": "/"}, Endpoint())
    assert cleaned == {"HOME": "/", "DOCKER_HOST": Endpoint().url, "BUILDX_BUILDER": "default"}


# --- the lab of the current folder -----------------------------------------------------------------------------------


def test_commands_know_the_lab_of_the_current_folder(
    tiny_labs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen, lab = settings.load(), catalog.find("90")
    deep = workspace.prepare(lab, chosen) / "page"
    monkeypatch.chdir(deep)
    assert lab_here.find("", "reset") == lab
    assert lab_here.with_checks((), "check") == (lab, ())
    assert lab_here.with_checks(("answers",), "check") == (lab, ("answers",))
    assert lab_here.with_checks(("90", "answers"), "check") == (lab, ("answers",))
    assert lab_here.with_checks(("91",), "check") == (catalog.find("91"), ())
    assert main(["hint"]) == 0 and main(["hint", "answers"]) == 0
    assert "answer" in capsys.readouterr().out
    assert progress.read(chosen, lab.id).hints["answers"] >= 1
    assert main(["solve", "--yes"]) == 0
    assert "The solution of lab 90-tiny" in capsys.readouterr().out


def test_a_folder_that_is_no_labs_names_none(tiny_labs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = settings.load().work / ".saved"
    saved.mkdir(parents=True)
    for folder in (saved, saved.parent, Path("/")):
        monkeypatch.chdir(folder)
        assert lab_here.current() is None


# --- kubectl ---------------------------------------------------------------------------------------------------------


def test_kubeconfig_of_ones_own_terminal_follows_the_lab_that_was_started_last(cluster_folder: Path, server: Decoy) -> None:
    path = lab_kubeconfig.current_path(cluster_folder)
    lab_kubeconfig.write_current(cluster_folder, server.access)
    assert lab_kubeconfig.namespace_of(path) == ""
    lab_kubeconfig.write_current(cluster_folder, server.access, "lab-10")
    lab_kubeconfig.write_current(cluster_folder, server.access)  # the cluster was made ready again
    assert lab_kubeconfig.namespace_of(path) == "lab-10"


def test_a_terminal_whose_kubectl_is_elsewhere_is_told(tiny_labs: Path, server: Decoy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLIPWAY_CLUSTER", str(tiny_labs.parent / "no cluster"))
    chosen, lab, folder = settings.load(), catalog.find("91"), settings.load().state / "files"
    own = lab_kubeconfig.write_copy(folder, server.access, lab.id, lab.namespace)
    none = lab_kubeconfig.write_copy(folder, server.access)
    assert "does not use the course's cluster" in lab_here.kubectl_elsewhere(lab, chosen, {})
    assert "uses the namespace default, not lab-91-tiny-kind" in lab_here.kubectl_elsewhere(
        lab, chosen, {"KUBECONFIG": str(none)}
    )
    assert lab_here.kubectl_elsewhere(lab, chosen, {"KUBECONFIG": str(own)}) == ""
    assert lab_here.kubectl_elsewhere(catalog.find("90"), chosen, {}) == ""


def test_status_of_the_cluster_prints_a_line_that_a_shell_takes() -> None:
    from checks.cli.cluster import text

    path = f"/home/me/{AWKWARD}/kubeconfig"
    facts = {"name": "c", "condition": "ready", "reason": "", "nodes": [], "image": "i", "server": "s", "http": 1, "https": 2}
    line = next(line for line in text({**facts, "addons": [], "kubeconfig": path}).splitlines() if "export" in line)
    ran = subprocess.run(["bash", "-c", f'{line.strip()}\nprintf "%s" "$KUBECONFIG"'], capture_output=True, text=True)
    assert ran.stdout == path
