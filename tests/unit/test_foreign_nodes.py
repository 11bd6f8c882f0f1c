"""A container that bears our cluster's label and is none of its nodes."""

from datetime import UTC, datetime

import pytest

from sandboxes.cluster import nodes
from sandboxes.cluster.nodes import Node
from sandboxes.errors import SlipwayError


def test_a_foreign_container_with_the_clusters_label_is_named_and_refused() -> None:
    own = [Node(name, True, datetime.now(UTC)) for name in nodes.expected()]
    nodes.refuse_foreign(own)
    with pytest.raises(SlipwayError, match="mine") as refused:
        nodes.refuse_foreign([*own, Node("mine", True, datetime.now(UTC))])
    assert "docker rm -f mine" in refused.value.fix
