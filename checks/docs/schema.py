"""The reference of the file formats, generated from their JSON Schemas in checks/render."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandboxes.settings import ROOT

Schema = dict[str, Any]
FOLDER = ROOT / "checks" / "render"


def page(folder: Path = FOLDER) -> str:
    """Return the page: a section for each schema, with a table for each object in it."""
    parts = [
        "---\ntitle: Reports and evidence\ndescription: The file formats that Slipway writes, field by field.\n---",
        "# Reports and evidence",
        "What `slipway check` finds can be read by programs. `--json` gives a report; `--evidence FILE` keeps the report "
        "together with the snapshot that it was made from, so that `slipway check --from FILE` can grade the same state "
        "again, anywhere, without an engine. Every format carries its name and version under `format`; a change that a "
        "reader would notice gets a new version.",
        "The tables below are generated from the JSON Schemas in `checks/render/`, which a program can validate against.",
    ]
    for path in files(folder):
        schema = json.loads(path.read_text(encoding="utf-8"))
        parts += [f"## {schema['title']}", schema.get("description", ""), f"Schema: `checks/render/{path.name}`"]
        parts += _objects(schema)
    return "\n\n".join(part for part in parts if part) + "\n"


def files(folder: Path = FOLDER) -> list[Path]:
    """Return the published schemas: the report's first, as the others contain one."""
    return sorted(folder.glob("*.schema.json"), key=lambda path: (not path.name.startswith("report"), path.name))


def _objects(schema: Schema) -> list[str]:
    """Return the table of the document, then the tables of the objects defined in it."""
    blocks = [_table(schema)]
    for name, definition in schema.get("$defs", {}).items():
        blocks += [f"### {schema['title']}: {name}", definition.get("description", ""), _table(definition)]
    return blocks


def _table(schema: Schema) -> str:
    rows = list(_rows(schema, ""))
    if not rows:
        return f"A value of type {kind(schema)}."
    return "\n".join(["| field | type | meaning |", "| --- | --- | --- |", *rows])


def _rows(schema: Schema, prefix: str) -> Iterator[str]:
    required = set(schema.get("required", ()))
    for name, field in schema.get("properties", {}).items():
        optional = "" if name in required or not required else " (may be absent)"
        meaning = _cell(field.get("description", ""))
        yield f"| `{prefix}{name}` | {_cell(kind(field))}{optional} | {meaning} |"
        inner = field.get("items", field) if field.get("type") == "array" else field
        if isinstance(inner, dict) and "properties" in inner:
            mark = "[]" if field.get("type") == "array" else ""
            yield from _rows(inner, f"{prefix}{name}{mark}.")


def kind(field: Schema | bool) -> str:
    """Return the type of a field in words."""
    if isinstance(field, bool) or not field:
        return "any JSON value"
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if "enum" in field:
        return "one of " + ", ".join(f"`{json.dumps(value, ensure_ascii=False)}`" for value in field["enum"])
    if "$ref" in field:
        return field["$ref"].rsplit("/", 1)[-1].removesuffix(".schema.json")
    if choices := field.get("anyOf") or field.get("oneOf"):
        return " or ".join(kind(choice) for choice in choices)
    name = field.get("type", "any JSON value")
    if isinstance(name, list):
        return " or ".join(name)
    if name == "array" and "items" in field:
        return f"list of {kind(field['items'])}"
    if name == "object" and isinstance(field.get("additionalProperties"), dict):
        return f"by name: {kind(field['additionalProperties'])}"
    return name


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "&#124;")
