"""`slipway class`: the commands of an instructor for the files of a class."""

from pathlib import Path
from typing import Annotated

import typer

from sandboxes import settings
from sandboxes.errors import Exit, SlipwayError

GROUP_HELP = """Teach a class.

A class is a folder with `class.toml` (labs, weights and due times), `roster.csv` (the learners) and a secret, `class.key`.

Example: slipway class new containers-2026
"""

app = typer.Typer(help=GROUP_HELP, rich_markup_mode=None, no_args_is_help=True, pretty_exceptions_enable=False)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the class.")]


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to create. It must be new or empty.")],
    id: Annotated[str, typer.Option("--id", help="Id of the class. [default: the name of the folder]")] = "",
    title: Annotated[str, typer.Option("--title", help="Title of the class. [default: its id]")] = "",
    zone: Annotated[str, typer.Option("--zone", help="IANA name of the time zone.")] = "UTC",
    where: Annotated[
        str, typer.Option("--where", help="Where learners work: own machine, shared cluster or hub.")
    ] = "own machine",
) -> None:
    """Create a class.

    Writes class.toml with every lab of the course and each choice explained, an empty roster.csv, and the secret of the class. Back up the secret: without it, no submission can be verified. In a class that shares a cluster, only the labs that need nothing but a namespace can be done; class.toml names the others with the reason.

    Example: slipway class new containers-2026 --title "Containers, winter 2026" --zone Europe/Vienna

    Example: slipway class new kubernetes-2026 --where "shared cluster"
    """
    from checks.classroom import folder as class_folder

    name = id or folder.absolute().name.lower()
    class_folder.create(folder, id=name, title=title or name, zone=zone, where=where)
    print(f"The class “{title or name}” is in {folder}.")
    print(f"1. Choose labs and due times in {folder / 'class.toml'}, and enter your learners in {folder / 'roster.csv'}.")
    print(f"2. Check both with `slipway class check {folder}`.")
    print(f"3. Hand out the course (`slipway class release {folder}`) and the join files (`slipway class invite {folder}`).")


@app.command()
def check(folder: Folder = Path(".")) -> None:
    """Check the files of a class.

    Lists every problem of class.toml and roster.csv with its line, column and reason. Contacts nothing.

    Example: slipway class check containers-2026
    """
    from checks.classroom import folder as class_folder
    from checks.classroom import keys
    from checks.cli.checking import say
    from checks.version import __version__

    found = class_folder.open_class(folder)
    keys.load(found.folder)
    if keys.is_exposed(found.folder / keys.FILE):
        say(f"Other users of this machine can read the secret. Run `chmod 600 {folder / keys.FILE}`.")
    if found.about.course != __version__:
        say(f"The class uses version {found.about.course} of the course, but this is version {__version__}.")
    dated = sum(lab.due is not None for lab in found.about.labs)
    print(f"The class “{found.about.title}” is valid: {_count(len(found.about.labs), 'lab')} ({dated} with a due time),", end=" ")
    print(f"{_count(len(found.learners), 'learner')}, {_count(len(found.about.extensions), 'extension')}.")


@app.command()
def invite(
    folder: Folder = Path("."),
    learner: Annotated[
        list[str] | None, typer.Option("--learner", metavar="ID", help="Only this learner. Can be repeated.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder to write to. [default: DIR/invitations]")] = None,
) -> None:
    """Write the join files of the learners.

    Each file contains the key with which one learner signs submissions, and the due times. Give every learner their own file only. The same class gives the same files.

    Example: slipway class invite containers-2026

    Example: slipway class invite containers-2026 --learner ada
    """
    from checks.classroom import folder as class_folder
    from checks.classroom import keys, membership

    found = class_folder.open_class(folder)
    secret = keys.load(found.folder)
    if unknown := [id for id in learner or () if found.learner(id) is None]:
        raise SlipwayError(f"The learner “{unknown[0]}” is not in roster.csv.", "", Exit.WRONG_USAGE)
    target = output or folder / "invitations"
    chosen = [one for one in found.learners if not learner or one.id in learner]
    for one in chosen:
        membership.write(target / f"{one.id}{membership.SUFFIX}", membership.invite(found.about, one, secret))
    target.chmod(0o700)
    print(f"{_count(len(chosen), 'join file')} written to {target}. Each is a secret between you and one learner.")


@app.command()
def release(
    folder: Folder = Path("."),
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Archive (.tar.gz) or folder to write. [default: ID.tar.gz]")
    ] = None,
    images: Annotated[
        Path | None, typer.Option("--images", metavar="FILE", help="Also write the images of the labs to FILE.")
    ] = None,
) -> None:
    """Write the course as learners get it.

    Contains the labs of the class without solutions and, with `answer_hints = false` in class.toml, without hints that are almost the answer. The same class and course give the same bytes.

    Example: slipway class release containers-2026

    Example: slipway class release containers-2026 -o public/course --images public/images.tar
    """
    from checks.classroom import folder as class_folder
    from checks.classroom import release as course

    found = class_folder.open_class(folder).about
    chosen = settings.load()
    target = output or Path(f"{found.id}{course.SUFFIX}")
    items = course.contents(found, chosen)
    course.write(items, target, f"slipway-{found.id}")
    size = sum(len(item.content) for item in items.values())
    print(f"{_count(len(items), 'file')} ({size / 1e6:.1f} MB) of {_count(len(found.labs), 'lab')} written to {target}.")
    if images:
        from sandboxes.images import archive

        references = course.images(found, chosen)
        written = archive.save(references, images)
        print(
            f"{_count(len(references), 'image')} ({written / 1e6:.0f} MB) written to {images}. Load them with `slipway images load`."
        )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
