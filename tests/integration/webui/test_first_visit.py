"""The first visit: claim the box, set up the office, sign in and out."""

from __future__ import annotations

from tests.support.office_box import OfficeBox


async def test_a_new_box_is_claimed_and_set_up(box: OfficeBox, browser) -> None:
    page = await browser.get("/")
    assert page.path == "/claim"
    assert "Prenez ce boîtier en main" in page.text

    page = await browser.submit(page, code="wrong", name="Claire", password="une phrase assez longue")
    assert page.status == 422
    assert "Ce n'est pas le code" in page.text.replace("&#39;", "'")
    assert "une phrase assez longue" not in page.text

    page = await browser.submit(
        page, code=box.claim_code or "", name="Claire", password="une phrase assez longue"
    )
    assert page.path == "/setup"
    page = await browser.submit(page, name="Atelier Claire", time_zone="Mars/Olympus")
    assert page.status == 422
    assert "Ce fuseau horaire" in page.text
    page = await browser.submit(page, time_zone="Europe/Paris")
    assert page.path == "/"
    assert "Premiers pas" in page.text
    assert box.configuration.office is not None
    assert box.configuration.office.name == "Atelier Claire"


async def test_a_claimed_box_cannot_be_claimed_again(office: OfficeBox, browser) -> None:
    assert (await browser.get("/claim")).path == "/sign-in"


async def test_a_wrong_password_is_told_and_a_right_one_leads_where_one_was_going(
    office: OfficeBox, browser
) -> None:
    page = await browser.get("/lines")
    assert page.path == "/sign-in?next=/lines" or page.path == "/sign-in?next=%2Flines"
    page = await browser.submit(page, "/sign-in", name="Admin", password="not it")
    assert page.status == 422
    assert "Le nom ou le mot de passe est faux" in page.text
    page = await browser.submit(page, "/sign-in", password="sample password")
    assert page.path == "/lines"


async def test_a_sign_in_never_leads_to_another_site(office: OfficeBox, browser) -> None:
    for elsewhere in ("//evil.example/", "https://evil.example/", "/\\evil.example"):
        page = await browser.post("/sign-in", name="Admin", password="sample password", next=elsewhere)
        assert page.path == "/"
        await browser.post("/sign-out")


async def test_signing_out_ends_the_sign_in(administrator) -> None:
    page = await administrator.post("/sign-out")
    assert page.path == "/sign-in"
    assert (await administrator.get("/people")).path.startswith("/sign-in")


async def test_the_language_follows_the_browser_then_the_choice_of_the_user(
    office: OfficeBox, browser
) -> None:
    assert 'lang="fr"' in (await browser.get("/sign-in")).text
    page = await browser.post("/language", language="en", back="/sign-in")
    assert "Sign in" in page.text and 'lang="en"' in page.text
    await browser.sign_in()
    page = await browser.post("/language", language="en", back="/people")
    assert page.path == "/people"
    assert "People and phones" in page.text
    assert office.configuration.users["admin"].language == "en"
    page = await browser.post("/language", language="fr", back="/people")
    assert "Personnes et téléphones" in page.text


async def test_changing_ones_password_keeps_this_browser_signed_in(administrator) -> None:
    page = await administrator.get("/account")
    page = await administrator.submit(page, current_password="wrong", password="a new long password")
    assert page.status == 422
    page = await administrator.submit(
        page, "/account", current_password="sample password", password="a new long password"
    )
    assert page.path == "/account?done=password"
    await administrator.post("/sign-out")
    assert (await administrator.sign_in(password="a new long password")).path == "/"
