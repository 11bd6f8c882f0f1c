"""The jobs of a test run, started as their lanes and needs allow, and followed to their end."""

import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from checks.dev.lanes.job import Job, Running, Test, Use
from sandboxes.host.signals import finishing

# How often the jobs are looked at, in seconds.
PAUSE = 0.2


class Schedule:
    """A run of jobs. `widths` says how many jobs of a lane run at once: one, where it says nothing.

    `at_once` bounds them over all lanes. Where a lane has to wait for that, the earlier job of the list goes first.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        widths: Mapping[str, int],
        folder: Path,
        environment: Mapping[str, str] | None = None,
        at_once: int = sys.maxsize,
    ) -> None:
        self.waiting = list(jobs)
        self.widths = widths
        self.at_once = at_once
        self.folder = folder
        self.environment = dict(environment or {})
        self.running: list[Running] = []
        self.ended: list[Running] = []
        self.cancelled: dict[str, str] = {}

    def run(self, ended: Callable[[Running, Iterable[Test]], None], tick: Callable[[], None]) -> None:
        """Run all jobs. Call `ended` with the tests of a job as they end, and `tick` between looks at the jobs.

        On Ctrl-C or an error, send Ctrl-C to every job, and raise the exception when all jobs have cleaned up.
        """
        try:
            while self.waiting or self.running:
                self._start()
                self._follow(ended)
                tick()
                time.sleep(PAUSE)
        except BaseException:
            with finishing():
                for running in self.running:
                    running.interrupt()
                while self.running:
                    self._follow(ended)
                    tick()
                    time.sleep(PAUSE)
            raise

    def _start(self) -> None:
        for job in list(self.waiting):
            if broken := [name for name in job.needs if self._failed(name)]:
                self.waiting.remove(job)
                self.cancelled[job.name] = broken[0]
            elif self._may_start(job):
                self.waiting.remove(job)
                self.running.append(Running(job, self.folder, self.environment))

    def _failed(self, name: str) -> bool:
        """Return whether a step has failed, or could not run."""
        return name in self.cancelled or any(run.job.name == name and run.job.step and not run.ended_well for run in self.ended)

    def _may_start(self, job: Job) -> bool:
        ended = {run.job.name for run in self.ended} | self.cancelled.keys()
        in_lane = sum(run.job.lane == job.lane for run in self.running)
        if len(self.running) >= self.at_once:
            return False
        uses = [run.job.use for run in self.running]
        free = {Use.NONE: True, Use.SHARED: Use.ALONE not in uses, Use.ALONE: not {Use.SHARED, Use.ALONE} & set(uses)}
        return {*job.needs, *job.after} <= ended and in_lane < self.widths.get(job.lane, 1) and free[job.use]

    def _follow(self, ended: Callable[[Running, Iterable[Test]], None]) -> None:
        for running in list(self.running):
            # Asked first: what is written before the end is then read.
            over = running.code is not None
            tests = running.follow()
            if over:
                self.running.remove(running)
                self.ended.append(running)
            if tests or over:
                ended(running, tests)
