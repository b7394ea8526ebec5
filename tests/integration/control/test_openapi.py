"""The OpenAPI document says what the API does."""

from __future__ import annotations

import json
import re
from typing import Any

from appliance.configuration.configuration import COLLECTIONS, SINGLETONS
from appliance.control.application import all_routes
from tests.integration.control.conftest import Api


async def test_every_route_is_described(api: Api) -> None:
    document = (await api.as_stranger("GET", "/openapi.json")).json
    assert document["openapi"] == "3.1.0"
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(route.method, route.path) for route in all_routes()}


async def test_every_record_is_described_and_nothing_is_missing(api: Api) -> None:
    document = (await api("GET", "/openapi.json")).json
    schemas = document["components"]["schemas"]
    for model in (*COLLECTIONS.values(), *SINGLETONS.values()):
        assert model.__name__ in schemas
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert named <= set(schemas)
    operations = [one["operationId"] for path in document["paths"].values() for one in path.values()]
    assert len(operations) == len(set(operations))


async def test_secrets_are_write_only(api: Api) -> None:
    schemas = (await api("GET", "/openapi.json")).json["components"]["schemas"]
    phone = schemas["Phone"]["properties"]
    assert phone["sip_password"]["writeOnly"] is True
    assert phone["sip_password_set"]["readOnly"] is True
    user = schemas["User"]["properties"]
    assert "password_hash" not in user and user["password"]["writeOnly"] is True


async def test_records_have_the_fields_that_are_described(api: Api, staffed: Api) -> None:
    document = (await api("GET", "/openapi.json")).json
    schemas: dict[str, Any] = document["components"]["schemas"]
    for collection, model in COLLECTIONS.items():
        for record in (await staffed("GET", f"/{collection}")).json["items"]:
            assert set(record) == set(schemas[model.__name__]["properties"]), collection
    state = (await staffed("GET", "/state")).json
    assert set(state) == set(schemas["State"]["properties"])


async def test_only_what_strangers_may_use_needs_no_token(api: Api) -> None:
    document = (await api("GET", "/openapi.json")).json
    free = {
        path
        for path, methods in document["paths"].items()
        for one in methods.values()
        if one.get("security") == []
    }
    assert free == {"/setup", "/claim", "/sessions", "/openapi.json"}
