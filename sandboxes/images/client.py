"""The engine as the code of images and of the cluster uses it: a client with long timeouts, and questions about images."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sandboxes.errors import SlipwayError

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxes.engine.find import Engine

LABEL = "org.slipway.recipe"
# Importing or loading a large image on a slow disk takes minutes, and the engine answers only when it is done.
TIMEOUT = 900


@contextmanager
def connect() -> Iterator["tuple[APIClient, Engine]"]:
    """Yield the engine's client and description. Raises SlipwayError where there is no engine, or when it goes away."""
    import requests

    from sandboxes.engine import client as engine_client
    from sandboxes.engine import find, streams

    engine = find.connect()
    client = engine_client.connect(engine.endpoint, TIMEOUT, engine.api_version)
    try:
        yield client, engine
    except (requests.ConnectionError, requests.Timeout, streams.StreamFailed) as error:
        raise SlipwayError("The Docker engine stopped answering.", "See `slipway doctor`, then run this again.") from error
    finally:
        client.close()


def inspect(client: "APIClient", reference: str) -> dict[str, Any] | None:
    """Return what the engine knows of an image; None where it does not have it."""
    from docker.errors import ImageNotFound

    try:
        return client.inspect_image(reference)
    except ImageNotFound:
        return None
