"""The volumes of a Pod, and the mounts of its containers.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from collections.abc import Iterator

from checks.model import Finding
from checks.snapshot import Json
from checks.vocabulary.containers import Findings
from checks.vocabulary.objects import container_of, subject


def file_from(item: Json, container: str, file: str, kind: str, name: str, hint: str) -> Findings:
    """Yield a finding unless the file in the container is on a volume from the ConfigMap or Secret `name`.

    Example:
        yield from pod_volumes.file_from(board, "board", "/etc/board/notice", "ConfigMap", "notice", "Add a volumeMount.")
        # The ConfigMap notice is not mounted at /etc/board in the container board.
    """
    mount = mount_over(item, container, file)
    volume = volume_of(item, (mount or {}).get("name", ""))
    if name in _sources(volume, kind):
        return
    observed = [f"{mount['name']} at {mount['mountPath']}" for mount in _mounts(item, container)]
    message = f"The {kind} {name} is not mounted at {file.rpartition('/')[0]} in the container {container}."
    yield Finding(message, subject(item), f"containers[{container}].volumeMounts", file, observed, hint=hint)


def mount_over(item: Json, container: str, file: str) -> Json | None:
    """Return the container's mount that holds the file, the nearest one above it; None for the container's own file system.

    Example:
        mount = pod_volumes.mount_over(board, "board", "/etc/board/notice")
        # {'name': 'notice', 'mountPath': '/etc/board'}
    """
    above = [mount for mount in _mounts(item, container) if f"{file}/".startswith(f"{mount['mountPath'].rstrip('/')}/")]
    return max(above, key=lambda mount: len(mount["mountPath"]), default=None)


def _mounts(item: Json, container: str) -> list[Json]:
    mounts = (container_of(pod_of(item), container) or {}).get("volumeMounts") or ()
    return [mount for mount in mounts if "serviceaccount" not in mount["mountPath"]]


def volume_of(item: Json, name: str) -> Json:
    """Return the volume of this name of a Pod or a Pod template; {} if there is none.

    Example:
        pod_volumes.volume_of({"kind": "Pod", "spec": {"volumes": [{"name": "data", "emptyDir": {}}]}}, "data")
        # {'name': 'data', 'emptyDir': {}}
    """
    volumes = (pod_of(item).get("spec") or {}).get("volumes") or ()
    return next((volume for volume in volumes if volume.get("name") == name), {})


def _sources(volume: Json, kind: str) -> Iterator[str]:
    """Yield the names of the ConfigMaps or Secrets that a volume is made from."""
    part, name = ("configMap", "name") if kind == "ConfigMap" else ("secret", "secretName")
    if part in volume:
        yield volume[part].get(name, "")
    for source in (volume.get("projected") or {}).get("sources") or ():
        if part in source:
            yield source[part].get("name", "")


def pod_of(item: Json) -> Json:
    """Return the item itself if it is a Pod, else the template of its Pods.

    Example:
        pod_volumes.pod_of({"kind": "Deployment", "spec": {"template": {"spec": {"volumes": []}}}})
        # {'spec': {'volumes': []}}
    """
    return item if item["kind"] == "Pod" else (item.get("spec") or {}).get("template") or {}
