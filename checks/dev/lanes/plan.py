"""The jobs of a test run: which tests run where, and beside which others."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from checks import catalog
from checks.dev.lanes import offline_engine
from checks.dev.lanes.job import Job, Use
from checks.dev.lanes.plugin import CLUSTER, SHARED
from checks.model import Lab
from sandboxes.settings import ROOT

QUICK = "not live and not browser"
UNITS = "units and contents"
LIVE, BROWSER = "tests/live", "tests/browser"
# Quick ones that speak with servers of their own, and mostly wait: for answers that come late, break off or never come.
EXCHANGES = tuple(
    f"tests/unit/test_{name}.py"
    for name in (
        "class_wide", "clients", "clients_named", "collect_kube", "fault_table", "hostile_server", "kind_lifecycle",
        "kubeconfig", "kubeconfig_commands", "live_events", "pod_exec", "probe_http", "probe_pod_logs", "removal",
    )
)  # fmt: skip
LABS, OFFLINE_LABS = f"{LIVE}/test_labs.py", f"{LIVE}/test_labs_offline.py"
# What fetches packages, beside the engine of this machine.
FETCHES = f"{LIVE}/test_images_carry.py::test_the_base_image_comes_from_packages_and_survives_ctrl_c"
# Neither an engine nor a cluster.
PAGES = tuple(f"{BROWSER}/test_{name}.py" for name in ("site", "render_html", "class_page"))
HOST = (f"{LIVE}/test_launcher.py", *PAGES)
PANEL = (f"{BROWSER}/test_panel.py", f"{BROWSER}/test_panel_sources.py")
# The engine of this machine, of which it takes note only of its own things.
MACHINE = (f"{LIVE}/test_machine.py", f"{LIVE}/test_images_contract_base.py", FETCHES)
# An engine on which nothing else happens.
DOCKER = tuple(
    f"{LIVE}/test_{name}.py"
    for name in (
        "bad_engine", "bad_input", "class_targets", "collect", "containerd_store", "harbour", "health_check_probe",
        "images_carry", "images_contract_postgres", "images_contract_servers", "images_get", "images_pull", "notebook",
        "prove", "scope", "swarm", "two_copies", "watch",
    )
)  # fmt: skip
# The cluster, beside labs on it: each in namespaces of its own.
BESIDE = {"a company's network": (f"{LIVE}/test_cluster_network.py",)}
PODS = (f"{LIVE}/test_kube_pods.py",)
# Proven first, since they take longest.
LONGEST = ("12", "20", "21", "17", "15", "23c")
# What a job of the lab's number runs beside its proofs: it works on the same lab.
WITH_LAB = {"23": (f"{BROWSER}/test_three_tier.py",)}
LEFTOVERS = f"{LIVE}/test_leftovers.py"
# On two cores, two labs beside two jobs of the Docker half still reach in time what their checks wait for. Labs on the
# cluster mostly wait: a third takes the place of a job of the Docker half when there is none left.
WIDTHS = {"cluster": 3, "docker": 2}
AT_ONCE = 4
# The quick tests alone: side by side. In a whole run they follow each other, beside what is being prepared.
QUICK_WIDTHS = {"quick": 2}
# On a machine without the images, they are compiled for ten minutes on all cores. Labs on the cluster wait for that, and leave
# the cores to the other tests afterwards: only the quick ones run beside it.
CLUSTER_STEP = "cluster and its images"
FIRST = (UNITS, "exchanges", "engine")
PREPARE = (sys.executable, "-m", "checks.dev.lanes.prepare")


def pytest(*arguments: str) -> tuple[str, ...]:
    """Return the command that runs pytest as part of a run of jobs."""
    return (sys.executable, "-m", "pytest", "-p", "checks.dev.lanes.plugin", "-p", "no:cacheprovider", *arguments)


def quick() -> list[Job]:
    """Return the jobs of the tests that need neither engine nor browser."""
    others = [f"--ignore={file}" for file in EXCHANGES]
    return [
        # A module of other tests that cannot be imported fails, and keeps none of these from running.
        Job(UNITS, pytest("tests", "-m", QUICK, "--continue-on-collection-errors", *others), "quick"),
        Job("exchanges", pytest(*EXCHANGES), "quick"),
    ]


def labs(chosen: Sequence[Lab]) -> list[Job]:
    """Return the jobs of the proofs of some labs, one after the other."""
    names = " or ".join(lab.id for lab in chosen)
    return [Job("labs", pytest(LABS, OFFLINE_LABS, "-k", f"test_lab and ({names})"), "labs")]


def whole(folder: Path) -> list[Job]:
    """Return the jobs of all tests: the cheapest first, then the Docker half and the Kubernetes half side by side.

    The engine and the cluster are prepared meanwhile: on a machine without them, that takes longest. `folder` is for
    what the processes share.
    """
    on_cluster = [*_lab_jobs(), *(_on_cluster(name, *files) for name, files in BESIDE.items())]
    together = tuple(job.name for job in on_cluster)
    # Not beside labs, whose proofs would take the sample lab's objects for something that they have left behind.
    after_labs = _on_cluster("Pods", *PODS, needs=together)
    left = Job("leftovers", pytest(LEFTOVERS), "cluster", ("Pods",), Use.ALONE)
    docker = _docker(folder)
    # It stops nodes and the API server, and sees them return in time: not beside builds that take both cores.
    rest = Job("cluster", pytest(*_rest()), "cluster", ("leftovers", *(job.name for job in docker)), Use.ALONE)
    return [
        *(replace(job, environment=_apart(folder / job.lane)) for job in quick()),
        Job("engine", (*PREPARE, "engine"), "engine", step=True),
        Job(CLUSTER_STEP, (*PREPARE, "cluster"), "preparing the cluster", ("engine",), Use.SHARED, step=True),
        Job("host", pytest(*HOST), "docker", FIRST, after=(CLUSTER_STEP,), environment=_apart(folder / "host")),
        Job("panel", pytest(*PANEL), "docker", FIRST, after=(CLUSTER_STEP,), environment=_apart(folder / "panel")),
        *docker,
        *on_cluster,
        after_labs,
        left,
        rest,
    ]


def close() -> Job:
    """Return the step that stops what the run has started."""
    return Job("closing", (*PREPARE, "close"), "closing", step=True)


def _apart(folder: Path) -> dict[str, str]:
    """Return variables for a job that must see nothing of the engine of this machine and of the cluster."""
    return {SHARED: str(folder), CLUSTER: str(folder / "cluster")}


def _docker(folder: Path) -> list[Job]:
    """Return the Docker half: beside offline engines, or, where those cannot run, alone on the engine of this machine."""
    names = " or ".join(lab.id for lab in catalog.labs(ROOT / "labs") if lab.sandbox == "docker")
    machinery = pytest(*DOCKER, "--deselect", FETCHES)
    machine = Job("machine", pytest(*MACHINE), "docker", FIRST, Use.SHARED, after=(CLUSTER_STEP,))
    if not offline_engine.possible():
        return [
            machine,
            Job("docker", machinery, "docker", FIRST, Use.ALONE),
            Job("docker labs", pytest(LABS, OFFLINE_LABS, "-k", names), "docker", FIRST, Use.ALONE),
        ]
    beside = (sys.executable, "-m", "checks.dev.lanes.offline_engine")
    own = {name: _apart(folder / name) for name in ("docker", "docker-labs")}
    return [
        # Their engines are filled before the first labs on the cluster, whose etcd waits for the same disk.
        Job("docker", (*beside, *machinery), "docker", ("engine",), after=(CLUSTER_STEP,), environment=own["docker"]),
        Job(
            "docker labs",
            (*beside, *pytest(OFFLINE_LABS)),
            "docker",
            ("engine",),
            after=(CLUSTER_STEP,),
            environment=own["docker-labs"],
        ),
        machine,
        # They may fetch what they like, which the engine without a network does not let them.
        Job("second solutions", pytest(LABS, "-k", f"second and ({names})"), "docker", (*FIRST, "machine"), Use.SHARED),
    ]


def _lab_jobs() -> list[Job]:
    on_cluster = [lab for lab in catalog.labs(ROOT / "labs") if lab.sandbox == "kind"]
    order = {number: place for place, number in enumerate(LONGEST)}
    on_cluster.sort(key=lambda lab: order.get(_number(lab), len(order)))
    return [
        Job(
            f"lab {lab.id}",
            pytest(LABS, *WITH_LAB.get(_number(lab), ()), "-k", f"{lab.id} or three_tier"),
            "cluster",
            (CLUSTER_STEP, *FIRST),
            Use.SHARED,
        )
        for lab in on_cluster
    ]


def _number(lab: Lab) -> str:
    return lab.id.partition("-")[0]


def _on_cluster(name: str, *files: str, needs: tuple[str, ...] = (CLUSTER_STEP, *FIRST)) -> Job:
    return Job(name, pytest(*files), "cluster", needs, Use.SHARED)


def _rest() -> list[str]:
    """Return the files that no other job runs: they may do anything to the engine and the cluster."""
    planned = {*HOST, *PANEL, *MACHINE, *DOCKER, *PODS, LABS, OFFLINE_LABS, LEFTOVERS}
    planned |= {file for files in (*BESIDE.values(), *WITH_LAB.values()) for file in files}
    paths = (path.relative_to(ROOT).as_posix() for folder in (LIVE, BROWSER) for path in (ROOT / folder).glob("test_*.py"))
    return sorted(set(paths) - planned)
