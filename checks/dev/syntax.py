"""The syntax checks for the files of a lab. None of the files is run."""

import ast
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

from sandboxes.errors import SlipwayError

DOCKERFILE_WORDS = frozenset(
    [
        "FROM",
        "RUN",
        "CMD",
        "LABEL",
        "EXPOSE",
        "ENV",
        "ADD",
        "COPY",
        "ENTRYPOINT",
        "VOLUME",
        "USER",
        "WORKDIR",
        "ARG",
        "ONBUILD",
        "STOPSIGNAL",
        "HEALTHCHECK",
        "SHELL",
    ]
)


def read_text(path: Path) -> str:
    """Return the text of a file. Raise SlipwayError that names the file."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SlipwayError(f"{path} cannot be read ({error}).", "Restore the file, or save it as UTF-8.") from error


def faults(path: Path) -> Iterator[str]:
    """Yield a sentence for each syntax fault of a file; nothing for files of other types."""
    if path.name == "Dockerfile" or path.name.startswith("Dockerfile.") or path.suffix == ".dockerfile":
        yield from (f"{path.name}: {fault}" for fault in _dockerfile(read_text(path)))
        return
    check = {".py": _python, ".json": _json, ".ipynb": _json, ".yaml": _yaml, ".yml": _yaml, ".toml": _toml, ".sh": _shell}
    if path.suffix in check and (fault := check[path.suffix](read_text(path))):
        yield f"{path.name}: {fault}"


def _python(text: str) -> str:
    # A solution cell may contain lines for IPython, which are not Python.
    python_only = "".join("pass\n" if line.lstrip().startswith(("!", "%")) else line for line in text.splitlines(True))
    try:
        ast.parse(python_only)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    return ""


def _json(text: str) -> str:
    try:
        json.loads(text)
    except ValueError as error:
        return str(error)
    return ""


def _toml(text: str) -> str:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return str(error)
    return ""


def _yaml(text: str) -> str:
    import yaml

    try:
        list(yaml.safe_load_all(text))
    except yaml.YAMLError as error:
        return " ".join(str(error).split())
    return ""


def _shell(text: str) -> str:
    completed = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True)
    return completed.stderr.strip().splitlines()[0] if completed.returncode else ""


def _dockerfile(text: str) -> Iterator[str]:
    """Yield a fault for each unknown instruction, a missing FROM, and each exec form that is not JSON.

    A starter file may be unfinished: an empty file, or one with comments only, has no faults.
    """
    instructions = list(_instructions(text))
    if instructions and instructions[0][1] not in ("FROM", "ARG"):
        yield f"line {instructions[0][0]}: the first instruction is {instructions[0][1]}, not FROM"
    for number, word, rest in instructions:
        if word not in DOCKERFILE_WORDS:
            yield f"line {number}: unknown instruction {word}"
        elif not rest:
            yield f"line {number}: {word} needs an argument"
        elif word in ("CMD", "ENTRYPOINT", "SHELL") and rest.startswith("[") and _json(rest):
            yield f"line {number}: {word} is not a valid exec form (a JSON array)"


def _instructions(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line number, keyword and arguments of each instruction; join continued lines, skip here-documents."""
    lines = enumerate(text.splitlines(), 1)
    for number, line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        whole = line.strip()
        while whole.endswith("\\"):
            _, more = next(lines, (0, ""))
            whole = whole[:-1] + ("" if more.lstrip().startswith("#") else f" {more.strip()}")
            if more.lstrip().startswith("#"):
                whole += "\\"
        for end in re.findall(r"<<-?[\"']?(\w+)", whole):
            for _, inner in lines:
                if inner.strip() == end:
                    break
        word, _, rest = whole.partition(" ")
        yield number, word.upper(), rest.strip()
