"""Images that a learner builds for a lab on the cluster: refused where the name is taken, removed from engine and nodes."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sample_kind_lab import SampleKindLab, docker

from checks import ownership, progress
from checks.lifecycle import workspace
from checks.model import Lab, Probe
from checks.probes import node_images
from sandboxes.cluster import load, nodes
from sandboxes.engine.find import Engine
from sandboxes.errors import SlipwayError
from sandboxes.images.client import connect
from sandboxes.steps import Progress

OURS, THEIRS = "slipway-tiny-built:1", "somebody-elses-built:1"
CTR = ["ctr", "--namespace=k8s.io", "images"]


@pytest.fixture
def builds(stopped_kube: SampleKindLab) -> Iterator[SampleKindLab]:
    """The sample lab, not started, with an image in its scope."""
    lab = stopped_kube.lab
    stopped_kube.lab = replace(lab, scope=replace(lab.scope, images=("slipway-tiny-built",)))
    # These names are the tests' own: a run that was killed may have left them.
    clean(lab)
    yield stopped_kube
    workspace.reset(stopped_kube.lab, stopped_kube.cluster, stopped_kube.settings)
    clean(lab)


def clean(lab: Lab) -> None:
    with connect() as (_, engine):
        load.drop(engine.endpoint, lambda name: name in (OURS, THEIRS))
    for name in (OURS, THEIRS):
        docker("image", "rm", "--force", name)
    docker("volume", "rm", "--force", f"{ownership.PREFIX}{lab.id}")


def build(word: str) -> None:
    container = docker("create", "busybox:1.35", "true")
    docker("commit", f"--change=LABEL word={word}", container, OURS)
    docker("rm", container)


def in_node(engine: Engine) -> list[str]:
    return nodes.run(engine.endpoint, nodes.expected()[1], [*CTR, "list"]).split()


def test_reset_removes_images_of_the_lab_and_keeps_foreign_tags(builds: SampleKindLab, engine: Engine) -> None:
    before = in_node(engine)
    builds.start()
    build("one")
    build("two")
    docker("tag", OURS, THEIRS)
    with connect() as (client, target):
        load.load(client, target, [OURS, THEIRS], Progress())
    removed, left = builds.reset()
    assert not left and {f"image {OURS}", f"image {OURS} in 3 nodes"} <= set(removed)
    assert docker("image", "ls", "--quiet", OURS) == "" and docker("image", "ls", "--quiet", THEIRS) != ""
    assert load.full(OURS) not in in_node(engine) and load.full(THEIRS) in in_node(engine)
    load.drop(engine.endpoint, lambda name: name == THEIRS)
    assert in_node(engine) == before


def test_a_probe_tells_what_was_built_from_what_the_nodes_have(builds: SampleKindLab) -> None:
    def words() -> set[str]:
        seen = node_images.look(Probe("x", "built_images", {"images": [OURS]}))
        assert bool(seen["engine"][OURS]) is (docker("image", "ls", "--quiet", OURS) != "")
        assert list(seen["nodes"]) == nodes.expected()
        return {node[OURS] for node in seen["nodes"].values()}

    builds.start()
    assert words() == {"none"}
    build("one")
    assert words() == {"none"}
    with connect() as (client, target):
        load.load(client, target, [OURS], Progress())
    assert words() == {"same"}
    build("two")
    assert words() == {"other"}


def test_a_name_that_is_taken_is_refused_and_the_image_stays(builds: SampleKindLab) -> None:
    build("mine")
    with pytest.raises(SlipwayError, match="slipway-tiny-built:1"):
        builds.start()
    builds.reset()
    assert docker("image", "ls", "--quiet", OURS) != ""


def test_on_another_engine_nothing_is_removed(builds: SampleKindLab) -> None:
    builds.start()
    build("one")
    with progress.changing(builds.settings, builds.lab.id) as kept:
        kept.builder = "another"
    builds.reset()
    assert docker("image", "ls", "--quiet", OURS) != ""
