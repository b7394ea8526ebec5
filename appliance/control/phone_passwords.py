"""A new SIP password for a phone, shown once."""

from __future__ import annotations

from aiohttp import web
from pydantic import BaseModel, Field, SecretStr

from appliance.configuration.configuration import Configuration
from appliance.control.bodies import answer
from appliance.control.changes import edit
from appliance.control.errors import not_found
from appliance.control.particulars import new_sip_password
from appliance.control.routes import Access, Route, box_of, identity_of


class NewSipPassword(BaseModel):
    """What to type into the phone; shown this once."""

    sip_user: str
    sip_password: str = Field(repr=False)


async def renew_password(request: web.Request) -> web.Response:
    """Give a phone a new password; it must be typed into the phone again."""
    box, identifier = box_of(request), request.match_info["id"]
    password = new_sip_password(box)

    def change(configuration: Configuration) -> Configuration:
        phone = configuration.phones.get(identifier)
        if phone is None:
            raise not_found()
        renewed = phone.model_copy(update={"sip_password": SecretStr(password)})
        return configuration.with_record("phones", identifier, renewed)

    made = await edit(box, change, who=identity_of(request).name, record=("phones", identifier))
    return answer(NewSipPassword(sip_user=made.phones[identifier].sip_user, sip_password=password), 201)


ROUTES = (
    Route(
        "POST",
        "/phones/{id}/password",
        renew_password,
        Access.ADMINISTRATOR,
        "Give a phone a new password",
        "phones",
        gives=NewSipPassword,
        status=201,
    ),
)
