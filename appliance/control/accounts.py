"""Claiming the box, setting it up, signing in and out, one's own account."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import Language, Name
from appliance.configuration.office import Office, Role, User
from appliance.configuration.ready import first_setup
from appliance.control.attempts import Attempts
from appliance.control.bodies import answer, body, nothing
from appliance.control.box import Box
from appliance.control.changes import edit
from appliance.control.errors import ApiError, refusal
from appliance.control.hashing import hashed, matches
from appliance.control.identifiers import new_identifier
from appliance.control.overriding import OverrideNow, overrides_now
from appliance.control.representation import shown
from appliance.control.routes import Access, Route, box_of, identity_of
from appliance.control.validation import validated

ATTEMPTS: web.AppKey[Attempts] = web.AppKey("attempts", Attempts)

# Set by the web process to the address of the browser.
CLIENT_HEADER = "X-Autocom-Client"

# Failures allowed in five minutes: for one name from one browser, from one browser, for one name from
# anywhere.
GUESSES, GUESSES_OF_A_CLIENT, GUESSES_OF_ALL_CLIENTS = 8, 20, 60

LONGEST_TYPED = 1000
Typed = Annotated[str, Field(max_length=LONGEST_TYPED)]


class Body(BaseModel):
    """The base of what these routes take: no unknown field."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class SetupStatus(BaseModel):
    """How far the box is: has it an administrator, is the office set up; how long passwords must be."""

    claimed: bool
    set_up: bool
    shortest_password: int = 8


class Claim(Body):
    """The claim code that the box printed, and its first administrator."""

    code: Typed = Field(repr=False)
    name: Name
    password: Typed = Field(repr=False)
    language: Language = Language.FRENCH


class Setup(Body):
    """What the office is."""

    name: Name
    country: str = Field(default="FR", pattern=r"^[A-Z]{2}$")
    time_zone: str = "Europe/Paris"
    language: Language = Language.FRENCH


class SignIn(Body):
    """A user's name (or id) and password."""

    name: Typed
    password: Typed = Field(repr=False)


class SignedIn(BaseModel):
    """A sign-in: the token to send as `Authorization: Bearer`, shown this once."""

    token: str = Field(repr=False)
    user: dict[str, Any]


class MyOffice(BaseModel):
    """What every user may know of the office: pages show times and numbers by it."""

    name: str
    country: str
    time_zone: str
    language: Language


class Me(BaseModel):
    """Who asks; `user` is null for the command line, `office` before it is set up.

    `overrides` and `clock_trusted`: what every page says on top.
    """

    user: dict[str, Any] | None
    role: Role
    person_id: str | None = None
    office: MyOffice | None = None
    overrides: tuple[OverrideNow, ...] = ()
    clock_trusted: bool = True


class MyChanges(Body):
    """What users change of their own account; `password` needs `current_password`."""

    language: Language | None = None
    name: Name | None = None
    password: Typed | None = Field(default=None, repr=False)
    current_password: Typed = Field(default="", repr=False)


class NewToken(BaseModel):
    """The account, and a token when the password has changed (the former ones end)."""

    user: dict[str, Any]
    token: str | None = Field(default=None, repr=False)


async def read_setup(request: web.Request) -> web.Response:
    """How far the box is."""
    configuration = box_of(request).configuration
    return answer(SetupStatus(claimed=bool(configuration.users), set_up=configuration.office is not None))


async def claim(request: web.Request) -> web.Response:
    """Make the first administrator, for whoever knows the claim code."""
    box, given = box_of(request), await body(request, Claim)
    if box.configuration.users or box.claim_code is None:
        raise refusal(409, "already_claimed")
    limits = _limits(request, "claim")
    _refuse_while_waiting(request, limits)
    if not hmac.compare_digest(_bare(given.code), _bare(box.claim_code)):
        raise _failed(request, limits, refusal(403, "wrong_claim_code", "code"))
    secret = await hashed(request, given.password)
    identifier = new_identifier(given.name, (), box.token)
    values = {"id": identifier, "name": given.name, "password_hash": secret, "language": given.language}
    user = validated(User, values, None)

    def change(configuration: Configuration) -> Configuration:
        if configuration.users:
            raise refusal(409, "already_claimed")
        return configuration.with_record("users", identifier, user)

    await edit(box, change, who="claim", record=("users", identifier))
    request.app[ATTEMPTS].succeeded(limits)
    return await _signed_in(request, user)


def _bare(code: str) -> bytes:
    """A code as it is compared: typed with or without hyphens, in either case."""
    return "".join(code.lower().replace("-", "").split()).encode()


async def set_up(request: web.Request) -> web.Response:
    """Give the office its first settings: itself, a calendar, a mailbox."""
    box, given = box_of(request), await body(request, Setup)

    def change(configuration: Configuration) -> Configuration:
        if configuration.office is not None:
            raise refusal(409, "already_set_up")
        validated(Office, given.model_dump(), None)
        return _with_first_records(configuration, given)

    configuration = await edit(box, change, who=identity_of(request).name, record=("office", ""))
    assert configuration.office is not None
    return answer(shown(configuration.office), 201)


def _with_first_records(configuration: Configuration, given: Setup) -> Configuration:
    first = first_setup(given.name, given.country, given.time_zone, given.language)
    assert first.office is not None
    for name in ("calendars", "mailboxes", "people", "groups", "lines", "numbers", "audios", "phones"):
        for identifier, record in first.collection(name).items():
            configuration = configuration.with_record(name, identifier, record)
    return configuration.with_singleton("office", first.office)


async def sign_in(request: web.Request) -> web.Response:
    """Exchange a name and password for a token."""
    box, given = box_of(request), await body(request, SignIn)
    user = _user_named(box.configuration, given.name)
    limits = _limits(request, f"name:{user.id if user else given.name.casefold()[:80]}")
    _refuse_while_waiting(request, limits)
    kept = user.password_hash.get_secret_value() if user else None
    right = await matches(request, kept, given.password)
    if user is None or not right:
        raise _failed(request, limits, refusal(401, "wrong_password"))
    request.app[ATTEMPTS].succeeded(limits)
    return await _signed_in(request, user)


def _user_named(configuration: Configuration, name: str) -> User | None:
    wanted = name.strip().casefold()
    for user in configuration.users.values():
        if wanted in (user.name.casefold(), user.id):
            return user
    return None


async def _signed_in(request: web.Request, user: User) -> web.Response:
    box = box_of(request)
    token = await box.sessions.open(user.id, box.epoch(), browser=request.headers.get("User-Agent", ""))
    return answer(SignedIn(token=token, user=shown(user)), 201)


async def sign_out(request: web.Request) -> web.Response:
    """End this sign-in."""
    token = identity_of(request).token
    if token is not None:
        await box_of(request).sessions.close(token)
    return nothing()


async def read_me(request: web.Request) -> web.Response:
    """Who asks."""
    who = identity_of(request)
    role = Role.ADMINISTRATOR if who.is_administrator else Role.PERSON
    user = shown(who.user) if who.user else None
    box = box_of(request)
    return answer(
        Me(
            user=user,
            role=role,
            person_id=who.person_id,
            office=_my_office(box),
            overrides=overrides_now(box.configuration, box.now()),
            clock_trusted=box.world().clock_trusted,
        )
    )


def _my_office(box: Box) -> MyOffice | None:
    office = box.configuration.office
    if office is None:
        return None
    return MyOffice(
        name=office.name, country=office.country, time_zone=office.time_zone, language=office.language
    )


async def change_me(request: web.Request) -> web.Response:
    """Change one's own name, language or password."""
    box, given, who = box_of(request), await body(request, MyChanges), identity_of(request)
    if who.user is None:
        raise refusal(401, "sign_in_needed")
    changes: dict[str, Any] = {
        key: value for key in ("name", "language") if (value := getattr(given, key)) is not None
    }
    if given.password is not None:
        await _check_current(request, who.user, given.current_password)
        changes["password_hash"] = await hashed(request, given.password)
    identifier = who.user.id
    made = await edit(box, _changed_user(identifier, changes), who=who.name, record=("users", identifier))
    token = None
    if given.password is not None:
        await box.sessions.close_user(identifier)
        token = await box.sessions.open(
            identifier, box.epoch(), browser=request.headers.get("User-Agent", "")
        )
    return answer(NewToken(user=shown(made.users[identifier]), token=token))


def _changed_user(identifier: str, changes: dict[str, Any]) -> Callable[[Configuration], Configuration]:
    def change(configuration: Configuration) -> Configuration:
        user = configuration.users.get(identifier)
        if user is None:
            raise refusal(401, "sign_in_needed")
        present = {name: getattr(user, name) for name in User.model_fields}
        return configuration.with_record("users", identifier, validated(User, {**present, **changes}, None))

    return change


async def _check_current(request: web.Request, user: User, password: str) -> None:
    limits = _limits(request, f"name:{user.id}")
    _refuse_while_waiting(request, limits)
    kept = user.password_hash.get_secret_value()
    if not await matches(request, kept, password):
        raise _failed(request, limits, refusal(422, "wrong_password", "current_password"))


def _limits(request: web.Request, subject: str) -> dict[str, int]:
    """What a failed attempt counts against, and how many are allowed.

    With the browser's address (told by the web process) the subject itself has a looser limit, so that a
    neighbour's
    guesses do not soon lock out whoever guesses nothing.
    """
    client = request.headers.get(CLIENT_HEADER, "")[:64]
    if not client:
        return {subject: GUESSES}
    return {
        f"{subject}@{client}": GUESSES,
        f"client:{client}": GUESSES_OF_A_CLIENT,
        subject: GUESSES_OF_ALL_CLIENTS,
    }


def _refuse_while_waiting(request: web.Request, limits: dict[str, int]) -> None:
    seconds = request.app[ATTEMPTS].wait(limits, box_of(request).monotonic())
    if seconds:
        error = refusal(429, "too_many_attempts", seconds=str(seconds))
        raise ApiError(429, error.errors, {"Retry-After": str(seconds)})


def _failed(request: web.Request, limits: dict[str, int], error: ApiError) -> ApiError:
    box = box_of(request)
    request.app[ATTEMPTS].failed(limits, box.monotonic())
    box.note_security("sign_in_failed", request.headers.get(CLIENT_HEADER, "")[:64], "")
    return error


ROUTES = (
    Route(
        "GET", "/setup", read_setup, Access.PUBLIC, "How far the box is set up", "setup", gives=SetupStatus
    ),
    Route("POST", "/claim", claim, Access.PUBLIC, "Make the first user", "setup", Claim, SignedIn, 201),
    Route("POST", "/setup", set_up, Access.ADMINISTRATOR, "Set up the office", "setup", Setup, Office, 201),
    Route("POST", "/sessions", sign_in, Access.PUBLIC, "Sign in", "account", SignIn, SignedIn, 201),
    Route("DELETE", "/sessions/current", sign_out, Access.SIGNED_IN, "Sign out", "account", status=204),
    Route("GET", "/me", read_me, Access.SIGNED_IN, "Who asks", "account", gives=Me),
    Route(
        "PATCH",
        "/me",
        change_me,
        Access.SIGNED_IN,
        "Change one's own account",
        "account",
        MyChanges,
        NewToken,
    ),
)
