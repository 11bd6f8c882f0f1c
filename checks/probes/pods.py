"""Probes of a cluster: requests through the API server to a Pod or a Service, commands and look-ups in a Pod.

A Pod is named (`pod`) or chosen by its labels (`selector`, as kubectl writes it) or its Deployment (`deployment`): then a
ready one before others, and the newest of these. Every result says which Pod it was. In a Pod with several containers,
`container` is the name of one, or of its image; where the Pod has neither, its first.
"""

import re
from collections.abc import Callable
from urllib.parse import quote, urlencode

from checks.clients.base import Answer, DeadlineExceeded, EngineError
from checks.clients.cluster import Cluster
from checks.model import Probe
from checks.probes import http
from checks.probes import pod_exec as exec_protocol
from checks.probes.http import BODY_LIMIT
from checks.snapshot import STILL_RUNNING, Json

OUTPUT_LIMIT = 256 * 1024  # bytes
NOT_RUNNABLE = (126, 127)  # exit codes of a shell for "cannot execute" and "not found"
LOOK_UP = (
    ["getent", "ahostsv4", "{name}"],
    ["nslookup", "{name}"],
    ["python3", "-c", "import socket,sys; print(socket.gethostbyname(sys.argv[1]))", "{name}"],
)
# The API server's node has no route to the Pods' network yet, as after a restart of the node.
NO_NETWORK = "connect: permission denied"
UNUSED = 1  # a port on which no server listens
# What the API server's own words begin with when what it was to ask did not answer as it should.
NOT_REACHED = "error trying to reach service"
# What the API server says when what it was to ask on our behalf did not answer, and the word for it in a result.
UNREACHED = (
    ("connection refused", "refused"),
    ("no endpoints available", "no endpoints"),
    ("no service port", "no such port"),
    ("i/o timeout", "timeout"),
    ("deadline exceeded", "timeout"),
    ("connection reset", "closed"),
    ("EOF", "closed"),
    ("malformed HTTP", "not HTTP"),
    ("no route to host", "no route"),
)


def pod_http(probe: Probe, cluster: Cluster, namespace: str) -> Json:
    """Request `path` at `port` of a Pod, through the API server: reaches what is published nowhere."""
    namespace, pod = _choose(probe, cluster, namespace)
    request = f"{_method(probe)} http://{pod or _wanted(probe)}:{probe.options['port']}{probe.options.get('path', '/')}"
    if not pod:
        return {**_nothing(probe, pod, request), "error": "no such pod"}
    return _proxy(probe, cluster, f"/api/v1/namespaces/{namespace}/pods/{pod}", request, pod)


def service_http(probe: Probe, cluster: Cluster, namespace: str) -> Json:
    """Request `path` at `port` of a Service: one of its ready endpoints answers."""
    namespace, service = probe.options.get("namespace", namespace), probe.options["service"]
    request = f"{_method(probe)} http://{service}:{probe.options['port']}{probe.options.get('path', '/')}"
    return _proxy(probe, cluster, f"/api/v1/namespaces/{namespace}/services/{service}", request, "")


def ingress_http(probe: Probe, cluster: Cluster) -> Json:
    """Request `path` for the host name `host` at the cluster's own HTTP port on this machine."""
    port, path = cluster.ports().get("http"), probe.options.get("path", "/")
    if port is None:
        raise EngineError("no port of this machine is forwarded to the cluster's Ingress; see `./slipway cluster status`")
    options = {**probe.options, "url": f"http://127.0.0.1:{port}{path}", "headers": {"Host": probe.options["host"]}}
    answer = http.request(Probe(probe.id, probe.kind, options, probe.timeout))
    return {**answer, "kind": probe.kind, "request": f"{_method(probe)} http://{probe.options['host']}{path}"}


def pod_exec(probe: Probe, cluster: Cluster, namespace: str) -> Json:
    """Run `command` (a list) in a Pod: exit code, stdout and stderr, at most 256 KiB of each."""
    namespace, pod = _choose(probe, cluster, namespace)
    if not pod:
        return {**_result(probe, pod, probe.options["command"]), "error": "no such pod"}
    return _run(probe, cluster, namespace, pod, probe.options["command"])


def pod_resolve(probe: Probe, cluster: Cluster, namespace: str) -> Json:
    """Look up `name` from inside a Pod, with the first tool that the Pod has."""
    namespace, pod = _choose(probe, cluster, namespace)
    if not pod:
        return {**_result(probe, pod, []), "addresses": [], "error": "no such pod"}
    for tool in LOOK_UP:
        command = [part.replace("{name}", probe.options["name"]) for part in tool]
        result = _run(probe, cluster, namespace, pod, command)
        missing = "executable file not found" in result["error"] or "no such file or directory" in result["error"]
        if result["exit"] not in NOT_RUNNABLE and not missing:
            # What counts is the answer: nslookup complains of every search domain in which the name is not found.
            addresses = _addresses(tool[0], result["stdout"])
            return {**result, "addresses": addresses, "ok": bool(addresses)}
    tools = ", ".join(tool[0] for tool in LOOK_UP)
    raise EngineError(f"the Pod {pod} has none of the tools to look a name up with ({tools})")


def log(cluster: Cluster, namespace: str, pod: str, timeout: float, **options: str) -> Answer:
    """Return the API's response with a container's log. `options` are the API's own; `limitBytes` is one of them."""
    path, limit = f"/api/v1/namespaces/{namespace}/pods/{pod}/log?{urlencode(options)}", int(options["limitBytes"])
    return cluster.request("GET", path, timeout=timeout, limit=limit)


def container_in(cluster: Cluster, namespace: str, pod: str, wanted: str) -> str:
    """Return the name of a Pod's container: the one called `wanted`, else one with an image of this name, else the first."""
    item = cluster.get(f"/api/v1/namespaces/{namespace}/pods/{pod}") or {}
    specs = (item.get("spec") or {}).get("containers") or ()
    images = {spec["name"]: str(spec.get("image", "")).rpartition("/")[2].partition(":")[0] for spec in specs}
    with_image = [name for name, image in images.items() if image == wanted]
    return wanted if wanted in images else next(iter((*with_image, *images)), wanted)


def choose(probe: Probe, cluster: Cluster, namespace: str) -> tuple[str, list[str]]:
    """Return the namespace and the names of the Pods that a probe is about, the best last: a ready one, the newest of these."""
    namespace = probe.options.get("namespace", namespace)
    if "pod" in probe.options:
        return namespace, [quote(probe.options["pod"])]
    selector = probe.options["selector"] if "selector" in probe.options else _selector(probe, cluster, namespace)
    if not selector:
        return namespace, []
    items = cluster.get_list(f"/api/v1/namespaces/{namespace}/pods?labelSelector={quote(selector)}", "items")
    pods = sorted(items, key=lambda pod: (_ready(pod), pod["metadata"]["creationTimestamp"]))
    return namespace, [pod["metadata"]["name"] for pod in pods]


def _selector(probe: Probe, cluster: Cluster, namespace: str) -> str:
    """The labels, as kubectl writes them, by which the Deployment `deployment` of a probe finds its Pods; "" for none."""
    item = cluster.get(f"/apis/apps/v1/namespaces/{namespace}/deployments/{quote(probe.options['deployment'])}") or {}
    labels = ((item.get("spec") or {}).get("selector") or {}).get("matchLabels") or {}
    return ",".join(f"{name}={value}" for name, value in labels.items())


def _choose(probe: Probe, cluster: Cluster, namespace: str) -> tuple[str, str]:
    """Namespace and name of the Pod that a probe is about; no name where none carries the labels."""
    namespace, names = choose(probe, cluster, namespace)
    return namespace, names[-1] if names else ""


def _ready(pod: Json) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or ()
    ready = any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)
    return ready and not pod["metadata"].get("deletionTimestamp")


def _wanted(probe: Probe) -> str:
    options = probe.options
    return (
        options.get("pod") or f"a Pod {'with ' + options['selector'] if 'selector' in options else 'of ' + options['deployment']}"
    )


def _method(probe: Probe) -> str:
    return probe.options.get("method", "GET")


def _nothing(probe: Probe, pod: str, request: str) -> Json:
    return {"kind": probe.kind, "request": request, "pod": pod, "ok": False, "error": "", "status": 0, "body": ""}


def _proxy(probe: Probe, cluster: Cluster, base: str, request: str, pod: str) -> Json:
    scheme, port, path = probe.options.get("scheme", ""), probe.options["port"], probe.options.get("path", "/")
    where = f"{base.rpartition('/')[0]}/{scheme}{':' if scheme else ''}{base.rpartition('/')[2]}:{port}/proxy{path}"
    result, method = _nothing(probe, pod, request), _method(probe)
    if method != "GET":
        cluster.verify()
    body, headers = probe.options.get("body"), probe.options.get("headers")
    ask = lambda: cluster.request(method, where, body, timeout=probe.timeout, limit=BODY_LIMIT, headers=headers)  # noqa: E731
    try:
        answer = ask()
        if _of_api(answer) and method == "GET":
            cluster.verify()
            # The API server itself is well. Is it still, then its words are those of the server that was asked.
            answer = ask()
    except DeadlineExceeded:
        # Where the API server itself still answers, what it was to ask is slow.
        if cluster.request("GET", "/livez").status == 200:
            return {**result, "error": "timeout"}
        raise
    if (reason := _unreached(answer, lambda: _no_network(cluster, base, probe.timeout))) is not None:
        return {**result, "error": reason}
    text = answer.body.decode("utf-8", errors="replace")
    return {**result, "ok": True, "status": answer.status, "headers": answer.headers, "body": text}


def _is_status(answer: Answer) -> bool:
    """Whether an answer has the form of the API server's own refusals. What was asked through it can answer so, too."""
    return answer.status >= 400 and b'"kind":"Status"' in answer.body.replace(b" ", b"")


def _passed_on(answer: Answer) -> bool:
    """Whether the API server says of what it was to ask that it is not there, or did not answer."""
    signs = (NOT_REACHED, NO_NETWORK, *(sign for sign, _ in UNREACHED))
    return answer.status in (400, 404) or any(sign in answer.message for sign in signs)


def _of_api(answer: Answer) -> bool:
    """Whether an answer looks like a failure of the API server: not of what it was to ask."""
    return _is_status(answer) and not _passed_on(answer)


def _unreached(answer: Answer, no_network: Callable[[], bool]) -> str | None:
    """Why the API server could not pass the request on; None where the answer comes from what was asked."""
    if not _is_status(answer) or not _passed_on(answer):
        return None
    if answer.status == 404:
        return answer.message.replace('"', "")
    if NO_NETWORK in answer.message and no_network():
        raise EngineError("the cluster's own network is not ready; it comes up within seconds after a restart of a node")
    return next((word for sign, word in UNREACHED if sign in answer.message), answer.message)


def _no_network(cluster: Cluster, base: str, timeout: float) -> bool:
    """Whether the API server reaches another port of the same Pod as little, where nothing of the learner's answers."""
    if "/pods/" not in base:
        return True
    return NO_NETWORK in cluster.request("GET", f"{base}:{UNUSED}/proxy/", timeout=timeout, limit=BODY_LIMIT).message


def _require_kubelet(cluster: Cluster, namespace: str, pod: str) -> None:
    """Raise EngineError where a Pod's node does not answer: what does not end there says nothing about the Pod."""
    item = cluster.get(f"/api/v1/namespaces/{namespace}/pods/{pod}") or {}
    if node := (item.get("spec") or {}).get("nodeName"):
        answer = cluster.request("GET", f"/api/v1/nodes/{quote(node)}/proxy/healthz")
        if answer.status != 200:
            raise EngineError(f"the node {node} of the Pod {pod} does not answer: {answer.message}")


def _result(probe: Probe, pod: str, command: list[str]) -> Json:
    result: Json = {"kind": probe.kind, "pod": pod, "command": command, "ok": False, "error": "", "exit": None}
    return {**result, "stdout": "", "stderr": ""}


def _run(probe: Probe, cluster: Cluster, namespace: str, pod: str, command: list[str]) -> Json:
    result, container = _result(probe, pod, command), probe.options.get("container", "")
    base, timeout = f"/api/v1/namespaces/{namespace}/pods/{pod}/exec", probe.timeout
    cluster.verify()
    try:
        channels, refused = exec_protocol.execute(cluster, f"{base}?{_query(command, container)}", timeout, OUTPUT_LIMIT)
        # The Pod has several containers, or none of that name.
        if (
            refused is not None
            and refused.status == 400
            and (other := container_in(cluster, namespace, pod, container)) != container
        ):
            channels, refused = exec_protocol.execute(cluster, f"{base}?{_query(command, other)}", timeout, OUTPUT_LIMIT)
    except exec_protocol.Slow as slow:
        _require_kubelet(cluster, namespace, pod)
        return {**result, **_outputs(slow.channels), "error": f"{STILL_RUNNING} {probe.timeout:g} s"}
    if refused is not None:
        return {**result, "error": exec_protocol.explain(refused)}
    end = exec_protocol.ended(channels[exec_protocol.STATUS])
    return {**result, **_outputs(channels), **end, "ok": end["exit"] == 0}


def _query(command: list[str], container: str) -> str:
    query = [("stdout", "true"), ("stderr", "true"), *(("command", part) for part in command)]
    return urlencode([*query, *([("container", container)] if container else [])])


def _outputs(channels: dict[int, bytes]) -> Json:
    names = {"stdout": exec_protocol.STDOUT, "stderr": exec_protocol.STDERR}
    return {name: channels[channel].decode("utf-8", errors="replace") for name, channel in names.items()}


def _addresses(tool: str, output: str) -> list[str]:
    """The IPv4 addresses that a look-up printed. nslookup names the server that it asks before any answer: left out."""
    answer = output.partition("Name:")[2] if tool == "nslookup" else output
    return sorted(set(re.findall(r"(?<![\d.])\d+\.\d+\.\d+\.\d+(?![\d.])", answer)))
