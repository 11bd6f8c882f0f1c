"""Every lab on the cluster, executed as a learner would: untouched, solved and reset in one run, and solved another way.

The Docker labs are solved where there is no network, in test_labs_offline.py, which is more to ask of them; here only where
that cannot be: without root. Their second solutions may fetch what they like, and run here.
"""

import os
from collections.abc import Callable, Iterable

import pytest

from checks import catalog
from checks.dev import live
from checks.dev.lanes import offline_engine
from checks.dev.lanes.apart import runs_apart
from checks.dev.lanes.plugin import SHARED
from checks.dev.paths import places
from checks.lifecycle import provision
from checks.model import Lab
from sandboxes.settings import ROOT, Settings

PLACES = places(Settings())
CASES = [
    pytest.param(lab, state, id=f"{lab.id}-{state}")
    for lab in catalog.labs(ROOT / "labs")
    for state in ("solved", "second")
    if lab.sandbox == "kind" or (state == "second" and not lab.scope.swarm) or not offline_engine.possible()
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
        # One that runs apart is proven on another cluster, without the images and add-ons of the labs.
        if SHARED not in os.environ or runs_apart(lab):
            provision.get([lab])
    faults = list(getattr(live, state)(lab, PLACES))
    assert not faults, "\n".join(faults)
