"""The connections of lab 26: which Pod reached what when all of them tried at the same moment."""

from dataclasses import dataclass

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.times import ago
from checks.vocabulary import containers, objects

CUSTOMS = "customs"
# How long the nodes may take to apply a policy, or the rules for a new Pod, in seconds: some networks do so in rounds.
EFFECT = 15.0


@dataclass(frozen=True)
class Attempt:
    """A connection that a Pod tries to open in a probe: the `answer` that shows that it did, and `to` whom.

    The probe is named after the Pod's Deployment, and `who` is its name in a sentence. `control` is the answer of a
    connection that the same Pod opens at the same moment, and that nothing forbids.
    """

    probe: str
    who: str
    to: str
    answer: str
    control: str = ""

    @property
    def subject(self) -> str:
        """The Deployment of the Pod, as findings name it."""
        place = f"{CUSTOMS} " if CUSTOMS in self.who else ""
        return f"{place}deployment/{self.probe}"


def answers(snapshot: Snapshot, probe: str) -> frozenset[str]:
    """Return the lines that a Pod received, one for each connection that it could open; none if it could not try them all."""
    attempts = snapshot.probe(probe)
    return frozenset(line.strip() for line in attempts["stdout"].splitlines()) if attempts["ok"] else frozenset()


def passes(snapshot: Snapshot, attempt: Attempt, why: str, hint: str) -> containers.Findings:
    """Yield a finding unless the Pod could open the connection."""
    if attempt.answer not in answers(snapshot, attempt.probe):
        message = f"{attempt.who} cannot connect to {attempt.to}."
        yield Finding(message, attempt.subject, attempt.to, "an answer", "no answer", why, hint, waiting=_settling(snapshot))


def blocked(snapshot: Snapshot, attempt: Attempt, why: str, hint: str) -> containers.Findings:
    """Yield a finding unless the Pod could not open the connection, while it could open another one at that moment."""
    received = answers(snapshot, attempt.probe)
    if attempt.answer in received:
        message = f"{attempt.who} can connect to {attempt.to}."
        yield Finding(message, attempt.subject, attempt.to, "no connection", "an answer", why, hint, waiting=_settling(snapshot))
    elif attempt.control not in received:
        # Without this, a Pod that can reach nothing, or a slow machine, would pass for a policy.
        message = f"{attempt.who} cannot connect to {attempt.control} either, so {attempt.to} proves nothing."
        reason = "A policy forbids its outgoing connections, also those to the DNS, or the machine is too slow at the moment."
        # A policy that was deleted leaves no trace, and its rules remain for a moment.
        waiting = _settling(snapshot) or not any(map(_restricts_egress, _policies(snapshot)))
        yield Finding(message, attempt.subject, attempt.control, "an answer", "no answer", reason, hint, waiting=waiting)


def _policies(snapshot: Snapshot) -> list[Json]:
    return list(snapshot.of_kind("NetworkPolicy").values())


def _restricts_egress(policy: Json) -> bool:
    return "Egress" in (policy["spec"].get("policyTypes") or ())


def _settling(snapshot: Snapshot) -> bool:
    """Tell whether the network may still be applying a policy that was changed, or the rules for a Pod that was started."""
    changes = [objects.changed(policy) for policy in _policies(snapshot)]
    changes += [(pod.get("status") or {}).get("startTime") for pod in snapshot.of_kind("Pod").values()]
    return any(ago(time, snapshot.taken) < EFFECT for time in changes if time)
