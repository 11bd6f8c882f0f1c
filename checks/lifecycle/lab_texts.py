"""The texts in a lab's folder: what the learner named in manifests, Compose files and cells of the notebook."""

from collections.abc import Iterator

from checks.lifecycle import workspace_files
from checks.model import Lab
from sandboxes.settings import Settings

LARGEST = 2**20  # bytes
ENDINGS = (".yaml", ".yml", ".json", ".sh", ".ipynb")


def read(lab: Lab, settings: Settings) -> Iterator[str]:
    """Yield the content of each file that may name objects of the lab."""
    if not settings.work.exists():
        return
    for relative in workspace_files.files(settings.work, lab.id):
        if relative.suffix in ENDINGS and (settings.work / lab.id / relative).stat().st_size <= LARGEST:
            try:
                yield workspace_files.read(settings.work, lab.id, relative).decode("utf-8", "replace")
            except OSError:
                continue
