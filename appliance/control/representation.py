"""Records as the API shows them, and back: secrets are never shown, only whether they are set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic_core import to_jsonable_python

from appliance.configuration.fields import Record

SET_SUFFIX = "_set"

# A user's hash goes in as `password` and comes out as nothing but `password_set`.
SHOWN_AS: Mapping[str, str] = {"password_hash": "password"}


def plain(value: Any) -> Any:
    """JSON-able and always the same for the same value: sets are sorted."""
    if isinstance(value, BaseModel):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return to_jsonable_python(value)


def shown(record: Record) -> dict[str, Any]:
    """A record for the outside: a secret `x` is null, and `x_set` tells whether there is one."""
    result: dict[str, Any] = {}
    for name in type(record).model_fields:
        value = getattr(record, name)
        if isinstance(value, SecretStr):
            outside = SHOWN_AS.get(name, name)
            result[outside] = None
            result[outside + SET_SUFFIX] = bool(value.get_secret_value())
        else:
            result[name] = plain(value)
    return result


def secrets_of(model: type[BaseModel]) -> frozenset[str]:
    """The names of a record's secret fields."""
    properties = model.model_json_schema(mode="validation")["properties"]
    return frozenset(name for name, schema in properties.items() if schema.get("format") == "password")


def given(model: type[Record], data: Mapping[str, Any], current: Record | None) -> dict[str, Any]:
    """What to validate: `data` less what only `shown` writes, with the secrets it does not set kept from
    `current`.

    A secret that is null or absent stays as it is; an empty one is emptied.
    """
    secrets = secrets_of(model)
    outside = {SHOWN_AS.get(name, name) for name in secrets}
    ours = {name + SET_SUFFIX for name in outside} | (outside - secrets)
    result = {name: value for name, value in data.items() if name not in ours}
    for name in secrets:
        if result.get(name) is None:
            result.pop(name, None)
            kept = getattr(current, name, None)
            if isinstance(kept, SecretStr):
                result[name] = kept.get_secret_value()
    return result


def merged(current: Any, patch: Any) -> Any:
    """JSON Merge Patch (RFC 7396): null removes, objects merge, anything else replaces."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(current) if isinstance(current, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result
