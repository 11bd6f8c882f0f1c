"""The paths of the parts of a lab that a learner never sees: its checks, its recordings, the scripts behind them."""

from dataclasses import dataclass
from pathlib import Path

from checks.model import Lab
from sandboxes.settings import ROOT, Settings


@dataclass(frozen=True)
class Places:
    """`modules` is the folder of the check modules, `snapshots` that of all recordings."""

    labs: Path
    modules: Path
    snapshots: Path

    def module(self, lab_id: str) -> Path:
        """Return the lab's check module."""
        return self.modules / f"lab_{lab_id.replace('-', '_')}.py"

    def recordings(self, lab_id: str) -> Path:
        """Return the folder of the lab's recordings."""
        return self.snapshots / lab_id

    def recording(self, lab: Lab, name: str) -> Path:
        """Return the file of one recorded state."""
        return self.recordings(lab.id) / f"{name}.json"

    def second(self, lab: Lab) -> Path:
        """Return the script of the second right solution."""
        return self.recordings(lab.id) / "second.sh"

    def misses(self, lab_id: str) -> Path:
        """Return the file that declares the lab's near misses."""
        return self.recordings(lab_id) / "misses.toml"

    def miss(self, lab: Lab, name: str) -> Path:
        """Return the script that creates a near miss."""
        return self.recordings(lab.id) / "misses" / f"{name}.sh"


def places(settings: Settings) -> Places:
    """Return the course's own places, or those beside the labs of SLIPWAY_LABS."""
    if settings.labs == ROOT / "labs":
        return Places(settings.labs, ROOT / "checks" / "labs", ROOT / "tests" / "snapshots")
    return Places(settings.labs, settings.labs / "checks", settings.labs / "snapshots")
