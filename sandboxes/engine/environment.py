"""The environment variables with which `docker` uses one engine, and nothing that a person exported for other work.

Source of the names: the references of the Docker CLI ("Environment variables"), of Buildx and of Compose.
"""

from collections.abc import Mapping

from sandboxes.engine.endpoint import Endpoint

# What selects an engine, a builder or a kind of build. Compose's own variables all begin with COMPOSE_.
SELECTING = (
    "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH",
    "DOCKER_BUILDKIT", "BUILDX_BUILDER", "BUILDKIT_HOST", "DOCKER_DEFAULT_PLATFORM", "DOCKER_CONTENT_TRUST",
)  # fmt: skip
COMPOSE = "COMPOSE_"
PROXIES = ("http_proxy", "https_proxy", "all_proxy")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def unwanted(environ: Mapping[str, str]) -> list[str]:
    """Return the names of the exported variables that would change what `docker` does in a lab, sorted."""
    return sorted(name for name in environ if name in SELECTING or name.startswith(COMPOSE))


def selecting(where: Endpoint) -> dict[str, str]:
    """Return the variables that make `docker` use this engine and its own BuildKit, whatever `docker buildx use` chose."""
    chosen = {"DOCKER_HOST": where.url, "BUILDX_BUILDER": "default"}
    if where.tls:
        chosen |= {"DOCKER_TLS": "1", "DOCKER_CERT_PATH": str(where.tls)}
        if where.verify:
            chosen["DOCKER_TLS_VERIFY"] = "1"
    return chosen


def direct(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that keep requests to this machine away from a proxy; {} where no proxy is set."""
    names = {name.lower() for name, value in environ.items() if value}
    if not names.intersection(PROXIES):
        return {}
    value = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    hosts = [host.strip() for host in value.split(",") if host.strip()]
    listed = ",".join([*hosts, *(host for host in LOOPBACK if host not in hosts and "*" not in hosts)])
    return {"no_proxy": listed, "NO_PROXY": listed}


def clean(environ: Mapping[str, str], where: Endpoint) -> dict[str, str]:
    """Return a copy of the environment in which `docker` and `docker compose` do what the text of a lab says."""
    removed = set(unwanted(environ))
    kept = {name: value for name, value in environ.items() if name not in removed}
    return {**kept, **selecting(where), **direct(environ)}
