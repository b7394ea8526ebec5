"""The pages on a port of the loopback, before an office without telephones; a browser without scripts."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar
from aiohttp.test_utils import TestServer

from appliance.control.application import make_runner
from tests.support.office_box import OfficeBox
from tests.support.sample_traffic import PASSWORD, fill
from webui.app import make_app
from webui.client import Client

INPUT = re.compile(r"<input\b[^>]*>")
SELECT = re.compile(r"<select\b([^>]*)>(.*?)</select>", re.S)
TEXTAREA = re.compile(r"<textarea\b([^>]*)>(.*?)</textarea>", re.S)
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')


@dataclass
class Page:
    """A page as it arrived: status, address after redirects, text, and what a browser would post of it."""

    status: int
    path: str
    text: str

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Names and values of the form called `record`, or of the only one in the content."""
        form = re.search(r'<form[^>]*id="record".*?</form>', self.text, re.S)
        content = form.group(0) if form else self.text.split('id="content"', 1)[-1]
        found: list[tuple[int, str, str]] = []
        for match in INPUT.finditer(content):
            attributes = _attributes(match.group(0)[6:-1])
            kind = attributes.get("type", "text")
            ticked = kind not in ("checkbox", "radio") or "checked" in attributes
            if "name" in attributes and ticked and kind not in ("file", "submit"):
                found.append((match.start(), attributes["name"], attributes.get("value", "")))
        for match in SELECT.finditer(content):
            chosen = re.search(r'<option value="([^"]*)" selected', match.group(2))
            first = re.search(r'<option value="([^"]*)"', match.group(2))
            value = (chosen or first).group(1) if (chosen or first) else ""  # type: ignore[union-attr]
            found.append((match.start(), _attributes(match.group(1))["name"], unescape(value)))
        for match in TEXTAREA.finditer(content):
            value = unescape(match.group(2))
            found.append((match.start(), _attributes(match.group(1))["name"], value))
        return [(name, value) for _, name, value in sorted(found)]


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in ATTRIBUTE.findall(tag)}


async def _page(response: ClientResponse) -> Page:
    # French words hold their marks with other spaces: what is looked for is written with usual ones.
    text = (await response.text()).replace("\N{NO-BREAK SPACE}", " ")
    return Page(response.status, response.url.path_qs, text)


class Browser:
    """Follows links and posts forms, keeping cookies; `language` is its Accept-Language."""

    def __init__(self, base: str, language: str) -> None:
        self.base = base
        self.http = ClientSession(cookie_jar=CookieJar(unsafe=True), headers={"Accept-Language": language})

    async def get(self, path: str, **headers: str) -> Page:
        async with self.http.get(self.base + path, headers=headers) as response:
            return await _page(response)

    async def post(self, path: str, *fields: tuple[str, str], origin: str | None = None, **more: str) -> Page:
        headers = {"Origin": origin or self.base}
        data = [*fields, *more.items()]
        async with self.http.post(self.base + path, data=data, headers=headers) as response:
            return await _page(response)

    async def submit(self, page: Page, path: str | None = None, **changes: str) -> Page:
        """Post the page's form with some fields filled in otherwise (dots in names written as __)."""
        changed = {name.replace("__", "."): value for name, value in changes.items()}
        kept = [(name, value) for name, value in page.fields if name not in changed]
        return await self.post(path or page.path, *kept, *changed.items())

    async def sign_in(self, name: str = "Admin", password: str = PASSWORD) -> Page:
        return await self.post("/sign-in", name=name, password=password)

    async def become(self, person_id: str) -> None:
        """An administrator gives somebody of the office a sign-in; it is theirs from here on."""
        account = {"name": "alice", "password": "long enough too", "role": "person", "person_id": person_id}
        await self.submit(await self.get("/users/new"), **account)
        await self.post("/sign-out")
        await self.sign_in("alice", "long enough too")


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[OfficeBox]:
    box = OfficeBox(tmp_path / "data")
    yield box
    box.close()


@pytest.fixture
async def pages(box: OfficeBox, tmp_path: Path) -> AsyncIterator[str]:
    """The address of the pages, whose telephone process is `box`."""
    from aiohttp import web

    runner = make_runner(box)
    await runner.setup()
    await web.UnixSite(runner, str(tmp_path / "s")).start()
    server = TestServer(make_app(Client(str(tmp_path / "s"))))
    await server.start_server()
    yield str(server.make_url("")).rstrip("/")
    await server.close()
    await runner.cleanup()


@pytest.fixture
async def browser(pages: str) -> AsyncIterator[Browser]:
    """A French visitor's browser."""
    browser = Browser(pages, "fr-FR,fr;q=0.9,en;q=0.5")
    yield browser
    await browser.http.close()


@pytest.fixture
async def office(box: OfficeBox) -> OfficeBox:
    """The sample office, with history and messages."""
    await fill(box)
    return box


@pytest.fixture
async def administrator(office: OfficeBox, browser: Browser) -> Browser:
    """The sample office's administrator, signed in."""
    assert (await browser.sign_in()).path == "/"
    return browser
