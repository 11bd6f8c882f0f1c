"""Bounds of what comes from outside: each command has a deadline, each file and answer a largest size, or a reason for none."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
# Authors' tools over the project's own files, run by a person who can press Ctrl-C.
LEFT_OUT = ("checks/dev/", "checks/docs/")
WAITS = ("run", "call", "check_call", "check_output")
OWN = "a file of the course, not of a learner or another program"
KERNEL = "a file of the kernel, which bounds it"
LONG = "a build, a download or a learner's command: its output is shown while it runs, and Ctrl-C ends it"
FIRST = "it runs before anything is installed, on files that it wrote itself"
# Where a call without a bound may be: "path function", with the reason.
ALLOWED = {
    "checks/catalog.py read": OWN,
    "checks/classroom/class_page.py page": OWN,
    "checks/classroom/cluster_objects.py _template": OWN,
    "checks/classroom/folder.py create": OWN,
    "checks/classroom/intake.py _entry": "an entry of an archive, of which MOST_BYTES are read",
    "checks/classroom/release.py _item": OWN,
    "checks/classroom/release.py _shown": OWN,
    "checks/classroom/release.py contents": OWN,
    "checks/classroom/release.py solution_lines": OWN,
    "checks/classroom/rules.py _source": OWN,
    "checks/classroom/shared_labs.py _fields": OWN,
    "checks/cli/test.py _pytest": LONG,
    "checks/curricula.py read": OWN,
    "checks/glossary.py definitions": OWN,
    "checks/lifecycle/renamed_notebook.py find": OWN,
    "checks/lifecycle/workspace.py _start_of": OWN,
    "checks/lifecycle/workspace_files.py copy": OWN,
    "checks/live/server_extension.py _send_all": "each wait ends after PING_SECONDS",
    "checks/notebook_file.py solution_cells": OWN,
    "checks/notebook_file.py solution_of": OWN,
    "checks/notebook_shell.py __init__": LONG,
    "checks/questions.py read": OWN,
    "checks/timed_command.py run": LONG,
    "sandboxes/bootstrap.py is_ready": FIRST,
    "sandboxes/bootstrap.py set_up": FIRST,
    "sandboxes/bootstrap.py is_usable": FIRST,
    "sandboxes/bootstrap.py run": LONG,
    "sandboxes/cluster/addons.py manifest": OWN,
    "sandboxes/cluster/load.py _stream": "imports that end with the stream, and are killed where they do not",
    "sandboxes/engine/install.py _company": KERNEL,
    "sandboxes/engine/tunnel.py connect": "it ends with its socket, which has a deadline",
    "sandboxes/host/processes.py start_time": KERNEL,
    "sandboxes/host/processes.py start_detached": "it is to outlive the command that starts it",
    "sandboxes/host/processes.py run": LONG,
    "sandboxes/host/resources.py kernel_limit": KERNEL,
    "sandboxes/images/archive.py _load": "it is sent to the engine part by part",
    "sandboxes/images/catalogue.py catalogue": OWN,
    "sandboxes/images/catalogue.py recipe_hash": OWN,
    "sandboxes/images/commands.py run": LONG,
    "sandboxes/images/commands.py terminate": "the process has been killed",
    "sandboxes/images/debian.py _import": "it is sent to the engine part by part",
    "sandboxes/images/debian.py _write_overlay": OWN,
    "sandboxes/images/isolation.py end": "the process has been killed",
}


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Each call with the name of the function or class that it is in; of a method, that of the method."""

    def walk(node: ast.AST, name: str) -> Iterator[tuple[str, ast.Call]]:
        for child in ast.iter_child_nodes(node):
            inner = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else name
            if isinstance(child, ast.Call):
                yield name, child
            yield from walk(child, inner)

    yield from walk(tree, "")


def unbounded(call: ast.Call) -> str:
    """What a call does without a bound; empty for any other call."""
    if not isinstance(call.func, ast.Attribute):
        return ""
    method, options = call.func.attr, {keyword.arg for keyword in call.keywords}
    owner = call.func.value.id if isinstance(call.func.value, ast.Name) else ""
    mode = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else "r"
    if owner == "subprocess" and (method in WAITS and "timeout" not in options or method == "Popen"):
        return "a command without a deadline"
    if "timeout" not in options and (method == "communicate" or method == "wait" and not call.args):
        return "a wait without a deadline"
    opens = method == "open" and owner not in ("os", "tarfile", "webbrowser") and "r" in str(mode)
    if opens or method in ("read_text", "read_bytes"):
        return "a file of any size and kind"
    if method in ("read", "readlines", "read1") and not call.args or owner == "json" and method == "load":
        return "all that there is to read"
    if method == "readline" and not call.args:
        return "a line of any length"
    requests = ("stream" in options or owner in ("requests", "session")) and method in ("get", "post", "request")
    if requests and "timeout" not in options:
        return "a request without a deadline"
    if method == "create_connection" and len(call.args) < 2 and "timeout" not in options:
        return "a connection without a deadline"
    return ""


def places(source: str, path: str) -> Iterator[tuple[str, str]]:
    for name, call in calls(ast.parse(source)):
        if problem := unbounded(call):
            yield f"{path} {name}", f"line {call.lineno}: {problem}"


def all_places() -> list[tuple[str, str]]:
    files = [path for folder in ("checks", "sandboxes") for path in sorted((ROOT / folder).rglob("*.py"))]
    named = [(path, str(path.relative_to(ROOT))) for path in files]
    kept = [(path, name) for path, name in named if not name.startswith(LEFT_OUT)]
    return [place for path, name in kept for place in places(path.read_text(encoding="utf-8"), name)]


def test_what_comes_from_outside_has_a_bound() -> None:
    found = [": ".join(place) for place in all_places() if place[0] not in ALLOWED]
    assert not found, f"give it a bound (`read_text` of sandboxes.host.atomic_write, timeout=), or add it to ALLOWED: {found}"


def test_every_exception_is_needed() -> None:
    assert ALLOWED.keys() - {place for place, _ in all_places()} == set()


@pytest.mark.parametrize(
    "line",
    [
        "subprocess.run(['ls'])", "subprocess.Popen(['ls'])", "process.wait()", "process.communicate()", "path.read_text()",
        "path.open()", "path.open('rb')", "file.read()", "json.load(file)", "sys.stdin.readline()", "session.get(url)",
        "client.get(url, stream=True)", "socket.create_connection(place)",
    ],
)  # fmt: skip
def test_a_call_without_a_bound_is_found(line: str) -> None:
    assert list(places(f"def f():\n    {line}\n", "x.py"))


@pytest.mark.parametrize(
    "line",
    [
        "subprocess.run(['ls'], timeout=5)", "process.wait(5)", "process.communicate(timeout=5)", "read_text(path, 100)",
        "path.open('x')", "file.read(100)", "client.get(url, stream=True, timeout=5)", "socket.create_connection(place, 5)",
    ],
)  # fmt: skip
def test_a_call_with_a_bound_is_not_found(line: str) -> None:
    assert not list(places(f"def f():\n    {line}\n", "x.py"))
