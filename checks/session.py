"""One place where a command or a notebook gets at the engine, with the rule for remote ones."""

from checks.collect.transport import Engine
from sandboxes import endpoint
from sandboxes.errors import SlipwayError
from sandboxes.settings import Settings


def connect(settings: Settings) -> Engine:
    """The engine that labs run on. Nothing is sent yet. Raises SlipwayError for a remote one that was not asked for."""
    found = endpoint.find()
    if found.remote and not settings.allow_remote_engine:
        raise SlipwayError(
            f"The Docker engine meant is on another machine: {found.url} ({found.source}). Labs publish ports and mount "
            "folders of this machine, so they would not work there.",
            "Choose the local engine (`docker context use default`, unset DOCKER_HOST), or set "
            "`allow_remote_engine = true` in .slipway/settings.toml if you mean it.",
        )
    return Engine(found)
