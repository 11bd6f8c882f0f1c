"""Check modules without answers: the last hint of each check, and code of a solution that other hints quote, removed."""

import ast
import re

LEFT_OUT = "This hint is almost the answer. Your instructor has left it out."
_CODE = re.compile(r"`[^`\n]*`")
SHORTEST = 12  # characters of a line of a solution: what is shorter stands in every file


def without_answers(source: str, solution_lines: frozenset[str]) -> str:
    """Return the source of a check module in which no hint gives a line of a solution away.

    `solution_lines` are stripped. Every check keeps its number of hints. Only prose is changed: the last hint, and what
    stands between backticks.
    """
    lines = source.encode("utf-8").split(b"\n")
    begins = [0]
    for line in lines:
        begins.append(begins[-1] + len(line) + 1)
    data = source.encode("utf-8")
    for node in sorted(_last_hints(ast.parse(source)), key=lambda node: node.lineno, reverse=True):
        begin = begins[node.lineno - 1] + node.col_offset
        end = begins[node.end_lineno - 1] + node.end_col_offset
        data = data[:begin] + f'"{LEFT_OUT}"'.encode() + data[end:]
    spellings = {spelling for line in solution_lines for spelling in (line, line.replace('"', '\\"'))}
    return _CODE.sub(lambda code: "`…`" if any(line in code[0] for line in spellings) else code[0], data.decode("utf-8"))


def _last_hints(tree: ast.Module) -> list[ast.expr]:
    """Return the last element of each list of hints that a check is declared with."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    lists = [keyword.value for call in calls for keyword in call.keywords if keyword.arg == "hints"]
    return [found.elts[-1] for found in lists if isinstance(found, ast.List | ast.Tuple) and found.elts]
