"""An office without telephones, and clients of its two doors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from appliance.control.application import make_runner
from tests.support.office_box import OfficeBox

PASSWORD = "a long enough password"


@dataclass
class Answer:
    """What the API answered."""

    status: int
    json: Any
    headers: Any
    content: bytes

    @property
    def codes(self) -> dict[str, str]:
        """The code of each field that was refused."""
        return {entry["field"]: entry["code"] for entry in self.json["errors"]}


@dataclass
class Api:
    """A client of the socket; with `token` or `through_web` it comes by the door of the LAN."""

    http: aiohttp.ClientSession
    token: str | None = None
    through_web: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    async def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        headers = {**self.headers, **options.pop("headers", {})}
        if self.token or self.through_web:
            headers["X-Autocom-Door"] = "web"
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            options["json"] = body
        url = f"http://autocom/api/v1{path}"
        async with self.http.request(method, url, headers=headers, **options) as response:
            content = await response.read()
            is_json = response.content_type == "application/json"
            return Answer(
                response.status, await response.json() if is_json else None, response.headers, content
            )

    def as_signed_in(self, token: str) -> Api:
        """The same, signed in, through the door of the LAN."""
        return Api(self.http, token)

    @property
    def as_stranger(self) -> Api:
        """The same, not signed in, through the door of the LAN."""
        return Api(self.http, through_web=True)


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[OfficeBox]:
    """A fresh office."""
    made = OfficeBox(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
async def api(box: OfficeBox, tmp_path: Path) -> AsyncIterator[Api]:
    """Somebody with the right to open the socket of a fresh office."""
    runner = make_runner(box)
    await runner.setup()
    socket = str(tmp_path / "s")
    await web.UnixSite(runner, socket).start()
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(path=socket)) as http:
        yield Api(http)
    await runner.cleanup()


@pytest.fixture
async def administrator(box: OfficeBox, api: Api) -> Api:
    """The first user of an office that was claimed and set up, through the door of the LAN."""
    stranger = api.as_stranger
    claim = await stranger("POST", "/claim", {"code": box.claim_code, "name": "Ada", "password": PASSWORD})
    assert claim.status == 201, claim.json
    signed_in = api.as_signed_in(claim.json["token"])
    setup = {"name": "Atelier", "country": "FR", "time_zone": "Europe/Paris", "language": "fr"}
    made = await signed_in("POST", "/setup", setup)
    assert made.status == 201, made.json
    return signed_in


@pytest.fixture
async def staffed(administrator: Api) -> Api:
    """An office with Alice (101), Bob (102), their phones, a trunk and a number that rings Alice."""
    for path, body in (
        ("/people", {"name": "Alice", "extension": "101"}),
        ("/people", {"name": "Bob", "extension": "102", "mobile": "06 12 34 56 78"}),
        ("/phones", {"name": "Desk of Alice", "person_id": "alice"}),
        ("/phones", {"name": "Desk of Bob", "person_id": "bob"}),
        ("/lines", {"name": "Trunk", "mode": "trusted", "server": "sip.example.com"}),
        (
            "/numbers",
            {
                "name": "Main",
                "number": "01 23 45 67 89",
                "line_id": "trunk",
                "routes": {"open": _ring("alice")},
            },
        ),
    ):
        made = await administrator("POST", path, body)
        assert made.status == 201, (path, made.json)
    return administrator


def _ring(person: str) -> dict[str, Any]:
    return {"steps": [{"destination": {"kind": "person", "person_id": person}}]}
