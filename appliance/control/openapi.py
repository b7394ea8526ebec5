"""The OpenAPI 3.1 document of the API, made from the route table and the records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from appliance.configuration.fields import Record
from appliance.control.bodies import answer
from appliance.control.errors import Errors
from appliance.control.representation import SET_SUFFIX, SHOWN_AS
from appliance.control.routes import PREFIX, Access, Route

Json = dict[str, Any]

REFERENCE = "#/components/schemas/{model}"
MERGE_PATCH = "application/merge-patch+json"

ABOUT = (
    "The phone system of a small office. Times are epoch seconds unless said otherwise. A secret is never "
    "shown: `x` is null and `x_set` tells whether there is one; sending null leaves it as it is."
)


def openapi(routes: Iterable[Route]) -> Json:
    """The document."""
    routes = tuple(routes)
    schemas = _schemas(routes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Autocom",
            "version": metadata.version("autocom"),
            "description": ABOUT,
            "license": {"name": "GPL-3.0-or-later", "identifier": "GPL-3.0-or-later"},
        },
        "servers": [{"url": PREFIX}],
        "paths": _paths(routes),
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _models(routes: Iterable[Route]) -> list[type[BaseModel]]:
    found: dict[type[BaseModel], None] = {Errors: None}
    for route in routes:
        for body in (route.takes, route.gives):
            model = body[0] if isinstance(body, list) else body
            if isinstance(model, type) and issubclass(model, BaseModel):
                found[model] = None
    return list(found)


def _schemas(routes: Iterable[Route]) -> Json:
    """The components: a schema by model name, as the API shows the model."""
    models = _models(routes)
    _, document = models_json_schema([(model, "validation") for model in models], ref_template=REFERENCE)
    schemas: Json = document["$defs"]
    records = {model.__name__ for model in models if issubclass(model, Record)}
    return {name: _as_shown(schema) if name in records else schema for name, schema in schemas.items()}


def _as_shown(schema: Json) -> Json:
    """A record's schema as the API has it: beside each secret (write-only), whether it is set (read-only)."""
    properties: Json = {}
    for name, one in schema["properties"].items():
        if one.get("format") != "password":
            properties[name] = one
            continue
        outside = SHOWN_AS.get(name, name)
        properties[outside] = {**one, "title": outside.replace("_", " ").title()}
        properties[outside + SET_SUFFIX] = {"type": "boolean", "readOnly": True}
    # The id comes from the name, generated passwords from the box: neither need be sent.
    required = [
        name for name in schema.get("required", ()) if name in properties and not _made_by_box(name, schema)
    ]
    return {**schema, "properties": properties, "required": required, "additionalProperties": False}


def _made_by_box(name: str, schema: Json) -> bool:
    return name == "id" or (schema.get("title") == "Phone" and name in ("sip_user", "sip_password"))


def _paths(routes: Iterable[Route]) -> Json:
    paths: Json = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return paths


def _operation(route: Route) -> Json:
    operation: Json = {
        "tags": [route.tag],
        "summary": route.summary,
        "operationId": _operation_id(route),
        "parameters": [*_path_parameters(route.path), *_query_parameters(route.query)],
        "responses": _responses(route),
    }
    if route.access is Access.PUBLIC:
        operation["security"] = []
    if route.takes is not None:
        operation["requestBody"] = {"required": True, "content": _request_content(route)}
    return {key: value for key, value in operation.items() if value != [] or key == "security"}


def _operation_id(route: Route) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", route.path.replace("{id}", "one").lower()).strip("_")
    return f"{route.method.lower()}_{words}"


def _path_parameters(path: str) -> list[Json]:
    names = re.findall(r"\{(\w+)\}", path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(query: Mapping[str, str]) -> list[Json]:
    return [
        {"name": name, "in": "query", "description": words, "schema": {"type": "string"}}
        for name, words in query.items()
    ]


def _request_content(route: Route) -> Json:
    if route.takes is dict:
        # A merge patch: any of the record's fields, null to go back to the default.
        return {
            MERGE_PATCH: {"schema": {"type": "object"}},
            "application/json": {"schema": {"type": "object"}},
        }
    return {route.takes_type: {"schema": _schema(route.takes)}}


def _responses(route: Route) -> Json:
    done: Json = {"description": "Done"}
    if route.gives is not None:
        done["content"] = {route.gives_type: {"schema": _schema(route.gives)}}
    elif route.gives_type != "application/json":
        done["content"] = {route.gives_type: {}}
    refused = {"content": {"application/json": {"schema": _schema(Errors)}}}
    return {
        str(route.status): done,
        "default": {"description": "Refused: what is wrong, field by field", **refused},
    }


def _schema(body: Any) -> Json:
    if isinstance(body, list):
        items = {"type": "array", "items": _schema(body[0])}
        return {"type": "object", "properties": {"items": items, "version": {"type": "integer"}}}
    if isinstance(body, type) and issubclass(body, BaseModel):
        return {"$ref": REFERENCE.format(model=body.__name__)}
    return dict(body)


def document_route(others: tuple[Route, ...]) -> Route:
    """The route that serves the document of all the others, and of itself."""

    @cache
    def document() -> Json:
        return openapi((*others, route))

    async def read_document(request: web.Request) -> web.Response:
        return answer(document())

    summary, schema = "This document", {"type": "object"}
    route = Route("GET", "/openapi.json", read_document, Access.PUBLIC, summary, "about", gives=schema)
    return route
