"""The worker processes of a class: none outlives the run that has started it."""

import subprocess
import sys
import time

import psutil

from sandboxes.settings import ROOT

CODE = """
import multiprocessing, os, time
from concurrent.futures import ProcessPoolExecutor
from checks.classroom import parent_watch
context = multiprocessing.get_context("spawn")
pool = ProcessPoolExecutor(1, mp_context=context, initializer=parent_watch.watch)
print(pool.submit(os.getpid).result(), flush=True)
time.sleep(600)
"""
SECONDS = 60


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_worker_ends_with_a_run_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", CODE], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        worker = int(run.stdout.readline())
        assert is_running(worker)
        run.kill()
    deadline = time.monotonic() + SECONDS
    while is_running(worker):
        assert time.monotonic() < deadline, "the worker outlives its run"
        time.sleep(0.05)
