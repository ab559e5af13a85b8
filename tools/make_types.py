"""Write the types of the app's questions and answers for the front end, from the dataclasses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from cardiogram.app.api import all_endpoints

TARGET = Path(__file__).parents[1] / "frontend" / "src" / "app" / "api.d.ts"
_HEAD = (
    "/* Made by tools/make_types.py from the dataclasses of src/cardiogram/app/api. Do not edit. */"
)
_PLAIN = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}


def write_types() -> str:
    """Write all types as TypeScript, by their names."""
    endpoints = all_endpoints()
    asked = _schemas({each.question for each in endpoints if each.question is not None})
    parts = asked | _schemas({each.answer for each in endpoints})
    types = (_declare(name, parts[name], name in asked) for name in sorted(parts))
    return "\n".join([f"{_HEAD}\n", *types])


def _schemas(kinds: set[type]) -> dict[str, dict[str, Any]]:
    return msgspec.json.schema_components(kinds)[1]


def _declare(name: str, schema: dict[str, Any], is_asked: bool) -> str:
    """Write a type; what has a default may be left out of a question, and is in every answer."""
    if schema.get("type") != "object" or "properties" not in schema:
        return f"export type {name} = {_type(schema)};\n"
    about = f"/** {_first_line(schema)} */\n" if schema.get("description") else ""
    required = set(schema.get("required", ()) if is_asked else schema["properties"])
    lines = [
        f"  {key}{'' if key in required else '?'}: {_type(inner)};"
        for key, inner in schema["properties"].items()
    ]
    return "\n".join([f"{about}export interface {name} {{", *lines, "}", ""])


def _first_line(schema: dict[str, Any]) -> str:
    return str(schema["description"]).strip().partition("\n")[0]


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(each) for each in schema["anyOf"]))
    kind = schema.get("type")
    if kind == "array":
        if "prefixItems" in schema:
            return f"[{', '.join(_type(each) for each in schema['prefixItems'])}]"
        inner = _type(schema.get("items", {}))
        return f"({inner})[]" if " " in inner else f"{inner}[]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"Record<string, {_type(values) if isinstance(values, dict) else 'unknown'}>"
    return _PLAIN.get(str(kind), "unknown")


if __name__ == "__main__":
    TARGET.write_text(write_types(), "utf-8")
