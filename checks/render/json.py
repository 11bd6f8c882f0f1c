"""Reports as JSON, in the format of `report.schema.json`. The same report always gives the same bytes."""

import json
import re
from typing import Any

from checks.model import Report

_SURROGATE = re.compile("[\ud800-\udfff]")


def dumps(report: Report) -> str:
    """Return the report as JSON text, with the fields in the order of the model and free-form objects sorted by key."""
    text = json.dumps(_sorted(report.to_json()), indent=2, ensure_ascii=False)
    # Half a surrogate pair cannot be encoded as UTF-8, but its escape can.
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def _sorted(data: dict[str, Any]) -> dict[str, Any]:
    """Sort the keys of the objects that have no fixed fields."""
    results = [{**result, "findings": [_finding(finding) for finding in result["findings"]]} for result in data["results"]]
    return {**data, "results": results, "engine": _by_name(data["engine"]), "images": _by_name(data["images"])}


def _finding(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "expected": _by_name(data["expected"]), "observed": _by_name(data["observed"])}


def _by_name(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _by_name(value[name]) for name in sorted(value)}
    return [_by_name(element) for element in value] if isinstance(value, list | tuple) else value
