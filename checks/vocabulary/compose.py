"""The services of a Compose project: their containers, dependencies, health checks and restart policies.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from collections.abc import Iterable

from checks.model import Finding
from checks.snapshot import Json, Snapshot, Unknown
from checks.vocabulary import containers
from checks.vocabulary.containers import Findings

DEPENDS_ON = "com.docker.compose.depends_on"
# Policies that bring a container back after a crash and after a restart of the engine.
RESTARTED = ("unless-stopped", "always")


def service(snapshot: Snapshot, project: str, name: str) -> Json | None:
    """Return a container of the service, whatever its name: a running one before others, then the newest. None without one.

    Example:
        web = compose.service(snapshot, "slipway-compose", "web")
    """
    candidates = snapshot.services(project).get(name, [])
    return max(candidates, key=lambda container: (container["State"]["Running"], container["Created"]), default=None)


def require_service(snapshot: Snapshot, project: str, name: str) -> Json:
    """Return the container of a service that a needed check has found. Raises Unknown where it is missing.

    Example:
        web = compose.require_service(snapshot, "slipway-compose", "web")
    """
    container = service(snapshot, project, name)
    if container is None:
        raise Unknown(f"service {name} has no container, and no needed check looks for it. This is a bug in Slipway")
    return container


def services_made(snapshot: Snapshot, project: str, names: Iterable[str], hint: str) -> Findings:
    """Yield a finding for each of the services that has no container in the project.

    Example:
        yield from compose.services_made(snapshot, "slipway-compose", ["web", "cache"], "`docker compose up -d` creates them.")
        # The service cache has no container in the project slipway-compose.
    """
    there = snapshot.services(project)
    for name in names:
        if name not in there:
            message = f"The service {name} has no container in the project {project}."
            yield Finding(message, f"service/{name}", "its containers", name, sorted(there), hint=hint)


def services_run(snapshot: Snapshot, project: str, names: Iterable[str], hint: str) -> Findings:
    """Yield a finding for each of the services without a container whose process runs.

    A container that Compose holds back until another one is healthy gives a waiting finding while that one starts.

    Example:
        yield from compose.services_run(snapshot, "slipway-compose", ["web", "database"], "`docker compose logs` says why.")
        # web-1 waits until database is healthy, and database is starting.
    """
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
            message = f"{where.partition('/')[2]} waits until {other} is healthy, and {other} is {health(needed)}."
            reason = next(containers.healthy(snapshot, needed, hint))
            return Finding(message, where, "State.Status", "running", "created", reason.why, hint, waiting=reason.waiting)
    return None


def health(container: Json) -> str:
    """Return the container's health: "starting", "healthy", "unhealthy", or "without a health check".

    Example:
        compose.health({"State": {"Health": {"Status": "starting"}}})
        # 'starting'
    """
    return (container["State"].get("Health") or {}).get("Status", "without a health check")


def dependencies(container: Json) -> dict[str, str]:
    """Return the services that the container's service depends on, each with its condition, from the label that Compose wrote.

    Example:
        compose.dependencies({"Config": {"Labels": {"com.docker.compose.depends_on": "database:service_healthy:false"}}})
        # {'database': 'service_healthy'}
    """
    label = (container["Config"]["Labels"] or {}).get(DEPENDS_ON, "")
    parts = [part.split(":") for part in label.split(",") if part]
    return {pair[0]: pair[1] if len(pair) > 1 else "service_started" for pair in parts}


def waits_for_health(container: Json, other: str, hint: str) -> Findings:
    """Yield a finding unless Compose starts the container only after the service `other` is healthy.

    Example:
        yield from compose.waits_for_health(web, "database", "Use the long form of depends_on.")
        # web-1 does not wait until database is healthy.
    """
    conditions = dependencies(container)
    if conditions.get(other) == "service_healthy":
        return
    where = containers.subject(container)
    name = where.partition("/")[2]
    message = f"{name} does not wait until {other} is healthy."
    reasons = [f"It does not declare that it depends on {other}, so both start at once."]
    if other in conditions:
        reasons = [f"It waits only until {other} has started, which does not mean that {other} is ready."]
    if restarts := container.get("RestartCount", 0):
        reasons.append(f"It has ended and been restarted {restarts} times: the restart policy hides that it started too early.")
    if not container["State"]["Running"]:
        reasons.append(containers.why_ended(container))
    observed = conditions.get(other, "not among its dependencies")
    yield Finding(message, where, f"depends_on.{other}.condition", "service_healthy", observed, "\n".join(reasons), hint)


def comes_back(services: Iterable[Json], hint: str, cost: int | None = None) -> Findings:
    """Yield a finding for each of the containers that the engine does not restart after a crash and after its own restart.

    Example:
        yield from compose.comes_back([web, database], "Write `restart: unless-stopped` under the service.", cost=1)
        # web-1 stays down when its process ends or the machine restarts.
    """
    for container in services:
        policy = container["HostConfig"]["RestartPolicy"]["Name"] or "no"
        if policy not in RESTARTED:
            name = containers.subject(container).partition("/")[2]
            message = f"{name} stays down when its process ends or the machine restarts."
            why = "The policy on-failure restarts a container only after a crash." if policy == "on-failure" else ""
            where, path = containers.subject(container), "HostConfig.RestartPolicy.Name"
            yield Finding(message, where, path, RESTARTED[0], policy, why, hint, cost=cost)
