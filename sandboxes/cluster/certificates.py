"""The machine's added certificate authorities in the cluster's nodes, which need them to pull images."""

import io
import tarfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from sandboxes.cluster import nodes
from sandboxes.engine.find import Engine
from sandboxes.images import build_environment

if TYPE_CHECKING:
    from docker import APIClient

FOLDER = "/usr/local/share/ca-certificates"


def give(client: "APIClient", engine: Engine, report: Callable[[str], None]) -> None:
    """Copy the machine's authorities to every node that lacks them. Raises SlipwayError."""
    wanted = build_environment.certificates()
    if not wanted:
        return
    report("comparing certificate authorities")
    with ThreadPoolExecutor() as pool:
        for job in [pool.submit(_give, client, engine, node, wanted) for node in nodes.expected()]:
            job.result()


def _give(client: "APIClient", engine: Engine, node: str, wanted: dict[str, str]) -> None:
    present = set(nodes.run(engine.endpoint, node, ["ls", FOLDER]).split())
    if present >= set(wanted):
        return
    client.put_archive(node, FOLDER, pack(wanted))
    nodes.run(engine.endpoint, node, ["update-ca-certificates"])
    # containerd reads the authorities only when it starts. Pods keep running meanwhile.
    nodes.run(engine.endpoint, node, ["systemctl", "restart", "containerd"])


def pack(files: dict[str, str]) -> bytes:
    """Return text files as a tar archive."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()
