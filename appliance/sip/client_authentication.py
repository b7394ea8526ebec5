"""Answering challenges: our own requests sent again with credentials (RFC 3261 22.2, 22.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from appliance.sip.digest import answer, choose_challenge
from appliance.sip.headers import Challenge
from appliance.sip.message import Request, Response

_FIELDS = {401: ("WWW-Authenticate", "Authorization"), 407: ("Proxy-Authenticate", "Proxy-Authorization")}


@dataclass(frozen=True, slots=True)
class Login:
    """What we prove who we are with. `realm`: answer only this one; None answers any."""

    username: str
    password: str = field(repr=False)
    realm: str | None = None


def is_challenge(response: Response) -> bool:
    """Whether a response asks for credentials."""
    return response.status in _FIELDS


def authorize(
    request: Request,
    response: Response,
    login: Login,
    next_cseq: Callable[[], int],
    tokens: Callable[[], str],
) -> Request | None:
    """The request again, with credentials for the challenge in `response` and the next CSeq, without Via.

    None when it cannot be answered: a realm or algorithm that is not ours, or the credentials were
    already in the request and refused for another reason than a stale nonce.
    """
    challenge_field, credentials_field = _FIELDS[response.status]
    challenge = choose_challenge(response.headers.all(challenge_field))
    if challenge is None or (login.realm is not None and challenge.get("realm") != login.realm):
        return None
    if credentials_field in request.headers and not _is_stale(challenge):
        return None
    value = answer(
        challenge, request.method, str(request.uri), login.username, login.password, tokens(), 1, request.body
    )
    again = request.copy()
    again.headers.remove("Via")
    again.headers.set("CSeq", f"{next_cseq()} {request.method}")
    again.headers.set(credentials_field, value)
    return again


def _is_stale(challenge: Challenge) -> bool:
    return challenge.get("stale").lower() == "true"
