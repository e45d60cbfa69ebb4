"""The OpenAPI 3.1 document of /v1, generated from the operations and their schemas."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.service.operations import OPERATIONS, Operation

SCHEMAS = "#/components/schemas/"
_PROBLEMS = {
    "400": "The body is not JSON, or not UTF-8.",
    "401": "The token is missing or wrong.",
    "404": "There is no such document.",
    "413": "The body is too large.",
    "422": "A field is unknown or cannot be used; `errors` names each.",
    "429": "Too many requests of this token or address; `Retry-After` says how long to wait.",
    "503": "The library cannot be read for now, or too many requests are open.",
    "504": "The answer took too long and was given up.",
}
_PROBLEM = {
    "type": "object",
    "description": "A problem document (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "One sentence that says what to do."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


def document(server: str = "/") -> dict[str, Any]:
    """The complete document."""
    models: list[type[BaseModel]] = [each for operation in OPERATIONS for each in (operation.takes, operation.gives)]
    _, schemas = models_json_schema([(model, "serialization") for model in models], ref_template=SCHEMAS + "{model}")
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Torkham",
            "version": version("torkham"),
            "description": "Answers on Taliban–Pakistan relations, every sentence cited to an exact passage.",
        },
        "servers": [{"url": server}],
        "security": [{"token": []}, {}],
        "paths": paths,
        "components": {
            "schemas": {**schemas["$defs"], "Problem": _PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    content: dict[str, Any] = {"application/json": {"schema": {"$ref": SCHEMAS + operation.gives.__name__}}}
    if operation.name == "ask":
        content["text/event-stream"] = {
            "schema": {"type": "string"},
            "x-events": {"claim": "a composed sentence", "answer": "the whole answer, last", "problem": "a problem"},
        }
    problem = {"application/problem+json": {"schema": {"$ref": f"{SCHEMAS}Problem"}}}
    made = {
        "operationId": operation.name,
        "summary": operation.about.split(". ")[0].split(";")[0].rstrip(".") + ".",
        "description": operation.about,
        "responses": {
            "200": {"description": operation.gives.__doc__, "content": content},
            **{status: {"description": said, "content": problem} for status, said in _PROBLEMS.items()},
        },
    }
    if operation.method == "GET":
        return {**made, "parameters": _parameters(operation)}
    schema = {"$ref": SCHEMAS + operation.takes.__name__}
    return {**made, "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    fields = operation.takes.model_json_schema()
    return [
        {
            "name": name,
            "in": "path" if f"{{{name}}}" in operation.path else "query",
            "required": name in fields.get("required", ()),
            "description": schema.get("description", ""),
            "schema": {key: value for key, value in schema.items() if key not in {"description", "title"}},
        }
        for name, schema in fields["properties"].items()
    ]
