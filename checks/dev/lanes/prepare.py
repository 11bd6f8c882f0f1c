"""The steps of a test run that prepare and close what its jobs share: packages, engine, images, cluster.

`python -m checks.dev.lanes.prepare engine|cluster|close` runs one of them.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from checks import backend, catalog
from checks.clients.base import Engine
from checks.clients.cluster import Cluster
from checks.dev import resource_diff_kind
from checks.dev.lanes import offline_engine
from checks.dev.lanes.apart import runs_apart
from checks.dev.lanes.parent import run
from checks.dev.lanes.plugin import SHARED
from checks.lifecycle import docker, provision
from sandboxes import images, settings
from sandboxes.cluster import addons, manage
from sandboxes.engine import daemon, endpoint, ensure
from sandboxes.errors import SlipwayError
from sandboxes.host import packages
from sandboxes.images.get import OUTDATED
from sandboxes.settings import ROOT
from sandboxes.steps import Progress

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# What the tests use beside the product's own needs: Debian packages, each with the programs of which one is enough.
PROGRAMS = {"curl": ("curl",), "iproute2": ("ip",), "chromium": BROWSERS, "docker-registry": ("docker-registry",)}
# The objects of the cluster before the labs, each as `resource_diff_kind.look` gives it.
BEFORE = "cluster-before.json"


def engine() -> None:
    """Make the engine of this machine ready, with the images of the Docker half; in CI, install what is missing."""
    if os.environ.get("CI") and packages.available():
        packages.agree()
        if lacking := [package for package, names in PROGRAMS.items() if not any(map(shutil.which, names))]:
            packages.ensure_packages(lacking, reason="run the tests")
    ensure.ensure(Progress())
    refuse_taken_names()
    get_images(offline_engine.wanted())


def cluster() -> None:
    """Make the cluster ready, with the add-ons and images of the labs that run there, and note what is on it before them."""
    labs = [lab for lab in catalog.labs(ROOT / "labs") if lab.sandbox == "kind"]
    get_images(["golang:1.24", "debian:trixie-slim", settings.load().node_image])
    get_images(dict.fromkeys(image for lab in labs for image in lab.images))
    # Also those for the second cluster: to compile them later would take the cores from the labs.
    get_images(dict.fromkeys(image for lab in labs for name in lab.addons for image in addons.find(name).images))
    provision.get([lab for lab in labs if not runs_apart(lab)])
    connection = backend.connect(labs[0])
    assert isinstance(connection, Cluster)
    seen = sorted(resource_diff_kind.look(connection))
    connection.close()
    (Path(os.environ[SHARED]) / BEFORE).write_text(json.dumps(seen), encoding="utf-8")


def close() -> None:
    """Remove the cluster, and stop the engine where this run has started it."""
    manage.delete(Progress())
    shutil.rmtree(settings.load().cluster, ignore_errors=True)
    daemon.stop(daemon.own(), Progress())


def get_images(references: Iterable[str]) -> None:
    """Get images that are missing or were built from an older recipe, so that the current recipes are tested."""
    wanted = list(references)
    images.ensure(images.missing(wanted))
    images.ensure([entry.image.reference for entry in images.status(wanted) if entry.origin == OUTDATED], again=True)


def refuse_taken_names() -> None:
    """Raise SlipwayError if the labs cannot start: a learner's lab, or a test run that was killed, uses their names."""
    connection = Engine(endpoint.find())
    try:
        for lab in catalog.labs(ROOT / "labs"):
            # Docker labs are proven beside an offline engine, where there can be one: there, no name is taken.
            if lab.sandbox == "kind" or not offline_engine.possible():
                docker.refuse_taken(lab, connection)
    except SlipwayError as error:
        problem = f"The labs cannot be tested beside what is on this engine. {error.message}"
        raise SlipwayError(problem, error.fix) from error
    finally:
        connection.close()


STEPS = {"engine": engine, "cluster": cluster, "close": close}

if __name__ == "__main__":
    run(lambda: STEPS[sys.argv[1]]() or 0)
