"""Probe of the engine's or the cluster's own API: one GET."""

from checks.clients.base import Client
from checks.model import Probe
from checks.snapshot import Json


def ask(probe: Probe, engine: Client) -> Json:
    """The fields named in `keep` of the JSON object at `path` of the API; the rest is nobody's business."""
    path = probe.options["path"]
    answer = engine.get(path, timeout=probe.timeout)
    result: Json = {"kind": "api", "request": f"GET {path}", "ok": answer is not None, "error": "", "fields": {}}
    if answer is None:
        return {**result, "error": "not found"}
    return {**result, "fields": {name: answer[name] for name in probe.options["keep"] if name in answer}}
