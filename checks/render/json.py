"""A report as JSON, in the format that `report.schema.json` describes. The same report always gives the same bytes."""

import json
import re
from typing import Any

from checks.model import Report

_SURROGATE = re.compile("[\ud800-\udfff]")


def dumps(report: Report) -> str:
    """The report as JSON text with a newline at its end: fields in the model's order, free-form objects by name."""
    text = json.dumps(_sorted(report.to_json()), indent=2, ensure_ascii=False)
    # Half a surrogate pair cannot be written as UTF-8; as an escape it can.
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def _sorted(data: dict[str, Any]) -> dict[str, Any]:
    """`data` with the objects in it that have no fixed fields in the order of their names."""
    results = [{**result, "findings": [_finding(each) for each in result["findings"]]} for result in data["results"]]
    return {**data, "results": results, "engine": _by_name(data["engine"]), "images": _by_name(data["images"])}


def _finding(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "expected": _by_name(data["expected"]), "observed": _by_name(data["observed"])}


def _by_name(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _by_name(value[name]) for name in sorted(value)}
    return [_by_name(each) for each in value] if isinstance(value, list | tuple) else value
