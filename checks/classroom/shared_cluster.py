"""A shared cluster for a class: opened with what each learner needs, and closed again without a trace."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from checks import catalog
from checks.classroom import (
    class_lock,
    cluster_kubeconfigs,
    cluster_objects,
    cluster_record,
    cluster_state,
    cluster_writes,
)
from checks.classroom import shared_labs as sharing
from checks.classroom.cluster_kubeconfigs import Handout
from checks.classroom.cluster_objects import OUTSIDE, Key
from checks.classroom.cluster_record import Record
from checks.classroom.folder import ClassFolder
from checks.classroom.shared_target import KUBECONFIG as GRADER
from checks.clients import named_kubeconfig
from checks.clients.base import EngineError
from checks.clients.named_cluster import NamedCluster
from checks.model import Lab
from checks.snapshot import Json
from sandboxes.errors import Exit, SlipwayError
from sandboxes.host.atomic_write import write_whole

HANDOUTS, ROLE = "kubeconfigs", "grader-role.yaml"


@dataclass(frozen=True)
class Opened:
    """What an opening did. `expires` is when the first token expires (seconds since 1970); `unused` are recorded objects that
    the class does not use any more."""

    created: int
    changed: int
    unchanged: int
    kubeconfigs: int
    expires: float
    enforced: bool
    unused: tuple[str, ...]


@dataclass(frozen=True)
class Closed:
    """What a closing did: how many objects it deleted, and the names of those that others have created, which stay."""

    deleted: int
    foreign: tuple[str, ...]


def connect(classroom: ClassFolder, kubeconfig: Path | None, context: str) -> NamedCluster:
    """Return a client of the cluster that the command line or `class.toml` names. Nothing is sent yet.

    Raise SlipwayError where either does not name both: the current context of a kubeconfig never counts.
    """
    settings = classroom.about.cluster
    path = kubeconfig or (classroom.folder / settings.kubeconfig if settings.kubeconfig else None)
    context = context or settings.context
    if path is None or not context:
        raise SlipwayError(
            "The cluster must be named: by a kubeconfig and a context of it. The current context is not used.",
            "Give --kubeconfig and --context, or enter both under [cluster] in class.toml.",
            Exit.WRONG_USAGE,
        )
    return NamedCluster(named_kubeconfig.load(path.expanduser(), context))


def open_(classroom: ClassFolder, cluster: NamedCluster) -> Opened:
    """Give the cluster all that the class needs. What is there already, and as it should be, is not written again.

    Raise SlipwayError where another cluster answers than before, or a name is taken; nothing was changed then.
    """
    about = classroom.about
    if about.where != sharing.SHARED_CLUSTER:
        raise SlipwayError(
            f"According to class.toml, learners work on: {about.where}.",
            f'Enter where = "{sharing.SHARED_CLUSTER}" in class.toml.',
            Exit.WRONG_USAGE,
        )
    labs = _labs(classroom)
    with class_lock.hold(classroom.folder):
        record = _identified(classroom, cluster)
        _require_apis(cluster, labs)
        network = cluster_state.network(cluster, about)
        wanted = cluster_objects.wanted(about, classroom.learners, labs, network, record.mark)
        live = cluster_state.objects(cluster, cluster_objects.accounts(about))
        difference = cluster_state.compare(wanted, live, record)
        known = {str(key): cluster_state.uid(live[key]) if key in live else "" for key in wanted}
        recorded = record.with_objects(known)
        cluster_record.write(classroom.folder, recorded)
        pending = difference.missing | difference.changed
        _apply(classroom, cluster, recorded, {key: wanted[key] for key in wanted if key in pending}, live)
        written, expires = _hand_out(classroom, cluster, labs)
        _write_role(classroom, wanted)
        unused = tuple(sorted(record.objects.keys() - known.keys()))
        counts = (len(difference.missing), len(difference.changed), len(wanted) - len(pending))
        return Opened(*counts, written, expires, network.enforced, unused)


def close(
    classroom: ClassFolder, cluster: NamedCluster, *, unused: bool = False, progress: Callable[[int], None] = lambda left: None
) -> Closed:
    """Delete what the class has in the cluster, and nothing else; with `unused`, only what it does not use any more.

    Raise SlipwayError where nothing is open, another cluster answers, or a namespace does not go away in time.
    """
    with class_lock.hold(classroom.folder):
        record = require(classroom)
        cluster.uid = record.uid
        cluster.verify()
        names = set(record.objects)
        if unused:
            network = cluster_state.network(cluster, classroom.about)
            names -= {
                str(key) for key in cluster_objects.wanted(classroom.about, classroom.learners, _labs(classroom), network, "")
            }
        live = cluster_state.objects(cluster, cluster_objects.accounts(classroom.about))
        there = {key: item for key, item in live.items() if str(key) in names}
        own = {key: item for key, item in there.items() if cluster_state.is_own(key, item, record)}
        foreign = tuple(sorted(str(key) for key in there.keys() - own.keys()))
        own = {key: item for key, item in own.items() if not (key.namespace and Key("Namespace", "", key.namespace) in own)}
        # First what gives rights, so that no one starts anything in what is being deleted.
        for kinds in (OUTSIDE, None):
            cluster_writes.delete(
                cluster, {key: item for key, item in own.items() if (key.kind in OUTSIDE) == (kinds is OUTSIDE)}
            )
        _wait(cluster, own, progress)
        _forget(classroom, record, names)
        return Closed(len(own), foreign)


def require(classroom: ClassFolder) -> Record:
    """Return the record of an opened class. Raise SlipwayError where nothing was opened."""
    record = cluster_record.read(classroom.folder)
    if record is None:
        raise SlipwayError("The class has nothing in a shared cluster.", "`slipway class open` prepares one.", Exit.WRONG_USAGE)
    return record


def _labs(classroom: ClassFolder) -> list[Lab]:
    return sharing.usable(lab for lab in catalog.labs() if classroom.about.lab(lab.id))


def _identified(classroom: ClassFolder, cluster: NamedCluster) -> Record:
    """Return the record of the class, which is of this cluster and no other. The first opening records its identity."""
    record = cluster_record.read(classroom.folder)
    if record is None:
        record = cluster_record.new(cluster.access.server, cluster.access.context, cluster.identity())
    cluster.uid = record.uid
    cluster.verify()
    return replace(record, server=cluster.access.server, context=cluster.access.context)


def _require_apis(cluster: NamedCluster, labs: list[Lab]) -> None:
    for path, addon in sharing.needed_apis(labs).items():
        if cluster.get(path) is None:
            names = ", ".join(lab.id for lab in labs if addon in lab.addons)
            raise SlipwayError(
                f"The cluster does not serve {path}, which {names} needs. Nothing was changed.",
                f"Install {addon} in the cluster, or remove the lab from class.toml.",
            )


def _apply(classroom: ClassFolder, cluster: NamedCluster, record: Record, items: dict[Key, Json], live: dict[Key, Json]) -> None:
    """Apply objects, and record the uid of each that was created, whatever becomes of the others."""
    uids: dict[str, str] = {}
    try:
        cluster_writes.apply(cluster, items, live, lambda key, uid: uids.update({str(key): uid}))
    finally:
        if uids:
            cluster_record.write(classroom.folder, record.with_objects(uids))


def _hand_out(classroom: ClassFolder, cluster: NamedCluster, labs: list[Lab]) -> tuple[int, float]:
    """Write the kubeconfigs that are missing, or about to expire. Return how many, and when the first of all expires."""
    accounts, days = cluster_objects.accounts(classroom.about), classroom.about.cluster.token_days
    live = cluster_state.objects(cluster, accounts, ["ServiceAccount"])
    uids = {key.name: cluster_state.uid(item) for key, item in live.items()}
    handouts = _handouts(classroom, labs)
    stale = [item for item in handouts if not cluster_kubeconfigs.is_current(item, cluster, uids[item.account], days)]
    for job in [cluster.pool.submit(cluster_kubeconfigs.write, item, cluster, accounts, days) for item in stale]:
        job.result()
    return len(stale), min(map(cluster_kubeconfigs.expires, handouts))


def _handouts(classroom: ClassFolder, labs: list[Lab]) -> list[Handout]:
    own = cluster_record.private(classroom.folder)
    (own / HANDOUTS).mkdir(mode=0o700, exist_ok=True)
    learners = [
        Handout(
            own / HANDOUTS / f"{learner.id}{cluster_kubeconfigs.SUFFIX}",
            cluster_objects.account_of(learner.id),
            cluster_objects.namespaces(classroom.about, learner.id, labs),
        )
        for learner in classroom.learners
    ]
    return [*learners, Handout(own / GRADER, cluster_objects.GRADER, {cluster_objects.GRADER: ""})]


def _write_role(classroom: ClassFolder, wanted: dict[Key, Json]) -> None:
    """Write what the grader may do into a file, for the administrator of the cluster to read."""
    (role,) = (item for key, item in wanted.items() if key.kind == "ClusterRole")
    path = cluster_record.private(classroom.folder) / ROLE
    write_whole(path, yaml.safe_dump(role, sort_keys=False), 0o600)


def _wait(cluster: NamedCluster, own: dict[Key, Json], progress: Callable[[int], None]) -> None:
    """Wait until the namespaces are gone. Raise EngineError for those that stay."""
    uids = {cluster_state.uid(item): key for key, item in own.items() if key.kind == "Namespace"}

    def look() -> set[str]:
        return {cluster_state.uid(item) for item in cluster.items("/api/v1/namespaces")}

    if left := cluster_writes.wait_until_gone(look, set(uids), progress):
        names = ", ".join(sorted(str(uids[uid]) for uid in left)[:5])
        raise EngineError(f"{len(left)} namespaces are still being deleted, such as {names}; run the command again later")


def _forget(classroom: ClassFolder, record: Record, names: set[str]) -> None:
    """Remove objects from the record; after the last one, the files about the cluster."""
    own = classroom.folder / cluster_record.FOLDER
    if left := {name: uid for name, uid in record.objects.items() if name not in names}:
        cluster_record.write(classroom.folder, replace(record, objects=left))
        accounts = {name.rpartition("/")[2] for name in left if name.startswith("ServiceAccount ")}
        known = {learner.id for learner in classroom.learners if cluster_objects.account_of(learner.id) in accounts}
        stale = [path for path in (own / HANDOUTS).glob(f"*{cluster_kubeconfigs.SUFFIX}") if _learner(path) not in known]
    else:
        stale = [*(own / HANDOUTS).glob(f"*{cluster_kubeconfigs.SUFFIX}"), own / GRADER, own / ROLE, own / cluster_record.FILE]
    for path in stale:
        path.unlink(missing_ok=True)


def _learner(path: Path) -> str:
    return path.name.removesuffix(cluster_kubeconfigs.SUFFIX)
