"""Containers of the contract tests: each under the prefix slipway-contract-, gone at the end with its volumes."""

import json
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandboxes import images

DEADLINE = 60
# A compiler shares two cores with everything else that runs. The limit is for a build that never ends.
BUILD_DEADLINE = 240


@dataclass
class Done:
    """What a finished command left: its exit code and both of its outputs as one text."""

    code: int
    text: str


def docker(*arguments: str, data: str | None = None, deadline: float = DEADLINE) -> Done:
    completed = subprocess.run(
        ["docker", *arguments], input=data, text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=deadline,
    )  # fmt: skip
    return Done(completed.returncode, completed.stdout.strip())


def must(*arguments: str, data: str | None = None, deadline: float = DEADLINE) -> str:
    completed = docker(*arguments, data=data, deadline=deadline)
    assert completed.code == 0, f"docker {' '.join(arguments)}: {completed.text}"
    return completed.text


def config(reference: str) -> dict[str, Any]:
    return json.loads(must("image", "inspect", reference))[0]["Config"]


def variables(reference: str) -> dict[str, str]:
    return dict(entry.split("=", 1) for entry in config(reference)["Env"])


class Box:
    """One running container."""

    def __init__(self, reference: str, *command: str, options: tuple[str, ...] = ()) -> None:
        self.name = f"slipway-contract-{uuid.uuid4().hex[:8]}"
        must("create", "--name", self.name, *options, reference, *command)

    def start(self) -> "Box":
        must("start", self.name)
        return self

    def copy_in(self, source: str, target: str) -> "Box":
        must("cp", source, f"{self.name}:{target}")
        return self

    def run(self, *command: str, user: str = "") -> Done:
        return docker("exec", *(("--user", user) if user else ()), self.name, *command)

    def text(self, *command: str, user: str = "") -> str:
        completed = self.run(*command, user=user)
        assert completed.code == 0, f"{command}: {completed.text}"
        return completed.text

    def logs(self) -> str:
        return docker("logs", self.name).text

    def state(self) -> dict[str, Any]:
        return json.loads(must("inspect", self.name))[0]["State"]

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds; fails with the container's log when it ends before or takes too long."""
        deadline = time.monotonic() + DEADLINE
        while not condition():
            assert self.state()["Running"], f"it ended:\n{self.logs()}"
            assert time.monotonic() < deadline, f"not in time:\n{self.logs()}"
            time.sleep(0.05)

    def uid(self) -> int:
        """The user that the main process runs as."""
        line = next(line for line in self.text("cat", "/proc/1/status").splitlines() if line.startswith("Uid:"))
        return int(line.split()[1])

    def stop(self) -> int:
        """Stop it as `docker stop` does, within five seconds; its exit code."""
        started = time.monotonic()
        must("stop", "--time", "10", self.name)
        assert time.monotonic() - started < 5, "it had to be killed"
        return int(self.state()["ExitCode"])

    def remove(self) -> None:
        docker("rm", "--force", "--volumes", self.name)


MakeBox = Callable[..., Box]


def ensure(folder: Path, *references: str) -> None:
    """Get the images that a module is about, as a learner's machine would."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLIPWAY_STATE", str(folder))
        images.ensure(references)


@pytest.fixture
def box() -> Iterator[MakeBox]:
    """Makes containers, and removes them after the test."""
    made: list[Box] = []

    def make(reference: str, *command: str, options: tuple[str, ...] = ()) -> Box:
        made.append(Box(reference, *command, options=options))
        return made[-1]

    yield make
    for container in made:
        container.remove()
