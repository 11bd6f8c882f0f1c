"""What all tests share: folders apart from a learner's own, the order of the suites, the engine, the browser."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from course import OWN_LABS, use_labs

if TYPE_CHECKING:
    from sandboxes.cluster.manage import Cluster
    from sandboxes.engine.find import Engine

TESTS = Path(__file__).parent
SUITES = ("unit", "content", "snapshots", "live", "browser")
# The proofs of whole labs come after what they stand on.
LAB_PROOFS = ("test_labs_offline.py", "test_labs.py")
# Time for one live test, in seconds: the first one also gets the engine and the images.
LIVE_SECONDS = 1800
FOLDERS = ("SLIPWAY_WORK", "SLIPWAY_STATE")
# All tests share one cluster, whatever their state folder. Whoever sets this keeps the cluster for the next run.
CLUSTER = "SLIPWAY_CLUSTER"
CLUSTER_KEPT = pytest.StashKey[bool]()
LABS = pytest.StashKey[list[tuple[str, str, float]]]()


def pytest_configure(config: pytest.Config) -> None:
    """Whatever a test forgets to move, it never touches the learner's own folders."""
    root = Path(tempfile.mkdtemp(prefix="slipway-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(root, ignore_errors=True))
    for name in FOLDERS:
        os.environ[name] = str(root / name.lower())
    config.stash[CLUSTER_KEPT] = CLUSTER in os.environ
    # The same for every run of this checkout: what a run that was killed has left is used and then removed.
    checkout = hashlib.sha256(str(TESTS).encode()).hexdigest()[:8]
    os.environ.setdefault(CLUSTER, str(Path(tempfile.gettempdir()) / f"slipway-tests-cluster-{checkout}"))
    for name in ("SLIPWAY_LABS", "KUBECONFIG"):
        os.environ.pop(name, None)
    config.stash[LABS] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The cheapest first; the labs after what they stand on; every live test is marked as such."""
    for item in items:
        suite = _suite(item)
        if suite in ("live", "browser"):
            item.add_marker(suite)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(LIVE_SECONDS))
    items.sort(key=lambda item: (SUITES.index(_suite(item)), _lab_proof(item), str(item.path)))


def _suite(item: pytest.Item) -> str:
    first = item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""
    return first if first in SUITES else SUITES[0]


def _lab_proof(item: pytest.Item) -> int:
    """Which of the proofs of labs a test belongs to, from 1; 0 for none."""
    return LAB_PROOFS.index(item.path.name) + 1 if item.path.name in LAB_PROOFS else 0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Keep the result of every proof of a lab."""
    report = yield
    if _lab_proof(item) and item.name.startswith("test_lab[") and (report.when == "call" or report.failed):
        item.config.stash[LABS].append((item.name, report.outcome, report.duration))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Each lab's result by name."""
    if config.stash[LABS]:
        terminalreporter.section("labs")
    for name, outcome, seconds in config.stash[LABS]:
        terminalreporter.write_line(f"{outcome:<7} {seconds:6.1f} s  {name[name.find('[') + 1 : -1]}")


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace and a state folder of the test's own. Returns their parent."""
    for name in FOLDERS:
        monkeypatch.setenv(name, str(tmp_path / name.removeprefix("SLIPWAY_").lower()))
    return tmp_path


@pytest.fixture
def tiny_labs(folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The course is that of tests/data/labs: one tiny lab, 90-tiny. Returns its folder."""
    return use_labs(OWN_LABS, monkeypatch)


@pytest.fixture(scope="session")
def engine() -> "Iterator[Engine]":
    """A Docker engine that answers. In CI it is installed and started where there is none; a test never skips for it."""
    from sandboxes.engine import daemon, ensure
    from sandboxes.host import packages
    from sandboxes.steps import Progress

    if os.environ.get("CI"):
        packages.agree()
    if not shutil.which("curl"):
        packages.ensure_packages(["curl"], reason="ask the web servers of the labs")
    found = ensure.ensure(Progress())
    _refuse_taken_names()
    yield found
    daemon.stop(daemon.own(), Progress())


def _refuse_taken_names() -> None:
    """End the run where the labs could not begin: somebody's own lab, or a run that was killed, has their names."""
    from checks import catalog
    from checks.clients.base import Engine
    from checks.lifecycle import docker
    from sandboxes.engine import endpoint
    from sandboxes.errors import SlipwayError

    engine = Engine(endpoint.find())
    try:
        for lab in catalog.labs(TESTS.parent / "labs"):
            docker.refuse_taken(lab, engine)
    except SlipwayError as error:
        pytest.exit(f"The labs cannot be tested beside what is on this engine. {error.message} {error.fix}", returncode=1)
    finally:
        engine.close()


@pytest.fixture(scope="session")
def need_images(engine: "Engine") -> Callable[[Iterable[str]], None]:
    """A function that gets the images it is given, where they are missing."""
    from sandboxes import images

    state = os.environ["SLIPWAY_STATE"]

    def need(references: Iterable[str]) -> None:
        # In the folder of the session: what was found out about registries holds for all tests.
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SLIPWAY_STATE", state)
            wanted = list(references)
            images.ensure(images.missing(wanted))
            images.ensure(_outdated(wanted), again=True)

    return need


def _outdated(references: Iterable[str]) -> list[str]:
    """Images that were built by another recipe than the one here: what is tested is what the project says now."""
    from sandboxes import images
    from sandboxes.images.get import OUTDATED

    return [each.image.reference for each in images.status(references) if each.origin == OUTDATED]


@pytest.fixture(scope="session")
def cluster(engine: "Engine", pytestconfig: pytest.Config) -> "Iterator[Cluster]":
    """The cluster of this test run, ready: made by the first test that needs it, and removed at the end."""
    from sandboxes import images, settings
    from sandboxes.cluster import manage
    from sandboxes.steps import Progress

    images.ensure(_outdated([settings.load().node_image]), again=True)
    yield manage.ensure(Progress())
    if not pytestconfig.stash[CLUSTER_KEPT]:
        manage.delete(Progress())
        shutil.rmtree(os.environ[CLUSTER], ignore_errors=True)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium or Chrome. In CI on Debian it is installed; elsewhere its absence fails with the way out."""
    from sandboxes.host import packages

    if found := _browser():
        return found
    if os.environ.get("CI") and packages.available():
        packages.agree()
        packages.ensure_packages(["chromium"], reason="test in a real browser")
        if found := _browser():
            return found
    pytest.fail("No Chromium or Chrome is installed. On Debian: apt install chromium; elsewhere: playwright install chromium")


def _browser() -> str:
    named = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    if found := next(filter(None, map(shutil.which, named)), None):
        return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        path = driver.chromium.executable_path
    return path if Path(path).is_file() else ""
