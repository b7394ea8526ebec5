"""What the browser is told and held to: content policy, other sites' requests refused."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def comes_from_elsewhere(request: web.Request) -> bool:
    """Whether a request that changes something was not made by one of our own pages.

    Browsers name the page's origin on every form they post (Origin, or else Sec-Fetch-Site); the sign-in
    cookie is SameSite=Lax besides. Only host and port are compared: a TLS proxy in front changes the scheme.
    """
    if request.method in SAFE_METHODS:
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return True
    origin = request.headers.get("Origin")
    if origin is None:
        return site is None
    return urlsplit(origin).netloc != request.host


def harden(response: web.StreamResponse) -> None:
    """Put the security headers on an answer that is not yet under way."""
    if response.prepared:
        return
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
