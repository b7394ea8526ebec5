"""From a JSON object to a record: numbers typed in any form are made international, errors named by field."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from appliance import numbers
from appliance.configuration.problems import CODES as PROBLEMS
from appliance.configuration.problems import Problem
from appliance.control.errors import ApiError, FieldError

M = TypeVar("M", bound=BaseModel)

NOT_INTERNATIONAL = "number_not_international"

# What pydantic tells of an error besides the value refused.
TAKEN_FROM_CONTEXT = frozenset(
    {"min_length", "max_length", "actual_length", "ge", "le", "pattern", "expected", "expected_tags"}
)


def validated(model: type[M], data: Mapping[str, Any], country: str | None) -> M:
    """A record made of a JSON object; raises ApiError 422 with every field's error.

    A number that is not in international form is read as one typed in `country` (none is when it is None).
    """
    values = copy.deepcopy(dict(data))
    refused: dict[tuple[str | int, ...], FieldError] = {}
    try:
        return model.model_validate(values)
    except ValidationError as error:
        details = error.errors(include_url=False)
        if country is not None:
            refused = _make_international(values, details, country)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise ApiError(422, _field_errors(error.errors(include_url=False), values, refused)) from None


def _make_international(
    values: Any, details: Sequence[ErrorDetails], country: str
) -> dict[tuple[str | int, ...], FieldError]:
    """Replace, in `values`, each number that can be read; returns the errors of those that can't, by path."""
    refused: dict[tuple[str | int, ...], FieldError] = {}
    for detail in details:
        if detail["type"] != NOT_INTERNATIONAL or not isinstance(detail["input"], str):
            continue
        path = path_within(values, detail["loc"])
        try:
            _put(values, path, numbers.parse(detail["input"], country))
        except numbers.NumberError as error:
            refused[path] = FieldError(field=dotted(path), code=error.code, message=str(error))
    return refused


def _put(values: Any, path: Sequence[str | int], value: str) -> None:
    for part in path[:-1]:
        values = values[part]
    values[path[-1]] = value


def path_within(values: Any, location: Sequence[str | int]) -> tuple[str | int, ...]:
    """A pydantic location without the names of union members, which are not part of the JSON."""
    path: list[str | int] = []
    for position, part in enumerate(location):
        last = position == len(location) - 1
        if isinstance(values, Mapping):
            if part in values:
                path.append(part)
                values = values[part]
            elif last and part != "[key]":
                path.append(part)
        elif isinstance(values, list | tuple) and isinstance(part, int):
            path.append(part)
            values = values[part] if part < len(values) else None
        elif values is None and last:
            path.append(part)
    return tuple(path)


def dotted(path: Sequence[str | int]) -> str:
    """A path as the API writes it: members.0.person_id."""
    return ".".join(str(part) for part in path)


def _field_errors(
    details: Sequence[ErrorDetails], values: Any, refused: Mapping[tuple[str | int, ...], FieldError]
) -> list[FieldError]:
    placed = [(path_within(values, detail["loc"]), detail) for detail in details]
    return [
        refused.get(path) or field_error(detail, path)
        for path, detail in placed
        if not _follows_from_another(path, detail, placed)
    ]


def _follows_from_another(
    path: Sequence[str | int],
    detail: ErrorDetails,
    placed: Sequence[tuple[tuple[str | int, ...], ErrorDetails]],
) -> bool:
    """Whether a list is too short only because what it holds is wrong."""
    inside = (other for other, _ in placed if len(other) > len(path) and other[: len(path)] == path)
    return detail["type"] == "too_short" and any(inside)


def field_error(detail: ErrorDetails, path: Sequence[str | int]) -> FieldError:
    """One pydantic error as the API tells it; the value refused is not repeated, since it may be secret."""
    context = detail.get("ctx", {})
    parameters = {key: str(value) for key, value in context.items() if key in TAKEN_FROM_CONTEXT}
    code = detail["type"]
    message = Problem("", "", (), code, parameters).sentence() if code in PROBLEMS else detail["msg"]
    return FieldError(field=dotted(path), code=code, parameters=parameters, message=message)
