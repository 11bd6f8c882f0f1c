"""The reference of the vocabulary that checks are written in, generated from its functions and their examples."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from textwrap import dedent
from types import ModuleType
from typing import Any, NamedTuple

from checks.docs.markdown import fence

# The widest line of code that the page shows without scrolling.
WIDTH = 72
FIRST = """---
title: Vocabulary
description: Every function that the checks of a lab are written in, with an example.
---

# Vocabulary

The checks of a lab are written in the functions of `checks.vocabulary`, one module for each kind of object. All of them are
pure: they read a Snapshot and nothing else. [For authors](../authors.md#checks) shows how a check is declared.

- A function that **yields** gives a Finding for everything that is wrong, and nothing if all is well:
  `yield from` hands its findings on. Below each example is the message of a finding that it can give.
- A function that **returns** or **tells** looks something up. Below its example is what it returns.
- `hint` is shown when the learner asks for help; `cost` is what a finding takes off, in points (all of them without it).
- `probe_id` and the like name a probe of the lab’s `lab.toml`. A fact that was not collected raises Unknown, which is
  never the learner’s fault."""


class Entry(NamedTuple):
    """A public function with the two parts of its docstring: what it does, and a call with its result as a comment."""

    name: str
    function: Callable[..., Any]
    text: str
    example: str


def modules() -> list[ModuleType]:
    """Return the modules of the vocabulary by name; `containers`, the base of the others, comes first."""
    import checks.vocabulary as package

    names = sorted(
        (module.name for module in pkgutil.iter_modules(package.__path__)), key=lambda name: (name != "containers", name)
    )
    return [importlib.import_module(f"checks.vocabulary.{name}") for name in names]


def entries(module: ModuleType) -> Iterator[Entry]:
    """Yield the public functions of a module in their order. Those that it imports are not its own."""
    for name, function in vars(module).items():
        if inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_"):
            text, _, example = (inspect.getdoc(function) or "").partition("\n\nExample:\n")
            yield Entry(name, function, text, dedent(example).strip())


def page() -> str:
    """Return the page: every module with its functions, their signatures, descriptions and examples."""
    parts = [FIRST]
    for module in modules():
        name = module.__name__.rpartition(".")[2]
        parts += [f"## {name} {{ #{name} }}", (inspect.getdoc(module) or "").partition("\n")[0]]
        for entry in entries(module):
            parts += [f"### {entry.name} {{ #{name}-{entry.name} }}", entry.text]
            parts += [fence(f"{entry.name}({_arguments(entry.function)})", "python"), fence(wrapped(entry.example), "python")]
    return "\n\n".join(parts) + "\n"


def wrapped(example: str) -> str:
    """Return the example with each argument of its call on a line of its own if one line is too wide for the page."""
    call = next((node for node in ast.walk(ast.parse(example)) if isinstance(node, ast.Call)), None)
    if call is None or max(map(len, example.splitlines()[: call.end_lineno])) <= WIDTH:
        return example
    pieces = [ast.get_source_segment(example, node) for node in (call.func, *call.args, *call.keywords)]
    function, *arguments = (piece or "" for piece in pieces)
    broken = "\n".join([f"{function}(", *(f"    {argument}," for argument in arguments), ")"])
    return example.replace(ast.get_source_segment(example, call) or "", broken, 1)


def _arguments(function: Callable[..., Any]) -> str:
    """Return the arguments as a call writes them, without types."""
    parameters = inspect.signature(function).parameters.values()
    return ", ".join(str(parameter.replace(annotation=inspect.Parameter.empty)) for parameter in parameters)
