"""Probe of a cluster: whether the API server would admit an object, tried with a server-side dry run.

A dry run goes through authorization and admission like any other request, and is not stored: no object, no event and no
controller comes of it. It is sent to our own cluster only, after the cluster has proved to be ours.
Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run.
"""

import re

from checks.api_resources import KINDS
from checks.clients.base import Answer, EngineError
from checks.clients.cluster import Cluster, refusal
from checks.model import Probe
from checks.snapshot import Json

DRY_RUN = "?dryRun=All"
# The kinds that may be tried. Nothing watches them on the way in but admission itself.
TRIED = ("Pod", "Deployment")
# The statuses with which admission refuses: Pod Security 403, a policy 422 or what its `reason` stands for.
REFUSED = (403, 413, 422)
BY_POLICY = "denied request"
# What the API server says instead to someone who may not create the object at all.
NOT_ALLOWED = "cannot create resource"
UNUSED = "slipway-dry-run-"
WARNING = re.compile(r'299 \S+ "((?:[^"\\]|\\.)*)"')


def admission(probe: Probe, cluster: Cluster, namespace: str) -> Json:
    """Try to create `object` (a Pod or a Deployment, without a name), or a Pod of the template of the Deployment `template_of`.

    The result says whether it was "admitted"; "message" holds the refusal, and "warnings" what the API server warned of.
    `ok` is false where there is no such Deployment or no such namespace.
    """
    namespace = probe.options.get("namespace", namespace)
    item, missing = _item(probe, cluster, namespace)
    what = f"create a {item.get('kind', 'Pod')} in {namespace} (dry run)"
    result: Json = {"kind": probe.kind, "request": what, "ok": False, "admitted": False, "message": "", "warnings": []}
    if missing:
        return {**result, "message": missing}
    if item.get("kind") not in TRIED:
        raise EngineError(f"the probe “{probe.id}” tries a {item.get('kind')}; only these are tried: {', '.join(TRIED)}")
    path = f"{KINDS[item['kind']].path(namespace)}{DRY_RUN}"
    about = {**(item.get("metadata") or {}), "generateName": UNUSED, "namespace": namespace}
    answer = cluster.write("POST", path, {**item, "metadata": about}, timeout=probe.timeout)
    result["warnings"] = warnings(answer.headers.get("warning", ""))
    if answer.status in (200, 201):
        return {**result, "ok": True, "admitted": True}
    if answer.absent(f"POST {path}"):
        return {**result, "message": answer.message}
    if not _is_refusal(answer):
        raise EngineError(refusal(answer, f"POST {path}"))
    return {**result, "ok": True, "message": answer.message}


def warnings(header: str) -> list[str]:
    """Return the texts of a Warning header.

    `warnings('299 - "would violate PodSecurity"')` is `["would violate PodSecurity"]`.
    """
    return [re.sub(r"\\(.)", r"\1", text) for text in WARNING.findall(header)]


def _item(probe: Probe, cluster: Cluster, namespace: str) -> tuple[Json, str]:
    """Return the object to try, and why there is none."""
    name = probe.options.get("template_of")
    if not name:
        return dict(probe.options["object"]), ""
    deployment = cluster.get(f"{KINDS['Deployment'].path(namespace)}/{name}")
    if deployment is None:
        return {}, f"there is no Deployment called {name}"
    template = deployment["spec"]["template"]
    labels = (template.get("metadata") or {}).get("labels") or {}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"labels": labels}, "spec": template["spec"]}, ""


def _is_refusal(answer: Answer) -> bool:
    return BY_POLICY in answer.message or (answer.status in REFUSED and NOT_ALLOWED not in answer.message)
