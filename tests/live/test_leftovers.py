"""What the proofs of all labs together have left on the cluster: nothing."""

import json
import os
from pathlib import Path

import pytest

from checks import backend, catalog
from checks.clients.cluster import Cluster as Connection
from checks.dev import resource_diff, resource_diff_kind
from checks.dev.lanes.plugin import SHARED
from checks.dev.lanes.prepare import BEFORE
from sandboxes.cluster.manage import Cluster
from sandboxes.settings import ROOT

NOTED = Path(os.environ.get(SHARED, "")) / BEFORE


@pytest.mark.skipif(not NOTED.is_file(), reason="only a run of all tests notes what is on the cluster before the labs")
def test_labs_side_by_side_leave_nothing_on_the_cluster(cluster: Cluster) -> None:
    connection = backend.connect(next(lab for lab in catalog.labs(ROOT / "labs") if lab.sandbox == "kind"))
    assert isinstance(connection, Connection)
    after = resource_diff_kind.look(connection)
    connection.close()
    assert not list(resource_diff.differences(frozenset(json.loads(NOTED.read_text())), after))
