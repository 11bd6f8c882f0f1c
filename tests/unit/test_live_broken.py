"""A solved task that is broken in more than 20 ways turns red with the cause, and green again: recorded objects, real code."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from fake_api_server import Authority
from played_live import Looking, Played, check, outcomes, played

from checks import registry
from checks.live import evaluation
from checks.live.subscribers import Subscriber
from checks.live.watcher import Watcher
from checks.snapshot import Json, Snapshot

Change = Callable[[dict[str, dict[str, Json]]], object]
ENDED = {"Running": False, "Status": "exited", "ExitCode": 137}


@dataclass(frozen=True)
class Way:
    """A way to break a lab: what it changes in the objects, the events that tell it, and how the view names the cause."""

    change: Change
    subject: str
    actions: tuple[str, ...]
    why: str

    def broken(self, solved: Snapshot) -> Snapshot:
        snapshot = copy.deepcopy(solved)
        self.change(snapshot.objects)
        return snapshot


def state(name: str, **values: object) -> Change:
    return lambda objects: objects["container"][name]["State"].update(values)


def spec(kind: str, name: str, **values: object) -> Change:
    return lambda objects: objects[kind][name]["spec"].update(values)


def without(kind: str, name: str) -> Change:
    return lambda objects: objects[kind].pop(name)


def unready(name: str) -> Change:
    """A Pod whose containers are not ready, as its status shows it."""

    def change(objects: dict[str, dict[str, Json]]) -> None:
        status = objects["Pod"][name]["status"]
        for container in status["containerStatuses"]:
            container["ready"] = False
        for condition in status["conditions"]:
            if condition["type"] in ("Ready", "ContainersReady"):
                condition["status"] = "False"

    return change


def recreated(objects: dict[str, dict[str, Json]]) -> None:
    """The container again, from the same image, without its port."""
    container = objects["container"]["my-running-app"]
    container["Id"] = "f" * 64
    container["HostConfig"]["PortBindings"] = {}
    container["NetworkSettings"]["Ports"] = {}


def untagged(objects: dict[str, dict[str, Json]]) -> None:
    """The image's name now belongs to no image."""
    objects["image"].popitem()


def other_image(objects: dict[str, dict[str, Json]]) -> None:
    """The tag belongs to an image that was built again, without a command."""
    _, image = objects["image"].popitem()
    image = {**copy.deepcopy(image), "Id": "sha256:" + "e" * 64}
    image["Config"]["Cmd"] = None
    objects["image"][image["Id"]] = image


def disconnected(objects: dict[str, dict[str, Json]]) -> None:
    """The database is in no network any more."""
    objects["container"]["quay-database"]["NetworkSettings"]["Networks"] = {}


def second_image(objects: dict[str, dict[str, Json]]) -> None:
    """The Deployment's template names an image that cannot be pulled: its status is that of the moment after."""
    deployment = objects["Deployment"]["web"]
    deployment["spec"]["template"]["spec"]["containers"][0]["image"] = "nginx:9.99"


APP = "container/my-running-app"
WAYS = {
    "01": (
        Way(state("my-running-app", **ENDED), APP, ("kill 15", "kill 9", "die", "stop"), "Container my-running-app was stopped"),
        Way(state("my-running-app", **ENDED), APP, ("kill 9", "die"), "Container my-running-app was killed"),
        Way(state("my-running-app", **ENDED | {"ExitCode": 1}), APP, ("die",), "Container my-running-app exited with code 1"),
        Way(
            state("my-running-app", **ENDED, OOMKilled=True),
            APP,
            ("oom", "die"),
            "Container my-running-app was killed because it ran out of memory",
        ),
        Way(state("my-running-app", Status="paused", Paused=True), APP, ("pause",), "Container my-running-app was paused"),
        Way(without("container", "my-running-app"), APP, ("kill 9", "die", "destroy"), "Container my-running-app was removed"),
        Way(recreated, APP, ("destroy", "create", "start"), "Container my-running-app was recreated"),
        Way(untagged, "image/my-python-app:latest", ("untag",), "Image my-python-app:latest was removed"),
        Way(other_image, "image/my-python-app:latest", ("tag",), "Image my-python-app:latest was built again"),
    ),
    "04": (
        Way(disconnected, "network/quay", ("disconnect",), "Container quay-database was disconnected from the network quay"),
        Way(without("network", "quay"), "network/quay", ("destroy",), "Network quay was removed"),
        Way(state("quay-lookout", **ENDED), "container/quay-lookout", ("kill 9", "die"), "Container quay-lookout was killed"),
    ),
    "12": (
        Way(spec("Deployment", "web", replicas=2), "Deployment/web", ("modified",), "Deployment web was scaled to 2"),
        Way(without("Deployment", "web"), "Deployment/web", ("deleted",), "Deployment web was deleted"),
        Way(second_image, "Deployment/web", ("modified",), "The image of Deployment web was changed to nginx:9.99"),
    ),
    "15": (
        Way(without("PersistentVolumeClaim", "harbour-claim"), "PersistentVolumeClaim/harbour-claim", ("deleted",),
            "PersistentVolumeClaim harbour-claim was deleted"),
        Way(without("Pod", "archive"), "Pod/archive", ("deleted",), "Pod archive was deleted"),
        Way(unready("archive"), "Pod/archive", ("modified",), "Pod archive is not ready"),
    ),
    "22": (
        Way(without("Ingress", "harbour"), "Ingress/harbour", ("deleted",), "Ingress harbour was deleted"),
    ),
    "17": (Way(spec("StatefulSet", "pier", replicas=1), "StatefulSet/pier", ("modified",), "StatefulSet pier was scaled to 1"),),
    "18": (Way(without("DaemonSet", "lookout"), "DaemonSet/lookout", ("deleted",), "DaemonSet lookout was deleted"),),
    "19": (
        Way(without("Job", "count"), "Job/count", ("deleted",), "Job count was deleted"),
        Way(spec("CronJob", "nightly", schedule="0 0 1 1 *"), "CronJob/nightly", ("modified",), "CronJob nightly was changed"),
    ),
    "21": (
        Way(without("HorizontalPodAutoscaler", "desk"), "HorizontalPodAutoscaler/desk", ("deleted",),
            "HorizontalPodAutoscaler desk was deleted"),
    ),
}  # fmt: skip


@pytest.fixture
def looking(request: pytest.FixtureRequest, ours: Authority, folders: object, monkeypatch: pytest.MonkeyPatch) -> Iterator:
    with played(request.param, ours, monkeypatch) as shown:
        watcher, subscriber = Watcher(shown.settings), Subscriber()
        with watcher.subscribed(shown.lab, subscriber) as watched:
            yield shown, Looking(watched, subscriber)
        watcher.close()


@pytest.mark.parametrize(("looking", "number"), [(number, number) for number in WAYS], indirect=["looking"])
def test_lab_that_is_broken_turns_red_with_the_cause_and_green_again(looking: tuple[Played, Looking], number: str) -> None:
    shown, seen = looking
    manual = evaluation.not_live(shown.lab, registry.load(shown.lab))
    view, solved = seen.until(lambda now: now["state"] == "ready" and "not yet" not in now.values()), shown.snapshot
    for way in WAYS[number]:
        before = {id for id, outcome in outcomes(view).items() if outcome == "passed"} - manual
        tell(shown, way.broken(solved), way)
        red = seen.until(lambda now, before=before: any(now[id] in ("not yet", "blocked", "waiting") for id in before))
        broken = [id for id in before if outcomes(red)[id] != "passed"]
        causes = {check(red, id)["broken"]["why"] for id in broken if check(red, id)["broken"]}
        assert way.why in causes, (causes, way.why)
        assert all(check(red, id)["broken"]["since"] >= check(red, id)["broken"]["passed"] for id in broken)
        tell(shown, solved, way)
        view = seen.until(lambda now, before=before: all(now[id] == "passed" for id in before))
        assert all(check(view, id)["broken"] is None for id in broken)
        history = [entry for entry in view["history"] if entry["check"] in broken]
        assert {entry["to"] for entry in history[-len(broken) :]} == {"passed"}


def tell(shown: Played, snapshot: Snapshot, way: Way) -> None:
    """Show a state, and send its events."""
    kind, _, name = way.subject.partition("/")
    shown.snapshot = snapshot
    shown.show(snapshot)
    for action in way.actions:
        word, _, signal = action.partition(" ")
        shown.tell(kind, name, word, **({"signal": signal} if signal else {}))


def test_there_are_more_than_twenty_ways() -> None:
    assert sum(map(len, WAYS.values())) > 20
