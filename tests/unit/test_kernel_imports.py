"""What a notebook of a lab imports: the course's own modules, whatever the lab's folder and the person's variables are."""

import os
from pathlib import Path
from queue import Empty

import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from sandboxes import settings
from sandboxes.jupyter import config


def output_of(code: str, folder: Path) -> str:
    """What a kernel of the labs, started in `folder`, prints."""
    manager = KernelManager()
    manager._kernel_spec = KernelSpec(**config.kernel_spec())
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environ["IPYTHONDIR"] = str(folder / ".ipython")
    manager.start_kernel(cwd=str(folder), env=environ)
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        printed: list[str] = []
        client.execute_interactive(code, timeout=60, output_hook=lambda message: printed.append(str(message["content"])))
        return "".join(printed)
    except Empty as error:
        raise AssertionError("the kernel did not answer") from error
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_file_of_the_lab_does_not_take_the_place_of_the_course(tmp_path: Path) -> None:
    """H, 27. A learner may call a file checks.py; the lab's other modules can still be imported."""
    for name in ("checks", "sandboxes", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('shadowed')\n", encoding="utf-8")
    (tmp_path / "tide.py").write_text("HIGH = 'the lab’s own module'\n", encoding="utf-8")
    printed = output_of("import checks, json, tide; print(checks.__file__, tide.HIGH)", tmp_path)
    assert "the lab’s own module" in printed and str(tmp_path) not in printed, printed


OWN = {
    "JUPYTERLAB_DIR": "/opt/lab", "JUPYTERLAB_SETTINGS_DIR": "/opt/s", "JUPYTER_CONFIG_DIR": "/opt/c", "JUPYTER_TOKEN": "x",
    "JUPYTER_PREFER_ENV_PATH": "1", "PYTHONPATH": "/opt/lib", "PYTHONSTARTUP": "/opt/start.py", "COMPOSE_FILE": "/opt/compose.yaml",
}  # fmt: skip


@pytest.mark.parametrize("name", OWN)
def test_jupyterlab_does_not_get_what_a_person_set_for_another_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """H, 27. With JUPYTERLAB_DIR set, the page stayed empty."""
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv(name, OWN[name])
    assert config.environment(settings.load()).get(name) != OWN[name]
