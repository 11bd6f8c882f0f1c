"""The rules of a lab: a fingerprint of everything that decides how a snapshot of it is graded.

Two versions of the course grade a lab alike if its fingerprint is the same. It covers the lab's module, every module of
`checks` that it imports, the evaluation, and the probes and scope of its `lab.toml`, but no text that a learner reads.
"""

import ast
import hashlib
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from checks.model import Lab

# What every grading goes through, whatever the lab imports.
COMMON = ("checks.evaluate", "checks.registry", "checks.snapshot")
# An import of a module of `checks`, wherever it stands. Parsing only these is ten times as fast as parsing all.
_IMPORT = re.compile(rb"^[ \t]*((?:from checks[\w.]* import (?:\([^)]*\)|[^\n;]+))|(?:import checks[^\n;]*))", re.MULTILINE)


@cache
def _source(module: str) -> tuple[bytes, tuple[str, ...]]:
    """Return the digest of a module of `checks` and the modules of `checks` that it imports."""
    spec = find_spec(module)
    if spec is None or not spec.origin:
        return b"", ()
    text = Path(spec.origin).read_bytes()
    statements = b"\n".join(match[1] for match in _IMPORT.finditer(text))
    names = {name for node in ast.parse(statements).body for name in _imported(node)}
    return hashlib.sha256(text).digest(), tuple(sorted(name for name in names if name.startswith("checks.")))


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [full if _is_module(full := f"{node.module}.{alias.name}") else node.module for alias in node.names]
    return []


@cache
def _is_module(name: str) -> bool:
    if not name.startswith("checks."):
        return False
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def fingerprint(lab: Lab) -> str:
    """Return the fingerprint of a lab's rules, 64 hexadecimal digits. The same files give the same one on any machine."""
    seen: dict[str, bytes] = {}
    waiting = [lab.module, *COMMON]
    while waiting:
        module = waiting.pop()
        if module not in seen:
            digest, imported = _source(module)
            seen[module] = digest
            waiting += imported
    declared = repr((lab.probes, lab.scope)).encode("utf-8")
    parts = [name.encode("ascii") + digest for name, digest in sorted(seen.items())]
    return hashlib.sha256(b"\n".join([declared, *parts])).hexdigest()
