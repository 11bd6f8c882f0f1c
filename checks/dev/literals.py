"""The literals that the checks of a lab expect (names, ports, paths, words), and whether a task names each of them.

Expected literals come from two places:

- the check module: constants given to the functions of `checks.vocabulary` (names, references, ports, expected
  values, contents, labels) and to a Snapshot's look-ups (`snapshot.container("web")`), directly or through a name of the
  module;
- `lab.toml`: what the probes address (containers, Pods and their labels, Services, hosts, ports, paths, also those in a
  command, images), and the names in the scope.

Names in the scope that no check expects (those of an experiment) may appear anywhere in the notebook; all other literals must
appear in the text of a task. Words of the engine itself ("running", 200) are left out, because no learner chooses them.
"""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import checks.vocabulary
from checks.dev.syntax import read_text
from checks.model import Lab, Probe
from checks.notebook_file import Notebook
from checks.snapshot import Snapshot

DEMANDING = frozenset(
    {"most", "name", "reference", "host_port", "port", "number", "count", "contains", "expected", "project", "labels"}
    | {"namespace"}
)
LOOK_UPS = frozenset({"container", "volume", "network", "image", "services", "pod", "object", "require"})
PROBE_NAMES = ("container", "project", "service", "host", "name", "port", "path", "image", "pod", "selector")
# The engine's names for its states and settings, which a learner reaches without typing them.
ENGINE_WORDS = frozenset({"running", "healthy", "exited", "created", "starting", "paused", "local", "bridge", "tcp"})
SHORTEST = 2
# System folders, which a probe's command may read although the learner did not choose them.
SYSTEM = ("/proc", "/sys", "/dev", "/bin", "/sbin", "/usr", "/etc", "/run")


def faults(lab: Lab, module: Path, notebook: Notebook) -> Iterator[str]:
    """Yield a sentence for each expected literal that no task names."""
    cells = notebook["cells"]
    tasks = "\n".join(cell["source"] for cell in cells if "task" in cell["metadata"].get("tags", ()))
    everything = "\n".join(cell["source"] for cell in cells)
    expected = in_module(read_text(module)) | in_probes(lab.probes)
    for literal in sorted(expected):
        if not names(tasks, literal):
            yield f"“{literal}” is expected by a check, but no task names it"
    for literal in sorted(in_scope(lab) - expected):
        if not names(everything, literal):
            yield f"“{literal}” is in the scope, but the notebook does not name it"


def names(text: str, literal: str) -> bool:
    """Tell whether the text contains the literal as a whole word."""
    return re.search(rf"(?<![\w-]){re.escape(literal)}(?![\w-])", text) is not None


def in_probes(probes: tuple[Probe, ...]) -> set[str]:
    """Return the names, ports and paths that the probes use."""
    literals: set[str] = set()
    for probe in probes:
        if probe.kind == "api":
            continue  # its path is a word of the API
        literals |= {_plain(probe.options[name]) for name in PROBE_NAMES if name in probe.options}
        command = probe.options.get("command", ())
        literals |= {word for word in command if word.startswith("/") and not word.startswith(SYSTEM)}
        if url := probe.options.get("url"):
            address = urlsplit(url)
            literals |= {str(address.port or 80)} | ({address.path} if address.path not in ("", "/") else set())
    return literals - {"127.0.0.1", "localhost"}


def in_scope(lab: Lab) -> set[str]:
    """Return the names in the scope of a lab."""
    scope = lab.scope
    on_docker = scope.containers + scope.images + scope.volumes + scope.networks + scope.projects
    return {_plain(name) for name in on_docker + scope.namespaces} | {entry.partition("/")[2] for entry in scope.cluster}


def in_module(source: str) -> set[str]:
    """Return the literals that a check module passes to the vocabulary and to look-ups."""
    tree = ast.parse(source)
    constants = dict(_constants(tree))
    literals: set[str] = set()
    words = {**shared(tree), **vocabulary()}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        for name, value in _arguments(call, words):
            if name in DEMANDING:
                literals |= set(_values(value, constants))
    return {literal for literal in literals if literal not in ENGINE_WORDS and len(literal) >= SHORTEST}


def _constants(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names assigned at the top level of the module, with their values."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value


def _arguments(call: ast.Call, words: Mapping[str, Callable[..., Any]]) -> Iterator[tuple[str, ast.expr]]:
    """Yield the arguments of a call to the vocabulary or of a look-up, with their parameter names."""
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if called in LOOK_UPS:
        parameters = list(inspect.signature(getattr(Snapshot, called)).parameters)[1:]
    elif called in words:
        parameters = list(inspect.signature(words[called]).parameters)
    else:
        return
    yield from zip(parameters, call.args, strict=False)
    yield from ((keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg)


def shared(tree: ast.Module) -> dict[str, Callable[..., Any]]:
    """Return the functions, by name, of the lab modules that a check module imports: what two labs share."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "checks.labs")
    modules = [importlib.import_module(f"{node.module}.{alias.name}") for node in imports for alias in node.names]
    return {name: value for module in modules for name, value in vars(module).items() if inspect.isfunction(value)}


@cache
def vocabulary() -> dict[str, Callable[..., Any]]:
    """Return the functions of `checks.vocabulary` by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(checks.vocabulary.__path__))
    modules = [importlib.import_module(f"checks.vocabulary.{name}") for name in names]
    return {name: value for module in modules for name, value in vars(module).items() if inspect.isfunction(value)}


def _values(node: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    """Yield the strings and numbers in an expression, and those of the module's constants in it."""
    if isinstance(node, ast.Name) and node.id in constants:
        yield from _values(constants[node.id], {name: value for name, value in constants.items() if name != node.id})
    elif isinstance(node, ast.Constant) and type(node.value) in (str, int):
        if str(node.value).strip():
            yield _plain(node.value)
    elif isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
        elements = [*node.keys, *node.values] if isinstance(node, ast.Dict) else node.elts
        for element in filter(None, elements):
            yield from _values(element, constants)


def _plain(value: object) -> str:
    return str(value).removesuffix(":latest")
