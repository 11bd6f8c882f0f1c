"""Probe of the kubeconfig that a lab's kubectl uses: where it leads now, and whether that is our cluster still."""

from checks.clients.cluster import Cluster
from checks.model import Probe
from checks.snapshot import Json
from sandboxes import json_text
from sandboxes.cluster import kubeconfig, kubeconfig_format, lab_kubeconfig
from sandboxes.host.atomic_write import read_text
from sandboxes.recursion import without_finalizers


def aim(probe: Probe, cluster: Cluster, lab_id: str) -> Json:
    """The current context, its server and namespace; `ours` says that it leads to our cluster as we wrote it."""
    path = lab_kubeconfig.copy_path(cluster.folder, lab_id)
    result: Json = {"kind": probe.kind, "ok": False, "error": "", "context": "", "server": "", "namespace": "", "ours": False}
    try:
        text = read_text(path, kubeconfig.LARGEST)
        data = _read(text)
    except (OSError, ValueError, RecursionError) as error:
        return {**result, "error": f"the lab's kubeconfig cannot be read ({error})"}
    name = str(data.get("current-context") or "")
    context = _named(data, "contexts", "context", name)
    server = str(_named(data, "clusters", "cluster", str(context.get("cluster"))).get("server") or "")
    user = _named(data, "users", "user", str(context.get("user")))
    ours = server == cluster.access.server and sorted(user) == sorted(kubeconfig_format.USER)
    namespace = str(context.get("namespace") or "default")
    return {**result, "ok": True, "context": name, "server": server, "namespace": namespace, "ours": ours}


def _read(text: str) -> Json:
    try:
        data = json_text.loads(text)
    except ValueError:
        import yaml

        try:
            with without_finalizers():
                data = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ValueError(" ".join(str(error).split())) from error
    if not isinstance(data, dict):
        raise ValueError("it is no kubeconfig")
    return data


def _named(data: Json, kind: str, field: str, name: str) -> Json:
    """The entry of this name in one of the lists of a kubeconfig; {} where there is none."""
    entries = [each for each in data.get(kind) or () if isinstance(each, dict) and each.get("name") == name]
    found = entries[0].get(field) if entries else None
    return found if isinstance(found, dict) else {}
