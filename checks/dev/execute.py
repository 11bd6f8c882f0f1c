"""The execution of a lab as a learner would do it: its notebook from top to bottom, or a script, in a copy of the lab."""

import atexit
import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.model import Report
from checks.notebook_file import REPORT_MIME, Notebook, tasks
from sandboxes.errors import SlipwayError
from sandboxes.jupyter.config import environment
from sandboxes.settings import Settings

if TYPE_CHECKING:
    from nbclient import NotebookClient

CELL_SECONDS = 300


def notebook(source: Notebook, folder: Path, settings: Settings) -> Notebook:
    """Execute a notebook in `folder` with the kernel and variables of the labs. Returns it with its outputs.

    Raises SlipwayError that names the cell that failed or did not end.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    filled = nbformat.from_dict(source)
    logs = settings.state / "jupyter"
    logs.mkdir(parents=True, exist_ok=True)
    client = NotebookClient(filled, timeout=CELL_SECONDS, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    try:
        with open(logs / "kernel.log", "ab") as log:
            _run(client, env=environment(settings), stdout=log, stderr=log)
    except CellExecutionError as error:
        raise SlipwayError(f"Cell {_failed(filled)} failed: {_reason(error.ename, error.evalue)}{_last_lines(filled)}") from error
    except (CellTimeoutError, DeadKernelError, RuntimeError) as error:
        raise SlipwayError(f"Cell {_failed(filled)} did not end: {type(error).__name__}") from error
    return filled


def _run(client: "NotebookClient", **options: Any) -> None:
    """Execute in a thread: in the main one, nbclient would catch Ctrl-C and continue."""
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(client.execute, **options)
        try:
            job.result()
        except KeyboardInterrupt:
            _kill(client)
            raise
        finally:
            # nbclient registers it for the exit of the process, where it fails because the kernel has already ended.
            atexit.unregister(client._cleanup_kernel)


def _kill(client: "NotebookClient") -> None:
    """End the kernel and what its cells have started; the thread that waits for it then ends as well."""
    provisioner = client.km.provisioner if client.km else None
    if provisioner is not None and provisioner.pgid:
        with suppress(ProcessLookupError):
            os.killpg(provisioner.pgid, signal.SIGKILL)


def only_work(source: Notebook) -> Notebook:
    """Return the notebook without explanations, checks and experiments: the first code cell, and the cells to work in."""
    work = {task.work for task in tasks(source)}
    kept = [cell for cell in source["cells"] if cell["id"] in work or "from checks import lab" in cell["source"]]
    return {**source, "cells": kept}


def reports(executed: Notebook) -> dict[str, Report | None]:
    """Return the report that each check cell of an executed notebook shows, by cell id; None where there is none."""
    by_cell: dict[str, Report | None] = {}
    for cell in executed["cells"]:
        if cell["cell_type"] == "code" and cell["id"].startswith("check-"):
            data = [output["data"][REPORT_MIME] for output in cell["outputs"] if REPORT_MIME in output.get("data", {})]
            by_cell[cell["id"]] = Report.from_json(data[-1]) if data else None
    return by_cell


def unreported(executed: Notebook) -> Iterator[str]:
    """Yield a sentence for each check cell that shows something other than a report."""
    outputs = {cell["id"]: _plain(cell) for cell in executed["cells"]}
    for id, report in reports(executed).items():
        if report is None:
            yield f"cell {id} shows no report: {' '.join(outputs[id].split())[:300]}"


def script(path: Path, folder: Path, settings: Settings) -> None:
    """Run a bash script in `folder`. Raise SlipwayError with its last lines if it fails or does not end."""
    command = ["bash", "-euo", "pipefail", str(path.absolute())]
    try:
        completed = subprocess.run(
            command,
            cwd=folder,
            env=environment(settings, folder.name),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=CELL_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise SlipwayError(f"{path.name} did not end within {CELL_SECONDS} s.") from error
    if completed.returncode:
        lines = (completed.stdout + completed.stderr).decode(errors="replace").strip().splitlines()[-5:]
        raise SlipwayError(f"{path.name} failed with exit code {completed.returncode}: {os.linesep.join(lines)}")


def _failed(executed: Notebook) -> str:
    """Return the id of the last cell that was started."""
    begun = [cell["id"] for cell in executed["cells"] if cell["cell_type"] == "code" and cell["execution_count"]]
    return begun[-1] if begun else "one"


def _reason(name: str, value: str) -> str:
    return f"{name}: {' '.join(value.split())[:300]}"


def _last_lines(executed: Notebook) -> str:
    """Return the end of the output of the failed cell, where a command reports its own failure."""
    cell = next(cell for cell in executed["cells"] if cell["id"] == _failed(executed))
    lines = _plain(cell).strip().splitlines()[-5:]
    return "\n" + "\n".join(lines) if lines else ""


def _plain(cell: Notebook) -> str:
    parts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", ())]
    return "\n".join("".join(part) for part in parts)
