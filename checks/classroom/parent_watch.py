"""The end of a worker process with the process that has started it."""

import multiprocessing
import os
import threading


def watch() -> None:
    """End this process once the one that started it is gone, however that ended.

    The pool's own pipes do not tell: every worker holds both of their ends, and would wait for work forever.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait, args=(parent,), daemon=True).start()


def _wait(parent: "multiprocessing.process.BaseProcess") -> None:
    parent.join()
    os._exit(1)
