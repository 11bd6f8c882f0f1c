"""The structure of the code: which part may import which, how long a module may be, and that every module says what it is."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from sandboxes.settings import ROOT

# Each room of `checks` with the rooms that it may import from. Anything in `checks` may use `sandboxes`.
ROOMS = {
    "core": "",
    "redact": "core",
    "course": "core",
    "vocabulary": "core redact",
    "labs": "core redact vocabulary",
    "render": "core vocabulary",
    "clients": "core",
    "probes": "core redact clients",
    "collect": "core redact clients probes",
    "backend": "core clients collect",
    "lifecycle": "core course clients probes collect backend",
    "grading": "core redact course render clients probes collect backend",
    "classroom": "core redact course vocabulary render clients probes collect backend lifecycle grading",
    "notebook": "core redact course vocabulary render clients probes collect backend lifecycle grading classroom",
    "dev": "core redact course vocabulary labs render clients probes collect backend lifecycle grading",
    "cli": "core course render clients backend lifecycle grading classroom dev live",
    "docs": "core course vocabulary render lifecycle classroom notebook cli",
    "live": "core redact course render clients probes collect backend lifecycle grading",
}
# The modules at the top of `checks`. A package is a room of its own, under its own name.
ROOM_OF = {
    "core": "api_resources evaluate model object_facts registry snapshot times version",
    "course": "catalog curricula glossary lab_folder notebook_file predictions progress questions recall",
    "backend": "backend ownership",
    "grading": "crash_report evidence grade last_probes rollout_watch timed_command",
    "notebook": "__init__ notebook notebook_kernel notebook_output notebook_shell",
}
# The floors of `sandboxes`, from the ground up: a floor uses those below it.
FLOORS = (
    "errors steps recursion json_text deadlines exchange bootstrap",
    "settings host",
    "engine",
    "images",
    "cluster checkout",
    "jupyter",
    "doctor",
)

# A module may have 300 lines. One that comes near is to be split before it gets there, not shortened line by line.
MOST_LINES = 295


@cache
def modules() -> dict[str, Path]:
    """Every module of the product by its dotted name, packages included."""
    files = [path for package in ("checks", "sandboxes") for path in sorted((ROOT / package).rglob("*.py"))]
    own = [path.relative_to(ROOT) for path in files if "template" not in path.parts]
    return {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path for path in own}


@cache
def tree(name: str) -> ast.Module:
    return ast.parse((ROOT / modules()[name]).read_text(encoding="utf-8"))


def imports(name: str) -> Iterator[tuple[str, int]]:
    """The product's modules that a module imports, each with the line: anywhere in it, and by `import_module`."""
    by_name = "import_module(" in (ROOT / modules()[name]).read_text(encoding="utf-8")
    for node in ast.walk(tree(name)):
        match node:
            case ast.Import(names=aliases):
                names = [alias.name for alias in aliases]
            case ast.ImportFrom(module=package, level=0, names=aliases):
                names = [full if (full := f"{package}.{alias.name}") in modules() else package for alias in aliases]
            case ast.ImportFrom():
                raise AssertionError(f"{name}, line {node.lineno}: import by the whole name")
            case ast.Constant(value=str(text)) if by_name:  # f"checks.render.{format}" begins with "checks.render."
                names = [text.rstrip(".")] if text.rstrip(".") in modules() else []
            case _:
                names = []
        yield from ((other, node.lineno) for other in names if other.partition(".")[0] in ("checks", "sandboxes"))


def room(name: str) -> str:
    """The room of a module of `checks`; empty for one that is in none."""
    first = name.split(".")[1] if "." in name else "__init__"
    if modules()[name].parts[1] == first:
        return first if first in ROOMS else ""
    return next((where for where, members in ROOM_OF.items() if first in members.split()), "")


def floor(name: str) -> int:
    """The floor of a module of `sandboxes`; -1 for one that is on none."""
    first = name.split(".")[1] if "." in name else "errors"
    return next((height for height, members in enumerate(FLOORS) if first in members.split()), -1)


def wrong(name: str, other: str) -> bool:
    """Whether the import of `other` runs against the direction."""
    if other.startswith("sandboxes"):
        return name.startswith("sandboxes") and floor(other) > floor(name)
    if name.startswith("sandboxes"):
        return True
    return room(other) != room(name) and room(other) not in ROOMS[room(name)].split()


def test_every_module_has_its_place() -> None:
    lost = [name for name in modules() if (floor(name) < 0 if name.startswith("sandboxes") else not room(name))]
    assert not lost, f"add to ROOMS, ROOM_OF or FLOORS in {Path(__file__).name}: {lost}"


def test_imports_run_in_one_direction_only() -> None:
    against = [f"{name}, line {line}: {other}" for name in modules() for other, line in imports(name) if wrong(name, other)]
    assert not against


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {name: {other for other, _ in imports(name) if other != name} for name in modules()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError(f"a circle of imports: {' < '.join(error.args[1])}") from error


def test_no_module_is_long_or_filled_up_to_the_limit() -> None:
    lengths = {str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in modules().values()}
    assert not {path: lines for path, lines in lengths.items() if lines > MOST_LINES}


def test_every_module_says_what_it_is_and_a_package_what_it_holds() -> None:
    silent = [name for name in modules() if not (ast.get_docstring(tree(name)) or "").strip().endswith((".", "`", '"'))]
    assert not silent, "give each a docstring that begins with a noun phrase and ends with a full stop"
