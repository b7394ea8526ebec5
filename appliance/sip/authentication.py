"""Who sends a request: challenges and their answers, the server's side (RFC 3261 22, RFC 8760).

Always 401 with WWW-Authenticate: an endpoint is no proxy, and some phones do not know 407.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from appliance.sip.digest import ALGORITHMS, Nonces, NonceState, make_challenges, nonce_count, verify
from appliance.sip.errors import SipSyntaxError
from appliance.sip.headers import Credentials, parse_credentials
from appliance.sip.message import Request

MOST_CREDENTIALS = 4

Lookup = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Authenticated:
    """The request proves this user name."""

    username: str


@dataclass(frozen=True, slots=True)
class Challenged:
    """The request is to be refused with 401 and these headers.

    `failed`: it carried credentials, and they were wrong (not merely old): worth counting.
    """

    headers: tuple[tuple[str, str], ...]
    failed: bool = False
    username: str = ""


class Authenticator:
    """Checks requests against passwords.

    `lookup(username)` gives the password, None for an unknown user: who asks can tell neither by
    the answer nor by the work it takes. `algorithms` are offered in this order, one header each.
    """

    def __init__(
        self,
        realm: str,
        nonces: Nonces,
        lookup: Lookup,
        algorithms: Sequence[str] = ALGORITHMS,
    ) -> None:
        self.realm = realm
        self._nonces = nonces
        self._lookup = lookup
        self._algorithms = tuple(algorithms)

    def check(
        self,
        request: Request,
        now: float,
        algorithms: Sequence[str] | None = None,
        lookup: Lookup | None = None,
    ) -> Authenticated | Challenged:
        """Whose request it is, or what to challenge it with.

        `algorithms` replaces the order for this one, say ("MD5",) for a phone that reads the first
        challenge only; `lookup` the way to passwords. A right answer to an old, foreign or used nonce
        is challenged with stale=true, so that the phone tries again without asking its user. The digest
        uri need not be the Request-URI: some phones send another.
        """
        offered = self._algorithms if algorithms is None else tuple(algorithms)
        credentials = self._credentials(request)
        if credentials is None:
            return self._challenge(offered, now)
        username = credentials.get("username")
        password = (lookup or self._lookup)(username)
        if not verify(credentials, request.method, password, request.body):
            return self._challenge(offered, now, failed=True, username=username)
        state = self._nonces.check(credentials.get("nonce"), nonce_count(credentials), now)
        if state is not NonceState.OK:
            return self._challenge(offered, now, stale=True, username=username)
        return Authenticated(username)

    def _credentials(self, request: Request) -> Credentials | None:
        for value in request.headers.fields("Authorization")[:MOST_CREDENTIALS]:
            try:
                credentials = parse_credentials(value)
            except SipSyntaxError:
                continue
            if credentials.is_digest and credentials.get("realm") == self.realm:
                return credentials
        return None

    def _challenge(
        self,
        algorithms: Sequence[str],
        now: float,
        *,
        stale: bool = False,
        failed: bool = False,
        username: str = "",
    ) -> Challenged:
        values = make_challenges(self.realm, self._nonces.new(now), algorithms, stale)
        return Challenged(tuple(("WWW-Authenticate", value) for value in values), failed, username)
