"""The processes of a grading run: submissions in, assessments out, in the same order.

A process that ends in the middle of its work costs no other submission its grade: those that it had are given to a new
process one by one, and the one that ends that, too, is named.
"""

import gc
import hashlib
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice

from checks.classroom import parent_watch
from checks.classroom.assess import Assessment, Rulebook, assess
from checks.classroom.intake import Item, Reader, Unreadable

CHUNK = 16  # files that a process gets at a time
AHEAD = 8  # chunks for each process that may wait


@dataclass(frozen=True)
class Assessed:
    """A file with what came of it: None where its bytes have been graded before. `data` is kept where a learner sent it."""

    item: Item
    digest: str
    data: bytes
    assessment: Assessment | None


class Worker:
    """Reads and assesses files, in whatever process it is."""

    def __init__(self, rulebook: Rulebook, known: frozenset[str]) -> None:
        self._rulebook = rulebook
        self._known = known
        self._reader = Reader()

    def run(self, items: Iterable[Item]) -> list[Assessed]:
        """Return what came of each file, in their order. Never raises for a file."""
        return [self._one(item) for item in items]

    def _one(self, item: Item) -> Assessed:
        try:
            data = self._reader.read(item)
        except Unreadable as error:
            return Assessed(item, "", b"", Assessment(str(error)))
        digest = hashlib.sha256(data).hexdigest()
        if digest in self._known:
            return Assessed(item, digest, b"", None)
        assessment = assess(data, self._rulebook)
        return Assessed(item, digest, data if assessment.learner and not assessment.skipped else b"", assessment)


_worker: Worker | None = None


def _start(rulebook: Rulebook, known: frozenset[str]) -> None:
    global _worker
    parent_watch.watch()
    _worker = Worker(rulebook, known)
    # What a process has loaded stays. Looking through it for garbage again and again takes longer than a check.
    gc.freeze()
    gc.set_threshold(100_000, 10, 10)


def _run(items: list[Item]) -> list[Assessed]:
    assert _worker is not None
    return _worker.run(items)


def assess_all(items: Iterable[Item], rulebook: Rulebook, known: frozenset[str], jobs: int) -> Iterator[Assessed]:
    """Yield what came of each file, in their order. `known` are digests of files that are graded; `jobs` is at least 1.

    With one job, everything happens in this process.
    """
    if jobs == 1:
        worker = Worker(rulebook, known)
        for item in items:
            yield from worker.run([item])
        return
    source = iter(items)
    chunks = iter(lambda: list(islice(source, CHUNK)), [])
    waiting: deque[list[Item]] = deque()
    while True:
        with _pool(rulebook, known, jobs) as pool:
            running: deque[tuple[list[Item], Future]] = deque()
            try:
                while _fill(pool, running, waiting, chunks, jobs * AHEAD):
                    yield from running[0][1].result()
                    running.popleft()
                return
            except BrokenProcessPool:
                first, *rest = (chunk for chunk, _ in running)
        yield from _one_by_one(first, rulebook, known)
        waiting.extendleft(reversed(rest))


def _fill(
    pool: ProcessPoolExecutor,
    running: deque[tuple[list[Item], Future]],
    waiting: deque[list[Item]],
    chunks: Iterator[list[Item]],
    most: int,
) -> bool:
    """Give chunks to the pool until `most` are with it. Return whether any is."""
    while len(running) < most:
        chunk = waiting.popleft() if waiting else next(chunks, None)
        if chunk is None:
            break
        # Noted before it is given away: a pool that breaks meanwhile must lose no file.
        running.append((chunk, Future()))
        running[-1] = (chunk, pool.submit(_run, chunk))
    return bool(running)


def _one_by_one(items: list[Item], rulebook: Rulebook, known: frozenset[str]) -> Iterator[Assessed]:
    """Yield what came of files, given away singly: the one with which the process ends is the one that ended it."""
    remaining = deque(items)
    while remaining:
        with _pool(rulebook, known, 1) as pool:
            try:
                while remaining:
                    yield from pool.submit(_run, [remaining[0]]).result()
                    remaining.popleft()
            except BrokenProcessPool:
                yield Assessed(remaining.popleft(), "", b"", Assessment("Checking it ended the process that checked it."))


def _pool(rulebook: Rulebook, known: frozenset[str], jobs: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_start, initargs=(rulebook, known))
