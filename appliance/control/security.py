"""Security: what was refused at the doors, and the addresses that are shut out."""

from __future__ import annotations

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from appliance.control.bodies import answer, nothing
from appliance.control.errors import not_found
from appliance.control.live import Ban
from appliance.control.routes import Access, Route, box_of

AUTHORITY_TYPE = "application/x-x509-ca-cert"


class RefusedEntry(BaseModel):
    """Something refused: `kind` a code, `count` how often since the entry before."""

    model_config = ConfigDict(frozen=True)

    at: float
    kind: str
    address: str = ""
    user: str = ""
    count: int = 1


class SecurePortCertificate(BaseModel):
    """The certificate of SIP over TLS: ends are epoch seconds, the fingerprint is SHA-256."""

    model_config = ConfigDict(frozen=True)

    names: tuple[str, ...]
    until: float
    authority_until: float
    authority_fingerprint: str


class Security(BaseModel):
    """Who is shut out now, and what was refused, newest first."""

    bans: tuple[Ban, ...] = ()
    events: tuple[RefusedEntry, ...] = ()


async def read_security(request: web.Request) -> web.Response:
    """What was refused lately, and who is shut out."""
    box = box_of(request)
    events = await box.security_log.list()
    return answer(
        Security(
            bans=tuple(box.bans()),
            events=tuple(
                RefusedEntry(at=one.at, kind=one.kind, address=one.address, user=one.user, count=one.count)
                for one in events
            ),
        )
    )


async def lift_ban(request: web.Request) -> web.Response:
    """Hear an address again."""
    if not box_of(request).unban(request.match_info["address"]):
        raise not_found()
    return nothing()


async def send_authority(request: web.Request) -> web.Response:
    """The certificate of the box's own authority, as phones take it in; it holds no secret."""
    certificates = box_of(request).certificates
    if certificates is None:
        raise not_found()
    headers = {"Content-Disposition": 'attachment; filename="autocom-ca.crt"', "Cache-Control": "no-store"}
    return web.Response(body=certificates.authority_pem, content_type=AUTHORITY_TYPE, headers=headers)


async def read_certificate(request: web.Request) -> web.Response:
    """What the secure SIP port shows to phones."""
    certificates = box_of(request).certificates
    if certificates is None:
        raise not_found()
    return answer(
        SecurePortCertificate(
            names=certificates.names,
            until=certificates.server_until.timestamp(),
            authority_until=certificates.authority_until.timestamp(),
            authority_fingerprint=certificates.fingerprint,
        )
    )


ROUTES = (
    Route(
        "GET",
        "/security/authority",
        send_authority,
        Access.SIGNED_IN,
        "The certificate of the box's authority, for phones to trust",
        "security",
        gives_type=AUTHORITY_TYPE,
    ),
    Route(
        "GET",
        "/security/certificate",
        read_certificate,
        Access.SIGNED_IN,
        "What the secure SIP port shows to phones",
        "security",
        gives=SecurePortCertificate,
    ),
    Route(
        "GET",
        "/security",
        read_security,
        Access.ADMINISTRATOR,
        "What was refused, and who is shut out",
        "security",
        gives=Security,
    ),
    Route(
        "DELETE",
        "/security/bans/{address}",
        lift_ban,
        Access.ADMINISTRATOR,
        "Hear an address again",
        "security",
        status=204,
    ),
)
