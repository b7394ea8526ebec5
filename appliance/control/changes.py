"""Changes of the configuration: checked against what must hold among records, then made by the box."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial

from appliance.configuration import checks
from appliance.configuration.configuration import Configuration
from appliance.configuration.permissions import locked_fields
from appliance.configuration.problems import Problem
from appliance.configuration.references import Path, used_by
from appliance.control.box import Box, Conflict, Refused
from appliance.control.errors import ApiError, FieldError, not_found, refusal
from appliance.control.hours_checks import hour_problems
from appliance.control.past_days import new_past_days
from appliance.control.representation import given, merged, shown
from appliance.control.validation import dotted, validated
from appliance.storage.errors import StorageError

log = logging.getLogger(__name__)

Edit = Callable[[Configuration], Configuration]
RecordName = tuple[str, str]

# A change is tried again when another was made in between; more often than this means a fault.
TRIES = 20


async def edit(box: Box, change: Edit, *, who: str, record: RecordName) -> Configuration:
    """Make a change on whatever is the current configuration; returns the new one.

    `change` may be called more than once, and may raise ApiError. `record` (collection, id) is whose
    fields the
    errors name. Raises ApiError 422 when the result would not hold together in a way that it does now,
    StorageError.
    """
    for _ in range(TRIES):
        before, version = box.configuration, box.version
        after, now = change(before), box.now()
        try:
            # Asking a whole year of every number takes longer than calls may wait.
            await box.in_thread(partial(refuse_new_problems, before, after, now))
            await box.change(after, expected=version, who=who)
        except Conflict:
            continue
        except Refused as refused:
            problems = (restated(problem, record, after) for problem in refused.problems)
            raise ApiError(422, [problem_error(problem, record) for problem in problems]) from None
        return after
    raise refusal(409, "changed_meanwhile")


async def change_fields(
    box: Box, collection: str, identifier: str, fields: Mapping[str, object], who: str = "phone"
) -> bool:
    """Change fields of one record (of a singleton: empty id) by a call; False when that is refused."""

    def change(configuration: Configuration) -> Configuration:
        singleton = not identifier
        before = (
            getattr(configuration, collection)
            if singleton
            else configuration.collection(collection).get(identifier)
        )
        if before is None:
            raise not_found()
        if collection == "people" and fields.keys() & locked_fields(configuration, "people", identifier):
            raise refusal(403, "locked")
        data = given(type(before), merged(shown(before), fields), before)
        country = configuration.office.country if configuration.office else None
        record = validated(type(before), data, country)
        if singleton:
            return configuration.with_singleton(collection, record)
        return configuration.with_record(collection, identifier, record)

    try:
        await edit(box, change, who=who, record=(collection, identifier))
    except (ApiError, StorageError) as error:
        log.warning("%s/%s could not be changed by a call: %s", collection, identifier, error)
        return False
    return True


def wrong(field: str, code: str, **parameters: str) -> ApiError:
    """A 422 at one field, by a code of `problems`."""
    return ApiError(422, [problem_error(Problem("", "", _path(field), code, parameters), ("", ""))])


def _path(field: str) -> Path:
    return tuple(field.split("."))


def refuse_new_problems(before: Configuration, after: Configuration, now: datetime) -> None:
    """Raises Refused with the problems of `after` that `before` has not: old ones never block mending
    others.
    """
    introduced = (
        new_problems(before, after)
        or new_past_days(before, after, now.date())
        or new_hour_problems(before, after, now)
    )
    if introduced:
        raise Refused(introduced)


def new_problems(before: Configuration, after: Configuration) -> tuple[Problem, ...]:
    """The problems that a change would bring."""
    found = checks.problems(after)
    if not found:
        return ()
    known = {_key(problem) for problem in checks.problems(before)}
    return tuple(problem for problem in found if _key(problem) not in known)


def new_hour_problems(before: Configuration, after: Configuration, now: datetime) -> tuple[Problem, ...]:
    """The hours of the year to come that a change would leave without an answer."""
    found = hour_problems(after, now)
    if not found:
        return ()
    known = {(problem.record_id, problem.code) for problem in hour_problems(before, now)}
    return tuple(problem for problem in found if (problem.record_id, problem.code) not in known)


def _key(problem: Problem) -> tuple[object, ...]:
    return (
        problem.collection,
        problem.record_id,
        problem.path,
        problem.code,
        tuple(sorted(problem.parameters.items())),
    )


def problem_error(problem: Problem, record: RecordName) -> FieldError:
    """A problem as the API tells it, seen from the record being changed."""
    own = (problem.collection, problem.record_id) == record
    return FieldError(
        field=dotted(problem.path) if own else "",
        code=problem.code,
        parameters=dict(problem.parameters),
        message=problem.sentence(),
        collection=None if own else problem.collection,
        id=None if own else problem.record_id,
    )


# What two records may not both have: checks tell the later one, the page whoever is being changed.
SHARED = frozenset(
    {"extension_taken", "sip_user_taken", "number_taken", "mailbox_owner_taken", "calendar_code_taken"}
)


def restated(problem: Problem, record: RecordName, configuration: Configuration) -> Problem:
    """A problem of two records that have the same, told of the one being changed when it is one of them."""
    collection, identifier = record
    if problem.code not in SHARED or not identifier or (problem.collection, problem.record_id) == record:
        return problem
    changed = configuration.collection(collection).get(identifier)
    other = configuration.collection(problem.collection).get(problem.record_id)
    field = str(problem.path[0])
    value = getattr(changed, field, None)
    if value is None or str(value).casefold() != str(getattr(other, field, None)).casefold():
        return problem
    parameters = {**problem.parameters, "name": str(getattr(other, "name", ""))}
    return Problem(collection, identifier, problem.path, problem.code, parameters)


def refuse_while_used(configuration: Configuration, removed: Collection[RecordName]) -> None:
    """Raises ApiError 409 still_used, one entry for each record that names one of those to be removed."""
    users = dict.fromkeys(
        (reference.collection, reference.record_id)
        for name in removed
        for reference in used_by(configuration, *name)
        if (reference.collection, reference.record_id) not in removed
    )
    if users:
        raise ApiError(409, [_still_used(configuration, *user) for user in users])


def _still_used(configuration: Configuration, collection: str, identifier: str) -> FieldError:
    record: object = (
        configuration.collection(collection)[identifier] if identifier else getattr(configuration, collection)
    )
    name = str(getattr(record, "name", collection))
    problem = Problem(collection, identifier, (), "still_used", {"name": name})
    return problem_error(problem, ("", ""))
