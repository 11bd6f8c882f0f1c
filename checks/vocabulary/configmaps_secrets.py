"""ConfigMaps and Secrets, and what reaches a container from them.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
Of a Secret's values only the lengths are known, and whether they end with a line break ("DataFacts").
"""

import base64
import re
from collections.abc import Collection, Mapping

from checks.model import Finding
from checks.redact import IN_BASE64, MARK
from checks.snapshot import Json, Snapshot
from checks.times import ago
from checks.vocabulary.containers import Findings, last_lines
from checks.vocabulary.objects import changed, container_of, container_status, name_of, subject
from checks.vocabulary.pod_volumes import mount_over, pod_of

# In a container's env and envFrom, and as a volume: how each kind is referred to.
KEY_REF = {"ConfigMap": "configMapKeyRef", "Secret": "secretKeyRef"}
ALL_REF = {"ConfigMap": "configMapRef", "Secret": "secretRef"}
# The kubelet looks again after a minute or so; beyond this, in seconds, waiting does not help.
PATIENCE = 150.0
# A value that is another variable of the container, and nothing else.
REFERENCE = re.compile(r"\$\((\w+)\)")
IN_CONTAINER = "Anyone who may read the Pod's description sees it there, and every change to it replaces the Pods."
IN_FILE = "Anyone who has the file, or its history in a repository, has the password."
IN_LETTERS = "base64 is an encoding, not encryption: anyone can undo it with `base64 -d`."


def holds(item: Json, expected: Mapping[str, Collection[str]], hint: str) -> Findings:
    """Yield a finding for each key of a ConfigMap that is missing or has none of the expected texts.

    Line breaks and blanks at the ends of a value are ignored.

    Example:
        yield from configmaps_secrets.holds(config, {"MODE": ("summer", "winter")}, "`kubectl edit configmap board-config`")
        # MODE in board-config has the wrong value.
    """
    data = item.get("data") or {}
    for key, texts in expected.items():
        if key not in data:
            message = f"The {item['kind']} {name_of(item)} has no key {key}."
            yield Finding(message, subject(item), "data", key, sorted(data), hint=hint)
        elif data[key].strip() not in texts:
            message = f"{key} in {name_of(item)} has the wrong value."
            yield Finding(message, subject(item), f"data.{key}", " or ".join(texts), data[key], hint=hint)


def secret_text(secret: Json, key: str, least: int, hint: str, most: int | None = None) -> Findings:
    """Yield a finding unless the Secret has the key, with `least` to `most` bytes and without a line break at the end.

    Example:
        yield from configmaps_secrets.secret_text(secret, "password", 12, "Use --from-literal.")
        # The value of password in board-secret ends with a line break.
    """
    facts = (secret.get("DataFacts") or {}).get(key)
    where, path = subject(secret), f"data.{key}"
    if facts is None:
        message = f"The Secret {name_of(secret)} has no key {key}."
        yield Finding(message, where, "data", key, sorted(secret.get("data") or {}), hint=hint)
        return
    length, asked = (facts["length"], f"{least} bytes" if most == least else f"at least {least} bytes")
    if facts["ends_with_newline"]:
        message = f"The value of {key} in {name_of(secret)} ends with a line break."
        why = "`echo` writes one after its text, an editor after the last line. A program reads it as one more character."
        yield Finding(message, where, path, "no line break at the end", f"{length} bytes with it", why, hint)
    elif not least <= length <= (most or length):
        message = f"The value of {key} in {name_of(secret)} is {length} bytes long."
        twice = most is not None and length == -(-most // 3) * 4
        why = "That is the length of the right value in base64: it has been encoded twice." if twice else ""
        yield Finding(message, where, path, asked, f"{length} bytes", why, hint)


def variable_from(item: Json, container: str, variable: str, kind: str, name: str, hint: str) -> Findings:
    """Yield a finding unless a container's variable gets its value from the ConfigMap or Secret `name`.

    `item` is a Pod, or a workload with a Pod template; `kind` is "ConfigMap" or "Secret".

    Example:
        yield from configmaps_secrets.variable_from(board, "board", "PASSWORD", "Secret", "board-secret", "Use secretKeyRef.")
        # The value of PASSWORD is written in board itself.
    """
    spec = container_of(pod_of(item), container) or {}
    variables = {entry_of_list.get("name"): entry_of_list for entry_of_list in spec.get("env") or ()}
    entry = variables.get(variable)
    if entry and (other := REFERENCE.fullmatch(entry.get("value", ""))) and other[1] in variables:
        entry = variables[other[1]]
    where, path, wanted = (subject(item), f"containers[{container}].env[{variable}]", f"from the {kind} {name}")
    all_of = [(entry_of_list.get(ALL_REF[kind]) or {}).get("name") for entry_of_list in spec.get("envFrom") or ()]
    if entry is None:
        if name not in all_of:
            message = f"The container {container} gets no variable {variable} from the {kind} {name}."
            yield Finding(message, where, path, wanted, sorted(filter(None, all_of)), hint=hint)
        return
    reference = (entry.get("valueFrom") or {}).get(KEY_REF[kind]) or {}
    # "$(name)" refers to another variable, which may come from there.
    if reference.get("name") == name or "$(" in entry.get("value", "") and name in all_of:
        return
    message, why, observed = (f"{variable} does not come from the {kind} {name}.", "", str(entry.get("valueFrom")))
    if "valueFrom" not in entry:
        message = f"The value of {variable} is written in {name_of(item)} itself."
        why, observed = IN_CONTAINER, f"value: {entry.get('value', '')}"
    yield Finding(message, where, path, wanted, observed, why, hint)


def prints(
    snapshot: Snapshot, probe_id: str, item: Json, contains: Collection[str], hint: str, cost: int | None = None
) -> Findings:
    """Yield a finding unless a command in a Pod of `item` (a `pod_exec` probe) succeeded and printed exactly one of the texts.

    Example:
        yield from configmaps_secrets.prints(snapshot, "notice", board, ["Closed", "Open"], "Mount the ConfigMap.")
        # In the container, `cat /etc/board/notice` does not show Closed or Open.
    """
    probe = snapshot.probe(probe_id)
    printed, command = probe["stdout"].strip(), " ".join(probe["command"])
    if probe["ok"] and printed in contains:
        return
    observed = printed if probe["ok"] else probe["error"] or f"exit code {probe['exit']}"
    wanted = " or ".join(contains)
    message = f"In the container, `{command}` does not show {wanted}."
    yield Finding(message, subject(item), command, wanted, observed, last_lines(probe["stderr"]), hint, cost=cost)


def immutable(item: Json, hint: str) -> Findings:
    """Yield a finding unless the ConfigMap or Secret can no longer be changed.

    Example:
        yield from configmaps_secrets.immutable(secret, "Set `immutable: true`.")
        # The Secret board-secret can still be changed.
    """
    if item.get("immutable") is not True:
        message = f"The {item['kind']} {name_of(item)} can still be changed."
        yield Finding(message, subject(item), "immutable", True, item.get("immutable"), hint=hint)


def unwritten(snapshot: Snapshot, probe_id: str, secret: Json, key: str, burnt: str, hint: str) -> Findings:
    """Yield a finding if a file of the lab (a `file` probe) holds a password, plain or in base64.

    That is the value under `key` of the Secret, or the one that the file had before (`burnt`). Its other values may be there.

    Example:
        yield from configmaps_secrets.unwritten(snapshot, "manifest", secret, "password", "hunter2", "Refer to the Secret.")
        # board.yaml holds a password, in base64.
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
    """Yield a finding unless a command in the container counted as many bytes in `variable` as the Secret has under `key`.

    Example:
        yield from configmaps_secrets.arrives(snapshot, "length", board, "PASSWORD", secret, "password", "Restart the Pods.")
        # PASSWORD in the container is not the password of the Secret board-secret.
    """
    probe, length = snapshot.probe(probe_id), secret["DataFacts"][key]["length"]
    observed = probe["stdout"].strip() if probe["ok"] else probe["error"] or f"exit code {probe['exit']}"
    if not probe["ok"]:
        message = f"The length of {variable} in the container could not be read: {observed}."
        yield Finding(message, subject(item), f"length of {variable}", length, observed, last_lines(probe["stderr"]), hint)
    elif observed != str(length):
        why = "A variable is set when the container starts. It does not follow later changes to the Secret."
        message = f"{variable} in the container is not the {key} of the Secret {name_of(secret)}."
        yield Finding(message, subject(item), f"length of {variable}", length, observed, why, hint)


def outlived(snapshot: Snapshot, pod_name: str, container: str, source: Json, hint: str) -> Findings:
    """Yield a finding unless the running container of the Pod started before the last change of the ConfigMap or Secret.

    Example:
        yield from configmaps_secrets.outlived(snapshot, "board", "board", config, "Change it, and keep the Pod.")
        # The container of board started after the change, so it had the new file from the start.
    """
    pod, since = snapshot.pod(pod_name), changed(source)
    start = started(pod, container) if pod else ""
    if pod is None or not start or start <= since:
        return
    message = f"The container of {pod_name} started after the change, so it had the new file from the start."
    why = f"It was started at {start}; the {source['kind']} was changed at {since}."
    yield Finding(message, subject(pod), "state.running.startedAt", f"before {since}", start, why, hint)


def behind(snapshot: Snapshot, source: Json, item: Json, container: str, file: str, observed: object, hint: str) -> Finding:
    """Return the finding for a mounted file that differs from its source: waiting while the kubelet may still update it.

    Example:
        yield configmaps_secrets.behind(snapshot, config, board, "board", "/etc/board/notice", "Closed", "Wait a minute.")
        # /etc/board/notice in the container is not what the ConfigMap notice says.
    """
    where, mount = subject(item), mount_over(item, container, file) or {}
    message, expected = (
        f"{file} in the container is not what the {source['kind']} {name_of(source)} says.",
        "what it says now",
    )
    if mount.get("subPath") or mount.get("subPathExpr"):
        why = "It is mounted with `subPath`. The kubelet writes such a file when the container starts and never updates it."
        hint = f"Mount the whole volume at {file.rpartition('/')[0]}, without subPath."
        return Finding(message, where, f"volumeMounts[{mount['name']}].subPath", "none", mount.get("subPath"), why, hint)
    since = ago(changed(source), snapshot.taken)
    why = f"It was changed {since:.0f} seconds ago. The kubelet updates mounted files about once a minute."
    return Finding(message, where, file, expected, observed, why, hint, waiting=since < PATIENCE)


def started(pod: Json, container: str) -> str:
    """Return when the container that is running now was started (ISO 8601); "" if none is running.

    Example:
        configmaps_secrets.started({"status": {}}, "board")
        # ''
    """
    state = (container_status(pod, container).get("state") or {}).get("running") or {}
    return str(state.get("startedAt") or "")
