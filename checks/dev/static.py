"""The proofs of a lab that do not need an engine."""

from collections.abc import Callable, Iterator
from pathlib import Path

from checks import curricula, notebook_file, registry
from checks.dev import literals, replay, rules, syntax
from checks.dev.paths import Places
from checks.dev.proof import Proof, prove
from checks.lifecycle.workspace import starter_files
from checks.model import Lab
from checks.probes.run import ON_CLUSTER, ON_DOCKER, PROBERS
from sandboxes import images
from sandboxes.cluster.addons import ADDONS

Faults = Iterator[str]


def proofs(lab: Lab, places: Places) -> Iterator[Proof]:
    """Prove the parts of a lab, and grade its recordings again."""
    yield from parts(lab, places)
    yield prove(lab.id, "the recorded states are graded as expected", lambda: recorded(lab, places))


def parts(lab: Lab, places: Places) -> Iterator[Proof]:
    """Prove the parts of a lab, one by one."""
    statements: dict[str, Callable[[], Faults]] = {
        "lab.toml is complete, and its images are in the catalogue": lambda: description(lab),
        "the checks are declared correctly, with two or three hints each": lambda: declared(lab),
        "the notebook follows the rules": lambda: notebook(lab),
        "every literal that a check expects appears in a task": lambda: named_in_tasks(lab, places),
        "starter, solution and scripts can be parsed": lambda: files(lab, places),
        "every check has a near miss, and the lab has a second solution": lambda: replay.coverage(lab, places),
    }
    for statement, faults in statements.items():
        yield prove(lab.id, statement, faults)


def description(lab: Lab) -> Faults:
    """Yield the faults that `catalog.read` does not find: missing texts and unknown names."""
    for name in ("title", "summary", "objectives"):
        if not getattr(lab, name):
            yield f"lab.toml has no {name}"
    if not 1 <= lab.minutes <= 120:
        yield f"lab.toml plans {lab.minutes} minutes; a lab takes 1 to 120"
    for image in lab.images:
        if image not in images.catalogue():
            yield f"the image {image} is not in the catalogue"
    for name in lab.addons:
        if name not in ADDONS:
            yield f"unknown add-on {name}; known add-ons: {', '.join(ADDONS)}"
    for name in lab.prerequisites:
        if not (lab.folder.parent / name / "lab.toml").is_file():
            yield f"the prerequisite {name} is not a lab"


def declared(lab: Lab) -> Faults:
    """Yield the faults of the declarations: invalid checks, unknown probes, names of checks that do not exist."""
    ids = {check.id for check in registry.load(lab)}
    for id in lab.passes_untouched:
        if id not in ids:
            yield f"passes_untouched names the check “{id}”, which does not exist"
    known = [kind for kind in PROBERS if kind not in (ON_CLUSTER if lab.sandbox == "docker" else ON_DOCKER)]
    for probe in lab.probes:
        if probe.kind not in known:
            yield f"the probe “{probe.id}” has the unknown kind “{probe.kind}”; known kinds: {', '.join(known)}"
        for id in set(probe.checks) - ids:
            yield f"the probe “{probe.id}” names the check “{id}”, which does not exist"
    for objective in lab.objectives:
        for id in set(objective.checks) - ids:
            yield f"the objective “{objective.text}” names the check “{id}”, which does not exist"
        for code in set(objective.competencies) - curricula.codes():
            yield f"the objective “{objective.text}” names the competency “{code}”, which curricula.toml does not have"


def notebook(lab: Lab) -> Faults:
    """Yield the faults of the notebook."""
    ids = tuple(check.id for check in registry.load(lab))
    yield from rules.faults(lab, notebook_file.read(lab.folder / "lab.ipynb"), ids)


def named_in_tasks(lab: Lab, places: Places) -> Faults:
    """Yield a fault for each literal that a check expects and no task names."""
    yield from literals.faults(lab, places.module(lab.id), notebook_file.read(lab.folder / "lab.ipynb"))


def files(lab: Lab, places: Places) -> Faults:
    """Yield a fault for each file that cannot be parsed, and each solution file that is not declared."""
    for path in all_files(lab, places):
        yield from (f"{path.parent.name}/{fault}" for fault in syntax.faults(path))
    starters = {path.relative_to(lab.folder) for path in starter_files(lab)}
    named = {name for task in notebook_file.tasks(notebook_file.read(lab.folder / "lab.ipynb")) for name in task.files}
    for path in notebook_file.solution_files(lab):
        if path not in starters and path.as_posix() not in named:
            yield f"solution/{path} replaces no starter file, and no task declares it as new (slipway.files)"
    for name in sorted(named - {path.as_posix() for path in starters | set(notebook_file.solution_files(lab))}):
        yield f"a task names the file {name}, which neither the starter nor the solution has"


def all_files(lab: Lab, places: Places) -> list[Path]:
    """Return the files of a lab and its recordings."""
    folders = (lab.folder, places.recordings(lab.id))
    paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path for path in paths if not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)]


def recorded(lab: Lab, places: Places) -> Faults:
    """Yield a fault for each recording that is not graded as expected."""
    for recording in replay.recordings(lab, places):
        yield from (f"{recording.name}: {fault}" for fault in replay.faults(recording))
