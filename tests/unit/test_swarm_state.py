"""Which engines a lab may turn Swarm mode on: over what real engines said of themselves (GET /info, shortened)."""

import json
from pathlib import Path

import pytest

from checks import catalog
from checks.lifecycle import swarm
from sandboxes.engine.endpoint import Endpoint
from sandboxes.errors import SlipwayError
from sandboxes.settings import ROOT

ENGINES = json.loads((Path(__file__).parent / "data" / "swarm.json").read_text(encoding="utf-8"))
ROOTLESS = {**ENGINES["inactive"], "SecurityOptions": ["name=seccomp,profile=builtin", "name=rootless", "name=cgroupns"]}


@pytest.mark.parametrize("state", ["inactive", "manager"])
def test_refuse_accepts_an_engine_in_no_swarm_or_in_charge_of_one(state: str) -> None:
    swarm.refuse(ENGINES[state], Endpoint(), "04-networks")


@pytest.mark.parametrize(
    ("told", "where", "said"),
    [
        (ENGINES["worker"], Endpoint(), "a worker in a swarm that others manage"),
        (ENGINES["locked"], Endpoint(), "the swarm of this engine is locked. Swarm is encrypted"),
        (ENGINES["inactive"], Endpoint("tcp://engine.example:2376"), "another machine (tcp://engine.example:2376)"),
        (ENGINES["manager"], Endpoint("ssh://me@engine.example"), "another machine"),
        (ROOTLESS, Endpoint(), "no overlay networks"),
    ],
    ids=["worker", "locked", "remote", "remote manager", "rootless"],
)
def test_refuse_names_the_reason_and_the_way_out(told: dict, where: Endpoint, said: str) -> None:
    with pytest.raises(SlipwayError) as refused:
        swarm.refuse(told, where, "04-networks")
    assert said in refused.value.message and "Lab 04-networks turns on Swarm mode" in refused.value.message
    assert refused.value.fix


def test_scope_lets_only_one_lab_turn_swarm_mode_on() -> None:
    assert [lab.id for lab in catalog.labs(ROOT / "labs") if lab.scope.swarm] == ["04-networks"]
