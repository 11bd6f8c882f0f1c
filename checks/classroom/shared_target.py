"""The target of the learners of a class that shares a cluster, where the roster names none."""

from checks.classroom import cluster_record, shared_names
from checks.classroom.folder import ClassFolder
from checks.classroom.roster import Learner
from checks.classroom.shared_labs import SHARED_CLUSTER

KUBECONFIG = "grader.kubeconfig"
CONTEXT = "grader"


def of_class(classroom: ClassFolder) -> str:
    """Return the target of every learner: their namespaces, looked at with the rights of the grader."""
    where, prefix = f"{cluster_record.FOLDER}/{KUBECONFIG}", shared_names.prefix_of(classroom.about.id)
    return f"kubeconfig:{where}?context={CONTEXT}&prefix={prefix}"


def of_learner(classroom: ClassFolder, learner: Learner) -> str:
    """Return the target of a learner: that of the roster, or the class's own where its shared cluster is open; else ""."""
    if learner.target or classroom.about.where != SHARED_CLUSTER:
        return learner.target
    is_open = (classroom.folder / cluster_record.FOLDER / KUBECONFIG).is_file()
    return of_class(classroom) if is_open else ""
