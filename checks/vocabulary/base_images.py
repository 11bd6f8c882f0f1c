"""The vocabulary of bases: the images that a Dockerfile begins with, and whether they stay what they are.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

import re
from collections.abc import Iterator

from checks.model import Finding
from checks.snapshot import Json
from checks.vocabulary.containers import Findings

FROM = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.I | re.M)
ARG = re.compile(r"^\s*ARG\s+(\w+)=[\"']?([^\s\"']+)", re.I | re.M)
VARIABLE = re.compile(r"\$\{?(\w+)(?::?-[^}]*)?\}?")
VERSION = re.compile(r"\d+\.\d+")
# A variable that images of Python set, and that whatever is built from them inherits.
PYTHON = "PYTHON_VERSION"


def bases(dockerfile: str) -> Iterator[str]:
    """The images that a Dockerfile begins its stages with, its own earlier stages left out."""
    defaults, stages = dict(ARG.findall(dockerfile)), {"scratch"}
    for base, stage in FROM.findall(dockerfile):
        base = VARIABLE.sub(lambda found: defaults.get(found[1], found[0]), base)
        if base.lower() not in stages:
            yield base
        stages.add(stage.lower())


def has_version(base: str) -> bool:
    """Whether a reference has a digest, or a tag with a version of at least two numbers."""
    return "@sha256:" in base or VERSION.search(_tag(base)) is not None


def pinned(file: Json, hint: str) -> Findings:
    """Every base that the Dockerfile (a `file` probe) names has a version."""
    where, expected = f"file/{file['path']}", "a tag with a version, such as python:3.11-slim"
    found = list(bases(file["text"]))
    if not found:
        message = f"There is no {file['path']} with a FROM in the lab's folder."
        yield Finding(message, where, "FROM", expected, file["error"] or "no FROM", hint=hint)
    for base in found:
        if not has_version(base):
            message = f"The {file['path']} begins with {base}, which names no version."
            why = (
                f"The tag {_tag(base) or 'latest'} is moved to something newer whenever its publisher likes. The same "
                "file then builds another image, and nobody has changed a line."
            )
            yield Finding(message, where, "FROM", expected, base, why, hint)


def built_from_python(image: Json, reference: str, dockerfile: str, hint: str) -> Findings:
    """The image holds the version of Python that the Dockerfile's last base names. Other bases do not tell theirs."""
    base = list(bases(dockerfile))[-1]
    wanted = VERSION.search(_tag(base))
    found = dict(each.partition("=")[::2] for each in image["Config"].get("Env") or ()).get(PYTHON, "")
    if base.startswith("python:") and found and wanted and not f"{found}.".startswith(f"{wanted[0]}."):
        message = f"The Dockerfile begins with {base}, but {reference} was built from another base."
        why = "A changed Dockerfile changes no image before it is built."
        yield Finding(message, f"image/{reference}", f"Config.Env {PYTHON}", wanted[0], found, why, hint)


def _tag(base: str) -> str:
    return base.partition("@")[0].rpartition("/")[2].partition(":")[2]
