"""The vocabulary of Compose: services, what they wait for, how they come back.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

import re
from collections.abc import Iterable, Iterator

from checks.model import Finding
from checks.redact import INLINE, URL_PASSWORD, YAML, is_secret
from checks.snapshot import Json, Snapshot, Unknown
from checks.vocabulary import containers
from checks.vocabulary.containers import Findings

DEPENDS_ON = "com.docker.compose.depends_on"
# Commands that succeed whether or not the server behind them answers.
ASKS_NOBODY = frozenset({"true", ":", "exit", "echo", "sleep", "ls", "ps", "pgrep", "pidof", "hostname"})
DEFAULT = re.compile(r"\$\{(\w+):?-([^}]+)\}")
# A password in a URL as the collector leaves it: its mark holds a blank, which no password in a URL does.
REDACTED_URL = re.compile(r"://[^\s:/@]*+:(‹redacted [0-9a-f]+›)@")
# Policies that bring a container back after a crash and after a restart of the engine.
COMES_BACK = ("unless-stopped", "always")


def service(snapshot: Snapshot, project: str, name: str) -> Json | None:
    """The service's container, whatever it is called: a running one before others, then the newest."""
    found = snapshot.services(project).get(name, [])
    return max(found, key=lambda each: (each["State"]["Running"], each["Created"]), default=None)


def require_service(snapshot: Snapshot, project: str, name: str) -> Json:
    """The container of a service, which a needed check has found. Raises Unknown where it is missing."""
    container = service(snapshot, project, name)
    if container is None:
        raise Unknown(f"service {name} has no container, and no needed check looks for it. This is a fault in Slipway")
    return container


def services_made(snapshot: Snapshot, project: str, names: Iterable[str], hint: str) -> Findings:
    """Each of the services has a container."""
    there = snapshot.services(project)
    for name in names:
        if name not in there:
            message = f"The service {name} has no container in the project {project}."
            yield Finding(message, f"service/{name}", "its containers", name, sorted(there), hint=hint)


def services_run(snapshot: Snapshot, project: str, names: Iterable[str], hint: str) -> Findings:
    """Each of the services has a container whose process runs. One that Compose holds back is waiting, not broken."""
    for name in names:
        container = service(snapshot, project, name)
        if container is None:
            yield from services_made(snapshot, project, [name], hint)
        elif held := _held_back(snapshot, project, container, hint):
            yield held
        else:
            yield from containers.process_runs(snapshot, container, hint)


def _held_back(snapshot: Snapshot, project: str, container: Json, hint: str) -> Finding | None:
    """The finding for a container that was never started because what it depends on is not healthy."""
    if container["State"]["Status"] != "created" or container["State"]["Error"]:
        return None
    for other, condition in dependencies(container).items():
        needed = service(snapshot, project, other) if condition == "service_healthy" else None
        if needed is not None and health(needed) != "healthy":
            where = containers.subject(container)
            message = f"{where.partition('/')[2]} is not started before {other} is healthy, and {other} is {health(needed)}."
            reason = next(containers.healthy(snapshot, needed, hint))
            return Finding(message, where, "State.Status", "running", "created", reason.why, hint, waiting=reason.waiting)
    return None


def health(container: Json) -> str:
    """ "starting", "healthy" or "unhealthy"; "without a health check" where there is none."""
    return (container["State"].get("Health") or {}).get("Status", "without a health check")


def dependencies(container: Json) -> dict[str, str]:
    """What the container's service depends on, each with its condition, as Compose wrote it down when it made it."""
    label = (container["Config"]["Labels"] or {}).get(DEPENDS_ON, "")
    parts = [each.split(":") for each in label.split(",") if each]
    return {each[0]: each[1] if len(each) > 1 else "service_started" for each in parts}


def waits_for_health(container: Json, other: str, hint: str) -> Findings:
    """Compose starts the container only once the service `other` is healthy."""
    found = dependencies(container)
    if found.get(other) == "service_healthy":
        return
    where = containers.subject(container)
    name = where.partition("/")[2]
    message = f"{name} does not wait until {other} is healthy."
    reasons = [f"Nothing says that it depends on {other}, so both are started at once."]
    if other in found:
        reasons = [f"It waits until {other} has been started. That says nothing about whether {other} is ready."]
    if restarts := container.get("RestartCount", 0):
        reasons.append(f"It has ended and been restarted {restarts} times: the restart policy hides that it came too early.")
    if not container["State"]["Running"]:
        reasons.append(containers.why_ended(container))
    observed = found.get(other, "not among its dependencies")
    yield Finding(message, where, f"depends_on.{other}.condition", "service_healthy", observed, "\n".join(reasons), hint)


def asks_the_server(container: Json, hint: str) -> Findings:
    """The container's health check is more than a command that always succeeds."""
    test = (container["Config"].get("Healthcheck") or {}).get("Test") or []
    words = " ".join(test[1:]).split()
    if words and words[0].rpartition("/")[2] in ASKS_NOBODY:
        name = containers.subject(container).partition("/")[2]
        message = f"The health check of {name} does not ask the server: it succeeds whether or not the server answers."
        expected = "a command that asks the server"
        yield Finding(message, containers.subject(container), "Config.Healthcheck.Test", expected, test, hint=hint)


def comes_back(services: Iterable[Json], hint: str, cost: int | None = None) -> Findings:
    """The engine starts these containers again after a crash, and after it was restarted itself."""
    for container in services:
        policy = container["HostConfig"]["RestartPolicy"]["Name"] or "no"
        if policy not in COMES_BACK:
            name = containers.subject(container).partition("/")[2]
            message = f"{name} stays down when its process ends or the machine restarts."
            why = "The policy on-failure acts after a crash only." if policy == "on-failure" else ""
            where, path = containers.subject(container), "HostConfig.RestartPolicy.Name"
            yield Finding(message, where, path, COMES_BACK[0], policy, why, hint, cost=cost)


def secrets_in(text: str) -> Iterator[str]:
    """The names under which a Compose file holds a secret itself, not a reference to it such as ${PASSWORD}."""
    for name, value in [*YAML.findall(text), *INLINE.findall(text)]:
        if is_secret(name) and not value.startswith("$"):
            yield name
    yield from (name for name, _ in DEFAULT.findall(text) if is_secret(name))
    in_urls = [*URL_PASSWORD.findall(text), *REDACTED_URL.findall(text)]
    yield from ("the password of a URL" for value in in_urls if not value.startswith("$"))
