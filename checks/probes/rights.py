"""Probe of a cluster: what a service account may do, as the API server's own authorizer decides.

Each question is a SubjectAccessReview, a question in the form of a POST: the API server answers it and stores nothing. No
token is needed, and none is read.
Source: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access.
"""

import time

from checks.clients.base import DeadlineExceeded, EngineError
from checks.clients.cluster import Cluster, refusal
from checks.model import Probe
from checks.snapshot import Json

REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
MOST = 40  # questions of one probe
LONGEST = 64 * 1024  # bytes of an answer
LEAST = 0.1  # seconds that a question gets when the time is over


def allowed(probe: Probe, cluster: Cluster, namespace: str) -> Json:
    """Ask whether the service account `account` of the lab's namespace may do each of the `requests`.

    A request is written as for `kubectl auth can-i`: "list pods", "create pods/exec", "get secrets crane -n kube-system";
    `-A` stands for all namespaces. The result has, under "answers" and by request, whether it is "allowed", and as "reason"
    the binding that allows it. Raises EngineError where the API server does not answer a question.
    """
    requests = probe.options["requests"]
    if len(requests) > MOST:
        raise EngineError(f"the probe “{probe.id}” asks {len(requests)} questions, more than {MOST}")
    account = probe.options["account"]
    cluster.verify()
    end = time.monotonic() + probe.timeout
    answers = {text: _ask(cluster, namespace, account, text, end) for text in requests}
    return {"kind": probe.kind, "ok": True, "account": account, "answers": answers}


def attributes(text: str, namespace: str) -> Json:
    """Return a request as the API writes it. Raises ValueError for a text that is no request.

    `attributes("create pods/exec", "x")` has the verb "create", the resource "pods" and the subresource "exec".
    """
    words = text.split()
    if words[-1:] == ["-A"]:
        words, namespace = words[:-1], ""
    elif words[-2:-1] == ["-n"]:
        words, namespace = words[:-2], words[-1]
    if len(words) not in (2, 3):
        raise ValueError(f"{text!r} is not VERB RESOURCE [NAME] [-n NAMESPACE | -A]")
    kind, _, subresource = words[1].partition("/")
    resource, _, group = kind.partition(".")
    about = {"verb": words[0], "group": group, "resource": resource, "subresource": subresource, "namespace": namespace}
    return about | {"name": words[2] if len(words) == 3 else ""}


def _ask(cluster: Cluster, namespace: str, account: str, text: str, end: float) -> Json:
    left = end - time.monotonic()
    if left < LEAST:
        raise DeadlineExceeded("the API server did not answer all questions about rights in time")
    groups = ["system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated"]
    user = f"system:serviceaccount:{namespace}:{account}"
    spec = {"user": user, "groups": groups, "resourceAttributes": attributes(text, namespace)}
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
    answer = cluster.request("POST", REVIEWS, review, timeout=left, limit=LONGEST)
    if answer.status not in (200, 201):
        raise EngineError(refusal(answer, f"POST {REVIEWS}"))
    body = answer.json()
    status = body.get("status") if isinstance(body, dict) else None
    if not isinstance(status, dict) or not isinstance(status.get("allowed"), bool):
        raise EngineError(f"the cluster's answer to POST {REVIEWS} could not be understood")
    if status.get("evaluationError") and not status["allowed"] and "not found" not in str(status["evaluationError"]):
        raise EngineError(f"the cluster could not decide whether {account} may {text}: {status['evaluationError']}")
    return {"allowed": status["allowed"], "reason": str(status.get("reason", ""))}
