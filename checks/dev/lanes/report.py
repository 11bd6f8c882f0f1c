"""The output of a test run: progress while it runs, and one summary for all of its jobs."""

import time
from collections import Counter
from collections.abc import Iterable

from checks.dev.lanes.job import Running, Test
from checks.dev.lanes.schedule import Schedule

# The longest silence, in seconds.
SILENCE = 8.0
SLOWEST = 10
# How much of a failure the summary repeats: its first lines, and so many characters of each.
REASON = 12
LINE = 300
# pytest's words, in the order in which it counts them.
OUTCOMES = ("failed", "passed", "skipped", "xfailed", "xpassed", "error")
BAD = ("failed", "error")
PROOF = "test_lab["


class Report:
    """The output of one run; `tests` are those that have ended."""

    def __init__(self, schedule: Schedule, whole: bool = False) -> None:
        """Prepare an empty report. `whole` says that every test of the project is to run."""
        self.schedule = schedule
        self.whole = whole
        self.started = self.last_output = time.monotonic()
        self.tests: list[Test] = []

    def ended(self, running: Running, tests: Iterable[Test]) -> None:
        """Take in the tests of a job that have ended, and say at once what failed and which job is over."""
        for test in tests:
            self.tests.append(test)
            if test.outcome in BAD:
                self._say(f"{test.outcome.upper()} {test.id}\n{_indented(test.text)}")
        if running.code is not None:
            how = "done" if running.ended_well else f"ended with exit code {running.code}"
            self._say(f"{running.job.name}: {how} after {running.seconds:.0f} s{_counts_of(running)}")
            if not running.ended_well:
                print(_indented("\n".join(running.last_lines())), flush=True)

    def tick(self) -> None:
        """Say what is running and how much is left, when nothing was said for a while."""
        if time.monotonic() - self.last_output < SILENCE:
            return
        schedule = self.schedule
        left = len(schedule.waiting) + len(schedule.running)
        total = max((len(run.collected) + len(run.left_out) for run in [*schedule.ended, *schedule.running]), default=0)
        of = f" of {max(total, len(self.tests))}" if total else ""
        doing = " | ".join(running.doing() for running in schedule.running) or "waiting"
        self._say(f"{len(self.tests)}{of} tests, {left} jobs left | {doing}")

    def _say(self, text: str) -> None:
        self.last_output = time.monotonic()
        print(f"[{self.last_output - self.started:5.0f} s] {text}", flush=True)

    def summary(self, interrupted: bool = False) -> bool:
        """Print the summary. Returns whether all tests have run, and well."""
        lost = [] if interrupted else list(self._lost())
        self.tests += lost
        self._skipped()
        self._labs()
        self._offline()
        self._slowest()
        for test in lost:
            print(f"ERROR {test.id}: {test.text}")
        bad = [test for test in self.tests if test.outcome in BAD]
        if bad:
            print("\nfailed:")
            for test in bad:
                print(f"  {test.outcome:<6} {test.id}\n{_indented(_reason(test.text))}")
        counts = Counter(test.outcome for test in self.tests)
        words = [f"{counts[outcome]} {_plural(outcome, counts[outcome])}" for outcome in OUTCOMES if counts[outcome]]
        failed = sum(counts[outcome] for outcome in BAD)
        print(f"\n{counts['passed']} passed, {failed} failed, {counts['skipped']} skipped")
        print(f"{', '.join(words) or 'no tests ran'} in {time.monotonic() - self.started:.0f} s", flush=True)
        return not bad

    def _lost(self) -> Iterable[Test]:
        """Return what was to run and did not, each with its reason."""
        schedule = self.schedule
        for name, step in schedule.cancelled.items():
            yield Test(name, "error", text=f"not run, since “{step}” failed")
        for run in schedule.ended:
            if not run.ended_well:
                yield Test(run.job.name, "error", text=f"ended with exit code {run.code}")
            ended = {test.id for test in run.tests.values() if test.outcome}
            for id in run.collected:
                if id not in ended:
                    yield Test(id, "error", text=f"not run: {run.job.name} ended before")
        if self.whole and not schedule.cancelled:
            planned = {id for run in schedule.ended for id in run.collected}
            for id in sorted({id for run in schedule.ended for id in run.left_out} - planned):
                yield Test(id, "error", text="not run: no job has it")

    def _skipped(self) -> None:
        skipped = Counter(test.text for test in self.tests if test.outcome == "skipped")
        if skipped:
            print("\nskipped:")
        for reason, count in skipped.items():
            print(f"  {count}  {reason}")

    def _labs(self) -> None:
        proofs = sorted((_lab(test), test) for test in self.tests if PROOF in test.id)
        if proofs:
            print("\nlabs:")
        for lab, test in proofs:
            print(f"  {test.outcome:<7} {test.seconds:6.1f} s  {lab}")

    def _offline(self) -> None:
        tried = [(_lab(test), test.properties["tried"]) for test in self.tests if "tried" in test.properties]
        if tried:
            print("\nlabs without a network, what tried to leave:")
        for lab, tries in sorted(tried, key=lambda pair: pair[0]):
            addresses = ", ".join(f"{address} ({count})" for address, count in sorted(tries.items())) or "nothing"
            print(f"  {lab:<32} {addresses}")

    def _slowest(self) -> None:
        slowest = sorted(self.tests, key=lambda test: -test.seconds)[:SLOWEST]
        if slowest:
            print("\nslowest tests:")
        for test in slowest:
            print(f"  {test.seconds:6.1f} s  {test.id}")


def _reason(text: str) -> str:
    """Return the lines in which pytest says what went wrong, without the code around them; the last lines where it has none."""
    lines = text.splitlines()
    said = [line for line in lines if line.startswith("E ")]
    return "\n".join(line[:LINE] for line in (said or lines[-REASON:])[:REASON])


def _lab(test: Test) -> str:
    return test.id[test.id.index(PROOF) + len(PROOF) : -1]


def _plural(outcome: str, count: int) -> str:
    return "errors" if outcome == "error" and count != 1 else outcome


def _counts_of(running: Running) -> str:
    counts = Counter(test.outcome for test in running.tests.values() if test.outcome)
    return "".join(f", {counts[outcome]} {outcome}" for outcome in OUTCOMES if counts[outcome])


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
