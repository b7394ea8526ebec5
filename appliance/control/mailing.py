"""The test of the mail server."""

from __future__ import annotations

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from appliance.configuration.fields import Email, Language
from appliance.control.bodies import body, nothing
from appliance.control.errors import ApiError, FieldError
from appliance.control.routes import Access, Route, box_of, identity_of
from appliance.mail.errors import MailError


class TestMail(BaseModel):
    """Where to send the test."""

    model_config = ConfigDict(extra="forbid")

    to: Email


async def test_mail(request: web.Request) -> web.Response:
    """Send an e-mail with the settings as they are; what goes wrong is told in the answer."""
    box, wanted, user = box_of(request), await body(request, TestMail), identity_of(request).user
    office = box.configuration.office
    language = user.language if user else office.language if office else Language.FRENCH
    try:
        await box.test_mail(wanted.to, language)
    except MailError as error:
        entry = FieldError(code=error.code, parameters={"detail": error.detail}, message=str(error))
        raise ApiError(422, [entry]) from error
    return nothing()


ROUTES = (
    Route(
        "POST",
        "/mail_server/test",
        test_mail,
        Access.ADMINISTRATOR,
        "Send a test e-mail",
        "mail_server",
        takes=TestMail,
        status=204,
    ),
)
