"""Watches a rollout while it moves: looks again and again, keeps the moments that differ, and knows when to end.

It ends when the rollout is complete, when nothing will come of it by itself, or after a deadline.
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

PAUSE = 0.4  # seconds between two looks
LONGEST = 120.0  # seconds that are kept at most, whatever is asked for
KINDS = ("Deployment", "ReplicaSet", "Pod", "Node")
Show = Callable[[list[Moment], float], None]


def looking(lab: Lab, cluster: Client, settings: Settings, name: str, namespace: str = "") -> Callable[[], View]:
    """What looks at a Deployment of the lab. Raises SlipwayError, now or at a look, where there is nothing to see."""
    if lab.sandbox != "kind":
        raise SlipwayError(
            f"Lab {lab.id} has no cluster, and so no rollouts.", "`here.draw()` shows its containers.", Exit.WRONG_USAGE
        )
    if namespace and namespace not in lab.scope.namespaces:
        known = ", ".join(lab.scope.namespaces)
        raise SlipwayError(f"{namespace} is no namespace of this lab.", f"Its namespaces are: {known}.", Exit.WRONG_USAGE)
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
            there = ", ".join(sorted(snapshot.of_kind("Deployment"))) or "none"
            raise SlipwayError(
                f"There is no Deployment called {name} yet.", f"`kubectl get deployments` lists what is there: {there}."
            )
        return view

    return look


def watch(look: Callable[[], View], seconds: float, show: Show, pause: float = PAUSE) -> list[Moment]:
    """Look until the rollout rests, for at most `seconds`. Calls `show` with the moments so far and the seconds left,
    after each look at a rollout that still moves.

    Returns the moments, one for each change that was seen; the last one is as it was looked at last.
    """
    begun, moments = time.monotonic(), []
    deadline = begun + min(seconds, LONGEST)
    while True:
        view, now = look(), time.monotonic()
        moment = Moment(now - begun, view)
        if not moments or view.line != moments[-1].view.line:
            moments.append(moment)
        else:  # the same picture: what is said about it may have changed
            moments[-1] = Moment(moments[-1].seconds, view)
        if view.verdict != "moving":
            return moments
        if now >= deadline:
            late = replace(view, message=f"{view.message} It has been watched for {now - begun:.0f} s.")
            return [*moments[:-1], Moment(moments[-1].seconds, late)]
        show(moments, deadline - now)
        time.sleep(max(0.0, min(pause, deadline - now)))
