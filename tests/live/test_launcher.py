"""The launcher, run for real on a miniature project: same launcher and set-up code, a package without dependencies."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandboxes import bootstrap

ROOT = Path(__file__).resolve().parents[2]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to take rights away from another user")

PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "miniature"
version = "1"
dependencies = [{dependencies}]
[project.optional-dependencies]
test = []
"""

# The smallest build backend: an editable install is a wheel with one path file in it.
BACKEND = """\
import os, tomllib, zipfile
def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "miniature-1-py3-none-any.whl"
    needs = tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"]
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr("miniature.pth", os.getcwd())
        meta = "".join(f"Requires-Dist: {need}\\n" for need in needs)
        wheel.writestr("miniature-1.dist-info/METADATA",
                       "Metadata-Version: 2.1\\nName: miniature\\nVersion: 1\\nProvides-Extra: test\\n" + meta)
        wheel.writestr("miniature-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("miniature-1.dist-info/RECORD", "")
    return name
def build_wheel(*arguments, **options):
    return build_editable(*arguments)
"""

CLI = "import json, sys\nprint('ran', sys.prefix, *sys.argv[1:], sep='|')\n"


def make_project(folder: Path, dependencies: str = "") -> Path:
    """A miniature project with the real launcher."""
    (folder / "checks" / "cli").mkdir(parents=True)
    (folder / "sandboxes").mkdir()
    shutil.copy2(ROOT / "slipway", folder / "slipway")
    shutil.copy2(ROOT / "sandboxes" / "bootstrap.py", folder / "sandboxes" / "bootstrap.py")
    for package in ("checks", "checks/cli", "sandboxes"):
        (folder / package / "__init__.py").touch()
    (folder / "checks" / "cli" / "__main__.py").write_text(CLI, encoding="utf-8")
    (folder / "pyproject.toml").write_text(PYPROJECT.format(dependencies=dependencies), encoding="utf-8")
    (folder / "backend.py").write_text(BACKEND, encoding="utf-8")
    return folder


def environment(**more: str) -> dict[str, str]:
    """Our own Python for the launcher, and nothing of this machine's pip settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "SLIPWAY_"))}
    return {**kept, "SLIPWAY_PYTHON": sys.executable, "PIP_CONFIG_FILE": os.devnull, **more}


def run(
    project: Path, *arguments: str, env: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess:
    command = [str(project / "slipway"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=env or environment(), cwd=cwd, timeout=120)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that is set up, in a path with blanks and umlauts. Tests only use it."""
    project = make_project(tmp_path_factory.mktemp("über alle") / "Bücher & Hafen")
    completed = run(project, "hello")
    assert completed.returncode == 0, completed.stderr
    return project


def copy_of(ready: Path, target: Path) -> Path:
    """A project that is set up already, for tests that change it."""
    shutil.copytree(ready, target, symlinks=True)
    (target / ".venv" / "slipway" / "place").write_text(f"{target}\n", encoding="utf-8")
    return target


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter (pytest's own are private)."""
    folder = Path(tempfile.mkdtemp(prefix="slipway-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_path_with_blanks_and_umlauts_works(ready: Path) -> None:
    completed = run(ready, "check", "01 flask")
    assert (completed.returncode, completed.stdout, completed.stderr) == (0, f"ran|{ready}/.venv|check|01 flask\n", "")


def test_second_run_adds_little_and_starts_no_other_python(ready: Path) -> None:
    def fastest(command: list[str], env: dict[str, str]) -> float:
        times = []
        for _ in range(5):
            began = time.monotonic()
            subprocess.run(command, check=True, capture_output=True, env=env)
            times.append(time.monotonic() - began)
        return min(times)

    # A Python that cannot run: with everything in place the launcher must not want one.
    through = fastest([str(ready / "slipway"), "x"], environment(SLIPWAY_PYTHON="/nonexistent"))
    direct = fastest([str(ready / ".venv/bin/python"), "-I", "-m", "checks.cli", "x"], environment())
    assert through - direct < 0.3


def test_modules_in_the_current_folder_are_not_ours(ready: Path, tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('the learner’s own json.py was imported')\n", encoding="utf-8")
    assert run(ready, "x", cwd=tmp_path).returncode == 0
    assert run(ready, "x", cwd=tmp_path, env=environment(PYTHONPATH=str(tmp_path))).returncode == 0


def test_works_through_a_link_and_through_python(ready: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(ready / "slipway")
    for command in ([tmp_path / "link", "x"], [sys.executable, ready / "slipway", "x"], ["sh", ready / "slipway", "x"]):
        completed = subprocess.run(command, capture_output=True, text=True, env=environment())
        assert completed.stdout == f"ran|{ready}/.venv|x\n", completed.stderr
    completed = subprocess.run(["sh", "slipway", "x"], capture_output=True, text=True, env=environment(), cwd=ready)
    assert completed.returncode == 0, completed.stderr


def test_compiles_at_set_up_whatever_the_environment_says(tmp_path: Path) -> None:
    project = make_project(tmp_path / "p")
    assert run(project, "x", env=environment(PYTHONDONTWRITEBYTECODE="1")).returncode == 0
    assert list(project.glob("checks/cli/__pycache__/__main__.*.pyc"))


@pytest.mark.parametrize("version", ["2.7.18", "3.6.15", "3.10.14"])
def test_python_too_old_is_one_line(tmp_path: Path, version: str) -> None:
    tools = tools_only(tmp_path / "bin")
    write_script(tools / "python3", f"echo {version}")
    completed = run(make_project(tmp_path / "p"), "up", env={"PATH": str(tools)})
    assert completed.returncode == 2
    assert completed.stderr.startswith(f"slipway: Python 3.11 or newer is needed, found {version}.")
    assert "apt install python3" in completed.stderr and completed.stderr.count("\n") == 1


def test_no_python_at_all_is_one_line(tmp_path: Path) -> None:
    completed = run(make_project(tmp_path / "p"), "up", env={"PATH": str(tools_only(tmp_path / "bin"))})
    assert completed.returncode == 2 and "found none." in completed.stderr and completed.stderr.count("\n") == 1


def test_a_newer_python_is_found_when_python3_is_old(tmp_path: Path) -> None:
    tools = tools_only(tmp_path / "bin")
    write_script(tools / "python3", "echo 3.9.2")
    write_script(tools / "python3.12", f'exec "{sys.executable}" "$@"')
    project = make_project(tmp_path / "p")
    completed = run(project, "x", env={**environment(), "PATH": str(tools), "SLIPWAY_PYTHON": "python3"})
    assert completed.stdout == f"ran|{project}/.venv|x\n", completed.stderr


def test_missing_venv_module_names_the_package(tmp_path: Path) -> None:
    project = make_project(tmp_path / "p")
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    code = (
        "import runpy, sys; sys.modules['ensurepip'] = None; sys.argv = sys.argv[1:]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    command = [sys.executable, "-c", code, str(project / "sandboxes/bootstrap.py"), "up"]
    completed = subprocess.run(command, capture_output=True, text=True, env=environment())
    assert completed.returncode == 2
    assert f"apt install python{python}-venv" in completed.stderr.splitlines()[-1]


@needs_root
def test_no_write_permission_is_one_line(open_folder: Path) -> None:
    project = make_project(open_folder / "p")
    python = usable_by_all(open_folder)
    completed = subprocess.run(
        [project / "slipway", "up"], capture_output=True, text=True, user=65534, group=65534, extra_groups=[],
        env={**environment(), "SLIPWAY_PYTHON": python, "HOME": "/nonexistent"},
    )  # fmt: skip
    assert completed.returncode == 2
    assert completed.stderr == (
        f"slipway: permission denied in {project}. Change its owner (chown), or clone Slipway into your home folder.\n"
    )


@needs_root
def test_no_space_is_one_line_and_nothing_is_left(tmp_path: Path) -> None:
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("no right to mount a file system")
    try:
        completed = run(make_project(place / "p"), "up")
        assert completed.returncode == 2
        assert "no space left for the Python environment" in completed.stderr.splitlines()[-1]
        assert not (place / "p" / ".venv").exists()
        # The same when the room runs out later.
        bootstrap_file = place / "p" / "sandboxes" / "bootstrap.py"
        text = bootstrap_file.read_text(encoding="utf-8")
        bootstrap_file.write_text(text.replace("NEEDED_MIB = 600", "NEEDED_MIB = 1"), encoding="utf-8")
        completed = run(place / "p", "up")
        assert completed.returncode == 2
        assert "no space left for the Python environment" in completed.stderr.splitlines()[-1], completed.stderr
    finally:
        subprocess.run(["umount", place], check=True)


def test_no_package_index_is_one_line(tmp_path: Path) -> None:
    project = make_project(tmp_path / "p", '"no-such-thing-anywhere"')
    completed = run(project, "up", env=environment(PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="0"))
    assert completed.returncode == 2
    last = completed.stderr.splitlines()[-1]
    assert "the Python package index (PyPI) does not answer" in last and "PIP_INDEX_URL" in last
    assert "no-such-thing-anywhere" in (project / ".slipway/setup.log").read_text(encoding="utf-8")


def test_ctrl_c_leaves_nothing_that_the_next_run_trips_over(tmp_path: Path) -> None:
    project = make_project(tmp_path / "p")
    process = subprocess.Popen(
        [project / "slipway", "x"], stderr=subprocess.PIPE, text=True, env=environment(), start_new_session=True
    )
    wait_until(lambda: (project / ".venv" / "pyvenv.cfg").exists())
    os.killpg(process.pid, signal.SIGINT)
    _, words = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Run the same command again to continue." in words and "Traceback" not in words
    assert run(project, "x").returncode == 0


def test_incomplete_environment_is_recreated(tmp_path: Path) -> None:
    project = make_project(tmp_path / "p")
    (project / ".venv" / "slipway").mkdir(parents=True)
    (project / ".venv" / "junk").touch()
    completed = run(project, "x")
    assert completed.returncode == 0, completed.stderr
    assert "replaced" in completed.stderr and not (project / ".venv" / "junk").exists()


def test_moved_project_is_set_up_again(ready: Path, tmp_path: Path) -> None:
    moved = copy_of(ready, tmp_path / "before").rename(tmp_path / "after")
    completed = run(moved, "x")
    assert completed.stdout == f"ran|{moved}/.venv|x\n", completed.stderr


def test_environment_of_a_removed_python_is_recreated(ready: Path, tmp_path: Path) -> None:
    project = copy_of(ready, tmp_path / "p")
    for name in ("python", "python3", f"python3.{sys.version_info.minor}"):
        (project / ".venv" / "bin" / name).unlink(missing_ok=True)
    (project / ".venv" / "bin" / "python").symlink_to("/nonexistent/python3.11")
    assert run(project, "x").returncode == 0


def test_changed_requirements_are_installed_in_place(ready: Path, tmp_path: Path) -> None:
    project = copy_of(ready, tmp_path / "p")
    (project / ".venv" / "kept").touch()
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    completed = run(project, "x")
    assert completed.returncode == 0 and "Setting up" in completed.stderr
    assert (project / ".venv" / "kept").exists()
    assert run(project, "x").stderr == ""


def test_tests_have_a_stamp_of_their_own(ready: Path, tmp_path: Path) -> None:
    project = copy_of(ready, tmp_path / "p")
    assert "the requirements of the tests" in run(project, "test").stderr
    assert run(project, "test").stderr == ""
    assert run(project, "x").stderr == ""


def test_launchers_wait_for_each_other(tmp_path: Path) -> None:
    project = make_project(tmp_path / "p")
    command = [project / "slipway", "x"]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment()) for _ in range(2)]
    words = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], words
    assert sorted("waiting for it" in text for text in words) == [False, True]
    assert sum("environment ready" in text for text in words) == 1


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "no space left"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate'))", "PIP_CERT"),
        ("Retrying after connection broken by 'NameResolutionError(\"Failed to resolve 'pypi.org'\")'", "does not answer"),
        ("ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/x'", "permission denied for"),
        ("ERROR: No matching distribution found for jupyterlab<5,>=4.4", "No matching distribution found for jupyterlab"),
        ("ERROR: Could not install packages due to an OSError: Missing dependencies for SOCKS support.", "SOCKS proxy"),
    ],
)
def test_output_of_pip_becomes_a_sentence(line: str, expected: str) -> None:
    assert expected in bootstrap.explain_output(["Collecting x", line, "", "note: this is a problem of the network"])


@pytest.mark.parametrize("setting", ["PIP_USER", "PIP_TARGET", "PIP_PREFIX", "user in a file"])
def test_settings_of_pip_for_another_place_do_not_count(setting: str, tmp_path: Path) -> None:
    """H, 27. They ended the first run."""
    project, elsewhere = make_project(tmp_path / "p"), tmp_path / "elsewhere"
    (tmp_path / "pip.conf").write_text("[global]\nuser = true\n", encoding="utf-8")
    more = {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf")} if "file" in setting else {setting: str(elsewhere)}
    completed = run(project, "x", env=environment(**({"PIP_USER": "1"} if setting == "PIP_USER" else more)))
    assert (completed.returncode, completed.stdout) == (0, f"ran|{project}/.venv|x\n"), completed.stderr
    assert not elsewhere.exists()


def test_a_file_of_pip_that_leads_elsewhere_is_named_with_its_remedy(tmp_path: Path) -> None:
    project = make_project(tmp_path / "p")
    (tmp_path / "pip.conf").write_text(f"[global]\ntarget = {tmp_path / 'elsewhere'}\n", encoding="utf-8")
    completed = run(project, "x", env=environment(PIP_CONFIG_FILE=str(tmp_path / "pip.conf")))
    assert completed.returncode == 2 and "pip config unset global.target" in completed.stderr
    assert "Traceback" not in completed.stderr


def tools_only(folder: Path) -> Path:
    """A folder for PATH with what the launcher's shell part may use, and no Python."""
    folder.mkdir()
    for tool in ("sh", "cmp", "readlink"):
        (folder / tool).symlink_to(shutil.which(tool))
    return folder


def write_script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)


def usable_by_all(folder: Path) -> str:
    """A Python that an unprivileged user may run; skips the test where there is none."""
    for python in ("/usr/bin/python3", sys.executable):
        probe = "import sys; sys.exit(sys.version_info < (3, 11))"
        try:
            if subprocess.run([python, "-c", probe], user=65534, group=65534, extra_groups=[], cwd=folder).returncode == 0:
                return python
        except OSError:
            continue
    pytest.skip("no Python here that another user may run")


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def test_launcher_is_executable() -> None:
    assert (ROOT / "slipway").stat().st_mode & stat.S_IXUSR
