"""The release of a class: the course as learners get it, without solutions, as an archive or a folder.

The same class and course give the same bytes on every run: names are sorted, times, owners and modes are fixed.
"""

import gzip
import io
import os
import tarfile
from dataclasses import dataclass
from pathlib import Path

from checks import catalog, notebook_file, predictions, questions, recall
from checks.classroom import hints
from checks.classroom.class_file import Class
from checks.lifecycle.workspace import starter_files
from checks.model import Lab
from checks.version import __version__
from sandboxes.errors import Exit, SlipwayError
from sandboxes.host.atomic_write import refuse_target, write_whole
from sandboxes.settings import ROOT, Settings

SUFFIX = ".tar.gz"
NOTEBOOK = "lab.ipynb"
# What belongs to the project at its top, besides the labs. Tests, recordings and Git's own folder do not.
FILES = ("CONTRIBUTING.md", "README.md", "mkdocs.yml", "pyproject.toml", "slipway")
PACKAGES = ("checks", "sandboxes", "site")
LEFT_OUT = frozenset(("__pycache__", ".ipynb_checkpoints", ".DS_Store"))
TIME = 946684800  # 2000-01-01 in UTC: a time that no program takes for a mistake


@dataclass(frozen=True)
class Item:
    """A file of a release."""

    content: bytes
    executable: bool = False


def contents(about: Class, settings: Settings) -> dict[str, Item]:
    """Return the files of the release by their path in it. Raise SlipwayError where the class uses another version."""
    if about.course != __version__:
        raise SlipwayError(
            f"The class uses version {about.course} of the course, but this is version {__version__}.",
            f'Use that version, or write `course = "{__version__}"` in class.toml.',
            Exit.WRONG_USAGE,
        )
    labs = [catalog.find(lab.id, settings.labs) for lab in about.labs]
    items = {name: _item(ROOT / name) for name in FILES}
    for package in PACKAGES:
        items |= {str(path.relative_to(ROOT)): _item(path) for path in _files(ROOT / package)}
    for lab in labs:
        for path in (lab.folder / "lab.toml", *starter_files(lab)):
            items[f"labs/{lab.id}/{path.relative_to(lab.folder)}"] = _item(path)
        notebook = notebook_file.read(lab.folder / NOTEBOOK)
        if notebook_file.explanations(notebook):
            sealed = notebook_file.written(notebook_file.with_explanations_sealed(notebook))
            items[f"labs/{lab.id}/{NOTEBOOK}"] = Item(sealed)
        for asked in (predictions, recall):
            if (path := lab.folder / asked.FILE).is_file():
                sealed_questions = questions.sealed(path.read_text(encoding="utf-8"), asked.TABLE)
                items[f"labs/{lab.id}/{asked.FILE}"] = Item(sealed_questions.encode("utf-8"))
    if settings.labs != ROOT / "labs":  # another course keeps its check modules beside its labs
        items |= {f"checks/labs/{path.name}": _item(path) for path in sorted((settings.labs / "checks").glob("*.py"))}
    if not about.answer_hints:
        _remove_answers(items, solution_lines(catalog.labs(settings.labs)))
    return dict(sorted(items.items()))


def _files(folder: Path) -> list[Path]:
    paths = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    kept = [path for path in paths if not LEFT_OUT & set(path.parts) and path.suffix not in (".pyc", ".part")]
    return sorted(kept)


def _item(path: Path) -> Item:
    try:
        return Item(path.read_bytes(), os.access(path, os.X_OK) and bool(path.stat().st_mode & 0o100))
    except OSError as error:
        raise SlipwayError(f"{path} cannot be read ({error.strerror}).", "Restore it with `git checkout`.") from error


def solution_lines(labs: list[Lab]) -> frozenset[str]:
    """Return the lines of the labs' solutions, stripped, that have a certain length and are in no starter file."""
    solved: set[str] = set()
    for lab in labs:
        for path in _files(lab.folder / "solution"):
            solved |= {line.strip() for line in path.read_text(encoding="utf-8", errors="replace").splitlines()}
    starters = "\n".join(_searchable(_shown(path)) for lab in labs for path in starter_files(lab))
    return frozenset(line for line in solved if len(line) >= hints.SHORTEST and line not in starters)


def _shown(path: Path) -> bytes:
    """Return a starter file as a learner sees it from the beginning: a notebook without its explanations."""
    if path.name != NOTEBOOK:
        return path.read_bytes()
    return notebook_file.written(notebook_file.without_explanations(notebook_file.read(path)))


def _searchable(content: bytes) -> str:
    """Return a file's text; JSON escapes of a notebook are resolved beside it."""
    text = content.decode("utf-8", errors="replace")
    return f"{text}\n{text.replace(chr(92) + chr(34), chr(34))}"


def _remove_answers(items: dict[str, Item], lines: frozenset[str]) -> None:
    for name, item in items.items():
        if name.startswith("checks/labs/") and name.endswith(".py"):
            source = hints.without_answers(item.content.decode("utf-8"), lines)
            items[name] = Item(source.encode("utf-8"), item.executable)


def archive(items: dict[str, Item], name: str) -> bytes:
    """Return the files as a tar.gz archive in which everything is below a folder `name`."""
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        folders = {str(parent) for path in items for parent in (Path(name) / path).parents if str(parent) != "."}
        for folder in sorted(folders):
            tar.addfile(_member(folder, tarfile.DIRTYPE, 0o755))
        for path, item in items.items():
            member = _member(f"{name}/{path}", tarfile.REGTYPE, 0o755 if item.executable else 0o644)
            member.size = len(item.content)
            tar.addfile(member, io.BytesIO(item.content))
    return buffer.getvalue()


def _member(path: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(path)
    member.type, member.mode, member.mtime = kind, mode, TIME
    return member


def write(items: dict[str, Item], target: Path, name: str) -> None:
    """Write a release: an archive where `target` ends with .tar.gz, otherwise a folder, which must be new or empty.

    Raise SlipwayError where it cannot be written.
    """
    if target.name.endswith(SUFFIX):
        refuse_target(target)
        write_whole(target, archive(items, name))
        return
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise SlipwayError(
            f"{target} exists and is not an empty folder.",
            f"Choose another folder, or a file that ends with {SUFFIX}.",
            Exit.WRONG_USAGE,
        )
    for path, item in items.items():
        write_whole(target / path, item.content, 0o755 if item.executable else 0o644)
        os.utime(target / path, (TIME, TIME))


def images(about: Class, settings: Settings) -> list[str]:
    """Return the images that the labs of a class need, the node image of the cluster included."""
    labs = [catalog.find(lab.id, settings.labs) for lab in about.labs]
    nodes = [settings.node_image] if any(lab.sandbox == "kind" for lab in labs) else []
    return list(dict.fromkeys([*(image for lab in labs for image in lab.images), *nodes]))
