"""What some collections have that others have not: generated passwords, hashes, files, rules of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web

from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import Record
from appliance.configuration.office import Role, User
from appliance.configuration.people import Person, Phone
from appliance.control.box import Box
from appliance.control.errors import ApiError, FieldError, refusal
from appliance.control.hashing import hashed
from appliance.control.own import check_own_fields, own_mailboxes
from appliance.control.representation import plain
from appliance.control.routes import Identity, box_of

Json = dict[str, Any]


class Particulars:
    """What happens around a change of one collection's records; these are the defaults."""

    async def prepare(self, request: web.Request, sent: Json, current: Record | None) -> Json:
        """The JSON to validate, from the one sent; `current` is None when a record is made."""
        return sent

    def shown_once(self, sent: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the answer to making a record tells, this once."""
        return {}

    def belongings(self, configuration: Configuration, identifier: str) -> Iterable[tuple[str, str]]:
        """The records that may be removed along with this one."""
        return ()

    def check_change(
        self, who: Identity, configuration: Configuration, before: Record, after: Record | None
    ) -> None:
        """Raises ApiError when `who` may not change `before` into `after` (None: remove it)."""

    async def after_change(self, request: web.Request, before: Record, after: Record | None) -> None:
        """What follows from a change that was made (`after` None: a removal)."""


class PhoneParticulars(Particulars):
    """A phone's SIP user and password are made by the box unless they are given."""

    async def prepare(self, request: web.Request, sent: Json, current: Record | None) -> Json:
        if current is not None:
            return sent
        box = box_of(request)
        sent = dict(sent)
        if not sent.get("sip_password"):
            sent["sip_password"] = new_sip_password(box)
        if not sent.get("sip_user"):
            sent["sip_user"] = _free_sip_user(box.configuration, sent.get("person_id"))
        return sent

    def shown_once(self, sent: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"sip_password": sent["sip_password"]}


def new_sip_password(box: Box) -> str:
    """A password of 64 random bits: it is typed by hand into phones."""
    return box.token()[:16]


def _free_sip_user(configuration: Configuration, person_id: object) -> str:
    """The person's extension, with a number behind it when another phone has it."""
    person = configuration.people.get(person_id) if isinstance(person_id, str) else None
    stem = person.extension if person else "phone"
    taken = {phone.sip_user for phone in configuration.phones.values() if isinstance(phone, Phone)}
    user, number = stem, 2
    while user in taken:
        user, number = f"{stem}-{number}", number + 1
    return user


class UserParticulars(Particulars):
    """A password comes in and its hash is kept; there is always an administrator."""

    async def prepare(self, request: web.Request, sent: Json, current: Record | None) -> Json:
        sent = dict(sent)
        if "password_hash" in sent:
            raise ApiError(
                422, [FieldError(field="password_hash", code="extra_forbidden", message="Set `password`")]
            )
        password = sent.pop("password", None)
        if password is None and current is None:
            raise ApiError(422, [FieldError(field="password", code="missing", message="Field required")])
        if password is not None:
            sent["password_hash"] = await hashed(request, password)
        return sent

    def check_change(
        self, who: Identity, configuration: Configuration, before: Record, after: Record | None
    ) -> None:
        assert isinstance(before, User)
        if after is None and who.user is not None and who.user.id == before.id:
            raise refusal(409, "own_account")
        stays = isinstance(after, User) and after.role is Role.ADMINISTRATOR
        others = [
            user
            for user in configuration.users.values()
            if user.role is Role.ADMINISTRATOR and user.id != before.id
        ]
        if before.role is Role.ADMINISTRATOR and not stays and not others:
            raise refusal(409, "last_administrator", "role" if after else "")

    async def after_change(self, request: web.Request, before: Record, after: Record | None) -> None:
        assert isinstance(before, User)
        if not isinstance(after, User) or after.password_hash != before.password_hash:
            await box_of(request).sessions.close_user(before.id)


class PersonParticulars(Particulars):
    """A person may change some of their own page; their phones and mailboxes may leave with them."""

    async def prepare(self, request: web.Request, sent: Json, current: Record | None) -> Json:
        if current is not None:
            return sent
        if sent.get("verified_mobile"):
            raise refusal(403, "not_allowed", "verified_mobile")
        defaults = plain(box_of(request).configuration.permissions.defaults)
        return {**defaults, **sent}

    def belongings(self, configuration: Configuration, identifier: str) -> Iterable[tuple[str, str]]:
        yield from (
            ("phones", key) for key, phone in configuration.phones.items() if phone.person_id == identifier
        )
        yield from (("mailboxes", key) for key in own_mailboxes(configuration, identifier))

    def check_change(
        self, who: Identity, configuration: Configuration, before: Record, after: Record | None
    ) -> None:
        if after is None:
            return
        assert isinstance(before, Person) and isinstance(after, Person)
        if after.verified_mobile not in (None, before.verified_mobile):
            raise refusal(403, "not_allowed", "verified_mobile")
        if after.shows_mobile and not (before.shows_mobile or after.has_verified_mobile):
            raise refusal(422, "mobile_not_verified", "shows_mobile")
        if not who.is_administrator:
            # The proof goes with the number, whoever changes it.
            kept = before.model_copy(update={"verified_mobile": after.verified_mobile})
            check_own_fields(configuration, "people", kept, after)


class MailboxParticulars(Particulars):
    """A person may change some settings of their own mailbox."""

    def check_change(
        self, who: Identity, configuration: Configuration, before: Record, after: Record | None
    ) -> None:
        if after is not None and not who.is_administrator:
            check_own_fields(configuration, "mailboxes", before, after)


class AudioParticulars(Particulars):
    """An uploaded sound's file goes with its record."""

    async def after_change(self, request: web.Request, before: Record, after: Record | None) -> None:
        identifier = getattr(before, "id", None)
        if after is None and isinstance(identifier, str):
            await box_of(request).audio_files.delete(identifier)


PARTICULARS: Mapping[str, Particulars] = {
    "phones": PhoneParticulars(),
    "users": UserParticulars(),
    "people": PersonParticulars(),
    "mailboxes": MailboxParticulars(),
    "audios": AudioParticulars(),
}
