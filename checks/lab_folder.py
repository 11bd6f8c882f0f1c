"""The lab that a folder of the workspace belongs to. A kernel asks at its start, so this imports nothing of the course."""

from pathlib import Path

from sandboxes import settings


def lab_of(folder: Path) -> str:
    """Return the id of the lab whose folder in the workspace is `folder` or above it; empty outside these folders.

    Raise SlipwayError for invalid settings.
    """
    chosen = settings.load()
    try:
        inside = folder.relative_to(chosen.work.resolve())
    except (OSError, ValueError):
        return ""
    known = inside.parts[0] if inside.parts else ""
    return known if known and (chosen.labs / known / "lab.toml").is_file() else ""
