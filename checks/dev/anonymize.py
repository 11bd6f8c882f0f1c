"""A recording without its author's machine and its moment: folders, host and mirrors, IDs, addresses and times are replaced."""

import copy
import json
import os
import platform
import re
from pathlib import Path

from checks.dev import placeholders, recorded_times, unread
from checks.dev.trial import Trial
from checks.lifecycle.kind import workspace_id
from checks.snapshot import Json, Snapshot
from sandboxes.errors import SlipwayError
from sandboxes.settings import ROOT

LEARNERS_ROOT = "/home/learner/slipway"
MACHINE = "learners-machine"
# As JSON writes it: an authority's name is in it, and nothing that a check looks at.
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----(?:\\n)?")


def neutral(snapshot: Snapshot, trial: Trial) -> Snapshot:
    """Return the snapshot as it would have been in /home/learner/slipway, at noon of recorded_times.NOON.

    Raises SlipwayError where a trace of the machine remains.
    """
    words = _replacements(trial)
    text = json.dumps(snapshot.to_json(), ensure_ascii=False)
    for word, stead in words.items():
        text = re.sub(rf"{re.escape(word)}(?![\w-])", lambda _, stead=stead: stead, text)
    text = CERTIFICATE.sub("a certificate", text)
    if traces := sorted(word for word in words if re.search(rf"{re.escape(word)}(?![\w-])", text)):
        raise SlipwayError(f"The recording of lab {snapshot.lab} still names {', '.join(traces)}.")
    data: Json = json.loads(text)
    for container in data["objects"].get("container", {}).values():
        if container["HostConfig"]["NetworkMode"] == "host":
            # It bears the machine's name, which may be too short to be looked for everywhere.
            container["Config"]["Hostname"] = MACHINE
    return Snapshot.from_json(timeless(data))


def timeless(data: Json) -> Json:
    """Return a snapshot's JSON without what differs from run to run: it can be compared with other recordings of the lab."""
    data = copy.deepcopy(data)
    unread.leave_out(data)
    return recorded_times.move(placeholders.fill(data))


def _replacements(trial: Trial) -> dict[str, str]:
    """List what to replace by what, the longest first."""
    home = str(Path.home())
    words = {
        str(trial.settings.work): f"{LEARNERS_ROOT}/work",
        str(trial.root): LEARNERS_ROOT,
        str(ROOT): LEARNERS_ROOT,
        str(trial.lab.folder.parent): f"{LEARNERS_ROOT}/labs",
        **_of_the_side(trial),
        **dict.fromkeys(_hosts(), "mirror.example"),
    }
    words = {word: stead for word, stead in words.items() if word != stead}
    if home not in ("/", "/root"):
        words[home] = "/home/learner"
    if len(name := platform.node()) > 3:
        words[name] = MACHINE
    return dict(sorted(words.items(), key=lambda item: -len(item[0])))


def _of_the_side(trial: Trial) -> dict[str, str]:
    """List what names the author's engine or cluster."""
    if trial.lab.sandbox == "docker":
        return {trial.engine.get("/info")["DockerRootDir"]: "/var/lib/docker"}
    identity, mark = trial.engine.identity, workspace_id(trial.settings)
    nodes = [node["metadata"]["name"] for node in trial.engine.get("/api/v1/nodes")["items"]]
    return {
        identity.name: "slipway",
        identity.server: "https://127.0.0.1:6443",
        mark: "0123456789abcdef",
        platform.release(): "6.1.0",
        **{name: f"slipway{name.removeprefix(identity.name)}" for name in nodes},
    }


def _hosts() -> set[str]:
    """Find the hosts of this machine's proxies and package mirrors, as its variables and pip name them."""
    from urllib.parse import urlsplit

    values = [value for name, value in os.environ.items() if re.search(r"proxy|index_url|mirror|registry", name, re.I)]
    for path in (Path("/etc/pip.conf"), Path.home() / ".config/pip/pip.conf", Path.home() / ".pip/pip.conf"):
        if path.is_file():
            values += re.findall(r"=\s*(\S+)", path.read_text(encoding="utf-8", errors="replace"))
    hosts = {urlsplit(value).hostname or "" for value in values if "://" in value}
    return {host for host in hosts if "." in host} - {"127.0.0.1", "pypi.org", "deb.debian.org", "registry-1.docker.io"}
