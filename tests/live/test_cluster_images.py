"""Images are loaded into the nodes side by side, only where they are missing, and again after a rebuild."""

from collections.abc import Callable, Iterable, Iterator

import pytest
from typer.testing import CliRunner

from checks.cli.cluster import app
from sandboxes.cluster import load, nodes
from sandboxes.cluster.manage import Cluster
from sandboxes.engine.find import Engine
from sandboxes.errors import SlipwayError
from sandboxes.images.client import connect
from sandboxes.steps import Progress

MINE = "slipway.local/test-of-loading:1"
CTR = ["ctr", "--namespace=k8s.io"]


@pytest.fixture
def mine(cluster: Cluster, need_images: Callable[[Iterable[str]], None]) -> Iterator[Callable[[str], None]]:
    """A function that builds the image again, with other content."""
    need_images(["busybox:1.35"])

    def build(word: str) -> None:
        with connect() as (client, _):
            container = client.create_container("busybox:1.35", command=["true"], labels={"word": word})["Id"]
            name, _, tag = MINE.rpartition(":")
            client.commit(container, name, tag, changes=f"LABEL word={word}")
            client.remove_container(container)

    yield build
    with connect() as (client, engine):
        client.remove_image(MINE, force=True)
        for node in nodes.expected():
            nodes.run(engine.endpoint, node, [*CTR, "images", "rm", MINE])


def loaded(references: Iterable[str]) -> dict[str, list[str]]:
    with connect() as (client, engine):
        return load.load(client, engine, references, Progress())


def test_load_loads_an_image_only_where_it_is_missing(mine: Callable[[str], None], engine: Engine) -> None:
    mine("one")
    assert loaded([MINE]) == {MINE: nodes.expected()}
    assert loaded([MINE]) == {}
    nodes.run(engine.endpoint, nodes.expected()[1], [*CTR, "images", "rm", MINE])
    assert loaded([MINE]) == {MINE: [nodes.expected()[1]]}


def test_load_loads_an_image_again_after_it_was_rebuilt(mine: Callable[[str], None]) -> None:
    mine("one")
    loaded([MINE])
    mine("two")
    assert loaded([MINE]) == {MINE: nodes.expected()}
    assert loaded([MINE]) == {}


def test_an_image_that_the_engine_lacks_is_named(cluster: Cluster) -> None:
    with pytest.raises(SlipwayError, match="slipway.local/absent:1 is not on the engine"):
        loaded(["slipway.local/absent:1"])


def test_the_command_says_what_it_has_put_where(mine: Callable[[str], None], engine: Engine) -> None:
    mine("one")
    first, again = (CliRunner().invoke(app, ["load", MINE]) for _ in range(2))
    assert (first.exit_code, first.stdout) == (0, f"{MINE} was loaded into 3 nodes.\n")
    assert (again.exit_code, again.stdout) == (0, f"All nodes already have {MINE}.\n")
    assert MINE in nodes.run(engine.endpoint, nodes.expected()[2], [*CTR, "images", "ls", "--quiet"])


def test_the_command_names_the_image_that_was_meant(mine: Callable[[str], None]) -> None:
    mine("one")
    with pytest.raises(SlipwayError) as absent:
        CliRunner().invoke(app, ["load", MINE.replace("test-of", "tests-of")], catch_exceptions=False)
    assert f"Did you mean {MINE}?" in absent.value.fix
