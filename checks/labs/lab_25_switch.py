"""The parts of lab 25's checks about two versions at once: what a visitor's log shows of a switch, who answers, which share."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers, services
from checks.vocabulary.objects import name_of, subject

BOARD, FERRIES, VISITOR = "board", "ferries", "visitor"
BLUE, GREEN = "blue", "green"
OLD, NEW = "1.0", "1.1"
FAILED = "failed"
# So many seconds in a row with answers of one version alone count as its time.
SETTLED = 2
# The share of the Pods, in percent, that a canary may have.
LEAST, MOST = 10, 25


@dataclass(frozen=True)
class Stretch:
    """Some seconds in a row in which the same versions answered the visitor. `at` is the time of the first one, as logged."""

    at: str
    versions: frozenset[str]
    seconds: int


def stretches(snapshot: Snapshot) -> list[Stretch]:
    """Return what the visitor's log shows, from the first answer on."""
    lines: list[Stretch] = []
    for line in snapshot.probe("visits").get("text", "").splitlines():
        at, _, counts = line.partition(" ")
        versions = frozenset(word.partition("=")[0] for word in counts.split())
        if not versions or (not lines and versions == {FAILED}):
            continue
        if lines and lines[-1].versions == versions:
            lines[-1] = Stretch(lines[-1].at, versions, lines[-1].seconds + 1)
        else:
            lines.append(Stretch(at, versions, 1))
    return lines


def switched_back(snapshot: Snapshot, hint: str) -> containers.Findings:
    """Yield a finding unless the log shows blue alone, then green alone, then blue alone, and at most a second between them."""
    log, where = stretches(snapshot), f"pod/{VISITOR}"
    if not log:
        error = snapshot.probe("visits").get("error") or "no answer yet"
        message = "The visitor's log shows no answer of the Service board."
        yield Finding(message, where, "the log", "a line for each second", error, hint="`kubectl apply -f board.yaml`")
        return
    turns = list(_turns(log))
    steps = [(before, after) for before, after, gap in turns if not gap]
    to_green = next((place for place, step in enumerate(steps) if step == (BLUE, GREEN)), None)
    if to_green is not None and (GREEN, BLUE) in steps[to_green + 1 :]:
        return
    expected, observed = f"{BLUE}, then {GREEN} alone, then {BLUE} alone", [_words(stretch) for stretch in log[-8:]]
    message, why = _unseen(log, turns, to_green is not None)
    yield Finding(message, where, "the log", expected, observed, why, hint)


def _turns(log: Sequence[Stretch]) -> Iterator[tuple[str, str, list[Stretch]]]:
    """Yield each turn from one version alone to another alone, with what between them was more than the second of the switch."""
    settled = [place for place, stretch in enumerate(log) if _alone(stretch) and stretch.seconds >= SETTLED]
    for first, second in pairwise(settled):
        before, after = (next(iter(log[place].versions)) for place in (first, second))
        between = log[first + 1 : second]
        clean = not between or (len(between) == 1 and between[0].seconds == 1 and FAILED not in between[0].versions)
        yield before, after, [] if clean else list(between)


def _alone(stretch: Stretch) -> bool:
    return len(stretch.versions) == 1 and FAILED not in stretch.versions


def _unseen(log: Sequence[Stretch], turns: Sequence[tuple[str, str, list[Stretch]]], was_green: bool) -> tuple[str, str]:
    """Return the message and the reason for a log that does not show the switch and the way back."""
    gaps = [stretch for before, after, gap in turns for stretch in gap if before != after]
    if any(FAILED in stretch.versions for stretch in gaps):
        return (
            "During the switch, requests of the visitor failed.",
            "The Service had no Pod that answered: green must be ready first.",
        )
    mixed = sum(stretch.seconds for stretch in log if len(stretch.versions - {FAILED}) > 1)
    if gaps or (mixed > SETTLED and not was_green):
        why = "The Service selected Pods of both colors, or the Pods were replaced one after the other."
        return f"For {mixed} seconds, both colors answered the visitor: this is no switch at once.", why
    seen = frozenset().union(*(stretch.versions for stretch in log))
    if GREEN not in seen:
        return (
            "The visitor has not got an answer of green yet.",
            "The Service board has not been switched while the visitor runs.",
        )
    if BLUE not in seen:
        return "The visitor has not got an answer of blue: it was started too late.", ""
    if not was_green:
        return (
            "The visitor's log does not show green alone after blue alone.",
            "A color counts after two whole seconds in the log.",
        )
    return "The visitor has seen the switch to green, and not the way back to blue yet.", ""


def _words(stretch: Stretch) -> str:
    return f"{stretch.at[11:19]}: {' and '.join(sorted(stretch.versions))} for {stretch.seconds} s"


def answers_as(snapshot: Snapshot, probe_id: str, version: str, where: str, hint: str) -> containers.Findings:
    """Yield a finding unless the first word of the answer that a probe got is this version: the rest may name the Pod."""
    probe = snapshot.probe(probe_id)
    word = next(iter(probe["body"].split()), "")
    message = f"{where} answers “{word}”, not “{version}”."
    yield from containers.equal(where, probe["request"], version, word, message, hint=hint)


def answered(snapshot: Snapshot, probe_id: str) -> list[tuple[str, str]]:
    """Return the answers that a probe got, one for each request: the version, and the name of the Pod."""
    lines = (line.split() for line in snapshot.probe(probe_id)["stdout"].splitlines())
    return [(words[0], words[1]) for words in lines if len(words) == 2]


def reached(snapshot: Snapshot, probe_id: str, service: Json, hint: str) -> containers.Findings:
    """Yield a finding unless every request of the probe was answered."""
    probe, url = snapshot.probe(probe_id), f"http://{name_of(service)}/"
    if probe["ok"] and answered(snapshot, probe_id):
        return
    error = containers.last_reason(probe["stderr"]) or probe["error"] or "an answer in another form"
    why = " ".join(services.dead_ports(snapshot, service))
    yield Finding(f"The visitor gets no answer at {url}.", subject(service), f"GET {url}", "an answer", error, why, hint)


def only_blue(snapshot: Snapshot, service: Json, hint: str) -> containers.Findings:
    """Yield a finding unless each answer at the Service board came from a Pod of the Deployment board-blue."""
    blue = {name_of(pod) for pod in snapshot.pods(owner=snapshot.require("Deployment", "board-blue"))}
    others = Counter(version for version, pod in answered(snapshot, "now") if pod not in blue)
    if others:
        total, selector = len(answered(snapshot, "now")), service["spec"].get("selector") or {}
        words = ", ".join(f"{key}={value}" for key, value in sorted(selector.items()))
        observed = ", ".join(f"{version}: {number} of {total}" for version, number in sorted(others.items()))
        message = f"The Service {BOARD} is answered by other Pods than those of blue ({observed})."
        why = f"Its selector is {words or 'empty'}."
        yield Finding(message, subject(service), "spec.selector", "only Pods of board-blue", observed, why, hint)


def both_versions(snapshot: Snapshot, service: Json, hint: str) -> containers.Findings:
    """Yield a finding unless both versions of the timetable answered some of the requests."""
    answers = Counter(version for version, _ in answered(snapshot, "shares"))
    missing = [version for version in (OLD, NEW) if not answers[version]]
    if not missing:
        return
    total, why = answers.total(), _affinity(service)
    message = f"Of {total} requests, none was answered by version {missing[0]}."
    if not why and missing == [NEW]:
        why = _why_no_canary(snapshot, service)
    elif not why:
        why = "All Pods were updated: that is a rollout to everyone, and no canary."
    observed = dict(sorted(answers.items()))
    yield Finding(message, subject(service), "its answers", f"{OLD} and {NEW}", observed, why, hint)


def _why_no_canary(snapshot: Snapshot, service: Json) -> str:
    """Return why no Pod of the new version answers: there is none, or the Service does not select it."""
    led, pods = set(services.addresses(snapshot, service).values()), snapshot.pods()
    canaries = [pod for pod in pods if any(entry.get("value") == NEW for entry in _env(pod))]
    if not canaries:
        return f"No Pod in the namespace has the value {NEW} in an environment variable."
    outside = [name_of(pod) for pod in canaries if name_of(pod) not in led]
    if outside:
        selector = ", ".join(f"{key}={value}" for key, value in sorted((service["spec"].get("selector") or {}).items()))
        return f"{outside[0]} is not a ready endpoint of the Service, which selects the Pods with {selector}."
    return ""


def _env(pod: Json) -> Iterator[Json]:
    for container in (pod.get("spec") or {}).get("containers") or ():
        yield from container.get("env") or ()


def _affinity(service: Json) -> str:
    if service["spec"].get("sessionAffinity", "None") == "None":
        return ""
    return "sessionAffinity is set: a client that came once is sent to the same Pod again, so no share can be measured."


def small_share(snapshot: Snapshot, service: Json, hint: str) -> containers.Findings:
    """Yield a finding unless 10 to 25 percent of the ready Pods behind the Service answer as the new version."""
    answers = answered(snapshot, "shares")
    ready = set(services.addresses(snapshot, service).values())
    new = {pod for version, pod in answers if version == NEW}
    percent = 100 * len(new & ready) / max(len(ready), 1)
    if LEAST <= percent <= MOST:
        return
    measured = 100 * sum(version == NEW for version, _ in answers) / len(answers)
    observed = f"{len(new & ready)} of {len(ready)} Pods ({percent:.0f} %); {measured:.0f} % of {len(answers)} requests"
    size = "too large" if percent > MOST else "too small"
    message = f"The share of version {NEW} is {size}: {observed}."
    why = "A Service treats all its ready Pods alike, so the share follows from the numbers of replicas."
    yield Finding(message, subject(service), "its endpoints", f"{LEAST} to {MOST} %", observed, why, hint)


def canary_kept(snapshot: Snapshot, hint: str) -> containers.Findings:
    """Yield a finding for a canary that no Deployment keeps running."""
    names = {pod for version, pod in answered(snapshot, "shares") if version == NEW}
    for pod in (pod for pod in snapshot.pods() if name_of(pod) in names):
        if not any(snapshot.descends(pod, deployment) for deployment in snapshot.of_kind("Deployment").values()):
            message = f"{name_of(pod)} answers as version {NEW}, and belongs to no Deployment."
            why = "No controller replaces it when it ends, and a budget cannot count it."
            yield Finding(message, subject(pod), "metadata.ownerReferences", "a Deployment", "none", why, hint)
            return
