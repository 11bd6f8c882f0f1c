"""The record of what a class has in a shared cluster: `cluster/record.json` in the folder of the class.

It says which cluster it is, and which objects were created there. Only those are changed and removed.
"""

import json
import secrets
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from sandboxes import json_text
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import read_whole, write_whole

FOLDER, FILE = "cluster", "record.json"
MOST_BYTES = 16 * 2**20


@dataclass(frozen=True)
class Record:
    """What was opened. `uid` is the identity of the cluster, `mark` a random word that all objects of the class carry.

    `objects` maps each object ("Namespace containers-ada-11-pods") to its uid, or to "" before its creation was confirmed.
    """

    server: str
    context: str
    uid: str
    mark: str
    objects: dict[str, str] = field(default_factory=dict)

    def owns(self, name: str, uid: str, mark: str) -> bool:
        """Tell whether an object that has the labels of the class was created by it: by its uid and its mark."""
        return mark == self.mark and name in self.objects and self.objects[name] in ("", uid)

    def with_objects(self, objects: dict[str, str]) -> "Record":
        """Return the record with these objects besides its own."""
        return replace(self, objects={**self.objects, **objects})


def new(server: str, context: str, uid: str) -> Record:
    """Return the record of a class that has nothing in a cluster yet."""
    return Record(server, context, uid, secrets.token_hex(16))


def read(folder: Path) -> Record | None:
    """Return the record of a class; None where nothing was opened. Raise SlipwayError for a damaged one."""
    path = folder / FOLDER / FILE
    try:
        data = json_text.loads(read_whole(path, MOST_BYTES))
        record = Record(**data)
        texts = (record.server, record.context, record.uid, record.mark, *record.objects, *record.objects.values())
        if not all(isinstance(text, str) for text in texts) or not record.mark or not record.uid:
            raise ValueError("an entry is no text")
        return record
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise SlipwayError(
            f"{path} cannot be read ({error}), so it is not known what belongs to the class. Nothing was changed.",
            "Restore the file from a backup.",
        ) from error


def write(folder: Path, record: Record) -> None:
    """Write the record, readable by its owner only."""
    own = private(folder)
    write_whole(own / FILE, json.dumps(asdict(record), indent=1, sort_keys=True) + "\n", 0o600)


def private(folder: Path) -> Path:
    """Return the folder of a class for what belongs to its cluster: its owner's alone, and never in git."""
    own = folder / FOLDER
    own.mkdir(mode=0o700, exist_ok=True)
    own.chmod(0o700)
    if not (own / ".gitignore").exists():
        write_whole(own / ".gitignore", "*\n")
    return own
