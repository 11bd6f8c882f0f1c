"""The programs for the cluster: kind, found, downloaded or built, and kubectl, copied from the node image."""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sandboxes import images
from sandboxes.cluster import paths
from sandboxes.errors import SlipwayError
from sandboxes.host import download
from sandboxes.host.atomic_write import read_text, write_whole
from sandboxes.images.client import connect
from sandboxes.steps import Progress

if TYPE_CHECKING:
    from docker import APIClient

KIND_VERSION = "0.33.0"
KIND_PAGE = "https://kind.sigs.k8s.io/docs/user/quick-start/#installation"
RELEASES = f"https://github.com/kubernetes-sigs/kind/releases/download/v{KIND_VERSION}"
# How long a download may be silent, in seconds, before the program is built instead.
PATIENCE = 10
# Builds kind where no release can be downloaded; the path is that of the program in it.
KIND_IMAGE = f"slipway.local/kind:{KIND_VERSION}"
KIND_IN_IMAGE = "/usr/local/bin/kind"
LARGEST_PROGRAM = 512 * 2**20  # bytes
NOT_FOUND = 404  # the status for a file that a container does not have
KUBECTL_IN_NODE = ("/usr/bin/kubectl", "/usr/local/bin/kubectl")


def kind(progress: Progress) -> Path:
    """Return a recent enough kind: the machine's own, or one that is downloaded or built once. Raises SlipwayError."""
    own = paths.programs() / "kind"
    for program in (shutil.which("kind"), own):
        if program and new_enough(version(Path(program))):
            return Path(program)
    own.parent.mkdir(parents=True, exist_ok=True)
    with progress.step(f"Downloading kind {KIND_VERSION}"):
        reason = _fetch(own)
    if reason:
        progress.note(f"kind's releases: {reason}. Building kind instead.")
        _build(own, progress)
    return own


def version(program: Path) -> str:
    """Return the version of a kind program, such as 0.33.0; empty for one that does not start."""
    try:
        completed = subprocess.run([program, "version"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    match = re.search(r"\bv?(\d+\.\d+\.\d+)", completed.stdout)
    return match[1] if match else ""


def new_enough(installed: str) -> bool:
    """Return whether a version of kind, such as 0.33.0, can create the cluster."""
    numbers = [tuple(int(part) for part in text.split(".")) for text in (installed, KIND_VERSION) if text]
    return len(numbers) == 2 and numbers[0] >= numbers[1]


def _fetch(path: Path) -> str:
    """Fetch the release and compare it with its published hash; why that failed, empty when it did not."""
    machine = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}.get(platform.machine())
    if machine is None:
        return f"there is none for {platform.machine()}"
    address = f"{RELEASES}/kind-{platform.system().lower()}-{machine}"
    try:
        expected = download.fetch(f"{address}.sha256sum", PATIENCE).decode("ascii").split()[0]
        program = download.fetch(address, PATIENCE)
    except (OSError, ValueError, IndexError) as error:
        return f"not available ({error})"
    if hashlib.sha256(program).hexdigest() != expected:
        return "the download does not match its published hash"
    _install(program, path)
    return ""


def _build(path: Path, progress: Progress) -> None:
    if platform.system() != "Linux":
        raise SlipwayError("kind is needed, and its releases cannot be reached.", f"Install it: {KIND_PAGE}")
    images.ensure([KIND_IMAGE], source="build", progress=progress)
    with connect() as (client, _):
        _install(_file_of(client, KIND_IMAGE, (KIND_IN_IMAGE,)), path)


def kubectl(node_image: str, progress: Progress) -> Path:
    """Return kubectl in the cluster's version, copied once from its node image. Raises SlipwayError."""
    path, made_from = paths.programs() / "kubectl", paths.programs() / "kubectl.image"
    path.parent.mkdir(parents=True, exist_ok=True)
    with connect() as (client, _):
        image_id = client.inspect_image(node_image)["Id"]
        if path.exists() and made_from.exists() and read_text(made_from) == image_id:
            return path
        if platform.system() == "Linux":
            with progress.step("Copying kubectl from the node image"):
                _install(_file_of(client, node_image, KUBECTL_IN_NODE), path)
        elif program := shutil.which("kubectl"):
            path.unlink(missing_ok=True)
            path.symlink_to(program)
        else:
            raise SlipwayError("kubectl is needed.", "Install it: https://kubernetes.io/docs/tasks/tools/")
    write_whole(made_from, image_id)
    return path


def _install(program: bytes, path: Path) -> None:
    """Write a program to its path, completely or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(program)
    temporary.chmod(0o755)
    temporary.replace(path)


def _file_of(client: "APIClient", image: str, candidates: tuple[str, ...]) -> bytes:
    """Return the first of some files that an image has; links are followed. Nothing of the image is run."""
    from sandboxes.engine.streams import Refused

    container = client.create_container(image, command=["none"], entrypoint=["none"])["Id"]
    try:
        for path in candidates:
            try:
                return _read(client, container, path)
            except Refused as refusal:
                if refusal.status != NOT_FOUND:
                    raise
    finally:
        client.remove_container(container, v=True)
    raise SlipwayError(
        f"The image {image} has no {Path(candidates[0]).name}.", f"Build it again: slipway images build --again {image}"
    )


def _read(client: "APIClient", container: str, path: str) -> bytes:
    from sandboxes.engine import streams

    with tempfile.TemporaryFile() as file:
        with streams.opened(client, "GET", f"/containers/{container}/archive", streams.Bounds(), params={"path": path}) as stream:
            for part in stream.parts():
                file.write(part)
        file.seek(0)
        with tarfile.open(fileobj=file) as tar:
            member = tar.next()
            if member.issym():
                return _read(client, container, os.path.normpath(os.path.join(os.path.dirname(path), member.linkname)))
            return tar.extractfile(member).read(LARGEST_PROGRAM)
