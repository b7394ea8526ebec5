"""What the pages refuse, and what they tell the browser."""

from __future__ import annotations

import aiohttp

from tests.support.office_box import OfficeBox


async def test_a_form_of_another_site_changes_nothing(office: OfficeBox, administrator) -> None:
    page = await administrator.post("/people/alice/delete", origin="http://evil.example")
    assert page.status == 403
    page = await administrator.post("/language", origin="null", language="en")
    assert page.status == 403
    assert len(office.configuration.people) == 4


async def test_the_api_by_cookie_refuses_other_sites_and_takes_our_own(
    office: OfficeBox, administrator
) -> None:
    person = next(iter(office.configuration.people))
    page = f"{administrator.base}/api/v1/people/{person}"
    async with administrator.http.patch(
        page, json={"comment": "x"}, headers={"Origin": "http://e"}
    ) as answer:
        assert answer.status == 403
        assert (await answer.json())["errors"][0]["code"] == "other_site"
    async with administrator.http.patch(
        page, json={"comment": "x"}, headers={"Origin": administrator.base}
    ) as answer:
        assert answer.status == 200
    assert office.configuration.people[person].comment == "x"


async def test_the_api_by_token_needs_no_cookie_and_without_either_refuses(
    office: OfficeBox, pages: str
) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{pages}/api/v1/state") as answer:
            assert answer.status == 401
        sign_in = {"name": "Admin", "password": "sample password"}
        async with http.post(f"{pages}/api/v1/sessions", json=sign_in) as answer:
            token = (await answer.json())["token"]
        async with http.get(f"{pages}/api/v1/state", headers={"Authorization": f"Bearer {token}"}) as answer:
            assert answer.status == 200


async def test_nobody_passes_for_the_command_line(office: OfficeBox, pages: str) -> None:
    async with aiohttp.ClientSession() as http:
        for headers in ({"X-Autocom-Door": "local"}, {"x-autocom-door": ""}):
            async with http.get(f"{pages}/api/v1/people", headers=headers) as answer:
                assert answer.status == 401


async def test_every_answer_carries_the_security_headers(administrator) -> None:
    for path in ("/", "/nowhere", "/static/autocom.css", "/lines/nothing"):
        async with administrator.http.get(administrator.base + path) as answer:
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
            assert "unsafe" not in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_sign_in_cookie_is_out_of_reach_of_scripts_and_other_sites(
    office: OfficeBox, browser
) -> None:
    data = {"name": "Admin", "password": "sample password"}
    async with browser.http.post(
        browser.base + "/sign-in", data=data, headers={"Origin": browser.base}, allow_redirects=False
    ) as answer:
        cookie = answer.cookies["autocom_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


async def test_pages_hold_no_inline_script_style_or_handler(administrator) -> None:
    import re

    for path in ("/", "/numbers", "/people", "/opening-hours/new", "/voicemail", "/mail"):
        text = (await administrator.get(path)).text
        assert not re.search(r"\son\w+=", text)
        assert not re.search(r"\sstyle=", text)
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)


async def test_the_pages_say_so_while_the_phone_system_is_away(office: OfficeBox, tmp_path) -> None:
    from aiohttp.test_utils import TestClient, TestServer

    from webui.app import make_app
    from webui.client import Client

    async with TestClient(TestServer(make_app(Client(str(tmp_path / "nothing"))))) as client:
        answer = await client.get("/", headers={"Accept-Language": "fr"})
        assert answer.status == 503
        text = await answer.text()
        assert "Le standard redémarre" in text
        assert 'http-equiv="refresh"' in text
        answer = await client.get("/api/v1/state")
        assert answer.status == 503
        assert (await answer.json())["errors"][0]["code"] == "restarting"
        assert (await client.get("/alive")).status == 200


async def test_what_people_type_is_never_markup(office: OfficeBox, administrator) -> None:
    page = await administrator.get("/people/new")
    page = await administrator.submit(page, name="<script>x</script>", extension="150")
    assert page.path.startswith("/people/")
    assert "<script>x" not in page.text
    assert "&lt;script&gt;x" in page.text


async def test_a_part_fetched_for_a_page_leads_back_to_that_page(office: OfficeBox, administrator) -> None:
    wish = {"calendar_id": "", "state": "closed", "until.kind": "further_notice"}
    await administrator.post("/override", **wish)
    for around, back in (
        ("http://box/backup?done=saved", "/backup"),
        ("http://[", "/opening-hours"),
        ("http://box//elsewhere", "/opening-hours"),
    ):
        shown = await administrator.get("/banners", **{"HX-Request": "true", "HX-Current-URL": around})
        assert shown.status == 200
        assert f'name="back" value="{back}"' in shown.text, around
