"""The creation and the removal of the cluster, by kind."""

import json
import socket
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from sandboxes import images, json_text
from sandboxes.cluster import binaries, certificates, config, identity, paths, preflight
from sandboxes.cluster.client import AUTHORITY, CLIENT
from sandboxes.cluster.config import Plan
from sandboxes.engine.find import Engine
from sandboxes.host.atomic_write import read_text, write_whole
from sandboxes.images import commands
from sandboxes.images.build import environment
from sandboxes.settings import Settings
from sandboxes.steps import Progress

if TYPE_CHECKING:
    from docker import APIClient

# How long kind waits for the control plane, in seconds.
WAIT = 180
PORTS = (8280, 8643)


def make(client: "APIClient", engine: Engine, settings: Settings, progress: Progress) -> None:
    """Create the cluster, of which nothing may exist. Raises SlipwayError with the reason when that fails."""
    preflight.require(engine)
    image = settings.node_image
    images.ensure([image], source=settings.image_source, progress=progress)
    kind = binaries.kind(progress)
    binaries.kubectl(image, progress)
    plan = Plan(paths.name(), image, *free_ports(), engine.cgroup)
    forget()
    paths.folder()
    file = paths.location() / "kind.yaml"
    write_whole(file, config.text(plan))
    command = [
        str(kind), "create", "cluster", f"--name={plan.name}", f"--config={file}",
        f"--kubeconfig={paths.kubeconfig()}", f"--wait={WAIT}s",
    ]  # fmt: skip
    with progress.step(f"Creating the cluster {plan.name}: three nodes, Kubernetes {image.rpartition(':')[2]}") as report:
        _run(command, "Creating the cluster", engine, lambda line: report(_plain(line)))
        paths.kubeconfig().chmod(0o600)
        certificates.give(client, engine, report)
        report("recording its identity")
        write_whole(paths.record(), json.dumps(asdict(plan), indent=2) + "\n")
        identity.record()


def remove(engine: Engine, progress: Progress) -> None:
    """Remove the cluster with everything in it."""
    with progress.step(f"Removing the cluster {paths.name()}"):
        command = [
            str(binaries.kind(progress)), "delete", "cluster", f"--name={paths.name()}",
            f"--kubeconfig={paths.kubeconfig()}",
        ]  # fmt: skip
        _run(command, "Removing the cluster", engine, lambda line: None)
    forget()


def image() -> str:
    """Return the image that the cluster was created from; empty where that is not recorded."""
    try:
        return str(json_text.loads(read_text(paths.record()))["image"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def forget() -> None:
    """Remove what is recorded about a cluster that no longer exists."""
    credentials = (paths.location() / name for name in (AUTHORITY, CLIENT))
    for path in (paths.identity(), paths.kubeconfig(), paths.record(), *credentials):
        path.unlink(missing_ok=True)


def export(engine: Engine, progress: Progress) -> None:
    """Write the kubeconfig again from the running cluster."""
    paths.kubeconfig().unlink(missing_ok=True)
    command = [
        str(binaries.kind(progress)), "export", "kubeconfig", f"--name={paths.name()}",
        f"--kubeconfig={paths.kubeconfig()}",
    ]  # fmt: skip
    _run(command, "Writing the kubeconfig", engine, lambda line: None)
    paths.kubeconfig().chmod(0o600)


def _run(command: list[str], action: str, engine: Engine, report: Callable[[str], None]) -> None:
    # kind would also use podman or nerdctl, if it finds them.
    chosen = {**environment(engine.endpoint), "KIND_EXPERIMENTAL_PROVIDER": "docker"}
    commands.run(command, action, paths.log(), report, env=chosen)


def _plain(line: str) -> str:
    """Return a line of kind's output for our progress: without bullets and emoji."""
    kept = "".join(letter for letter in line if letter.isascii() or letter in "≤")
    return " ".join(kept.strip(" *.").split())


def free_ports() -> tuple[int, int]:
    """Return two ports of this machine for HTTP and HTTPS: the usual ones, or free ones where those are taken."""
    chosen: list[int] = []
    for wanted in PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                probe.bind(("127.0.0.1", 0))
            chosen.append(probe.getsockname()[1])
    return chosen[0], chosen[1]
