"""The jobs of a test run: which tests run where, and beside which others."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from checks import catalog
from checks.dev.lanes import offline_engine, second_cluster
from checks.dev.lanes.apart import runs_apart
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
        "kubeconfig", "kubeconfig_commands", "live_broken", "live_events",
        "live_server_extension", "live_terminal", "live_watching", "pod_exec", "probe_http", "probe_pod_logs", "removal",
    )
)  # fmt: skip
LABS, OFFLINE_LABS = f"{LIVE}/test_labs.py", f"{LIVE}/test_labs_offline.py"
# What fetches packages, beside the engine of this machine.
FETCHES = f"{LIVE}/test_images_carry.py::test_the_base_image_comes_from_packages_and_survives_ctrl_c"
# Neither an engine nor a cluster.
PAGES = tuple(f"{BROWSER}/test_{name}.py" for name in ("site", "render_html", "class_page"))
HOST = (f"{LIVE}/test_launcher.py", *PAGES)
PANEL = tuple(f"{BROWSER}/test_{name}.py" for name in ("panel", "desk", "panel_sources"))
# The engine of this machine, of which it takes note only of its own things.
MACHINE = (f"{LIVE}/test_machine.py", f"{LIVE}/test_images_contract_base.py", FETCHES)
# An engine on which nothing else happens.
DOCKER = tuple(
    f"{LIVE}/test_{name}.py"
    for name in (
        "bad_engine", "bad_input", "class_postgres", "class_targets", "collect", "containerd_store", "harbour",
        "health_check_probe", "images_carry", "images_contract_postgres", "images_contract_registry", "images_contract_servers",
        "images_get", "images_pull", "notebook", "prove", "scope", "submit_live", "swarm", "two_copies", "watch",
    )
)  # fmt: skip
# A cluster that it creates and removes itself.
NETWORK = (f"{LIVE}/test_cluster_network.py",)
# A cluster without labs: they stop its nodes and its API server, or have objects that a lab's proof would take for its own.
# (The Pods of thirty learners, in test_class_thirty, start alone at the end: beside them, labs miss their deadlines.)
TROUBLE = tuple(
    f"{LIVE}/test_{name}.py"
    for name in (
        "class_cluster", "cluster_images", "cluster_make", "cluster_repair", "kube_images", "kube_pods", "kube_scope",
        "kube_trouble",
    )
)  # fmt: skip
# Each lab is proven in these states, one test for each.
STATES = ("solved", "second")
# Proven first, since they take longest.
LONGEST = ("23", "21", "23c", "17", "25", "12", "20", "17b", "16", "15", "19", "24")
# They build images on the engine of this machine: not beside proofs of Docker labs there, which compare its images.
BUILDING = ("23", "23c")
# What a job of the lab's number runs beside its proofs: it works on the same lab.
WITH_LAB = {"23": (f"{BROWSER}/test_three_tier.py",)}
LEFTOVERS = f"{LIVE}/test_leftovers.py"
# On two cores, three jobs reach in time what their checks wait for: a lab on the cluster, the Docker half, and the job on the
# second cluster, which mostly waits: for nodes that return, for timeouts, for what is terminating. With four, a rollout or a
# page was sometimes late. Labs on the cluster mostly wait, too: a second takes the place of another job when there is none
# left.
WIDTHS = {"quick": 2, "cluster": 3, "docker": 2}
AT_ONCE = 3
# On a machine without the images, they are compiled for ten minutes on all cores. Labs on the cluster wait for that, and leave
# the cores to the other tests afterwards: only the quick ones run beside it.
CLUSTER_STEP = "cluster and its images"
SECOND = "second cluster"
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
    """Return the jobs of all tests: the Docker half, a second cluster and the labs on the first, side by side.

    The engine and the cluster are prepared meanwhile: on a machine without them, that takes longest. `folder` is for
    what the processes share.
    """
    docker, trouble, on_cluster = _docker(folder), _trouble(), _lab_jobs()
    on_engine = tuple(job.name for job in (*docker, *trouble) if job.use is not Use.NONE)
    return [
        *(replace(job, environment=_apart(folder / job.lane)) for job in quick()),
        Job("engine", (*PREPARE, "engine"), "engine", step=True),
        Job(CLUSTER_STEP, (*PREPARE, "cluster"), "preparing the cluster", ("engine",), Use.SHARED, step=True),
        *docker,
        Job("host", pytest(*HOST), "docker", FIRST, after=(CLUSTER_STEP,), environment=_apart(folder / "host")),
        Job("panel", pytest(*PANEL), "docker", FIRST, after=(CLUSTER_STEP,), environment=_apart(folder / "panel")),
        *trouble,
        *on_cluster,
        Job("leftovers", pytest(LEFTOVERS), "cluster", tuple(job.name for job in on_cluster), Use.SHARED),
        # It may do anything to the engine and the cluster.
        Job("rest", pytest(*_rest(trouble)), "cluster", ("leftovers", *on_engine), Use.ALONE),
    ]


def close() -> Job:
    """Return the step that stops what the run has started."""
    return Job("closing", (*PREPARE, "close"), "closing", step=True)


def _apart(folder: Path) -> dict[str, str]:
    """Return variables for a job that must see nothing of the engine of this machine and of the cluster."""
    return {SHARED: str(folder), CLUSTER: str(folder / "cluster")}


def _docker(folder: Path) -> list[Job]:
    """Return the Docker half: beside offline engines, or, where those cannot run, alone on the engine of this machine."""
    machinery = pytest(*DOCKER, "--deselect", FETCHES)
    machine = Job("machine", pytest(*MACHINE), "docker", FIRST, Use.SHARED, after=(CLUSTER_STEP,))
    if not offline_engine.possible():
        return [
            machine,
            Job("docker", machinery, "docker", FIRST, Use.ALONE),
            Job("docker labs", pytest(LABS, OFFLINE_LABS, "-k", _docker_labs()), "docker", FIRST, Use.ALONE),
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
    ]


def _docker_labs() -> str:
    return " or ".join(lab.id for lab in catalog.labs(ROOT / "labs") if lab.sandbox == "docker")


def _trouble() -> list[Job]:
    """Return the jobs that create clusters or compare all that is on the engine of this machine, one after the other."""
    beside = (sys.executable, "-m", "checks.dev.lanes.second_cluster")
    jobs = [Job("a company's network", pytest(*NETWORK), SECOND, (CLUSTER_STEP, *FIRST), Use.SHARED)]
    if second_cluster.possible():
        jobs.append(Job(SECOND, (*beside, *pytest(*_proofs_apart(), *TROUBLE)), SECOND, (CLUSTER_STEP, *FIRST), Use.SHARED))
    if offline_engine.possible():
        # They may fetch what they like, which an engine without a network does not let them.
        proofs = pytest(LABS, "-k", f"second and ({_docker_labs()})")
        building = ("machine", *(job.name for job in jobs), *(f"lab {lab.id}" for lab in _labs() if _number(lab) in BUILDING))
        jobs.append(Job("second solutions", proofs, SECOND, FIRST, Use.SHARED, after=building))
    return jobs


def _labs() -> list[Lab]:
    """Return the labs on the cluster, those that take longest first, and last those that run apart."""
    order = {number: place for place, number in enumerate(LONGEST)}
    on_cluster = [lab for lab in catalog.labs(ROOT / "labs") if lab.sandbox == "kind"]
    return sorted(on_cluster, key=lambda lab: (runs_apart(lab), order.get(_number(lab), len(order))))


def _proofs_apart() -> list[str]:
    """Return the proofs of labs that would disturb labs beside them, so they run on the second cluster."""
    return [f"{LABS}::test_lab[{lab.id}-{state}]" for lab in _labs() if runs_apart(lab) for state in STATES]


def _lab_jobs() -> list[Job]:
    """Return a job for each lab. One that runs apart has the cluster for itself, where there cannot be a second one."""
    second = second_cluster.possible()
    return [
        Job(
            f"lab {lab.id}",
            pytest(LABS, *WITH_LAB.get(_number(lab), ()), "-k", f"{lab.id} or three_tier"),
            "cluster",
            (CLUSTER_STEP, *FIRST),
            Use.ALONE if runs_apart(lab) else Use.SHARED,
        )
        for lab in _labs()
        if not (second and runs_apart(lab))
    ]


def _number(lab: Lab) -> str:
    return lab.id.partition("-")[0]


def _rest(trouble: Sequence[Job]) -> list[str]:
    """Return the files that no other job runs."""
    planned = {*HOST, *PANEL, *MACHINE, *DOCKER, *NETWORK, LABS, OFFLINE_LABS, LEFTOVERS}
    planned |= {file for files in WITH_LAB.values() for file in files}
    planned |= {file for job in trouble for file in TROUBLE if file in job.command}
    paths = (path.relative_to(ROOT).as_posix() for folder in (LIVE, BROWSER) for path in (ROOT / folder).glob("test_*.py"))
    return sorted(set(paths) - planned)
