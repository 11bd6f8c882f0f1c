"""Thirty learners in one cluster, each with other work, graded in one run: every criterion against a table."""

import base64
import copy
import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from typing import Any

import pytest
from cluster_support import kubectl, until

from checks.classroom import folder as class_folder
from checks.classroom import grading, live_grading, shared_cluster
from checks.classroom.folder import ClassFolder
from checks.classroom.records import Grade
from checks.classroom.store import Store, open_store
from checks.clients import named_kubeconfig
from checks.clients.named_cluster import NamedCluster
from checks.version import __version__
from sandboxes.cluster import kubeconfig, paths
from sandboxes.cluster.manage import Cluster
from sandboxes.steps import Progress

CLASS, LAB = "table", "11-pods"
NGINX, BUSYBOX = "nginx:1.26", "busybox:1.35"
TOML = f"""id = "{CLASS}"
title = "Table"
course = "{__version__}"
zone = "UTC"
where = "shared cluster"
[labs]
{LAB} = {{}}
"""
SECRET = "hunter2-of-the-impostor"
HARBOUR_LOOP = ["sh", "-c", "while true; do date > /page/index.html; sleep 1; done"]
Pod = dict[str, Any]


def web(**of_container: Any) -> Pod:
    """The Pod web as the lab wants it, except for what is given of its container."""
    resources = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}}
    container = {"name": "nginx", "image": NGINX, "ports": [{"name": "http", "containerPort": 80}], "resources": resources}
    return pod("web", {**container, **of_container}, labels={"app": "harbour", "tier": "web"})


def pod(name: str, *containers: dict[str, Any], **metadata: Any) -> Pod:
    spec = {"terminationGracePeriodSeconds": 0, "containers": list(containers), "volumes": [{"name": "page", "emptyDir": {}}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, **metadata}, "spec": spec}


def harbour(volume: str = "page", **of_watch: Any) -> Pod:
    """The Pod harbour as the lab wants it, except for what is given of its second container."""
    server = {"name": "nginx", "image": NGINX, "volumeMounts": [{"name": "page", "mountPath": "/usr/share/nginx/html"}]}
    watch = {"name": "watch", "image": BUSYBOX, "command": HARBOUR_LOOP}
    item = pod("harbour", server, {**watch, "volumeMounts": [{"name": volume, "mountPath": "/page"}], **of_watch})
    item["spec"]["volumes"].append({"name": "other", "emptyDir": {}})
    return item


def changed(item: Pod, change: Callable[[Pod], object]) -> Pod:
    copied = copy.deepcopy(item)
    change(copied)
    return copied


def limits(requests: dict[str, str], most: str) -> dict[str, Any]:
    return {"resources": {"requests": requests, "limits": {"memory": most}}}


LONE_NGINX = {"name": "nginx", "image": NGINX}
WATCH = {"name": "watch", "image": BUSYBOX, "command": ["sleep", "3600"]}
# What learners have made of the Pod web, with the outcome of web-ready, web-labelled, web-resources, web-port, web-page and
# web-asked: P passed, N not yet, B blocked, ? could not check, since a list does not answer it.
WEB: dict[str, tuple[list[Pod], str]] = {
    "right": ([web()], "PPPP??"),
    "nothing": ([], "NBBBBB"),
    "64 CPUs": ([web(**limits({"cpu": "64", "memory": "64Mi"}, "128Mi"))], "NBBBBB"),
    "an image that does not exist": ([web(image="nginx:1.62")], "NBBBBB"),
    "another version": ([web(image="nginx:1.22")], "NBBBBB"),
    "another container name": ([web(name="server")], "NBBBBB"),
    "a command that fails": ([web(command=["false"])], "NBBBBB"),
    "a misspelt label": (
        [changed(web(), lambda item: item["metadata"].update(labels={"app": "harbour", "Tier": "web"}))],
        "PNPP??",
    ),
    "no labels": ([changed(web(), lambda item: item["metadata"].pop("labels"))], "PNPP??"),
    "more labels": ([changed(web(), lambda item: item["metadata"]["labels"].update(team="a"))], "PPPP??"),
    "limits only": ([web(resources={"limits": {"memory": "128Mi"}})], "PPNP??"),
    "no resources": ([web(resources={})], "PPNP??"),
    "other units": ([web(**limits({"cpu": "0.1", "memory": "65536Ki"}, "134217728"))], "PPPP??"),
    # Whether nginx listens there, a request must tell.
    "another port": ([web(ports=[{"name": "http", "containerPort": 8080}])], "PPP???"),
    "another name of the port": ([web(ports=[{"name": "web", "containerPort": 80}])], "PPPN??"),
    "no ports": ([web(ports=[])], "PPPN??"),
    "a sidecar": ([changed(web(), lambda item: item["spec"]["containers"].insert(0, WATCH))], "PPPP??"),
}
# The same for the Pod harbour: harbour-ready and harbour-page.
HARBOUR: dict[str, tuple[list[Pod], str]] = {
    "right": ([harbour()], "P?"),
    "nothing": ([], "NB"),
    "one container": ([pod("harbour", LONE_NGINX)], "NB"),
    "two Pods": ([pod("harbour", LONE_NGINX), pod("watch", WATCH)], "NB"),
    "a sidecar that ends": ([harbour(command=["true"])], "NB"),
    "two volumes": ([harbour(volume="other")], "P?"),
    "still nothing": ([], "NB"),
    "another image": ([harbour(image=NGINX, command=["sleep", "3600"])], "NB"),
}
CHECKS = (
    "web-ready", "web-labelled", "web-resources", "web-port", "web-page", "web-asked", "harbour-ready", "harbour-page",
    "herald-prepared",
)  # fmt: skip
# Nobody in this class has come to the last task, about the Pod herald.
HERALD = "N"
SYMBOLS = {"passed": "P", "not yet": "N", "blocked": "B", "could not check": "?"}


def noise(number: int) -> Pod:
    """A Pod of about a mebibyte that does not compress."""
    value = base64.b64encode(os.urandom(900_000)).decode()
    return pod(f"noise-{number}", {**LONE_NGINX, "env": [{"name": "NOISE", "value": value}]})


def impostor() -> Pod:
    """The right Pod web, which claims to be another learner's and quotes what a terminal, a page or a table would obey."""
    labels = {"slipway.dev/learner": "l-learner01", "slipway.dev/lab": LAB, "app": "harbour", "tier": "web"}
    spoken = {"note": f"{CLASS}-learner01-11-pods \x1b[2J</script><script>alert(1)</script> =cmd|'/c calc'!A1"}
    item = web(env=[{"name": "PASSWORD", "value": SECRET}])
    item["metadata"].update(labels=labels, annotations=spoken)
    return item


FORMULA = '=HYPERLINK("http://x.example/<b>","y")'
HOSTILE: dict[str, tuple[list[Pod], str]] = {
    "learner27": ([web(), *(noise(number) for number in range(7))], ""),
    "learner28": ([impostor()], "PPPP??NB" + HERALD),
    "learner29": ([web(image=FORMULA), pod("harbour", {**LONE_NGINX, "image": FORMULA})], "NBBBBBNB" + HERALD),
}


def table() -> dict[str, tuple[list[Pod], str]]:
    """The Pods of each learner, and the row that they must get; "" where the work cannot be graded."""
    pairs = zip(range(27), cycle(WEB.values()), cycle(HARBOUR.values()), strict=False)
    rows = {f"learner{number:02}": (web_pods + pods, row + more + HERALD) for number, (web_pods, row), (pods, more) in pairs}
    return rows | HOSTILE


@pytest.fixture(scope="module")
def graded(
    cluster: Cluster, need_images: Callable[[Iterable[str]], None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ClassFolder, Store, grading.Summary]]:
    """The class after its work was graded in one run; closed at the end."""
    from sandboxes.cluster import manage

    images = (NGINX, BUSYBOX, "nginx:1.22")
    need_images(images)
    manage.ensure(Progress(), images=images)
    folder = tmp_path_factory.mktemp("class") / CLASS
    class_folder.create(folder, id=CLASS, title="Table", zone="UTC", where="shared cluster")
    (folder / "class.toml").write_text(TOML, encoding="utf-8")
    (folder / "roster.csv").write_text("id,name\n" + "".join(f"{id},Learner\n" for id in table()), encoding="utf-8")
    classroom = class_folder.open_class(folder)
    admin = NamedCluster(named_kubeconfig.load(paths.kubeconfig(), kubeconfig.read(paths.kubeconfig()).context))
    store = open_store(folder)
    try:
        shared_cluster.open_(classroom, admin)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda row: work(classroom, row[0], row[1][0]), table().items()))
        until(lambda: settled(sum(len(pods) for pods, _ in table().values())), "the Pods of the class", 180)
        summary = grading.Summary()
        live_grading.run(classroom, store, grading.Request((), grading.now()), summary)
        yield classroom, store, summary
    finally:
        store.close()
        if (folder / "cluster" / "record.json").exists():
            shared_cluster.close(classroom, admin)
        admin.close()


def work(classroom: ClassFolder, learner: str, pods: list[Pod]) -> None:
    """Create Pods with the rights of a learner, in the learner's namespace."""
    access = named_kubeconfig.load(classroom.folder / "cluster/kubeconfigs" / f"{learner}.kubeconfig", LAB)
    client = NamedCluster(access)
    namespace = f"/api/v1/namespaces/{CLASS}-{learner}-{LAB}"
    try:
        # The controller creates it a moment after the namespace; Pods are refused until then.
        until(lambda: client.request("GET", f"{namespace}/serviceaccounts/default").status == 200, "the default account")
        for item in pods:
            answer = client.request("POST", f"{namespace}/pods", item, timeout=30)
            assert answer.status == 201, (learner, answer.message)
    finally:
        client.close()


def settled(number: int) -> bool:
    """Whether all Pods of the class have become what they will be."""
    items = json.loads(kubectl("get", "pods", "--all-namespaces", "--output=json"))["items"]
    own = [item for item in items if item["metadata"]["namespace"].startswith(f"{CLASS}-")]
    return len(own) == number and all(map(_has_settled, own))


def _has_settled(item: Pod) -> bool:
    status = item["status"]
    conditions = {condition["type"]: condition for condition in status.get("conditions", ())}
    if conditions.get("Ready", {}).get("status") == "True":
        return not any(entry["restartCount"] == 1 for entry in status["containerStatuses"])
    if conditions.get("PodScheduled", {}).get("reason") == "Unschedulable":
        return True
    containers = status.get("containerStatuses", ())
    stuck = {"ErrImagePull", "ImagePullBackOff", "InvalidImageName"}
    waiting = any((entry["state"].get("waiting") or {}).get("reason") in stuck for entry in containers)
    return waiting or any(entry["restartCount"] >= 2 for entry in containers)


def row_of(grade: Grade) -> str:
    outcomes = {criterion.check: criterion.outcome for criterion in grade.criteria}
    assert tuple(outcomes) == CHECKS
    return "".join(SYMBOLS[outcome.value] for outcome in outcomes.values())


def rows(store: Store) -> dict[str, str]:
    """The row of each learner's latest grade, "" where there is none."""
    return {grade.learner: row_of(grade) if grade.graded else "" for grade in store.grades()}


def test_every_criterion_of_thirty_learners_is_as_in_the_table(graded: tuple[ClassFolder, Store, grading.Summary]) -> None:
    _, store, summary = graded
    wanted = {learner: row for learner, (_, row) in table().items()}
    assert len(wanted) == 30 and len(set(wanted.values())) >= 10
    assert rows(store) == wanted, {
        (grade.learner, criterion.check): criterion.reason or criterion.findings
        for grade in store.grades()
        if grade.graded and row_of(grade) != wanted[grade.learner]
        for criterion in grade.criteria
    }
    assert (summary.graded, summary.paused, summary.notes) == (29, 0, [])
    (refused,) = summary.ungraded
    assert isinstance(refused, Grade) and refused.learner == "learner27" and "MiB" in refused.reason


def test_the_evidence_of_an_impostor_is_its_own_and_holds_no_password(graded: tuple[ClassFolder, Store, grading.Summary]) -> None:
    from checks.classroom.stored_evidence import EvidenceReader

    classroom, store, _ = graded
    (grade,) = store.grades("learner28")
    stored = EvidenceReader(classroom, store).read(grade)
    assert stored.envelope.learner == "learner28"
    text = stored.snapshot.dumps()
    assert SECRET not in text and set(stored.snapshot.objects["Pod"]) == {"web"}


def test_a_second_run_finds_the_same(graded: tuple[ClassFolder, Store, grading.Summary]) -> None:
    classroom, store, _ = graded
    before, summary = rows(store), grading.Summary()
    live_grading.run(classroom, store, grading.Request((), grading.now()), summary)
    # What counts, such as restarts, goes up meanwhile: then the finding is another one, and the grade is new.
    assert rows(store) == before and summary.known >= 20 and summary.known + summary.graded == 29
