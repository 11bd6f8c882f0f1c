"""The members of the database of lab 17b: what each says of its part in the replication, and of the entries it has."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.times import seconds
from checks.vocabulary import containers, objects
from checks.vocabulary.objects import subject

LEDGER, COUNT, STREAM, SHIP, REJOINED = "ledger", 3, "moorings", "Cormorant", 1
PRIMARY = f"{LEDGER}-0"
# The time in milliseconds at which Redis added an entry to a stream, and a number.
ENTRY_ID = re.compile(r"^(\d{1,13})-\d{1,20}$")
# How long a new member may take to copy the primary's data, in seconds.
COPYING = 20


@dataclass(frozen=True)
class Member:
    """What a Redis member says: the lines of INFO replication, and the words of each stream entry by its ID."""

    about: dict[str, str] = field(default_factory=dict)
    entries: dict[str, list[str]] = field(default_factory=dict)


def member(snapshot: Snapshot, ordinal: int) -> Member:
    """Return what the member of this number says about itself; nothing where Redis in it did not answer."""
    probe, about, entries = snapshot.probe(f"member-{ordinal}"), {}, {}
    words: list[str] = []
    for line in (probe["stdout"] if probe["ok"] else "").splitlines():
        if ENTRY_ID.match(line):
            words = entries.setdefault(line, [])
        elif entries:
            words.append(line)
        elif ":" in line:
            name, value = line.strip().split(":", 1)
            about[name] = value
    return Member(about, entries)


def ships(ordinal_member: Member) -> list[str]:
    """Return the IDs of the entries about the task's ship, oldest first."""
    return [id for id, words in ordinal_member.entries.items() if any(SHIP in word for word in words)]


def follows(snapshot: Snapshot) -> containers.Findings:
    """Yield a finding for the first member that does not play its part: one primary, and two that copy it by its name."""
    for ordinal in range(COUNT):
        if findings := list(_part(snapshot, ordinal)):
            yield from findings
            return


def _part(snapshot: Snapshot, ordinal: int) -> containers.Findings:
    name, about = f"{LEDGER}-{ordinal}", member(snapshot, ordinal).about
    pod, path = snapshot.require("Pod", name), "INFO replication"
    hint = "Change the command in ledger.yaml, then `kubectl apply -f ledger.yaml`."
    if not about:
        probe = snapshot.probe(f"member-{ordinal}")
        why = containers.last_lines(probe["stderr"] or probe["stdout"] or probe["error"])
        yield Finding(f"Redis in {name} does not answer.", subject(pod), path, "role", "no answer", why, hint)
        return
    role, host, link = about.get("role", ""), about.get("master_host", ""), about.get("master_link_status", "")
    if name == PRIMARY:
        if role != "master":
            message = f"{PRIMARY} is not the primary: it copies {host}."
            yield Finding(message, subject(pod), path, "role:master", f"role:{role}", "", hint)
    elif role == "master":
        why = (
            "It is the primary of another database. What `redis-cli REPLICAOF` tells a running member is lost with its Pod: "
            "the next Pod starts with the command in the template."
        )
        yield Finding(f"{name} copies no other member.", subject(pod), path, "role:slave", "role:master", why, hint)
    elif not _is_name(host):
        why = f"{host} is the address of a Pod, and the Pod that replaces it has another one. A name stays."
        message = f"{name} finds its primary by an address, not by a name."
        yield Finding(message, subject(pod), "master_host", f"{PRIMARY}.ledgers", host, why, hint)
    elif host.split(".")[0] != PRIMARY:
        why = "The name of a headless Service resolves to any of its Pods." if host.split(".")[0] == "ledgers" else ""
        message = f"{name} copies {host}, not {PRIMARY}."
        yield Finding(message, subject(pod), "master_host", f"{PRIMARY}.ledgers", host, why, hint)
    elif link != "up":
        why = f"It cannot connect to {host}, port {about.get('master_port', '')}: see `kubectl logs {name}`."
        young = objects.age(pod, snapshot) < COPYING
        message = f"{name} has no connection to its primary."
        yield Finding(message, subject(pod), "master_link_status", "up", link, why, hint, waiting=young)


def _is_name(host: str) -> bool:
    """Tell whether Redis was given a name instead of an IP address."""
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


def rejoined(snapshot: Snapshot) -> containers.Findings:
    """Yield a finding unless the member was replaced after the ship's entry was written, and has copied the entry."""
    primary, name = snapshot.require("Pod", PRIMARY), f"{LEDGER}-{REJOINED}"
    written = ships(member(snapshot, 0))
    if not written:
        hint = f"`kubectl exec {PRIMARY} -- redis-cli XADD {STREAM} '*' ship {SHIP}`"
        observed = [" ".join(words) for words in member(snapshot, 0).entries.values()] or "no entries"
        message = f"The stream {STREAM} of {PRIMARY} has no entry about {SHIP}."
        yield Finding(message, subject(primary), f"XRANGE {STREAM}", SHIP, observed, "", hint)
        return
    yield from _replaced(snapshot.require("Pod", name), name, written[0], member(snapshot, REJOINED), snapshot)


def _replaced(pod: Json, name: str, entry: str, copy: Member, snapshot: Snapshot) -> containers.Findings:
    """Yield a finding for a Pod that is older than the entry, or that does not have it."""
    created = pod["metadata"].get("creationTimestamp", "")
    written = datetime.fromtimestamp(int(entry.split("-")[0]) // 1000, UTC).isoformat().replace("+00:00", "Z")
    if seconds(written, created) < 0:
        message = f"Since the entry about {SHIP}, {name} has not been replaced."
        why = f"Redis added the entry at {written}, and the Pod has existed since {created}."
        hint = f"`kubectl delete pod {name}`; the StatefulSet creates a new one of the same name."
        yield Finding(message, subject(pod), "metadata.creationTimestamp", f"after {written}", created, why, hint)
    elif entry not in copy.entries:
        message = f"The new {name} does not have the entry about {SHIP}."
        why = "It has not copied the primary's data."
        young = objects.age(pod, snapshot) < COPYING
        hint = f"`kubectl logs {name}` shows what Redis copies from its primary."
        yield Finding(message, subject(pod), f"XRANGE {STREAM}", entry, sorted(copy.entries), why, hint, waiting=young)
