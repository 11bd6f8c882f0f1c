"""Writing a file so that it is there whole or not at all."""

import os
from pathlib import Path

from sandboxes.errors import SlipwayError


def write_whole(path: Path, text: str, mode: int = 0o644) -> None:
    """Write `text` beside `path`, then put it in its place: a full disk or Ctrl-C leaves the old file as it was.

    Raises SlipwayError when it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise SlipwayError(
            f"{path} could not be written ({error.strerror or error}); what was there before is unchanged.",
            "Free some space, or choose another place.",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
