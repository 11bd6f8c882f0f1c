"""Protection of parsers that recurse, as those of JSON, TOML and YAML do."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_finalizers() -> Iterator[None]:
    """Collect no garbage within the block, so that deep in a recursion no finalizers of other objects run.

    Up to Python 3.11, any allocation may start the collector. Near the limit of the recursion, a finalizer then fails with a
    RecursionError of its own, whatever it was to close or to remove.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # Where several threads parse, the one that has switched the collector off switches it on again.
        if collects:
            gc.enable()
