"""The base images of a Dockerfile, and whether they are pinned to a version.

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
# An environment variable of the official Python images, which images built from them inherit.
PYTHON = "PYTHON_VERSION"


def bases(dockerfile: str) -> Iterator[str]:
    r"""Yield the images that a Dockerfile's stages start from, without its own earlier stages. Defaults of ARG are filled in.

    Example:
        list(base_images.bases("FROM golang:1.26 AS build\nFROM build AS test\nFROM alpine:3.21"))
        # ['golang:1.26', 'alpine:3.21']
    """
    defaults, stages = dict(ARG.findall(dockerfile)), {"scratch"}
    for base, stage in FROM.findall(dockerfile):
        base = VARIABLE.sub(lambda match: defaults.get(match[1], match[0]), base)
        if base.lower() not in stages:
            yield base
        stages.add(stage.lower())


def has_version(base: str) -> bool:
    """Tell whether an image reference has a digest, or a tag with a version of at least two numbers.

    Example:
        base_images.has_version("python:3.11-slim")
        # True
    """
    return "@sha256:" in base or VERSION.search(_tag(base)) is not None


def pinned(file: Json, hint: str) -> Findings:
    """Yield a finding for every base in the Dockerfile (the result of a `file` probe) that names no version.

    Example:
        yield from base_images.pinned(snapshot.probe("dockerfile"), "Write the version into FROM.")
        # The Dockerfile starts from python:latest, which names no version.
    """
    where, expected = f"file/{file['path']}", "a tag with a version, such as python:3.11-slim"
    named = list(bases(file["text"]))
    if not named:
        message = f"There is no {file['path']} with a FROM in the lab's folder."
        yield Finding(message, where, "FROM", expected, file["error"] or "no FROM", hint=hint)
    for base in named:
        if not has_version(base):
            message = f"The {file['path']} starts from {base}, which names no version."
            why = (
                f"The publisher can move the tag {_tag(base) or 'latest'} to a newer image at any time. The same "
                "file then builds a different image, although no line of it has changed."
            )
            yield Finding(message, where, "FROM", expected, base, why, hint)


def built_from_python(image: Json, reference: str, dockerfile: str, hint: str) -> Findings:
    """Yield a finding if the image's Python differs from the version that the Dockerfile's last base names.

    Only images built from `python` say which version they have; others give no finding.

    Example:
        yield from base_images.built_from_python(image, "harbour-api", dockerfile["text"], "Build the image again.")
        # The Dockerfile starts from python:3.12-slim, but harbour-api was built from another base.
    """
    base = list(bases(dockerfile))[-1]
    wanted = VERSION.search(_tag(base))
    version = dict(variable.partition("=")[::2] for variable in image["Config"].get("Env") or ()).get(PYTHON, "")
    if base.startswith("python:") and version and wanted and not f"{version}.".startswith(f"{wanted[0]}."):
        message = f"The Dockerfile starts from {base}, but {reference} was built from another base."
        why = "Changing a Dockerfile does not change the image until you build it again."
        yield Finding(message, f"image/{reference}", f"Config.Env {PYTHON}", wanted[0], version, why, hint)


def built_on(image: Json, reference: str, base: str, dockerfile: str, hint: str, cost: int | None = None) -> Findings:
    """Yield a finding if the image is built on another base than `base`, a `python` image with a version of two numbers.

    By the last base that the Dockerfile names ("" where there is none to read), and by the Python that the image has.

    Example:
        yield from base_images.built_on(image, "web", "python:3.11-slim", file["text"], "Write `FROM python:3.11-slim`.")
        # web is not built on python:3.11-slim.
    """
    named = [name.partition("@")[0].removeprefix("docker.io/").removeprefix("library/") for name in bases(dockerfile)][-1:]
    wanted = VERSION.search(_tag(base))
    python = dict(variable.partition("=")[::2] for variable in image["Config"].get("Env") or ()).get(PYTHON, "")
    version_differs = wanted is not None and not f"{python}.".startswith(f"{wanted[0]}.")
    if version_differs or named not in ([], [base]):
        message = f"{reference} is not built on {base}."
        observed = {"FROM": named[0] if named else "no FROM", PYTHON: python or "not set"}
        yield Finding(message, f"image/{reference}", "FROM", base, observed, hint=hint, cost=cost)


def _tag(base: str) -> str:
    return base.partition("@")[0].rpartition("/")[2].partition(":")[2]
