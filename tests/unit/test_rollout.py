"""A rollout as it is seen and watched: every state has its word, and watching ends for each reason that there is."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from checks import rollout_watch
from checks.model import Lab, Scope
from checks.render import html
from checks.render.rollout import Moment, View, build, describe
from checks.snapshot import Json, Snapshot
from sandboxes import settings
from sandboxes.errors import SlipwayError

TAKEN = "2026-01-01T10:01:00Z"
REVISION = "deployment.kubernetes.io/revision"


def about(name: str, owner: str = "", revision: int = 0, **more: Any) -> Json:
    kinds = {"web": "Deployment"}
    references = [{"kind": kinds.get(owner, "ReplicaSet"), "name": owner, "uid": f"uid-{owner}", "controller": True}]
    found: Json = {
        "name": name,
        "uid": f"uid-{name}",
        "namespace": "lab",
        "creationTimestamp": "2026-01-01T10:00:58Z",
        **more,
    }
    found |= {"ownerReferences": references} if owner else {}
    return found | ({"annotations": {REVISION: str(revision)}} if revision else {})


def replica_set(name: str, revision: int, image: str, replicas: int) -> Json:
    spec = {"replicas": replicas, "template": {"spec": {"containers": [{"name": "nginx", "image": image}]}}}
    return {"kind": "ReplicaSet", "metadata": about(name, "web", revision), "spec": spec}


def pod(name: str, owner: str, waiting: str = "", **more: Any) -> Json:
    state: Json = {"waiting": {"reason": waiting}} if waiting else {"running": {"startedAt": "2026-01-01T10:00:59Z"}}
    container = {"name": "nginx", "ready": not waiting, "state": state, "image": "nginx:1"}
    status = {"phase": "Pending" if waiting else "Running", "containerStatuses": [container]}
    status |= {"conditions": [{"type": "Ready", "status": "False" if waiting else "True"}]}
    spec = {"nodeName": "north", "containers": [{"name": "nginx", "image": "nginx:1"}]}
    return {"kind": "Pod", "metadata": about(name, owner, **more), "spec": spec, "status": status}


def snapshot(replicas: int, status: Json, sets: list[Json], pods: list[Json], **spec: Any) -> Snapshot:
    deployment = {
        "kind": "Deployment",
        "metadata": about("web", revision=9, generation=2),
        "spec": {"replicas": replicas, **spec},
    }
    deployment["status"] = {"observedGeneration": 2, **status}
    named = [{each["metadata"]["name"]: each for each in items} for items in (sets, pods)]
    objects = {"Deployment": {"web": deployment}, "ReplicaSet": named[0], "Pod": named[1], "Event": {}}
    return Snapshot("lab", TAKEN, objects=objects, scope={"namespaces": ["lab"]})


OLD, NEW = replica_set("web-old", 1, "nginx:1", 1), replica_set("web-new", 2, "nginx:2", 1)
HALF = {"updatedReplicas": 1, "availableReplicas": 1, "replicas": 2}
DONE = {"updatedReplicas": 1, "availableReplicas": 1, "replicas": 1}


def moving(**spec: Any) -> Snapshot:
    leaving = pod("web-old-b", "web-old", deletionTimestamp=TAKEN)
    pods = [pod("web-old-a", "web-old"), leaving, pod("web-new-a", "web-new", "ContainerCreating")]
    return snapshot(2, HALF, [OLD, NEW], pods, **spec)


def complete() -> Snapshot:
    return snapshot(1, DONE, [replica_set("web-old", 1, "nginx:1", 0), NEW], [pod("web-new-a", "web-new")])


def stuck() -> Snapshot:
    return snapshot(1, HALF, [OLD, NEW], [pod("web-old-a", "web-old"), pod("web-new-a", "web-new", "ImagePullBackOff")])


def seen(shown: Snapshot) -> View:
    found = build(shown, "web")
    assert found is not None
    return found


def test_a_rollout_that_moves_shows_both_revisions_the_newest_first() -> None:
    view = seen(moving())
    assert view.verdict == "moving"
    assert [each.number for each in view.revisions] == [2, 1]
    assert view.line == "revision 2: 1 starting · revision 1: 1 ready, 1 terminating"
    assert view.revisions[0].current and not view.revisions[1].current


def test_a_complete_rollout_names_its_revision_and_keeps_the_old_one_in_sight() -> None:
    view = seen(complete())
    assert view.verdict == "complete"
    assert "1 Pod of revision 2, all ready" in view.message
    assert view.line == "revision 2: 1 ready"
    assert "revision 1, nginx:1: no Pods, 0 desired" in describe([Moment(0, view)])


def test_a_stuck_rollout_says_why() -> None:
    view = seen(stuck())
    assert (view.verdict, view.revisions[0].tally) == ("stuck", "1 failing")
    assert "cannot be pulled" in describe([Moment(0, view)])


def test_after_an_undo_the_deadline_of_before_does_not_count() -> None:
    late = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "too late"}
    status = {"updatedReplicas": 1, "availableReplicas": 1, "replicas": 2, "conditions": [late]}
    pods = [pod("web-new-a", "web-new"), pod("web-old-b", "web-old", "ImagePullBackOff", deletionTimestamp=TAKEN)]
    assert seen(snapshot(1, status, [OLD, NEW], pods)).verdict == "moving"
    slow = [pod("web-new-a", "web-new", "ContainerCreating"), *pods[1:]]
    assert seen(snapshot(1, status, [OLD, NEW], slow)).verdict == "stuck"


def test_a_paused_rollout_says_how_to_resume_it() -> None:
    view = seen(moving(paused=True))
    assert view.verdict == "paused"
    assert "kubectl rollout resume deployment/web" in view.message


def test_a_deployment_that_no_controller_has_observed_is_moving() -> None:
    """No status, no ReplicaSet, no Pod."""
    view = seen(snapshot(3, {"observedGeneration": 0}, [], []))
    assert (view.verdict, view.line, view.revisions) == ("moving", "no Pods", ())
    assert "no revision yet" in html.rollout([Moment(0, view)])


def test_a_deployment_of_no_pods_is_complete() -> None:
    assert seen(snapshot(0, {}, [NEW], [])).message == "web is scaled to 0 replicas."


def test_many_old_revisions_are_counted() -> None:
    sets = [replica_set(f"web-{number}", number, "nginx:1", 0) for number in range(1, 8)]
    view = seen(snapshot(0, {}, sets, []))
    assert ([each.number for each in view.revisions], view.older) == ([7, 6, 5, 4], 3)
    assert "3 older revisions without Pods" in describe([Moment(0, view)])


def test_no_such_deployment() -> None:
    assert build(snapshot(1, {}, [], []), "door") is None


def test_the_page_says_what_the_text_says() -> None:
    moments = [Moment(0, seen(moving())), Moment(1.25, seen(complete()))]
    page, text = html.rollout(moments), describe(moments)
    for words in ("revision 2, nginx:2", "web-new-a", "1.2 s", "revision 1: 1 ready, 1 terminating", "all ready"):
        assert words in page, words
        assert words in text, words
    assert "watching for up to 7 seconds" in html.rollout(moments, 7.2)


def watched(views: Iterator[View], seconds: float = 5) -> tuple[list[Moment], int]:
    shown = []
    moments = rollout_watch.watch(lambda: next(views), seconds, lambda moments, left: shown.append(len(moments)), pause=0)
    return moments, len(shown)


def test_watching_ends_when_it_is_complete_and_keeps_each_change_once() -> None:
    moments, shown = watched(iter([seen(moving()), seen(moving()), seen(complete())]))
    assert [each.view.verdict for each in moments] == ["moving", "complete"]
    assert shown == 2


@pytest.mark.parametrize("last", [stuck(), moving(paused=True)])
def test_watching_ends_when_nothing_will_come_of_it(last: Snapshot) -> None:
    moments, shown = watched(iter([seen(last)]))
    assert (len(moments), shown) == (1, 0)


def test_watching_ends_when_the_time_is_over_and_says_so() -> None:
    moments, _ = watched(iter([seen(moving())]), seconds=0)
    assert "You have watched it for 0 s." in moments[-1].view.message


def test_the_last_look_counts_though_the_picture_is_the_same() -> None:
    first = seen(moving())
    moments, _ = watched(iter([first, replace(first, verdict="stuck", message="No.")]))
    assert [each.view.message for each in moments] == ["No."]


def test_what_cannot_be_watched_is_refused(folders) -> None:
    lab = Lab("91", "", "", 1, "docker", folders, ())
    with pytest.raises(SlipwayError, match="does not use the cluster"):
        rollout_watch.looking(lab, None, settings.load(), "web")
    lab = replace(lab, sandbox="kind", scope=Scope(namespaces=("lab",)))
    with pytest.raises(SlipwayError, match="is not a namespace of this lab"):
        rollout_watch.looking(lab, None, settings.load(), "web", "kube-system")


def test_a_pod_that_is_ready_again_is_not_called_unready() -> None:
    again = pod("web-new-a", "web-new")
    again["status"]["containerStatuses"][0] |= {"restartCount": 1}
    view = seen(snapshot(1, DONE, [NEW], [again]))
    assert view.revisions[0].pods[0].state == "restarted just now, restarted 1 time"
