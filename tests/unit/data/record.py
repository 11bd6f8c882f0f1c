"""Record the snapshots in this folder again, from real containers: `python tests/unit/data/record.py`.

Needs an engine with the images debian:bookworm-slim and python:3.11-slim, and Compose. Everything it makes is called
slipway-render-… and is removed at the end.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from checks.clients.base import Engine
from checks.clients.filters import PROJECT_LABEL
from checks.collect import docker
from checks.model import Lab, Probe, Scope
from checks.probes import mounts
from checks.probes.run import Context
from checks.snapshot import Snapshot
from sandboxes.engine import endpoint

HERE = Path(__file__).parent
PREFIX = "slipway-render-"
SERVER = "python:3.11-slim"
SMALL = "debian:bookworm-slim"
COMPOSE = """
services:
  web:
    image: python:3.11-slim
    command: python -m http.server 8000
    ports: ["127.0.0.1:18755:8000"]
    volumes: ["./page:/srv:ro"]
    networks: [front, back]
    depends_on: [cache]
  cache:
    image: debian:bookworm-slim
    command: sleep 600
    volumes: ["data:/data"]
    networks: [back]
    healthcheck: {test: "true", interval: 1s}
volumes: {data: {}, unused: {}}
networks: {front: {}, back: {internal: true}}
"""
STATES: dict[str, list[str]] = {
    "web": ["-p", "18751:8000", SERVER, "python", "-m", "http.server", "8000"],
    "swapped": ["-p", "8000:18752", SERVER, "python", "-m", "http.server", "8000"],
    "hungry": ["--memory", "12m", "--memory-swap", "12m", SERVER, "python", "-c", "x = 'x' * 10**9"],
    "again": ["--restart", "always", SMALL, "sh", "-c", "echo 'database is not there' >&2; exit 3"],
    "paused": [SMALL, "sleep", "600"],
    "ill": ["--health-cmd", "echo no answer on 8000; exit 1", "--health-interval", "1s", "--health-retries", "2"]
    + [SMALL, "sleep", "600"],
    "young": ["--health-cmd", "true", "--health-interval", "60s", SMALL, "sleep", "600"],
    "colours": [SMALL, "printf", "\\033[31mred\\033[0m \\033]0;title\\007 <b>bold</b> שלום 容器\\n"],
}
# One container that writes to each of the places that there are, and an unused volume.
STORAGE = ["-v", f"{PREFIX}kept:/kept", "-v", "/unnamed", "--tmpfs", "/scratch", SMALL, "sh", "-c"]
STORAGE += ["for n in 1 2 3 4 5; do echo $n > /srv/$n.txt; done; rm /etc/issue; exec sleep 600"]
# Containers on the default network, on one of their own under two names, on the machine's, and on none.
NAMES = {"plain": [], "named": ["--network", f"{PREFIX}net", "--network-alias", "database"]}
NAMES |= {"shared": ["--network", "host"], "alone": ["--network", "none"]}
HUGE = 20_000  # characters of a label, far beyond what is shown
LABELS = {
    "page": "<script>alert(1)</script>",
    "colour": "\x1b[31mred\x07",
    "nothing": "before\0after",
    "words": "שלום 容器 🚢 \u202etxt.exe",
    "huge": "x" * HUGE,
}


# Two builds with an edit of `page` between them, one on the other base, and one by the builder before BuildKit.
ORDERED = """
FROM python:3.11-slim
ARG EDITION=one two
WORKDIR /app
WORKDIR /app
COPY tools .
RUN cat tools > installed
RUN true
COPY page .
ENV GREETING=hello
EXPOSE 5000 5001/udp
CMD ["python", "-m", "http.server"]
"""
IMAGES = f"{PREFIX}layers"


def run(*command: str, **variables: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | variables)


def lab(scope: Scope, probes: tuple[Probe, ...] = ()) -> Lab:
    return Lab("00-render", "Every state of a container", "", 1, "docker", HERE, (), scope=scope, probes=probes)


def record(name: str, lab: Lab, *, layers: bool = False) -> None:
    """Collect the lab's scope and write it, with times as the engine gave them."""
    engine = Engine(endpoint.find())
    with tempfile.TemporaryDirectory() as cache:
        snapshot = docker.collect(lab, engine, Context(engine, HERE, Path(cache)), lab.probes, "")
    if layers:
        mounts.add_layers(engine, snapshot)
    if snapshot.errors:
        sys.exit(f"{name}: {snapshot.errors}")
    (HERE / f"{name}.json").write_text(small(snapshot).dumps(), encoding="utf-8")
    print(f"{name}: {', '.join(snapshot.objects['container']) or 'no container'}")


def small(snapshot: Snapshot) -> Snapshot:
    """Without the parts of images that no renderer or check here looks at."""
    objects = json.loads(json.dumps(snapshot.objects))
    for image in objects["image"].values():
        for part in ("History", "GraphDriver", "ContainerConfig", "RootFS", "Metadata"):
            image.pop(part, None)
    return replace(snapshot, objects=objects)


@contextmanager
def containers() -> Iterator[tuple[str, ...]]:
    names = tuple(f"{PREFIX}{state}" for state in (*STATES, "labels"))
    try:
        for state, arguments in STATES.items():
            run("docker", "run", "-d", "--name", f"{PREFIX}{state}", *arguments)
        # Through the API: the command line can pass no NUL character.
        body = {"Image": SMALL, "Cmd": ["true"], "Labels": LABELS}
        Engine(endpoint.find()).request("POST", f"/containers/create?name={PREFIX}labels", body)
        run("docker", "pause", f"{PREFIX}paused")
        time.sleep(6)
        yield names
    finally:
        run("docker", "rm", "-fv", *names)


@contextmanager
def project() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "compose.yaml").write_text(COMPOSE, encoding="utf-8")
        (Path(folder) / "page").mkdir()
        order = ("docker", "compose", "-p", f"{PREFIX}shop", "--project-directory", folder)
        try:
            run(*order, "up", "-d", "--wait")
            run("docker", "volume", "create", "--label", f"{PROJECT_LABEL}={PREFIX}shop", f"{PREFIX}spare")
            yield f"{PREFIX}shop"
        finally:
            run(*order, "down", "-v", "-t", "0")
            run("docker", "volume", "rm", "-f", f"{PREFIX}spare")


@contextmanager
def storage() -> Iterator[Scope]:
    volumes = (f"{PREFIX}kept", f"{PREFIX}spare")
    with tempfile.TemporaryDirectory() as folder:
        try:
            run("docker", "volume", "create", volumes[1])
            run("docker", "run", "-d", "--name", f"{PREFIX}writer", "-v", f"{folder}:/folder:ro", *STORAGE)
            time.sleep(1)
            yield Scope(containers=(f"{PREFIX}writer",), volumes=volumes)
        finally:
            run("docker", "rm", "-fv", f"{PREFIX}writer")
            run("docker", "volume", "rm", "-f", *volumes)


@contextmanager
def known() -> Iterator[Scope]:
    names, network = tuple(f"{PREFIX}{name}" for name in NAMES), f"{PREFIX}net"
    try:
        run("docker", "network", "create", network)
        for name, arguments in NAMES.items():
            run("docker", "run", "-d", "--name", f"{PREFIX}{name}", *arguments, SMALL, "sleep", "600")
        yield Scope(containers=names, networks=(network,))
    finally:
        run("docker", "rm", "-fv", *names)
        run("docker", "network", "rm", network)


def layers() -> None:
    """Record images of every kind with their build steps, and the bases that they stand on."""
    engine = Engine(endpoint.find())
    with tempfile.TemporaryDirectory() as folder:
        for name in ("tools", "page"):
            (Path(folder) / name).write_text(f"{name}\n" * 1000, encoding="utf-8")
        build = ("docker", "build", "--quiet", "--tag")
        (Path(folder) / "Dockerfile").write_text(ORDERED, encoding="utf-8")
        run(*build, f"{IMAGES}:before", folder)
        (Path(folder) / "page").write_text("another page\n", encoding="utf-8")
        run(*build, f"{IMAGES}:after", folder)
        (Path(folder) / "Dockerfile").write_text(ORDERED.replace(SERVER, SMALL), encoding="utf-8")
        run(*build, f"{IMAGES}:small", folder)
        run(*build, f"{IMAGES}:legacy", folder, DOCKER_BUILDKIT="0")
    tags = [f"{IMAGES}:{tag}" for tag in ("before", "after", "small", "legacy")]
    images = {name: docker.image(engine, name) for name in (*tags, SERVER, SMALL)}
    kept = {name: {part: image[part] for part in ("RepoTags", "RootFS", "History")} for name, image in images.items()}
    (HERE / "layers.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    run("docker", "rmi", *tags)


if __name__ == "__main__":
    layers()
    page = Probe("page", "http", {"url": "http://127.0.0.1:18751/"})
    with containers() as names:
        record("states", lab(Scope(containers=names), (page,)))
        record("one", lab(Scope(containers=names[:1])))
    record("empty", lab(Scope(containers=names)))
    with project() as name:
        record("compose", lab(Scope(projects=(name,))))
    with storage() as scope:
        record("storage", lab(scope), layers=True)
    with known() as scope:
        record("names", lab(scope))
