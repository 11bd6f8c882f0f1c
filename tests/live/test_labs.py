"""Every lab, executed on the real engine as a learner would: untouched, solved and reset, and solved another way.

The Docker labs are solved where there is no network, in test_labs_offline.py, which is more to ask of them; here only where
that cannot be: without root.
"""

from collections.abc import Callable, Iterable

import pytest
from offline_engine import POSSIBLE

from checks import catalog
from checks.dev import live
from checks.dev.paths import places
from checks.lifecycle import provision
from checks.model import Lab
from sandboxes.settings import ROOT, Settings

PLACES = places(Settings())
CASES = [
    pytest.param(lab, state, id=f"{lab.id}-{state}")
    for lab in catalog.labs(ROOT / "labs")
    for state in ("untouched", "solved", "second")
    if not (POSSIBLE and state == "solved" and lab.sandbox == "docker")
]


@pytest.mark.parametrize(("lab", "state"), CASES)
def test_lab(
    lab: Lab,
    state: str,
    folders: object,
    need_images: Callable[[Iterable[str]], None],
    request: pytest.FixtureRequest,
) -> None:
    need_images(lab.images)
    if lab.sandbox == "kind":
        request.getfixturevalue("cluster")
        provision.get([lab])
    proof = {"untouched": live.untouched, "solved": live.solved, "second": live.second}[state]
    faults = list(proof(lab, PLACES))
    assert not faults, "\n".join(faults)
