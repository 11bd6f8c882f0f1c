"""The vocabulary of settings: what ConfigMaps and Secrets hold, and what of it reaches a container.

Each function is pure over a Snapshot and yields a Finding for what is not as expected. Of a
Secret's values only the lengths are known, and whether they end with a line break ("DataFacts").
"""

import base64
import re
from collections.abc import Collection, Iterator, Mapping

from checks.model import Finding
from checks.redact import IN_BASE64
from checks.snapshot import Json, Snapshot
from checks.vocabulary.containers import Findings, last_lines
from checks.vocabulary.objects import container_of, container_status, name_of, seconds, subject

# In a container's env and envFrom, and as a volume: how each kind is referred to.
KEY_REF = {"ConfigMap": "configMapKeyRef", "Secret": "secretKeyRef"}
ALL_REF = {"ConfigMap": "configMapRef", "Secret": "secretRef"}
MARK = re.compile(r"‹redacted [^›]*›")
# The kubelet looks again after a minute or so; beyond this, in seconds, waiting does not help.
PATIENCE = 150.0
IN_CONTAINER = "The container's description says it to everybody who may look at it, and every change of it makes new Pods."
IN_FILE = "Whoever has the file, or its history in a repository, has the password."
IN_LETTERS = "base64 is a way to write bytes as letters. `base64 -d` undoes it, for everybody."


def holds(item: Json, expected: Mapping[str, Collection[str]], hint: str) -> Findings:
    """A ConfigMap has these keys, each with one of the given texts (line breaks at the end left out)."""
    data = item.get("data") or {}
    for key, texts in expected.items():
        if key not in data:
            message = f"The {item['kind']} {name_of(item)} has no key {key}."
            yield Finding(message, subject(item), "data", key, sorted(data), hint=hint)
        elif data[key].strip() not in texts:
            message = f"{key} in {name_of(item)} is not what it should be."
            yield Finding(message, subject(item), f"data.{key}", " or ".join(texts), data[key], hint=hint)


def secret_text(secret: Json, key: str, least: int, hint: str, most: int | None = None) -> Findings:
    """A Secret has this key, with a text of `least` to `most` bytes that does not end with a line break."""
    facts = (secret.get("DataFacts") or {}).get(key)
    where, path = subject(secret), f"data.{key}"
    if facts is None:
        message = f"The Secret {name_of(secret)} has no key {key}."
        yield Finding(message, where, "data", key, sorted(secret.get("data") or {}), hint=hint)
        return
    length, asked = (facts["length"], f"{least} bytes" if most == least else f"at least {least} bytes")
    if facts["ends_with_newline"]:
        message = f"The value of {key} in {name_of(secret)} ends with a line break."
        why = "`echo` writes one after its text, an editor after the last line. To a program it is one more character."
        yield Finding(message, where, path, "no line break at the end", f"{length} bytes with it", why, hint)
    elif not least <= length <= (most or length):
        message = f"The value of {key} in {name_of(secret)} is {length} bytes long."
        twice = most is not None and length == -(-most // 3) * 4
        why = "That is the length of the right value in base64: it has been encoded twice." if twice else ""
        yield Finding(message, where, path, asked, f"{length} bytes", why, hint)


def variable_from(item: Json, container: str, variable: str, kind: str, name: str, hint: str) -> Findings:
    """A variable of a container (of a Pod, or of what makes Pods) gets its value from this ConfigMap or Secret."""
    spec = container_of(_pod_of(item), container) or {}
    entry = next((each for each in spec.get("env") or () if each.get("name") == variable), None)
    where, path, wanted = (subject(item), f"containers[{container}].env[{variable}]", f"from the {kind} {name}")
    all_of = [(each.get(ALL_REF[kind]) or {}).get("name") for each in spec.get("envFrom") or ()]
    if entry is None:
        if name not in all_of:
            message = f"The container {container} gets no variable {variable} from the {kind} {name}."
            yield Finding(message, where, path, wanted, sorted(filter(None, all_of)), hint=hint)
        return
    reference = (entry.get("valueFrom") or {}).get(KEY_REF[kind]) or {}
    # "$(name)" stands for another variable, which may come from there.
    if reference.get("name") == name or "$(" in entry.get("value", "") and name in all_of:
        return
    message, why, observed = (f"{variable} does not come from the {kind} {name}.", "", str(entry.get("valueFrom")))
    if "valueFrom" not in entry:
        message = f"The value of {variable} stands in the description of {name_of(item)} itself."
        why, observed = IN_CONTAINER, f"value: {entry.get('value', '')}"
    yield Finding(message, where, path, wanted, observed, why, hint)


def file_from(item: Json, container: str, file: str, kind: str, name: str, hint: str) -> Findings:
    """The file in the container lies in a volume made from this ConfigMap or Secret."""
    found = mount_over(item, container, file)
    volume = volume_of(item, (found or {}).get("name", ""))
    if name in _sources(volume, kind):
        return
    observed = [f"{each['name']} at {each['mountPath']}" for each in _mounts(item, container)]
    message = f"The {kind} {name} is not mounted at {file.rpartition('/')[0]} in the container {container}."
    yield Finding(message, subject(item), f"containers[{container}].volumeMounts", file, observed, hint=hint)


def mount_over(item: Json, container: str, file: str) -> Json | None:
    """The mount that a file in the container lies on, the nearest one above it."""
    above = [each for each in _mounts(item, container) if f"{file}/".startswith(f"{each['mountPath'].rstrip('/')}/")]
    return max(above, key=lambda each: len(each["mountPath"]), default=None)


def _mounts(item: Json, container: str) -> list[Json]:
    found = (container_of(_pod_of(item), container) or {}).get("volumeMounts") or ()
    return [each for each in found if "serviceaccount" not in each["mountPath"]]


def volume_of(item: Json, name: str) -> Json:
    """The volume of this name, of a Pod or a Pod template; {} where there is none."""
    volumes = (_pod_of(item).get("spec") or {}).get("volumes") or ()
    return next((each for each in volumes if each.get("name") == name), {})


def _sources(volume: Json, kind: str) -> Iterator[str]:
    """The names of the ConfigMaps or Secrets that a volume is made from."""
    part, name = ("configMap", "name") if kind == "ConfigMap" else ("secret", "secretName")
    if part in volume:
        yield volume[part].get(name, "")
    for each in (volume.get("projected") or {}).get("sources") or ():
        if part in each:
            yield each[part].get("name", "")


def _pod_of(item: Json) -> Json:
    """A Pod, or the template that Pods are made from."""
    return item if item["kind"] == "Pod" else (item.get("spec") or {}).get("template") or {}


def prints(
    snapshot: Snapshot, probe_id: str, item: Json, contains: Collection[str], hint: str, cost: int | None = None
) -> Findings:
    """A command in a Pod of `item` ended well and printed one of these texts, and nothing else."""
    probe = snapshot.probe(probe_id)
    said, command = probe["stdout"].strip(), " ".join(probe["command"])
    if probe["ok"] and said in contains:
        return
    observed = said if probe["ok"] else probe["error"] or f"exit code {probe['exit']}"
    wanted = " or ".join(contains)
    message = f"In the container, `{command}` does not show {wanted}."
    yield Finding(message, subject(item), command, wanted, observed, last_lines(probe["stderr"]), hint, cost=cost)


def immutable(item: Json, hint: str) -> Findings:
    """The ConfigMap or Secret can no longer be changed."""
    if item.get("immutable") is not True:
        message = f"The {item['kind']} {name_of(item)} can still be changed."
        yield Finding(message, subject(item), "immutable", True, item.get("immutable"), hint=hint)


def unwritten(snapshot: Snapshot, probe_id: str, secret: Json, key: str, burnt: str, hint: str) -> Findings:
    """A file of the lab holds no password: neither the Secret's nor the one that stood there before (`burnt`).

    In base64 it is one as well. The other values of the Secret may stand there.
    """
    file, data = snapshot.probe(probe_id), secret.get("data") or {}
    others = {value for name, value in data.items() if name != key}
    harmless = others | {value.replace(" ", f" {IN_BASE64}", 1) for value in others}
    marks = [mark for mark in MARK.findall(file["text"]) if mark not in harmless]
    letters = base64.b64encode(burnt.encode()).decode()
    plain = [*(mark for mark in marks if IN_BASE64 not in mark), *([burnt] if burnt in file["text"] else ())]
    encoded = [*(mark for mark in marks if IN_BASE64 in mark), *([letters] if letters in file["text"] else ())]
    if plain or encoded:
        message = f"{file['path']} holds a password{'' if plain else ', in base64'}."
        yield Finding(message, file["path"], "", "no password", [*plain, *encoded], IN_FILE if plain else IN_LETTERS, hint)


def arrives(snapshot: Snapshot, probe_id: str, item: Json, variable: str, secret: Json, key: str, hint: str) -> Findings:
    """The command of the probe has counted as many bytes in the container's variable as the Secret holds under "
    "`key`."""
    probe, length = snapshot.probe(probe_id), secret["DataFacts"][key]["length"]
    seen = probe["stdout"].strip() if probe["ok"] else probe["error"] or f"exit code {probe['exit']}"
    if seen != str(length):
        why = "A variable is set when the container starts; a Secret that is changed later is not seen."
        message = f"{variable} in the container is not the {key} of the Secret {name_of(secret)}."
        yield Finding(message, subject(item), f"length of {variable}", length, seen, why, hint)


def outlived(snapshot: Snapshot, pod_name: str, container: str, source: Json, hint: str) -> Findings:
    """The container of this Pod ran before the ConfigMap or Secret was changed for the last time, and runs still."""
    pod, since = snapshot.pod(pod_name), changed(source)
    start = started(pod, container) if pod else ""
    if pod is None or not start or start <= since:
        return
    message = f"The container of {pod_name} has followed nothing: it has read the new file from the start."
    why = f"It was started at {start}; the {source['kind']} was changed at {since}."
    yield Finding(message, subject(pod), "state.running.startedAt", f"before {since}", start, why, hint)


def behind(snapshot: Snapshot, source: Json, item: Json, container: str, file: str, seen: object, hint: str) -> Finding:
    """The finding for a mounted file that is not what the ConfigMap or Secret says: not yet, or never."""
    where, mount = subject(item), mount_over(item, container, file) or {}
    message, expected = (
        f"{file} in the container is not what the {source['kind']} {name_of(source)} says.",
        "what it says now",
    )
    if mount.get("subPath") or mount.get("subPathExpr"):
        why = "It is mounted with `subPath`. Such a file is made when the container starts, and never brought up to date."
        hint = f"Mount the whole volume at {file.rpartition('/')[0]}, without subPath."
        return Finding(message, where, f"volumeMounts[{mount['name']}].subPath", "none", mount.get("subPath"), why, hint)
    since = seconds(changed(source), snapshot.taken)
    why = f"It was changed {since:.0f} seconds ago. The kubelet brings mounted files up to date about once a minute."
    return Finding(message, where, file, expected, seen, why, hint, waiting=since < PATIENCE)


def changed(item: Json) -> str:
    """When somebody last changed the object, by the cluster's clock; when it was made, if nothing else is known."""
    about = item["metadata"]
    times = [each["time"] for each in about.get("managedFields") or () if each.get("time")]
    return max([*times, about.get("creationTimestamp") or ""])


def started(pod: Json, container: str) -> str:
    """When the container that runs now was started; empty where none runs."""
    state = (container_status(pod, container).get("state") or {}).get("running") or {}
    return str(state.get("startedAt") or "")
