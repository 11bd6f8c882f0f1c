"""The timing that the benchmarks share: both sides run in turn in the same minutes, so that only their ratios count."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping


def seconds(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def run(command: list[str], variables: Mapping[str, str], advice: str = "") -> None:
    """Run a command that must succeed: timing a failure would time something else. `advice` is what to do about one."""
    completed = subprocess.run(command, capture_output=True, text=True, env=variables)
    if completed.returncode != 0:
        sys.exit(f"{' '.join(command)} exited {completed.returncode}. {advice}\n{completed.stdout}{completed.stderr}")


def show(times: Mapping[str, list[float]]) -> None:
    """Print each side's times."""
    print("seconds: least, median, most, of so many runs in turn")
    for name, taken in times.items():
        print(f"{name:<8}{min(taken):8.3f}{statistics.median(taken):8.3f}{max(taken):8.3f}{len(taken):6}")


def compare(times: Mapping[str, list[float]], side: str, plain: str, goal: float) -> None:
    """Print the ratio of a side to the plain way, run by run, beside its goal."""
    ratios = [mine / theirs for mine, theirs in zip(times[side], times[plain], strict=True)]
    print(f"{side} / {plain}: {statistics.median(ratios):.3f} (goal: at most {goal})")
