"""One place where a command or a notebook gets at what a lab runs on: an engine or our cluster, with the rules for both.

Only the side that a lab needs is loaded.
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
    """The Docker engine, or for a lab on a cluster ours. Raises SlipwayError, before anything is sent:

    for a remote engine that was not asked for, where there is no cluster yet, and for a kubeconfig that is not ours.
    """
    return _cluster() if lab is not None and lab.sandbox == "kind" else _engine()


def collector(lab: Lab) -> Callable[..., Snapshot]:
    """What collects the lab's scope into a snapshot."""
    return import_module(COLLECTORS[lab.sandbox]).collect


def _engine() -> Client:
    from checks.clients.base import Engine
    from sandboxes.engine import endpoint

    found = endpoint.find()
    endpoint.refuse_remote(found)
    return Engine(found)


def _cluster() -> Client:
    from checks.clients.cluster import Cluster
    from sandboxes.cluster import lab_kubeconfig

    folder = settings.load().cluster
    lab_kubeconfig.refuse_foreign(os.environ, folder)
    return Cluster(folder)
