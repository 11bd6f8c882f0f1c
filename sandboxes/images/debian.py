"""The Debian base images without a registry: a tar file from mmdebstrap, imported into the engine."""

import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sandboxes.errors import SlipwayError
from sandboxes.host import packages
from sandboxes.images import build_environment, commands, isolation, state_folder
from sandboxes.images.catalogue import Image, recipe_hash
from sandboxes.images.client import LABEL
from sandboxes.steps import Progress

if TYPE_CHECKING:
    from docker import APIClient

PACKAGES = ("mmdebstrap", "debian-archive-keyring")
# The unpacked system, its archive and the image, which exist at the same time.
MEGABYTES = 900
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MERGED_USR = "/usr/share/mmdebstrap/hooks/merged-usr"
# Removed because an image does not need it. The licenses in doc/*/copyright stay.
SURPLUS = r"""
cd "$1"
rm -f etc/apt/sources.list etc/apt/apt.conf.d/99mmdebstrap etc/dpkg/dpkg.cfg.d/99mmdebstrap
rm -rf usr/share/info usr/share/lintian usr/share/locale usr/share/man \
    var/log/* var/cache/* etc/hostname etc/resolv.conf
find usr/share/doc -type f ! -name copyright -delete
find usr/share/doc -type l -delete
find usr/share/doc -depth -type d -empty -delete
mkdir -p usr/share/man/man1 usr/share/man/man7 usr/share/man/man8 var/cache/apt/archives/partial
"""


def build(client: "APIClient", image: Image, progress: Progress) -> None:
    """Build a Debian base image. Raises SlipwayError where that is not possible here, or fails."""
    _require_tools(progress)
    archive = state_folder.folder() / f"{image.slug}-{recipe_hash(image)}.tar"
    with progress.step(f"Building {image.reference} from Debian packages") as report:
        if not archive.exists():
            _bootstrap(image, archive, report)
        report("importing it into the engine")
        _import(client, image, archive)
        archive.unlink()


def _require_tools(progress: Progress) -> None:
    if shutil.which("mmdebstrap") and packages.KEYRING.exists():
        return
    try:
        packages.ensure_packages(PACKAGES, reason="build the base image without a registry", progress=progress)
    except SlipwayError as error:
        way_out = "Or save the images on another machine with `slipway images save`, and load them with `slipway images load`."
        raise SlipwayError(error.message, f"{error.fix} {way_out}".strip()) from error


def _bootstrap(image: Image, archive: Path, report: Callable[[str], None]) -> None:
    """Write the tar file, completely or not at all."""
    partial = archive.with_suffix(".part")
    prefix = _privilege()
    folder = Path(tempfile.mkdtemp(prefix=f"slipway-{image.slug}-", dir="/var/tmp"))
    job = isolation.Job(prefix, folder / "leader")
    try:
        folder.chmod(0o755)
        overlay = folder / "overlay.tar"
        _write_overlay(image, overlay)
        with partial.open("wb") as output:
            commands.run(
                job.command(_command(image.arguments["suite"], overlay)),
                f"Building {image.reference}",
                state_folder.log(image.slug),
                lambda line: report(line[3:]) if line.startswith("I: ") else None,
                env={**os.environ, "TMPDIR": str(folder), "LC_ALL": "C.UTF-8"},
                output=output,
                end=job.end,
            )
        partial.replace(archive)
    finally:
        state_folder.discard(partial)
        isolation.remove(folder, prefix)


def _command(suite: str, overlay: Path) -> list[str]:
    main, security = build_environment.mirrors(suite)
    signed = f"[signed-by={packages.KEYRING}]"
    options = ['Acquire::Languages "none"', 'Acquire::Retries "2"', *build_environment.machine_settings()]
    if bundle := build_environment.system_bundle():
        options.append(f'Acquire::https::CAInfo "{bundle}"')
    return [
        "mmdebstrap",
        "--variant=minbase",
        # Without the package, usrmerge would be installed with all of Perl; without the hook, it cannot be configured.
        "--include=usr-is-merged",
        f"--hook-directory={MERGED_USR}",
        *(f"--aptopt={option.rstrip(';')}" for option in options),
        "--dpkgopt=force-unsafe-io",
        "--dpkgopt=path-exclude=/usr/share/locale/*",
        "--dpkgopt=path-exclude=/usr/share/man/*",
        f"--customize-hook={SURPLUS}",
        f'--customize-hook=tar-in "{overlay}" /',
        suite,
        "-",
        f"deb {signed} {main} {suite} main",
        f"deb {signed} {main} {suite}-updates main",
        f"deb {signed} {security} {suite}-security main",
    ]


def _privilege() -> list[str]:
    """Return the prefix for root; without root, mmdebstrap uses a user namespace."""
    try:
        return packages.privilege()
    except SlipwayError:
        return []


def _write_overlay(image: Image, path: Path) -> None:
    """Write what turns a plain Debian system into the image: apt's settings and sources, and the machine's certificates."""
    files = {
        str(source.relative_to(image.folder / "root")): source.read_bytes()
        for source in sorted((image.folder / "root").rglob("*"))
        if source.is_file()
    }
    files["etc/apt/sources.list.d/debian.sources"] = _sources(image.arguments["suite"]).encode()
    for name, certificate in build_environment.certificates().items():
        files[f"usr/local/share/ca-certificates/{name}"] = certificate.encode()
    _write_tar(path, files)


def _write_tar(path: Path, files: Mapping[str, bytes]) -> None:
    with tarfile.open(path, "w") as tar:
        for name, content in files.items():
            for parent in reversed(Path(name).parents[:-1]):
                entry = tarfile.TarInfo(str(parent))
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                tar.addfile(entry)
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            tar.addfile(entry, io.BytesIO(content))


def _sources(suite: str) -> str:
    """Return the package sources of the upstream image, whichever mirror this one was built from."""
    signed = f"Components: main\nSigned-By: {packages.KEYRING}\n"
    return (
        f"Types: deb\nURIs: {build_environment.DEBIAN_MIRROR}\nSuites: {suite} {suite}-updates\n{signed}\n"
        f"Types: deb\nURIs: {build_environment.SECURITY_MIRROR}\nSuites: {suite}-security\n{signed}"
    )


def _import(client: "APIClient", image: Image, archive: Path) -> None:
    from sandboxes.engine import streams

    changes = ['CMD ["bash"]', f"ENV PATH={PATH}", f"LABEL {LABEL}={recipe_hash(image)}"]
    params = {"fromSrc": "-", "repo": image.name, "tag": image.tag, "changes": changes}
    try:
        with (
            archive.open("rb") as file,
            streams.opened(client, "POST", "/images/create", streams.UPLOAD, params=params, data=file) as stream,
        ):
            problem = next((str(event["error"]) for event in stream.events() if event.get("error")), "")
    except streams.Refused as refusal:
        problem = str(refusal)
    if problem:
        raise SlipwayError(
            f"The engine could not import {image.reference}: {problem}.", "See `slipway doctor`, then run it again."
        )
