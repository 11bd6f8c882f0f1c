"""The checks of lab 12: a Deployment that keeps its Pods, rolls out a version unnoticed, and comes back from a bad one."""

from typing import Any

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers, objects, texts, version_availability, workloads
from checks.vocabulary.objects import image_name, selects, subject
from checks.vocabulary.pods import trouble_of

WEB, LABELS = "web", {"app": "web"}
LEAST, WANTED = 3, 5
FIRST, SECOND, WRONG = "nginx:1.22", "nginx:1.26", "nginx:1.62"
LOOK = "`kubectl describe deployment web` shows its state, its two latest ReplicaSets and its events."


def web(snapshot: Snapshot) -> Json:
    """Return the Deployment that a needed check has found."""
    return snapshot.require("Deployment", WEB)


def images_of(item: Json) -> list[str]:
    """Return the images of a Deployment's or ReplicaSet's template, in their short form."""
    template = (item["spec"].get("template") or {}).get("spec") or {}
    return [image_name(str(container.get("image", ""))) for container in template.get("containers") or ()]


def revisions_with(snapshot: Snapshot, image: str) -> list[int]:
    """Return the revisions of the Deployment that ran this image, the oldest first."""
    revisions = workloads.revisions(snapshot, web(snapshot))
    return [number for number, replica_set in revisions if image in images_of(replica_set)]


def history(snapshot: Snapshot) -> list[str]:
    """Return the Deployment's revisions with their images, as `kubectl rollout history` would show them, the oldest first."""
    revisions = workloads.revisions(snapshot, web(snapshot))
    return [f"revision {number}: {', '.join(images_of(replica_set))}" for number, replica_set in revisions]


@check(
    "web-runs",
    "The Deployment web keeps at least three Pods ready",
    points=2,
    hints=[
        "What `kubectl apply -f web.yaml` answers names the two lines that do not agree.",
        "The selector says which Pods belong to the Deployment. The template creates Pods. Its labels must be such that "
        "the selector finds them.",
        "In web.yaml, under `template.metadata.labels`: `app: web`. Then `kubectl apply -f web.yaml`.",
    ],
)
def web_runs(snapshot: Snapshot) -> containers.Findings:
    deployment = snapshot.object("Deployment", WEB)
    hint = "Repair web.yaml, then `kubectl apply -f web.yaml`."
    yield from containers.first(_absent(snapshot, hint), _enough(snapshot, deployment) if deployment else ())


def _absent(snapshot: Snapshot, hint: str) -> containers.Findings:
    """Yield a finding unless there is the Deployment; the file may say why there is none."""
    for finding in objects.exists(snapshot, "Deployment", WEB, hint):
        why = finding.why or _refused(snapshot) or _other_kind(snapshot)
        yield Finding(**{**vars(finding), "why": why})


def _refused(snapshot: Snapshot) -> str:
    """Return what the API server would say to web.yaml; empty where nothing is wrong with it."""
    try:
        spec = texts.yaml_documents(snapshot.probe("file").get("text") or "")[0]["spec"]
        selector, labels = spec["selector"]["matchLabels"], spec["template"]["metadata"]["labels"]
    except (LookupError, TypeError):
        return ""
    if not isinstance(selector, dict) or not isinstance(labels, dict) or selects(selector, labels):
        return ""
    words = f"{_pairs(selector)}, but the Pods of its template have {_pairs(labels)}"
    return f"The API server refuses web.yaml as it is: its selector asks for {words}."


def _pairs(labels: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in labels.items()) or "nothing"


def _other_kind(snapshot: Snapshot) -> str:
    bare = [
        replica_set
        for replica_set in snapshot.of_kind("ReplicaSet").values()
        if not replica_set["metadata"].get("ownerReferences")
    ]
    if bare:
        return f"There is a {subject(bare[0])} without a Deployment: it keeps a number of Pods, and knows no versions."
    return ""


def _enough(snapshot: Snapshot, deployment: Json) -> containers.Findings:
    asked = deployment["spec"].get("replicas", 1)
    if asked < LEAST:
        message = f"{WEB} is set to {asked} replica{'' if asked == 1 else 's'}, not {LEAST}."
        yield Finding(message, subject(deployment), "spec.replicas", LEAST, asked, hint="Set `replicas`, and apply again.")
        return
    pods = snapshot.pods(owner=deployment)
    ready = [pod for pod in pods if trouble_of(snapshot, pod) is None]
    if len(ready) < LEAST:
        moving = list(workloads.rolled_out(snapshot, deployment, LOOK))
        if moving:
            yield from moving
        else:
            troubles = [trouble for pod in pods if (trouble := trouble_of(snapshot, pod))]
            message, waiting = f"{len(ready)} of {asked} Pods of {WEB} are ready.", all(trouble.waiting for trouble in troubles)
            why = troubles[0].message if troubles else ""
            yield Finding(message, subject(deployment), "its Pods", LEAST, len(ready), why, LOOK, waiting=waiting)


@check(
    "web-owned",
    "Every Pod with the label app=web belongs to the Deployment",
    needs=["web-runs"],
    hints=[
        "`kubectl get pods --show-labels` shows which Pods have it. Pods of the Deployment have names of three parts.",
        "`kubectl get pods -l app=web -o custom-columns=NAME:.metadata.name,OWNER:.metadata.ownerReferences[*].name` "
        "shows what created each of them.",
        "The one without an owner was created by hand: `kubectl delete pod NAME`. In web.yaml it is `app: web`.",
    ],
)
def web_owned(snapshot: Snapshot) -> containers.Findings:
    deployment = web(snapshot)
    pods = snapshot.pods(selector=LABELS)
    ours = [pod for pod in pods if snapshot.descends(pod, deployment)]
    if not ours:
        labels = (deployment["spec"]["template"].get("metadata") or {}).get("labels") or {}
        message = f"The Pods of {WEB} do not have the label {_pairs(LABELS)}."
        path = "spec.template.metadata.labels"
        hint = "A Deployment's selector cannot be changed: delete it, repair web.yaml, apply again."
        yield Finding(message, subject(deployment), path, _pairs(LABELS), _pairs(labels), hint=hint)
    for pod in pods:
        if pod not in ours and not pod["metadata"].get("deletionTimestamp"):
            hint = f"Remove it: `kubectl delete {subject(pod).replace('/', ' ')}`."
            for finding in objects.owned(snapshot, pod, deployment, hint):
                why = "It has the label app=web, so it gets requests; but no controller will replace or update it."
                yield Finding(**{**vars(finding), "why": why})


@check(
    "web-scaled",
    "web is set to five replicas, and all are ready",
    needs=["web-runs"],
    hints=[
        "The number is in `spec.replicas`.",
        "`kubectl scale` sets it in the cluster, an edited web.yaml in both.",
        "`replicas: 5` in web.yaml, then `kubectl apply -f web.yaml`; or `kubectl scale deployment web --replicas=5`.",
    ],
)
def web_scaled(snapshot: Snapshot) -> containers.Findings:
    deployment = web(snapshot)
    hint = "Write it into web.yaml and apply that, or `kubectl scale deployment web --replicas=5`."
    yield from containers.first(workloads.replicas(deployment, WANTED, hint), _all_ready(snapshot, deployment))


def _all_ready(snapshot: Snapshot, deployment: Json) -> containers.Findings:
    """Yield a finding unless as many Pods as asked for are ready, of whichever revision."""
    ready = [pod for pod in snapshot.pods(owner=deployment) if trouble_of(snapshot, pod) is None]
    if len(ready) < WANTED:
        for finding in workloads.rolled_out(snapshot, deployment, LOOK):
            yield Finding(**{**vars(finding), "observed": f"{len(ready)} of {WANTED} Pods ready; {finding.observed}"})


@check(
    "web-updated",
    "web has gone from nginx:1.22 to nginx:1.26, and remembers both",
    points=2,
    needs=["web-runs"],
    hints=[
        "`kubectl rollout history deployment web` lists the revisions that are kept.",
        "Change the image of the existing Deployment, by `apply` or by `kubectl set image`. Deleting it deletes its history.",
        "`kubectl set image deployment/web nginx=nginx:1.26`, or that image in web.yaml and `apply` once more.",
    ],
)
def web_updated(snapshot: Snapshot) -> containers.Findings:
    deployment = web(snapshot)
    hint = "`kubectl set image deployment/web nginx=nginx:1.26`; `kubectl rollout history deployment web` shows both."
    first, second, observed = revisions_with(snapshot, FIRST), revisions_with(snapshot, SECOND), history(snapshot)
    path, expected = "its ReplicaSets", f"one of {FIRST}, and a later one of {SECOND}"
    if not second:
        message, why = f"No revision of {WEB} runs {SECOND} yet.", workloads.PAUSED if deployment["spec"].get("paused") else ""
        hint = f"`kubectl rollout resume deployment {WEB}`" if why else hint
        yield Finding(message, subject(deployment), path, expected, observed, why, hint)
    elif first and first[0] > second[-1]:
        message, why = f"{WEB} has gone from {SECOND} to {FIRST}, and not back yet.", "The update goes the other way."
        yield Finding(message, subject(deployment), path, expected, observed, why, hint)
    elif not first:
        message = f"{WEB} runs {SECOND}, and has no earlier revision with {FIRST}: there is nothing to go back to."
        why = f"It was created at {deployment['metadata'].get('creationTimestamp', 'a time unknown')}."
        if deployment["spec"].get("revisionHistoryLimit") == 0:
            why = "Its revisionHistoryLimit is 0: no revision is kept."
        back = "Apply web.yaml with nginx:1.22, wait until that runs, and change the image then."
        yield Finding(message, subject(deployment), path, expected, observed, why, back)


@check(
    "nobody-noticed",
    "No visitor was turned away during the update",
    points=3,
    needs=["web-updated"],
    hints=[
        "`kubectl logs visitor | grep -v ' 200 '` shows the requests that failed, if there are any.",
        "The visitor must run from before the update begins until it is over. Go back with `kubectl set image "
        "deployment/web nginx=nginx:1.22`, and do the update once more while it looks.",
        "`kubectl delete pod visitor`, `kubectl apply -f visitor.yaml`, wait for answers in `kubectl logs visitor`, "
        "then `kubectl set image deployment/web nginx=nginx:1.26` and `kubectl rollout status deployment web`.",
    ],
)
def nobody_noticed(snapshot: Snapshot) -> containers.Findings:
    hint = (
        "Go back to nginx:1.22, create the Pod visitor again from visitor.yaml, and update again while it sends requests, with "
        "the strategy, the readinessProbe and the preStop that web.yaml has."
    )
    sets = [replica_set for replica_set in workloads.sets_of(snapshot, web(snapshot)) if SECOND in images_of(replica_set)]
    before, after = (image.rpartition(":")[2] for image in (FIRST, SECOND))
    yield from version_availability.unnoticed(snapshot, "visits", sets, before, after, web(snapshot), hint)


@check(
    "bad-tried",
    "A rollout to nginx:1.62 was tried after the update",
    needs=["web-updated"],
    hints=[
        "`kubectl rollout history deployment web` lists the revisions; `--revision=NUMBER` shows one.",
        "It is an update like the one before: only the image is one that does not exist.",
        "`kubectl set image deployment/web nginx=nginx:1.62`",
    ],
)
def bad_tried(snapshot: Snapshot) -> containers.Findings:
    deployment, wrong = web(snapshot), revisions_with(snapshot, WRONG)
    updated = next(number for number in revisions_with(snapshot, SECOND) if number > revisions_with(snapshot, FIRST)[0])
    if not wrong or wrong[-1] < updated:
        message = f"No revision of {WEB} has tried {WRONG} yet."
        if wrong:
            message = f"{WEB} has tried {WRONG} only before the update to {SECOND}, which is revision {updated}."
        hint = "`kubectl set image deployment/web nginx=nginx:1.62`, and look at `kubectl get pods`."
        if deployment["spec"].get("paused"):
            hint = f"{workloads.PAUSED} `kubectl rollout resume deployment {WEB}` lets it start."
        expected = f"one of {WRONG}, after revision {updated}"
        yield Finding(message, subject(deployment), "its revisions", expected, history(snapshot), hint=hint)


@check(
    "undone",
    "web is back at nginx:1.26, with all its Pods",
    points=2,
    needs=["bad-tried"],
    hints=[
        "`kubectl rollout history deployment web` shows the revisions, `--revision=NUMBER` what is in one.",
        "`kubectl rollout undo` goes back to the revision before. Asked twice, it comes back to where it was.",
        "`kubectl rollout undo deployment web`, or with `--to-revision=` the number of the one that has nginx:1.26.",
    ],
)
def undone(snapshot: Snapshot) -> containers.Findings:
    deployment = web(snapshot)
    hint = "`kubectl rollout history deployment web --revision=NUMBER` shows one, `undo --to-revision=NUMBER` goes back to it."
    images = images_of(deployment)
    stuck = list(workloads.rolled_out(snapshot, deployment, hint))
    if SECOND not in images:
        message = f"The template of {WEB} says {', '.join(images)}, not {SECOND}."
        why = "\n".join(f"{finding.message} {finding.why}" for finding in stuck if not finding.waiting)
        if deployment["spec"].get("paused"):
            hint = f"`kubectl rollout resume deployment {WEB}` first: `undo` is refused while it is paused."
        yield Finding(message, subject(deployment), "spec.template.spec.containers[].image", SECOND, images, why, hint)
    else:
        yield from stuck
