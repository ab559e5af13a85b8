"""The API as OpenAPI 3.1, from the same table that it is served by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from inspect import cleandoc
from typing import Any, TypeAlias

import msgspec

from cardiogram.app.api.endpoint import Endpoint

Schema: TypeAlias = "dict[str, Any]"

_REF = "#/components/schemas/{name}"
_BASE64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_REFUSED = {
    "400": "The question cannot be read or answered.",
    "403": "It is not for this caller, or the Hub does not give it.",
    "404": "There is no such thing.",
    "413": "The question is too long.",
    "415": "The question is no JSON.",
    "421": "The app answers to another name.",
    "429": "Too much was asked at once.",
    "500": "A fault of the app.",
    "502": "The Hub does not answer.",
    "503": "The app is busy.",
}


def describe_api(endpoints: Iterable[Endpoint]) -> Schema:
    """Describe addresses as an OpenAPI document."""
    endpoints = tuple(endpoints)
    kinds = {each.question for each in endpoints if each.question is not None}
    kinds |= {each.answer for each in endpoints}
    parts = _components(kinds)
    paths: dict[str, Schema] = {}
    for endpoint in endpoints:
        operations = paths.setdefault(endpoint.path, {})
        operations[endpoint.method.lower()] = _operation(endpoint, parts)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "cardiogram",
            "version": "1",
            "summary": "Ratings, proofs and drafts of model cards.",
        },
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {**dict(sorted(parts.items())), "Refusal": _REFUSAL},
            "responses": {code: _refusal(words) for code, words in _REFUSED.items()},
        },
    }


def _operation(endpoint: Endpoint, parts: dict[str, Schema]) -> Schema:
    path = endpoint.path
    operation: Schema = {
        "summary": endpoint.summary.rstrip("."),
        "operationId": re.sub(r"\W+", "_", f"{endpoint.method.lower()} {path[5:]}").strip("_"),
        "responses": {
            "200": {"description": "The answer.", "content": _json(_ref(endpoint.answer))},
            **{code: {"$ref": f"#/components/responses/{code}"} for code in _REFUSED},
        },
    }
    if endpoint.question is None:
        return operation
    if endpoint.method == "POST":
        operation["requestBody"] = {"required": True, "content": _json(_ref(endpoint.question))}
        return operation
    question = parts[endpoint.question.__name__]
    operation["parameters"] = [
        {
            "name": name,
            "in": "path" if f"{{{name}}}" in path else "query",
            "required": name in question.get("required", ()),
            "schema": schema,
        }
        for name, schema in question["properties"].items()
    ]
    return operation


def _components(kinds: set[type]) -> dict[str, Schema]:
    """Schemas of dataclasses, each field with what its docstring says of it."""
    _, parts = msgspec.json.schema_components(kinds, ref_template=_REF)
    for schema in parts.values():
        words, fields = _read_docstring(str(schema.get("description", "")))
        if words:
            schema["description"] = words
        for name, field in schema.get("properties", {}).items():
            if field.get("contentEncoding") == "base64":
                field["pattern"] = _BASE64
            if name in fields and "$ref" not in field:
                field["description"] = fields[name]
    return parts


def _read_docstring(text: str) -> tuple[str, dict[str, str]]:
    """What a numpy docstring says of a class, and of its attributes."""
    words, _, attributes = cleandoc(text).partition("\n\nAttributes\n----------\n")
    fields: dict[str, str] = {}
    named: list[str] = []
    for line in attributes.splitlines():
        if line[:1].strip():
            named = [name.strip() for name in line.split(",")]
        for name in named if line.startswith(" ") else ():
            fields[name] = f"{fields.get(name, '')} {line.strip()}".strip()
    return " ".join(words.split()), fields


def _ref(kind: type) -> Schema:
    return {"$ref": _REF.format(name=kind.__name__)}


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def _refusal(words: str) -> Schema:
    return {"description": words, "content": _json({"$ref": _REF.format(name="Refusal")})}


_REFUSAL: Schema = {
    "type": "object",
    "description": "What went wrong, and what to do about it.",
    "properties": {"error": {"type": "string"}, "hint": {"type": "string"}},
    "required": ["error", "hint"],
}
