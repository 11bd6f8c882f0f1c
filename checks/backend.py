"""The connection to what a lab runs on: a Docker engine, or the cluster of the course.

Only the modules that the lab needs are loaded.
"""

import os
from collections.abc import Callable
from importlib import import_module

from checks.clients.base import Client
from checks.model import Lab
from checks.snapshot import Snapshot
from sandboxes import settings

COLLECTORS = {"docker": "checks.collect.docker", "kind": "checks.collect.kubernetes"}


def connect(lab: Lab | None = None) -> Client:
    """Connect to the Docker engine or, for a Kubernetes lab, to the cluster of the course.

    Raise SlipwayError before any request is sent: for a remote engine that the user did not allow, where the cluster does
    not exist, and for a KUBECONFIG that leads elsewhere.
    """
    return _cluster() if lab is not None and lab.sandbox == "kind" else _engine()


def collector(lab: Lab) -> Callable[..., Snapshot]:
    """Return the function that collects the scope of the lab into a snapshot."""
    return import_module(COLLECTORS[lab.sandbox]).collect


def _engine() -> Client:
    from checks.clients.base import Engine
    from sandboxes.engine import endpoint

    chosen = endpoint.find()
    endpoint.refuse_remote(chosen)
    return Engine(chosen)


def _cluster() -> Client:
    from checks.clients.cluster import Cluster
    from sandboxes.cluster import lab_kubeconfig, paths

    paths.settle()
    folder = settings.load().cluster
    lab_kubeconfig.refuse_foreign(os.environ, folder)
    return Cluster(folder)
