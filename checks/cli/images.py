"""`slipway images`: the commands for the container images of the course."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sandboxes.images.get import Status

GROUP_HELP = """Manage the container images of the labs.

Images are pulled from a registry if one answers. Otherwise they are built from Debian packages under the same names. To
pull from your own registry, set SLIPWAY_REGISTRY: with SLIPWAY_REGISTRY=mirror.example:5000, python:3.11-slim is
pulled as mirror.example:5000/library/python:3.11-slim.

Example: slipway images list
"""

app = typer.Typer(help=GROUP_HELP, rich_markup_mode=None, no_args_is_help=True, pretty_exceptions_enable=False)

References = Annotated[list[str] | None, typer.Argument(metavar="IMAGE", help="Images, such as python:3.11-slim. [default: all]")]
Labs = Annotated[
    list[str] | None,
    typer.Option("--lab", "-l", metavar="LAB", help="Use the images of this lab, such as 01-flask. You can repeat it."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_(json: Json = False) -> None:
    """List the images of the course.

    Shows the state, size, origin and purpose of each image.

    Example: slipway images list
    """
    from sandboxes import images

    entries = images.status()
    print(_as_json(entries) if json else _as_text(entries))


@app.command()
def pull(references: References = None, labs: Labs = None) -> None:
    """Pull missing images from a registry.

    Fails if no registry answers.

    Example: slipway images pull python:3.11-slim
    """
    _ensure(_chosen(references, labs), "pull", again=False)


@app.command()
def build(
    references: References = None,
    labs: Labs = None,
    again: Annotated[bool, typer.Option("--again", help="Build images again that already exist.")] = False,
) -> None:
    """Build missing images from Debian packages.

    No registry is needed.

    Example: slipway images build --lab 01-flask
    """
    _ensure(_chosen(references, labs), "build", again)


@app.command()
def save(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to write, such as images.tar.")],
    labs: Labs = None,
    everything: Annotated[bool, typer.Option("--all", help="Save all images of the course. This is the default.")] = False,
) -> None:
    """Save images to a file.

    Load the file on a machine that has no access to a registry.

    Example: slipway images save images.tar --lab 01-flask
    """
    from sandboxes.errors import Exit, SlipwayError
    from sandboxes.images import archive

    if labs and everything:
        raise SlipwayError("--lab and --all cannot be combined.", "Leave out one of them.", Exit.WRONG_USAGE)
    references = _chosen(None, labs)
    size = archive.save(references, file)
    print(f"Saved {len(references)} images to {file} ({size / 1e6:.0f} MB). Load them with `slipway images load {file}`.")


@app.command()
def load(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File that `slipway images save` wrote.")],
) -> None:
    """Load images from a file.

    Example: slipway images load images.tar
    """
    from sandboxes.images import archive

    print("\n".join(f"Loaded {reference}" for reference in archive.load(file)))


def _chosen(references: Iterable[str] | None, labs: Iterable[str] | None) -> list[str]:
    """Return the references of the named images, of the images of labs, or of all images."""
    from sandboxes import images
    from sandboxes.errors import Exit, SlipwayError

    named = list(references or [])
    if labs and named:
        raise SlipwayError("Images and --lab cannot be combined.", "Leave out one of them.", Exit.WRONG_USAGE)
    if labs:
        from checks import catalog

        return list(dict.fromkeys(image for lab in labs for image in catalog.find(lab).images))
    return [images.find(reference).reference for reference in named] or list(images.catalogue())


def _ensure(references: list[str], source: str, again: bool) -> None:
    from sandboxes import images

    absent = set(images.missing(references))
    images.ensure(references, source=source, again=again)
    for reference in references:
        if reference in absent or again:
            print(f"{reference} is ready.")
        else:
            print(f"{reference} already exists.")


def _as_text(entries: "list[Status]") -> str:
    """Return a table of at most 80 columns, with the purpose of each image on its own line."""
    lines = [f"{'IMAGE':<22} {'STATE':<8} {'SIZE':>8}  ORIGIN"]
    for entry in entries:
        size = f"{entry.size / 1e6:.0f} MB" if entry.present else ""
        state = "present" if entry.present else "missing"
        name = entry.image.reference
        if len(name) > 22:
            lines.append(name)
            name = ""
        lines.append(f"{name:<22} {state:<8} {size:>8}  {entry.origin}".rstrip())
        lines.append(f"    {entry.image.purpose}")
    missing = sum(not entry.present for entry in entries)
    lines.append(f"{len(entries) - missing} of {len(entries)} images are present.")
    return "\n".join(lines)


def _as_json(entries: "list[Status]") -> str:
    import json

    rows = [
        {
            "reference": entry.image.reference,
            "purpose": entry.image.purpose,
            "present": entry.present,
            "bytes": entry.size if entry.present else None,
            "origin": entry.origin or None,
            "id": entry.id or None,
        }
        for entry in entries
    ]
    return json.dumps({"version": 1, "images": rows}, indent=2)
