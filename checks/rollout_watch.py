"""The watch on a rollout: observes a Deployment repeatedly and keeps each moment at which something changed.

It ends when the rollout is complete, paused or stuck, or after a deadline.
"""

import time
from collections.abc import Callable
from dataclasses import replace

from checks import backend
from checks.clients.base import Client
from checks.model import Lab
from checks.probes.run import Context
from checks.render.rollout import Moment, View, build
from checks.snapshot import Unknown
from sandboxes.errors import Exit, SlipwayError
from sandboxes.settings import Settings

PAUSE = 0.4  # seconds between two observations
LONGEST = 120.0  # seconds: the upper limit of a watch
KINDS = ("Deployment", "ReplicaSet", "Pod", "Node")
Show = Callable[[list[Moment], float], None]


def looking(lab: Lab, cluster: Client, settings: Settings, name: str, namespace: str = "") -> Callable[[], View]:
    """Return a function that observes a Deployment of the lab. Both raise SlipwayError where there is none to observe."""
    if lab.sandbox != "kind":
        raise SlipwayError(
            f"Lab {lab.id} does not use the cluster, so it has no rollouts.",
            "Use `here.draw()` to show its containers.",
            Exit.WRONG_USAGE,
        )
    if namespace and namespace not in lab.scope.namespaces:
        known = ", ".join(lab.scope.namespaces)
        raise SlipwayError(f"{namespace} is not a namespace of this lab.", f"Its namespaces are: {known}.", Exit.WRONG_USAGE)
    watched = replace(lab, scope=replace(lab.scope, kinds=KINDS))
    context = Context(cluster, settings.work / lab.id, settings.state / "cache", lab.namespace)
    collect = backend.collector(lab)

    def look() -> View:
        snapshot = collect(watched, cluster, context, (), "")
        try:
            view = build(snapshot, name, namespace)
        except Unknown as error:
            raise SlipwayError(f"The rollout of {name} cannot be shown: {error}.") from error
        if view is None:
            existing = ", ".join(sorted(snapshot.of_kind("Deployment"))) or "none"
            raise SlipwayError(
                f"There is no Deployment called {name} yet.", f"`kubectl get deployments` lists the Deployments: {existing}."
            )
        return view

    return look


def watch(look: Callable[[], View], seconds: float, show: Show, pause: float = PAUSE) -> list[Moment]:
    """Observe the rollout until it no longer progresses, for at most `seconds`.

    Call `show` with the moments so far and the seconds left, after each observation of a rollout in progress. Return the
    moments, one for each change; the last one holds the last observation.
    """
    started, moments = time.monotonic(), []
    deadline = started + min(seconds, LONGEST)
    while True:
        view, now = look(), time.monotonic()
        moment = Moment(now - started, view)
        if not moments or view.line != moments[-1].view.line:
            moments.append(moment)
        else:  # the same Pods, but the message may have changed
            moments[-1] = Moment(moments[-1].seconds, view)
        if view.verdict != "moving":
            return moments
        if now >= deadline:
            late = replace(view, message=f"{view.message} You have watched it for {now - started:.0f} s.")
            return [*moments[:-1], Moment(moments[-1].seconds, late)]
        show(moments, deadline - now)
        time.sleep(max(0.0, min(pause, deadline - now)))
