"""What the tests of the contents share: the count of recordings, which are not test functions."""

from collections import Counter
from collections.abc import Callable

import pytest

REPLAYED = pytest.StashKey[Counter[str]]()


@pytest.fixture
def replayed(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """A function to be called with the lab's id for each recording that was replayed."""
    counter = pytestconfig.stash.setdefault(REPLAYED, Counter())
    return lambda lab_id: counter.update([lab_id])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how many recordings were replayed: they are data, and one test function replays them all."""
    if counter := config.stash.get(REPLAYED, None):
        terminalreporter.write_line(f"{counter.total()} recordings of {len(counter)} labs replayed")
