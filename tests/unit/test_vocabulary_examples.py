"""Every public function of the vocabulary shows how it is called, and what the call gives; the site shows the same."""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from types import ModuleType

import pytest

from checks.docs import vocabulary
from checks.docs.vocabulary import Entry

MODULES = {module.__name__.rpartition(".")[2]: module for module in vocabulary.modules()}
ENTRIES = {f"{name}.{entry.name}": entry for name, module in MODULES.items() for entry in vocabulary.entries(module)}
each = pytest.mark.parametrize(("path", "entry"), ENTRIES.items(), ids=ENTRIES)
# What a docstring of a function begins with: an imperative.
VERBS = ("Yield", "Return", "Tell", "Raise")
FEWEST_LETTERS = 8
# Their messages are the caller's, or put together from two parts.
COMPOSED = {"containers.equal", "privileges.confined"}


def calls(entry: Entry, path: str) -> list[ast.Call]:
    """The calls of this very function in its example."""
    nodes = ast.walk(ast.parse(entry.example))
    return [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == path]


def comments(entry: Entry) -> list[str]:
    return [line.removeprefix("# ") for line in entry.example.splitlines() if line.startswith("# ")]


@cache
def sentences(module: ModuleType) -> tuple[re.Pattern[str], ...]:
    """The texts in a module's source, each as a pattern with anything in the place of what is filled in."""
    return tuple(re.compile(pattern, re.DOTALL) for pattern in _patterns(ast.parse(inspect.getsource(module))))


def _patterns(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
            if sum(len(part) for part in parts if part) >= FEWEST_LETTERS:
                yield "".join(".*" if part is None else re.escape(part) for part in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) >= FEWEST_LETTERS:
            yield re.escape(node.value)


def test_examples_are_looked_for_in_every_module() -> None:
    assert len(MODULES) > 25 and len(ENTRIES) > 150
    assert all(any(path.startswith(f"{name}.") for path in ENTRIES) for name in MODULES)


@each
def test_example_calls_the_function_with_arguments_that_fit(path: str, entry: Entry) -> None:
    assert entry.text.startswith(VERBS), "begin with an imperative"
    found = calls(entry, path)
    assert found, f"no call of {path} in: {entry.example}"
    for call in found:
        keywords = {keyword.arg or "": keyword.value for keyword in call.keywords}
        inspect.signature(entry.function).bind(*call.args, **keywords)


@each
def test_example_gives_what_the_function_can_give(path: str, entry: Entry) -> None:
    """A finding's message is one that the vocabulary writes; what needs no snapshot is called, and compared."""
    statement = ast.parse(entry.example).body[0]
    value = getattr(statement, "value", None)
    expected = "\n".join(comments(entry))
    if isinstance(value, ast.YieldFrom | ast.Yield):
        assert expected, f"{path} shows no finding"
        if path not in COMPOSED:
            assert any(text.fullmatch(expected) for module in MODULES.values() for text in sentences(module)), expected
    elif isinstance(statement, ast.Expr) and _is_closed(statement.value):
        assert repr(eval(ast.unparse(statement.value), dict(MODULES))) == expected


def _is_closed(expression: ast.expr) -> bool:
    """Whether an expression names nothing but modules of the vocabulary and built-in functions."""
    return {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)} <= MODULES.keys() | {"list"}


def test_most_examples_of_look_ups_are_called() -> None:
    statements = {path: ast.parse(entry.example).body[0] for path, entry in ENTRIES.items()}
    called = [path for path, node in statements.items() if isinstance(node, ast.Expr) and _is_closed(node.value)]
    assert len(called) > 45


def test_page_shows_every_function_with_its_example() -> None:
    page = vocabulary.page()
    for path, entry in ENTRIES.items():
        section = page.partition(f"### {entry.name} {{ #{path.replace('.', '-')} }}\n")[2].partition("\n### ")[0]
        assert entry.text in section and vocabulary.wrapped(entry.example) in section, path


@each
def test_wrapping_an_example_changes_nothing_but_its_lines(path: str, entry: Entry) -> None:
    wide = vocabulary.wrapped(entry.example)
    assert ast.dump(ast.parse(wide)) == ast.dump(ast.parse(entry.example))
    assert wide.endswith("\n".join(f"# {line}" for line in comments(entry)))
