"""Every lab of the course, its parts: what `slipway dev check --static` proves."""

import pytest

from checks import catalog
from checks.dev import static
from checks.dev.paths import places
from checks.model import Lab
from sandboxes.settings import ROOT, Settings

LABS = catalog.labs(ROOT / "labs")
PLACES = places(Settings())


def test_the_course_has_labs() -> None:
    assert LABS


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_parts(lab: Lab) -> None:
    faults = [f"{proof.statement}: {fault}" for proof in static.parts(lab, PLACES) for fault in proof.faults]
    assert not faults, "\n".join(faults)


def test_prerequisites_come_before() -> None:
    late = [(lab.id, name) for lab in LABS for name in lab.prerequisites if name >= lab.id]
    assert not late, f"labs that need a later one: {late}"
