"""The API probe: one GET request to the API of the engine or of the cluster."""

from checks.clients.base import Client
from checks.model import Probe
from checks.snapshot import Json


def ask(probe: Probe, engine: Client) -> Json:
    """Return those fields of the JSON object at `path` that `keep` names; the rest is not recorded."""
    path = probe.options["path"]
    answer = engine.get(path, timeout=probe.timeout)
    result: Json = {"kind": "api", "request": f"GET {path}", "ok": answer is not None, "error": "", "fields": {}}
    if answer is None:
        return {**result, "error": "not found"}
    return {**result, "fields": {name: answer[name] for name in probe.options["keep"] if name in answer}}
