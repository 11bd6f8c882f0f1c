"""The names, ports, paths and words that a lab's checks demand, and whether a task tells the learner each of them.

What is demanded is read from two places:

- the check module: constants given to the functions of `checks.vocabulary` (names, references, ports, expected
  values, contents, labels) and to a Snapshot's look-ups (`snapshot.container("web")`), directly or through a name of the
  module;
- `lab.toml`: what the probes address (containers, Pods and their labels, Services, hosts, ports, paths, also those in a
  command, images), and the names in the scope.

Names in the scope that no check demands (those of an experiment) may stand anywhere in the notebook; all else must
stand in the text of a task. Words of the engine itself ("running", 200) are nobody's to choose and are left out.
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
# What an engine calls its own states and settings; a learner brings them about without typing them.
ENGINES_WORDS = frozenset({"running", "healthy", "exited", "created", "starting", "paused", "local", "bridge", "tcp"})
SHORTEST = 2
# Folders of the system, where a probe's command looks without the learner having chosen the place.
SYSTEM = ("/proc", "/sys", "/dev", "/bin", "/sbin", "/usr", "/etc", "/run")


def faults(lab: Lab, module: Path, notebook: Notebook) -> Iterator[str]:
    """A sentence for each demanded literal that the learner is not told."""
    cells = notebook["cells"]
    tasks = "\n".join(cell["source"] for cell in cells if "task" in cell["metadata"].get("tags", ()))
    everything = "\n".join(cell["source"] for cell in cells)
    demanded = in_module(read_text(module)) | in_probes(lab.probes)
    for literal in sorted(demanded):
        if not names(tasks, literal):
            yield f"“{literal}” is demanded by a check but stands in no task's text"
    for literal in sorted(in_scope(lab) - demanded):
        if not names(everything, literal):
            yield f"“{literal}” is in the scope but stands nowhere in the notebook"


def names(text: str, literal: str) -> bool:
    """Whether the text contains the literal as a whole word."""
    return re.search(rf"(?<![\w-]){re.escape(literal)}(?![\w-])", text) is not None


def in_probes(probes: tuple[Probe, ...]) -> set[str]:
    """What probes address on the learner's side."""
    found: set[str] = set()
    for probe in probes:
        if probe.kind == "api":
            continue  # its path is a word of the API
        found |= {_plain(probe.options[name]) for name in PROBE_NAMES if name in probe.options}
        command = probe.options.get("command", ())
        found |= {word for word in command if word.startswith("/") and not word.startswith(SYSTEM)}
        if url := probe.options.get("url"):
            where = urlsplit(url)
            found |= {str(where.port or 80)} | ({where.path} if where.path not in ("", "/") else set())
    return found - {"127.0.0.1", "localhost"}


def in_scope(lab: Lab) -> set[str]:
    scope = lab.scope
    on_docker = scope.containers + scope.images + scope.volumes + scope.networks + scope.projects
    return {_plain(each) for each in on_docker + scope.namespaces} | {each.partition("/")[2] for each in scope.cluster}


def in_module(source: str) -> set[str]:
    """What a check module demands through the vocabulary and through look-ups."""
    tree = ast.parse(source)
    constants = dict(_constants(tree))
    found: set[str] = set()
    words = {**shared(tree), **vocabulary()}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        for name, value in _arguments(call, words):
            if name in DEMANDING:
                found |= set(_values(value, constants))
    return {each for each in found if each not in ENGINES_WORDS and len(each) >= SHORTEST}


def _constants(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Names set at the module's top level, with what they are set to."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value


def _arguments(call: ast.Call, words: Mapping[str, Callable[..., Any]]) -> Iterator[tuple[str, ast.expr]]:
    """The arguments of a call to the vocabulary or of a look-up, by parameter name."""
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
    """The functions of modules beside the check module that it takes as a whole: what two labs share, by name."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "checks.labs")
    modules = [importlib.import_module(f"{node.module}.{alias.name}") for node in imports for alias in node.names]
    return {name: each for module in modules for name, each in vars(module).items() if inspect.isfunction(each)}


@cache
def vocabulary() -> dict[str, Callable[..., Any]]:
    """The functions that checks are written in, by name: those of `checks.vocabulary`."""
    names = sorted(module.name for module in pkgutil.iter_modules(checks.vocabulary.__path__))
    modules = [importlib.import_module(f"checks.vocabulary.{name}") for name in names]
    return {name: each for module in modules for name, each in vars(module).items() if inspect.isfunction(each)}


def _values(node: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    """The strings and numbers in an expression, names of the module looked up."""
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
