"""What all tests share: folders apart from a learner's own, the order of the suites, the engine, the browser."""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from course import OWN_LABS, use_labs

from checks.dev.lanes.plugin import CLUSTER, SHARED
from checks.dev.lanes.run import cluster_folder

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
# All tests share one cluster, whatever their state folder. Whoever sets its variable keeps the cluster for the next run.
CLUSTER_KEPT = pytest.StashKey[bool]()
PROOFS = pytest.StashKey[list[pytest.TestReport]]()


def pytest_configure(config: pytest.Config) -> None:
    """Whatever a test forgets to move, it never touches the learner's own folders."""
    if shared := os.environ.get(SHARED):
        root = Path(shared)
    else:
        root = Path(tempfile.mkdtemp(prefix="slipway-tests-"))
        config.add_cleanup(lambda: shutil.rmtree(root, ignore_errors=True))
    for name in FOLDERS:
        os.environ[name] = str(root / name.lower())
    config.stash[CLUSTER_KEPT] = CLUSTER in os.environ
    os.environ.setdefault(CLUSTER, str(cluster_folder()))
    for name in ("SLIPWAY_LABS", "KUBECONFIG"):
        os.environ.pop(name, None)
    config.stash[PROOFS] = []
    # Tests press Ctrl-C, and so do the commands that they start: a shell has both ignore it in the background.
    signal.signal(signal.SIGINT, signal.default_int_handler)


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
        item.config.stash[PROOFS].append(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Each lab's result by name, and what has tried to leave while it ran without a network."""
    if config.stash[PROOFS]:
        terminalreporter.section("labs")
    for report in config.stash[PROOFS]:
        tries = dict(report.user_properties).get("tried", {})
        tried = ", ".join(f"{address} ({count})" for address, count in sorted(tries.items()))
        name = report.nodeid[report.nodeid.find("[") + 1 : -1]
        addresses = f"  tried to leave: {tried}" if tried else ""
        terminalreporter.write_line(f"{report.outcome:<7} {report.duration:6.1f} s  {name}{addresses}")


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
    from checks.dev.lanes import prepare
    from sandboxes.engine import daemon, ensure, find
    from sandboxes.errors import SlipwayError
    from sandboxes.host import packages
    from sandboxes.steps import Progress

    if SHARED in os.environ:
        yield find.connect()
        return
    if os.environ.get("CI"):
        packages.agree()
    if not shutil.which("curl"):
        packages.ensure_packages(["curl"], reason="ask the web servers of the labs")
    engine = ensure.ensure(Progress())
    try:
        prepare.refuse_taken_names()
    except SlipwayError as error:
        pytest.exit(f"{error.message} {error.fix}", returncode=1)
    yield engine
    daemon.stop(daemon.own(), Progress())


@pytest.fixture(scope="session")
def need_images(engine: "Engine") -> Callable[[Iterable[str]], None]:
    """A function that gets the images it is given, where they are missing."""
    from checks.dev.lanes import prepare

    state = os.environ["SLIPWAY_STATE"]

    def need(references: Iterable[str]) -> None:
        # In the folder of the session: what was found out about registries holds for all tests.
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SLIPWAY_STATE", state)
            prepare.get_images(references)

    return need


@pytest.fixture(scope="session")
def cluster(engine: "Engine", pytestconfig: pytest.Config) -> "Iterator[Cluster]":
    """The cluster of this test run, ready: made by the first test that needs it, and removed at the end."""
    from checks.dev.lanes import prepare
    from sandboxes import settings
    from sandboxes.cluster import manage
    from sandboxes.steps import Progress

    if SHARED in os.environ and (existing := manage.find()):
        # Ready, and perhaps in use by other tests: to look after it is left to those that have it for themselves.
        yield existing
        return
    prepare.get_images([settings.load().node_image])
    yield manage.ensure(Progress())
    if not pytestconfig.stash[CLUSTER_KEPT]:
        manage.delete(Progress())
        shutil.rmtree(os.environ[CLUSTER], ignore_errors=True)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium or Chrome. In CI on Debian it is installed; elsewhere its absence fails with the way out."""
    from sandboxes.host import packages

    if path := _browser():
        return path
    if os.environ.get("CI") and packages.available():
        packages.agree()
        packages.ensure_packages(["chromium"], reason="test in a real browser")
        if path := _browser():
            return path
    pytest.fail("No Chromium or Chrome is installed. On Debian: apt install chromium; elsewhere: playwright install chromium")


def _browser() -> str:
    from checks.dev.lanes.prepare import BROWSERS

    if installed := next(filter(None, map(shutil.which, BROWSERS)), None):
        return installed
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        path = driver.chromium.executable_path
    return path if Path(path).is_file() else ""
