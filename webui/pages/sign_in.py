"""Signing in and out, the language of the pages, and one's own account."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from webui.client import Refused
from webui.forms import Field, Form, nest
from webui.language import LANGUAGES, N_
from webui.page import go_to, only_inside, render
from webui.session import LANGUAGE_COOKIE, forget, remember, visit_of

FIELDS = (
    Field("name", N_("Your name"), required=True, autocomplete="username", empty="text"),
    Field(
        "password",
        N_("Password"),
        kind="password",
        required=True,
        autocomplete="current-password",
        empty="text",
    ),
)

ACCOUNT_FIELDS = (
    Field(
        "current_password",
        N_("Present password"),
        kind="password",
        required=True,
        autocomplete="current-password",
        empty="text",
    ),
    Field(
        "password",
        N_("New password"),
        N_("At least 8 characters. Every other browser is signed out."),
        kind="password",
        required=True,
        autocomplete="new-password",
        empty="text",
    ),
)

YEAR = 365 * 86400


async def sign_in_page(request: web.Request) -> web.StreamResponse:
    """Ask for name and password."""
    if visit_of(request).user is not None:
        return go_to("/")
    form = Form({"next": request.query.get("next", "")}, FIELDS)
    return render(request, "sign_in.html", {"form": form})


async def sign_in(request: web.Request) -> web.StreamResponse:
    """Exchange name and password for a sign-in cookie."""
    values: dict[str, Any] = nest((await request.post()).items())
    body = {"name": values.get("name", ""), "password": values.pop("password", "")}
    try:
        answer = await visit_of(request).send("POST", "/sessions", body, browser=request.remote or "")
    except Refused as refusal:
        form = Form(values, FIELDS, errors=refusal.errors)
        response = render(request, "sign_in.html", {"form": form})
        response.set_status(422 if refusal.status == 401 else refusal.status)
        return response
    redirect = go_to(only_inside(str(values.get("next", ""))))
    remember(redirect, request, answer.data["token"])
    # From here on the language is the user's own.
    redirect.del_cookie(LANGUAGE_COOKIE, path="/")
    return redirect


async def sign_out(request: web.Request) -> web.StreamResponse:
    """End the sign-in here and in the box."""
    await visit_of(request).send("DELETE", "/sessions/current")
    redirect = go_to("/sign-in")
    forget(redirect)
    return redirect


async def switch_language(request: web.Request) -> web.StreamResponse:
    """Show the pages in the other language from now on, here and wherever this user signs in."""
    values: dict[str, Any] = nest((await request.post()).items())
    wanted = str(values.get("language", ""))
    redirect = go_to(only_inside(str(values.get("back", ""))))
    if wanted not in LANGUAGES:
        return redirect
    visit = visit_of(request)
    if visit.user is not None:
        await visit.send("PATCH", "/me", {"language": wanted})
        redirect.del_cookie(LANGUAGE_COOKIE, path="/")
    else:
        redirect.set_cookie(LANGUAGE_COOKIE, wanted, max_age=YEAR, samesite="Lax", httponly=True, path="/")
    return redirect


async def account_page(request: web.Request) -> web.Response:
    """One's own account: the password."""
    return render(request, "account.html", {"form": Form({}, ACCOUNT_FIELDS)})


async def change_password(request: web.Request) -> web.StreamResponse:
    """Change one's own password; this browser stays signed in."""
    values = nest((await request.post()).items())
    body = {name: values.get(name, "") for name in ("password", "current_password")}
    try:
        answer = await visit_of(request).send("PATCH", "/me", body)
    except Refused as refusal:
        form = Form({}, ACCOUNT_FIELDS, errors=refusal.errors)
        response = render(request, "account.html", {"form": form})
        response.set_status(422)
        return response
    redirect = go_to("/account", "password")
    remember(redirect, request, answer.data["token"])
    return redirect


ROUTES = (
    web.get("/sign-in", sign_in_page),
    web.post("/sign-in", sign_in),
    web.post("/sign-out", sign_out),
    web.post("/language", switch_language),
    web.get("/account", account_page),
    web.post("/account", change_password),
)
