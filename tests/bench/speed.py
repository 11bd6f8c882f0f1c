"""How fast a check is, against a shell script that makes the same assertions with one docker or kubectl command each.

Run it with a lab solved on a real engine: `python tests/bench/speed.py 01`, or 05; for the cluster 11. Both sides run in
turn in the same minutes; the figures to look at are the ratios. The goals: cold at most 0.4 of the script, warm at most
0.05. (What a check has to try inside of containers, as in lab 05, costs both sides the same.)
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from checks import catalog, grade, session
from checks.model import Report
from checks.render import html, text
from sandboxes import settings
from sandboxes.jupyter import config

HERE = Path(__file__).parent
SLIPWAY = Path(sys.executable).with_name("slipway")
SCRIPTS = {"01-flask": "flask.sh", "05-compose": "compose.sh", "11-pods": "pods.sh"}
GOALS = {"cold": 0.4, "warm": 0.05}


def seconds(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def run(command: list[str], variables: dict[str, str]) -> None:
    """Run a command that must find everything in order: timing a failure would time something else."""
    done = subprocess.run(command, capture_output=True, text=True, env=variables)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} exited {done.returncode}; solve the lab first.\n{done.stdout}{done.stderr}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lab", nargs="?", default="01", help="01, 05 or 11")
    parser.add_argument("--runs", type=int, default=15)
    asked = parser.parse_args()
    runs, chosen, lab = asked.runs, settings.load(), catalog.find(asked.lab)
    if lab.id not in SCRIPTS:
        parser.error(f"there is no script for lab {lab.id}; there is one for {', '.join(SCRIPTS)}")
    engine, variables = session.connect(lab), config.environment(chosen, lab.id)

    def warm() -> Report:
        graded = grade.grade(lab, engine, chosen)
        grade.remember(graded, chosen)
        text.render(graded.report)
        html.fragment(graded.report)
        return graded.report

    sides: dict[str, Callable[[], object]] = {
        "script": lambda: run(["bash", str(HERE / SCRIPTS[lab.id])], variables),
        "cold": lambda: run([str(SLIPWAY), "check", lab.id], variables),
        "warm": warm,
    }
    for side in sides.values():
        side()
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(runs):
        for name, side in sides.items():
            times[name].append(seconds(side))
    print(f"{runs} runs in turn; seconds: least, median, most")
    for name, taken in times.items():
        print(f"{name:<8}{min(taken):8.3f}{statistics.median(taken):8.3f}{max(taken):8.3f}")
    for name, goal in GOALS.items():
        ratios = [mine / script for mine, script in zip(times[name], times["script"], strict=True)]
        print(f"{name} / script: {statistics.median(ratios):.3f} (goal: at most {goal})")


if __name__ == "__main__":
    main()
