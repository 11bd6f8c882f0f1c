"""Health checks of containers: whether they ask the server, what they ask it for, and whether they can fail.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
A probe of the kind `health_check` has run the same command where the container's server does not run.
"""

import re

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import container_ports, containers
from checks.vocabulary.containers import Findings

# Commands that succeed whether or not the server behind them answers.
ALWAYS_SUCCEED = frozenset({"true", ":", "exit", "echo", "sleep", "ls", "ps", "pgrep", "pidof", "hostname"})
# Programs that look at files and processes. A server that hangs, or refuses, has left these as they were.
LOOKERS = ALWAYS_SUCCEED | {"test", "[", "[[", "stat", "cat", "grep", "find", "kill", "head", "tail", "wc", "cut"}
# What stands between the commands of a script, before a command, and what asks something inside of one.
BETWEEN, BEFORE, ASKS = re.compile(r"[;|&\n]+"), re.compile(r"^(?:[\s!({]|(?:if|then|else|fi|exec)\b)+"), ("$(", "`", "/dev/tcp")


def test_of(container: Json) -> list[str]:
    """Return the container's health check, as the engine keeps it; [] where it has none.

    Example:
        health_checks.test_of(database)
        # ['CMD', 'pg_isready']
    """
    return (container["Config"].get("Healthcheck") or {}).get("Test") or []


def asks_the_server(snapshot: Snapshot, container: Json, hint: str, probe_id: str = "") -> Findings:
    """Yield a finding if the container's health check succeeds without its server, by its words or in the probe.

    Example:
        yield from health_checks.asks_the_server(snapshot, database, "Use pg_isready.", "database-check")
        # The health check of database-1 does not ask the server: it succeeds whether or not the server answers.
    """
    test = test_of(container)
    words = " ".join(test[1:]).split()
    rehearsed = _rehearsed(snapshot, probe_id)
    alone = rehearsed.get("exit") == 0 and not rehearsed.get("requests")
    looks = _only_looks(test)
    if alone or looks or words and words[0].rpartition("/")[2] in ALWAYS_SUCCEED:
        name = containers.subject(container).partition("/")[2]
        message = f"The health check of {name} does not ask the server: it succeeds whether or not the server answers."
        why = "The same command exits with code 0 in a container where no server runs." if alone else ""
        if looks and not alone:
            why = "It looks at a file or a process. Both are still there when the server hangs, or refuses every connection."
        expected = "a command that fails where the server does not answer"
        yield Finding(message, containers.subject(container), "Config.Healthcheck.Test", expected, test, why, hint)


def _only_looks(test: list[str]) -> bool:
    """Tell whether every command of the health check only looks at files or processes."""
    words = test[1:]
    if len(words) > 2 and words[0].rpartition("/")[2] in ("sh", "bash") and words[1].endswith("c"):
        words = words[2:3]
    script = " ".join(words)
    commands = [BEFORE.sub("", part).split() for part in BETWEEN.split(script)]
    programs = [command[0].rpartition("/")[2] for command in commands if command]
    return bool(programs) and not any(sign in script for sign in ASKS) and all(program in LOOKERS for program in programs)


def _rehearsed(snapshot: Snapshot, probe_id: str) -> Json:
    """The result of the probe; {} where it had nothing to try, or the snapshot was taken before it existed."""
    if probe_id not in snapshot.probes and probe_id not in snapshot.errors:
        return {}
    result = snapshot.probe(probe_id)
    return result if result["ok"] else {}


def requests_path(snapshot: Snapshot, container: Json, probe_id: str, log_id: str, path: str, hint: str) -> Findings:
    """Yield a finding unless the container's health check requests `path` and fails where that is answered with an error.

    Either the probe has seen it, beside a server that answers 404, or the server's own log (`log_id`, a `logs` probe) shows
    a request from its own container.

    Example:
        yield from health_checks.requests_path(snapshot, api, "api-check", "api-log", "/health", "Request /health.")
        # The health check of api succeeds, but it has not requested /health from the server.
    """
    where, name = containers.subject(container), containers.subject(container).partition("/")[2]
    rehearsed, inside = _rehearsed(snapshot, probe_id), _from_inside(snapshot, container, log_id)
    requests = rehearsed.get("requests") or []
    why = f"The health check is: {' '.join(test_of(container)[1:])}"
    if not any(f"{path} " in f"{line} " for line in [*requests, *inside]):
        message = f"The health check of {name} succeeds, but it has not requested {path} from the server."
        observed = containers.last_lines("\n".join(requests or inside)) or "no request from inside"
        yield Finding(message, where, "the requests of the health check", f"GET {path}", observed, why, hint)
    elif requests and rehearsed["exit"] == 0:
        message = f"The health check of {name} succeeds although {path} is answered with an error."
        why += f"\nBeside a server that answers {path} with status 404, the same command exits with code 0."
        yield Finding(message, where, "Config.Healthcheck.Test", "a failure for status 404", "exit code 0", why, hint)


def _from_inside(snapshot: Snapshot, container: Json, log_id: str) -> list[str]:
    """The lines of the server's log for requests from its own container."""
    own = container_ports.own_addresses(container)
    return [line for line in snapshot.probe(log_id)["text"].splitlines() if line.split(" ", 1)[0] in own]
