"""Filters of the Docker engine's list requests, and the label by which Compose marks what belongs to a project."""

import json
from collections.abc import Iterable
from urllib.parse import quote

PROJECT_LABEL = "com.docker.compose.project"


def filtered(path: str, **filters: Iterable[str]) -> str:
    """Return an API path with Docker's `filters` parameter: `filtered("/images/json", reference=["web:1"])`."""
    query = quote(json.dumps({name: list(values) for name, values in filters.items()}))
    return f"{path}{'&' if '?' in path else '?'}filters={query}"
