"""Probe of a cluster: what Pods have written.

A log grows, also by the checks' own requests. What a check looks for is therefore not taken from the log's end alone: with
`lines`, the whole log is searched, and with `rollout`, it is read from before a Deployment's last rollout on.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from urllib.parse import quote

from checks.clients.base import Answer, EngineError
from checks.clients.cluster import Cluster, refusal
from checks.model import Probe
from checks.probes import pods
from checks.snapshot import Json

# The number of lines that are kept, unless the probe says otherwise.
TAIL = 200
# The kubelet starts a new file when a log has 10 MiB: no log that it returns is longer.
WHOLE = 11 * 1024 * 1024
# How long before its end a rollout may have begun: by default, it counts as failed after ten minutes.
LONGEST_ROLLOUT = timedelta(minutes=15)
# So many of the Pods that a selector matches are read, the newest ones.
MOST_PODS = 10
LOG_TYPE = "text/plain"
# No such Pod or container, or one that has not started. 500 is the API server, or a node, that fails.
NOT_READABLE = (400, 404)


def pod_logs(probe: Probe, cluster: Cluster, namespace: str) -> Json:
    """Return the end of a container's log: `tail` lines (200 by default).

    With `selector`, the logs of the Pods come one after the other, the newest Pod's last, and `pod` is that one. `container`
    names the container, or its image. `previous` asks for the log of the instance before. `lines` is a text: only lines that
    contain it are kept, from the whole log, also from that of the instance before; where there is none, the end of the log.
    `rollout` names a Deployment: the log begins fifteen minutes before the end of its last rollout.
    """
    namespace, chosen = pods.choose(probe, cluster, namespace)
    result: Json = {"kind": probe.kind, "pod": chosen[-1] if chosen else "", "ok": False, "error": "", "text": ""}
    if not chosen:
        return {**result, "error": "no such pod"}
    answers = [_read(probe, cluster, namespace, pod) for pod in chosen[-MOST_PODS:]]
    texts = [text for text in answers if isinstance(text, str)]
    if not texts:
        return {**result, "error": next(answer.message for answer in answers if isinstance(answer, Answer))}
    return {**result, "ok": True, "text": "".join(texts)}


def _read(probe: Probe, cluster: Cluster, namespace: str, pod: str) -> str | Answer:
    """Return what a Pod has written, as the probe asks for it; the API's answer where there is no such log."""
    container = probe.options.get("container", "")
    options = {"previous": str(probe.options["previous"]).lower()} if "previous" in probe.options else {}
    options |= {"container": container} if container else {}
    answer = _log(probe, cluster, namespace, pod, options)
    if answer.status == 400 and (other := pods.container_in(cluster, namespace, pod, container)) != container:
        options |= {"container": other}
        answer = _log(probe, cluster, namespace, pod, options)
    if answer.status in NOT_READABLE:
        return answer
    text = _text(answer)
    if "lines" not in probe.options:
        return text
    return _matching(probe, text, lambda: _log(probe, cluster, namespace, pod, {**options, "previous": "true"}))


def _log(probe: Probe, cluster: Cluster, namespace: str, pod: str, options: dict[str, str]) -> Answer:
    """Ask for a log. Raises EngineError where the cluster does not answer for its state."""
    part: dict[str, str] = {"tailLines": str(probe.options.get("tail", TAIL)), "limitBytes": str(pods.OUTPUT_LIMIT)}
    if "lines" in probe.options:
        part = {"limitBytes": str(WHOLE)}
    elif since := _since(probe, cluster, namespace):
        # With a limit in bytes, the API returns the beginning of what was written since.
        part = {"sinceTime": since, "limitBytes": str(pods.OUTPUT_LIMIT)}
    answer = pods.log(cluster, namespace, pod, probe.timeout, **part, **options)
    if answer.absent("the log of a Pod") or answer.status in NOT_READABLE:
        return answer
    if answer.status != 200:
        raise EngineError(refusal(answer, "GET log"))
    if not answer.headers.get("content-type", "").startswith(LOG_TYPE):
        raise EngineError("what the cluster sent instead of a log is not a log")
    return answer


def _since(probe: Probe, cluster: Cluster, namespace: str) -> str:
    """Return the earliest time (ISO 8601) at which the last rollout of the Deployment `rollout` may have begun; "" for none."""
    if "rollout" not in probe.options:
        return ""
    item = cluster.get(f"/apis/apps/v1/namespaces/{namespace}/deployments/{quote(probe.options['rollout'])}") or {}
    conditions = (item.get("status") or {}).get("conditions") or ()
    ends = [condition.get("lastUpdateTime") for condition in conditions if condition.get("type") == "Progressing"]
    if not ends or not ends[0]:
        return ""
    return (datetime.fromisoformat(ends[0]) - LONGEST_ROLLOUT).strftime("%Y-%m-%dT%H:%M:%SZ")


def _matching(probe: Probe, text: str, before: Callable[[], Answer]) -> str:
    """Return the last lines that contain the text which the probe looks for, or the end of the log where there is none."""
    tail = probe.options.get("tail", TAIL)
    if matching := list(_containing(text, probe.options["lines"])):
        return "".join(matching[-tail:])
    answer = before()
    earlier = list(_containing(_text(answer), probe.options["lines"])) if answer.status == 200 else []
    return "".join([*earlier[-tail:], *text.splitlines(keepends=True)[-tail:]])


def _containing(text: str, wanted: str) -> Iterator[str]:
    return (line for line in text.splitlines(keepends=True) if wanted in line)


def _text(answer: Answer) -> str:
    return answer.body.decode("utf-8", errors="replace")
