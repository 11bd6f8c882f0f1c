"""The engine as the image code uses it: the Docker SDK's low-level client, and a few questions about images."""

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
    """The engine's client and description. Raises SlipwayError where there is no engine, or when it goes away."""
    import docker
    import requests

    from sandboxes.engine import find

    found = find.connect()
    where = found.endpoint
    tls: Any = None
    if where.tls:
        tls = docker.tls.TLSConfig(
            client_cert=(str(where.tls / "cert.pem"), str(where.tls / "key.pem")),
            ca_cert=str(where.tls / "ca.pem"),
            verify=where.verify,
        )
    client = docker.APIClient(
        where.url, version=found.api_version, timeout=TIMEOUT, tls=tls, use_ssh_client=where.scheme == "ssh"
    )
    try:
        yield client, found
    except (requests.ConnectionError, requests.Timeout) as error:
        raise SlipwayError("The Docker engine stopped answering.", "See `slipway doctor`, then run this again.") from error
    finally:
        client.close()


def inspect(client: "APIClient", reference: str) -> dict[str, Any] | None:
    """What the engine knows of an image, or None where it is not there."""
    from docker.errors import ImageNotFound

    try:
        return client.inspect_image(reference)
    except ImageNotFound:
        return None


def says(error: Exception) -> str:
    """The engine's own words in an error of the Docker SDK."""
    return str(getattr(error, "explanation", "") or error).strip()
