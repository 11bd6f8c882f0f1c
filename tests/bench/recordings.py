"""How fast recordings are read, against whole snapshots in plain JSON.

`python tests/bench/recordings.py` reads all recordings of all labs, both ways in turn. The goal: differences are read as fast as
the same snapshots in whole files.
"""

import argparse
import json
import tempfile
from pathlib import Path

from timing import compare, seconds, show

from checks import catalog
from checks.dev import replay
from checks.dev.paths import places
from checks.snapshot import Snapshot
from sandboxes import settings

GOAL = 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    where = places(settings.load())
    recordings = [recording for lab in catalog.labs() for recording in replay.recordings(lab, where)]
    with tempfile.TemporaryDirectory(prefix="slipway-bench-") as folder:
        whole = [Path(folder) / f"{number}.json" for number in range(len(recordings))]
        for path, recording in zip(whole, recordings, strict=True):
            path.write_text(replay.load(recording.path, recording.lab).dumps(), encoding="utf-8")
        times: dict[str, list[float]] = {"whole": [], "stored": []}
        for _ in range(runs):
            times["whole"].append(seconds(lambda: [_plain(path) for path in whole]))
            times["stored"].append(seconds(lambda: [replay.load(recording.path, recording.lab) for recording in recordings]))
    print(f"{len(recordings)} recordings")
    show(times)
    compare(times, "stored", "whole", GOAL)


def _plain(path: Path) -> Snapshot:
    return Snapshot.from_json(json.loads(path.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
