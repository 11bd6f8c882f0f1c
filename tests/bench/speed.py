"""The time of a check, against a shell script that makes the same assertions with one docker or kubectl command each.

Run it with a lab solved on a real engine: `python tests/bench/speed.py 01`, or 05; for the cluster 11. Both sides run in
turn in the same minutes, so the ratios are what to look at. The goals: a cold check takes at most 0.6 of the script's time
on Docker and 0.4 on the cluster, a warm one (in a notebook) at most 0.05. What a check has to try inside containers, as in
lab 05, takes both sides as long. `python -X importtime -m checks.cli check 01` shows what a cold check loads. Run it without
PYTHONDONTWRITEBYTECODE: with it, Python compiles every changed module again on each cold start.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from timing import compare, run, seconds, show

from checks import backend, catalog, grade
from checks.model import Report
from checks.render import html, text
from sandboxes import settings
from sandboxes.jupyter import config

HERE = Path(__file__).parent
SLIPWAY = Path(sys.executable).with_name("slipway")
SCRIPTS = {"01-flask": "flask.sh", "05-compose": "compose.sh", "11-pods": "pods.sh"}
SOLVE = "Solve the lab first, as its solution does."
COLD = {"docker": 0.6, "kind": 0.4}
WARM = 0.05


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lab", nargs="?", default="01", help="01, 05 or 11")
    parser.add_argument("--runs", type=int, default=15)
    arguments = parser.parse_args()
    runs, chosen, lab = arguments.runs, settings.load(), catalog.find(arguments.lab)
    if lab.id not in SCRIPTS:
        parser.error(f"there is no script for lab {lab.id}; there is one for {', '.join(SCRIPTS)}")
    engine, variables = backend.connect(lab), config.environment(chosen, lab.id)

    def warm() -> Report:
        graded = grade.grade(lab, engine, chosen)
        grade.remember(graded, chosen)
        text.render(graded.report)
        html.fragment(graded.report)
        return graded.report

    sides: dict[str, Callable[[], object]] = {
        "script": lambda: run(["bash", str(HERE / SCRIPTS[lab.id])], variables, SOLVE),
        "cold": lambda: run([str(SLIPWAY), "check", lab.id], variables, SOLVE),
        "warm": warm,
    }
    for side in sides.values():
        side()
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(runs):
        for name, side in sides.items():
            times[name].append(seconds(side))
    show(times)
    compare(times, "cold", "script", COLD[lab.sandbox])
    compare(times, "warm", "script", WARM)


if __name__ == "__main__":
    main()
