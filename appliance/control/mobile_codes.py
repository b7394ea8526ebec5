"""A person's mobile is called and told a code; typed back, the mobile is known to be theirs (OUT-2)."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from appliance.configuration.configuration import Configuration
from appliance.control.bodies import answer, body
from appliance.control.box import Box
from appliance.control.changes import edit
from appliance.control.errors import ApiError, not_found, refusal
from appliance.control.mobile_code_desk import NoCode, WrongCode
from appliance.control.own import owns_person
from appliance.control.routes import Access, Route, box_of, identity_of


class TypedCode(BaseModel):
    """What somebody types who has heard a code."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(max_length=40)]


class MobileState(BaseModel):
    """A person's mobile: since when it is verified, and the code that is expected, if any.

    `state`: none, calling, said, not_reached. `seconds_left`, `attempts_left`: for typing the code.
    `passing_lines`: the lines in use that let verified mobiles be shown; `other_lines`: those that do not.
    """

    mobile: str | None
    verified_at: float | None
    state: str
    seconds_left: int
    attempts_left: int
    passing_lines: tuple[str, ...]
    other_lines: tuple[str, ...]


def state_of(box: Box, person_id: str) -> MobileState:
    """How somebody's mobile stands at this moment."""
    person = box.configuration.people[person_id]
    code = box.mobile_codes.pending(person_id)
    proof = person.verified_mobile if person.has_verified_mobile else None
    lines = [line for line in box.configuration.lines.values() if line.enabled and line.kind != "pbx"]
    return MobileState(
        mobile=person.mobile,
        verified_at=proof.at if proof else None,
        state=code.state if code else "none",
        seconds_left=int(code.until - box.monotonic()) if code else 0,
        attempts_left=code.left if code else 0,
        passing_lines=tuple(line.name for line in lines if line.passes_mobiles),
        other_lines=tuple(line.name for line in lines if not line.passes_mobiles),
    )


async def read_mobile(request: web.Request) -> web.Response:
    """How a person's mobile stands."""
    return answer(state_of(*_whose(request)))


async def say_code(request: web.Request) -> web.Response:
    """Call the mobile and say a code."""
    box, person_id = _whose(request)
    try:
        box.mobile_codes.say(person_id)
    except NoCode as error:
        raise _refused(error, "mobile") from None
    return answer(state_of(box, person_id), 202)


async def take_code(request: web.Request) -> web.Response:
    """Take what was typed; the right code makes the mobile a verified one."""
    (box, person_id), typed = _whose(request), await body(request, TypedCode)
    try:
        proof = box.mobile_codes.prove(person_id, typed.code)
    except WrongCode as error:
        raise refusal(422, "code_wrong", "code", left=str(error.left)) from None
    except NoCode as error:
        raise _refused(error, "code") from None

    def change(configuration: Configuration) -> Configuration:
        person = configuration.people.get(person_id)
        if person is None or person.mobile != proof.number:
            raise refusal(409, "code_over", "code")
        verified = person.model_copy(update={"verified_mobile": proof})
        return configuration.with_record("people", person_id, verified)

    await edit(box, change, who=identity_of(request).name, record=("people", person_id))
    box.mobile_codes.over(person_id)
    return answer(state_of(box, person_id))


def _whose(request: web.Request) -> tuple[Box, str]:
    box, person_id = box_of(request), request.match_info["id"]
    if person_id not in box.configuration.people:
        raise not_found()
    return box, person_id


def _refused(error: NoCode, field: str) -> ApiError:
    if error.seconds:
        told = refusal(429, error.code, field, seconds=str(error.seconds))
        return ApiError(429, told.errors, {"Retry-After": str(error.seconds)})
    return refusal(409, error.code, field)


TAG = "people"
ROUTES = (
    Route(
        "GET",
        "/people/{id}/mobile",
        read_mobile,
        Access.OWN,
        "Whether a mobile is verified",
        TAG,
        gives=MobileState,
        owns=owns_person,
    ),
    Route(
        "POST",
        "/people/{id}/mobile/call",
        say_code,
        Access.OWN,
        "Call a mobile and say a code",
        TAG,
        gives=MobileState,
        status=202,
        owns=owns_person,
    ),
    Route(
        "POST",
        "/people/{id}/mobile/code",
        take_code,
        Access.OWN,
        "Type back the code that a mobile was told",
        TAG,
        takes=TypedCode,
        gives=MobileState,
        owns=owns_person,
    ),
)
