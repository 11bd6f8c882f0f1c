"""HorizontalPodAutoscalers: targets, measured values, bounds, and past changes.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from checks.model import Finding
from checks.snapshot import Json, Snapshot, event_time
from checks.vocabulary.containers import Findings
from checks.vocabulary.objects import age, condition, name_of, subject

RESCALED = "SuccessfulRescale"
SIZE = re.compile(r"New size: (\d+); reason: (.*)")
ABOVE, BELOW = "above target", "below target"
# The controller looks every 15 seconds, and what a new Pod uses is known after up to twenty.
FIRST_LOOK = 60.0
# What no waiting cures, in the controller's words: a Pod does not say what it requests, or there are none on purpose.
SILENT, ZERO = "missing request", "replica count of the target is zero"


@dataclass(frozen=True)
class Rescale:
    """One change of the number of Pods by the autoscaler: when, to how many, and its own reason."""

    time: str
    size: int
    reason: str


def rescales(snapshot: Snapshot, scaler: Json) -> list[Rescale]:
    """Return the autoscaler's changes to the number of Pods, the latest last. (Our cluster keeps events for a day.)

    Example:
        [change.size for change in scaling.rescales(snapshot, desk)]
        # [3, 1]
    """
    changes = []
    for event in snapshot.events(scaler):
        match = SIZE.match(str(event.get("message", "")))
        if event.get("reason") == RESCALED and match:
            changes.append(Rescale(event_time(event), int(match[1]), match[2]))
    return changes


def has_rescaled(snapshot: Snapshot, scaler: Json) -> bool:
    """Tell whether the autoscaler has changed the number of Pods so long ago that its events about it are gone.

    It keeps the time of its last change.

    Example:
        scaling.has_rescaled(snapshot, {"metadata": {"uid": "1"}, "status": {"lastScaleTime": "2026-01-01T12:00:00Z"}})
        # True
    """
    return bool((scaler.get("status") or {}).get("lastScaleTime")) and not snapshot.events(scaler)


def utilization(scaler: Json, resource: str) -> int | None:
    """Return the Pods' average use of a resource, in percent of their requests; None if it is not known.

    Example:
        scaling.utilization({"status": {}}, "cpu")
        # None
    """
    return _current(scaler, resource).get("averageUtilization")


def _current(scaler: Json, resource: str) -> Json:
    """Return what was last measured of a resource; {} where nothing was."""
    for metric in (scaler.get("status") or {}).get("currentMetrics") or ():
        if (metric.get("resource") or {}).get("name") == resource:
            return metric["resource"].get("current") or {}
    return {}


def target(scaler: Json, resource: str) -> Json | None:
    """Return the target for a resource, with its "type" and value; None if the autoscaler does not measure the resource.

    Example:
        scaling.target({"spec": {"metrics": [{"resource": {"name": "cpu", "target": {"type": "Utilization"}}}]}}, "cpu")
        # {'type': 'Utilization'}
    """
    metrics = scaler["spec"].get("metrics") or ()
    resources = (metric["resource"] for metric in metrics if (metric.get("resource") or {}).get("name") == resource)
    return next((one.get("target") or {} for one in resources), None)


def scales(scaler: Json, kind: str, name: str, hint: str) -> Findings:
    """Yield a finding unless the autoscaler scales this object.

    Example:
        yield from scaling.scales(desk, "Deployment", "desk", "Correct scaleTargetRef.")
        # desk scales Deployment/web, not Deployment/desk.
    """
    reference = scaler["spec"].get("scaleTargetRef") or {}
    if (reference.get("kind"), reference.get("name")) != (kind, name):
        observed = f"{reference.get('kind')}/{reference.get('name')}"
        message = f"{name_of(scaler)} scales {observed}, not {kind}/{name}."
        why = condition(scaler, "AbleToScale").get("message", "")
        yield Finding(message, subject(scaler), "spec.scaleTargetRef", f"{kind}/{name}", observed, why, hint)


def bounds(scaler: Json, least: int, most: int, hint: str) -> Findings:
    """Yield a finding, at the cost of one point, unless the autoscaler keeps between `least` and `most` Pods.

    Example:
        yield from scaling.bounds(desk, 1, 4, "Set minReplicas and maxReplicas.")
        # desk keeps between 1 and 10 Pods, not between 1 and 4.
    """
    spec = scaler["spec"]
    observed = (spec.get("minReplicas", 1), spec.get("maxReplicas"))
    if observed != (least, most):
        message = f"{name_of(scaler)} keeps between {observed[0]} and {observed[1]} Pods, not between {least} and {most}."
        path, expected = "spec.minReplicas, spec.maxReplicas", f"{least} to {most}"
        yield Finding(message, subject(scaler), path, expected, f"{observed[0]} to {observed[1]}", hint=hint, cost=1)


def aims(scaler: Json, targets: Mapping[str, int], hint: str) -> Findings:
    """Yield a finding, at the cost of one point, for each resource without its target, in percent of the requests.

    Example:
        yield from scaling.aims(desk, {"cpu": 50}, "Set averageUtilization.")
        # For cpu, desk targets 80 %, not 50 % of what is requested.
    """
    for resource, percent in targets.items():
        declared, path = target(scaler, resource), f"spec.metrics[{resource}].target"
        if declared is None:
            message = f"{name_of(scaler)} does not measure {resource}."
            yield Finding(message, subject(scaler), path, f"{percent} %", None, hint=hint, cost=1)
        elif declared.get("averageUtilization") != percent:
            value = declared.get("averageUtilization")
            observed = (
                f"{value} %"
                if value is not None
                else f"{declared.get('type')} {declared.get('averageValue') or declared.get('value')}"
            )
            message = f"For {resource}, {name_of(scaler)} targets {observed}, not {percent} % of what is requested."
            yield Finding(message, subject(scaler), path, f"Utilization {percent} %", observed, hint=hint, cost=1)


def measures(snapshot: Snapshot, scaler: Json, hint: str) -> Findings:
    """Yield a finding unless the autoscaler knows the Pods' use of every resource that it measures; waiting while it may come.

    Example:
        yield from scaling.measures(snapshot, desk, "`kubectl describe hpa desk` says why.")
        # desk does not know what its Pods use yet.
    """
    names = [(metric.get("resource") or {}).get("name") for metric in scaler["spec"].get("metrics") or ()]
    unknown = [name for name in names if name and not _current(scaler, name)]
    active = condition(scaler, "ScalingActive")
    if active.get("status") == "True" and not unknown:
        return
    why = active.get("message", "")
    waiting = not _for_good(snapshot, scaler, why) and _lately(snapshot, scaler)
    message = f"{name_of(scaler)} does not know what its Pods use{' yet' if waiting else ''}."
    observed = f"unknown: {', '.join(unknown)}" if unknown else active.get("reason", "no status yet")
    yield Finding(message, subject(scaler), "status.currentMetrics", "a value for each", observed, why, hint, waiting=waiting)


def _for_good(snapshot: Snapshot, scaler: Json, why: str) -> bool:
    """Tell whether the reason still holds, and no waiting cures it. (It is as old as the controller's last look.)"""
    if SILENT in why:
        there = [pod for pod in snapshot.pods() if not pod["metadata"].get("deletionTimestamp")]
        return any(name_of(pod) in why for pod in there)
    reference = scaler["spec"].get("scaleTargetRef") or {}
    scaled = snapshot.objects.get(reference.get("kind", ""), {}).get(reference.get("name", ""))
    return ZERO in why and (scaled is None or scaled["spec"].get("replicas", 1) == 0)


def _lately(snapshot: Snapshot, scaler: Json) -> bool:
    """Tell whether the autoscaler or one of the Pods is so new that nothing may have been measured yet."""
    return any(age(item, snapshot) < FIRST_LOOK for item in [scaler, *snapshot.pods()])
