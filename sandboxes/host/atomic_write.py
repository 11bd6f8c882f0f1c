"""Writing a file so that it is there whole or not at all."""

import os
import threading
from contextlib import suppress
from pathlib import Path

from sandboxes.errors import SlipwayError


def write_whole(path: Path, text: str, mode: int = 0o644) -> None:
    """Write `text` beside `path`, then put it in its place: a full disk or Ctrl-C leaves the old file as it was.

    Raises SlipwayError when it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{threading.get_native_id()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # What a killed process has left under this name has other permissions, or is a link: it is never written to.
        temporary.unlink(missing_ok=True)
        with open(temporary, "x", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, mode)) as file:
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
        with suppress(OSError):  # it is not there, or its folder is not
            temporary.unlink()
