"""The build of an image from its recipe: a Dockerfile, with BuildKit."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sandboxes.engine import environment as engine_environment
from sandboxes.engine.endpoint import Endpoint
from sandboxes.engine.find import INSTALL_PAGE, Engine
from sandboxes.errors import SlipwayError
from sandboxes.images import build_environment, commands, debian, state_folder
from sandboxes.images.catalogue import Image, recipe_hash
from sandboxes.images.client import LABEL
from sandboxes.steps import Progress

if TYPE_CHECKING:
    from docker import APIClient

# "#9 [stage-1 2/5] RUN …" in BuildKit's plain progress.
STEP = re.compile(r"#\d+ \[(?:\S+ )?(\d+)/(\d+)\] (\S.*)")
# "#9 12.34 >> compiled 10 of 90 parts": the progress that a recipe prints in a long step.
DETAIL = re.compile(r"#\d+ [\d.]+ >> (\S.*)")


def build(client: "APIClient", engine: Engine, image: Image, progress: Progress) -> None:
    """Build one image whose bases exist. Raises SlipwayError with the build's last lines when it fails."""
    needed = image.megabytes * 2 + image.building
    if image.recipe == "debian":
        state_folder.require_space(needed + debian.MEGABYTES, f"Building {image.reference}", engine.root)
        debian.build(client, image, progress)
        return
    state_folder.require_space(needed, f"Building {image.reference}", engine.root)
    docker = _require_buildkit(engine.endpoint)
    with progress.step(f"Building {image.reference}") as report, tempfile.TemporaryDirectory() as folder:
        context = Path(folder) / "context"
        shutil.copytree(image.folder, context)
        (context / "machine").mkdir()
        build_environment.prepare(context / "machine")
        commands.run(
            [docker, *_arguments(image), str(context)],
            f"Building {image.reference}",
            state_folder.log(image.slug),
            lambda line: report(step) if (step := step_in(line)) else None,
            env=environment(engine.endpoint),
        )


def step_in(line: str) -> str:
    """Return the step that a line of plain progress begins, or its progress; empty for any other line."""
    if detail := DETAIL.match(line):
        return detail[1]
    match = STEP.match(line)
    return f"step {match[1]} of {match[2]}: {' '.join(match[3].split())}" if match else ""


def _arguments(image: Image) -> list[str]:
    """Return `docker build` with its options. Builds use the machine's network, so a proxy on loopback works too."""
    command = ["build", "--progress=plain", "--network=host", f"--tag={image.reference}"]
    command.append(f"--label={LABEL}={recipe_hash(image)}")
    command += [f"--build-arg={name}={value}" for name, value in image.arguments.items()]
    # A name without a value: docker reads it from the environment, and BuildKit keeps it out of the image.
    return command + [f"--build-arg={name}" for name in build_environment.proxies()]


def environment(where: Endpoint) -> dict[str, str]:
    """Return the environment in which the docker command uses that engine, with its own BuildKit and no other builder."""
    return {**engine_environment.clean(os.environ, where), "DOCKER_BUILDKIT": "1"}


def _require_buildkit(where: Endpoint) -> str:
    """Return the path of a docker command that can use BuildKit. Raises SlipwayError where there is none."""
    docker = shutil.which("docker")
    if docker is None:
        raise SlipwayError("The docker command is needed to build images.", f"Install it: {INSTALL_PAGE}")
    try:
        completed = subprocess.run(
            [docker, "build", "--help"], capture_output=True, text=True, env=environment(where), timeout=30
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SlipwayError(f"The docker command does not work: {error}.", f"Install it again: {INSTALL_PAGE}") from error
    if "--progress" not in completed.stdout:
        reason = (completed.stderr.strip().splitlines() or ["its `docker build` is the legacy builder"])[0]
        raise SlipwayError(
            f"The docker command cannot build with BuildKit: {reason}.",
            f"Install Docker's Buildx plugin (package docker-buildx-plugin or docker-buildx): {INSTALL_PAGE}",
        )
    return docker
