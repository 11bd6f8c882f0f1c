"""The kernel of a lab's notebook: `here` from the start, and shell cells that end in words."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from checks import catalog, lab_folder, notebook_kernel
from checks.lifecycle import workspace
from checks.notebook_shell import EXIT_MIME
from sandboxes import settings
from sandboxes.jupyter import config

# Where the learner's machine has no engine: `here` exists, and says so.
NO_ENGINE = "unix:///nowhere/docker.sock"


@dataclass
class Kernel:
    """A running kernel."""

    manager: KernelManager
    client: BlockingKernelClient

    def run(self, code: str, then: Any = None) -> tuple[str, list[dict[str, Any]]]:
        """Run a cell. Return what it printed, and the content of each other output; `then` is called with each of them."""
        printed, others = [], []

        def take(message: dict[str, Any]) -> None:
            content = {"type": message["msg_type"], **message["content"]}
            if message["msg_type"] == "stream":
                printed.append(content["text"])
            elif message["msg_type"] in ("display_data", "update_display_data", "execute_result", "error"):
                others.append(content)
            if then:
                then(content)

        self.client.execute_interactive(code, timeout=60, output_hook=take)
        return "".join(printed), others


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel as JupyterLab starts it for the notebook of lab 01, after nothing else."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("kernel")
        patch.setenv("SLIPWAY_WORK", str(folder / "work"))
        patch.setenv("SLIPWAY_STATE", str(folder / "state"))
        chosen = settings.load()
        copy = workspace.prepare(catalog.find("01"), chosen)
        environ = {
            **os.environ,
            "IPYTHONDIR": str(folder / "ipython"),
            "PYTHONPATH": str(settings.ROOT),
            "DOCKER_HOST": NO_ENGINE,
        }
        manager = KernelManager()
        manager._kernel_spec = KernelSpec(**config.kernel_spec())
        manager.start_kernel(cwd=str(copy), env=environ)
        client = manager.blocking_client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        yield Kernel(manager, client)
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def shown(others: list[dict[str, Any]]) -> list[str]:
    return [other["data"]["text/plain"] for other in others if other.get("data", {}).get("text/plain")]


def test_here_exists_before_any_cell_has_run(kernel: Kernel) -> None:
    printed, others = kernel.run("print(type(here).__name__)")
    assert (printed, others) == ("Unavailable\n", [])
    _, others = kernel.run("here.check('answers')")
    assert "Docker" in shown(others)[0]


def test_a_failing_shell_cell_shows_its_output_in_order_and_one_quiet_line(kernel: Kernel) -> None:
    printed, others = kernel.run("%%bash\necho one\necho two >&2\necho three\nexit 3")
    assert printed == "one\ntwo\nthree\n"
    assert [other["type"] for other in others] == ["display_data"]
    assert shown(others) == ["Exit code 3"]
    assert others[0]["data"][EXIT_MIME] == {"code": 3}


def test_a_shell_cell_that_succeeds_adds_nothing(kernel: Kernel) -> None:
    assert kernel.run("%%bash\necho “done” | cat -") == ("“done”\n", [])
    assert kernel.run("%%bash\ncat") == ("", [])  # nothing can be typed: it does not wait


def test_a_cell_ends_with_its_shell_whatever_it_leaves_running(kernel: Kernel) -> None:
    began = time.monotonic()
    printed, _ = kernel.run("%%bash\nsleep 30 &\necho $!")
    assert time.monotonic() - began < 10
    os.kill(int(printed), 15)


def test_a_shell_cell_can_be_interrupted_with_all_that_it_started(kernel: Kernel) -> None:
    def interrupt(content: dict[str, Any]) -> None:
        if content.get("text", "").strip().isdigit():
            kernel.manager.interrupt_kernel()

    printed, others = kernel.run("%%bash\nsh -c 'echo $$; exec sleep 60'", interrupt)
    assert shown(others) == ["Interrupted."]
    assert not Path(f"/proc/{printed.strip()}").exists() or not Path("/proc").exists()


def test_a_cell_that_does_not_return_says_how_to_stop_it(kernel: Kernel) -> None:
    kernel.run("from checks import notebook_shell\nnotebook_shell.LONG, before = 0.1, notebook_shell.LONG")
    _, others = kernel.run("%%bash\nsleep 1")
    kernel.run("notebook_shell.LONG = before")
    assert "This cell has been running for" in shown(others)[0] and "select the square" in shown(others)[0]
    assert others[-1]["data"]["text/html"] == "<span></span>"  # the words go when the cell has ended


def test_kubectl_uses_the_lab_from_the_start(kernel: Kernel) -> None:
    printed, _ = kernel.run("%%bash\necho $KUBECONFIG")
    assert printed.strip().endswith("01-flask.kubeconfig")


@pytest.mark.parametrize(
    ("source", "uses"),
    [
        ("here.check()", True), ("x = here", True), ("here = lab('01')\nhere.check()", False), ("print('here')", False),
        ("%%bash\nhere.check()", False), ("where.check()", False), ("if", False),
    ],
)  # fmt: skip
def test_a_lab_is_opened_by_a_cell_that_uses_here(source: str, uses: bool) -> None:
    assert notebook_kernel.uses_here(source) is uses


def test_a_notebook_outside_the_labs_belongs_to_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLIPWAY_WORK", str(tmp_path))
    assert lab_folder.lab_of(tmp_path / "01-flask" / "folder") == "01-flask"
    assert [lab_folder.lab_of(folder) for folder in (tmp_path, tmp_path / "mine", Path("/"))] == ["", "", ""]
