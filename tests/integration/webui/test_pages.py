"""Every page, filled in and saved as a browser without scripts would."""

from __future__ import annotations

import re

import pytest

from tests.support.office_box import OfficeBox

PAGES = (
    "/", "/history", "/voicemail", "/numbers", "/numbers/new", "/people", "/people/new", "/people/live",
    "/phones/new", "/ring-groups", "/ring-groups/new", "/opening-hours", "/opening-hours/new", "/mailboxes",
    "/mailboxes/new", "/lines", "/lines/new", "/lines/live", "/mail", "/office", "/users", "/users/new",
    "/backup", "/account", "/sounds", "/sounds/new", "/overview/now", "/voicemail/list", "/call-backs",
)  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_page_shows_in_both_languages(administrator, language: str) -> None:
    await administrator.post("/language", language=language, back="/")
    for path in PAGES:
        page = await administrator.get(path)
        assert page.status == 200, path
        assert page.path == path


async def test_every_record_shows_and_saves_unchanged(office: OfficeBox, administrator) -> None:
    before = office.configuration
    collections = {
        "people": "/people/{}",
        "groups": "/ring-groups/{}",
        "calendars": "/opening-hours/{}",
        "lines": "/lines/{}",
        "numbers": "/numbers/{}/edit",
        "audios": "/sounds/{}",
        "mailboxes": "/mailboxes/{}",
        "phones": "/phones/{}",
        "users": "/users/{}",
    }
    for collection, path in collections.items():
        for identifier in before.collection(collection):
            page = await administrator.get(path.format(identifier))
            assert page.status == 200
            saved = await administrator.submit(page)
            assert saved.status == 200, (collection, identifier)
            assert saved.path.endswith("?done=saved"), (collection, identifier, saved.path)
    for collection in collections:
        assert office.configuration.collection(collection) == before.collection(collection), collection
    for path in ("/office", "/mail"):
        assert (await administrator.submit(await administrator.get(path), path)).path == f"{path}?done=saved"
    assert office.configuration.office == before.office
    assert office.configuration.mail_server == before.mail_server


@pytest.mark.feature("RING-1", "VM-1")
async def test_a_person_with_a_mailbox_and_a_phone(office: OfficeBox, administrator) -> None:
    page = await administrator.get("/people/new")
    page = await administrator.submit(page, name="Ève Blanc", extension="1x", email="eve@example.net")
    assert page.status == 422
    assert "Un numéro interne ne contient que des chiffres" in page.text
    assert 'value="Ève Blanc"' in page.text
    page = await administrator.submit(page, "/people/new", extension="110", mobile="06 12 34 56 78")
    assert page.path == "/people/eve-blanc?done=created"
    assert office.configuration.people["eve-blanc"].mobile == "+33612345678"
    mailbox = next(box for box in office.configuration.mailboxes.values() if box.owner_id == "eve-blanc")
    assert mailbox.emails == ("eve@example.net",)

    page = await administrator.get("/phones/new?person=eve-blanc")
    page = await administrator.submit(page, "/phones/new", name="Poste 110")
    phone = next(one for one in office.configuration.phones.values() if one.person_id == "eve-blanc")
    secret = phone.sip_password.get_secret_value()
    assert secret in page.text
    assert phone.sip_user in page.text
    page = await administrator.get(f"/phones/{phone.id}")
    assert secret not in page.text
    page = await administrator.post(f"/phones/{phone.id}/password")
    renewed = office.configuration.phones[phone.id].sip_password.get_secret_value()
    assert renewed != secret
    assert renewed in page.text


async def test_rows_are_added_moved_and_removed_before_saving(office: OfficeBox, administrator) -> None:
    page = await administrator.get("/ring-groups/new")
    people = list(office.configuration.people)
    page = await administrator.submit(
        page, name="Tous", members__0__person_id=people[0], members__1__person_id=people[1], do="add:members"
    )
    assert page.fields.count(("members.2.person_id", "")) == 1
    page = await administrator.submit(
        page, "/ring-groups/new", members__2__person_id=people[2], do="up:members.2"
    )
    page = await administrator.submit(page, "/ring-groups/new", do="remove:members.0")
    page = await administrator.submit(page, "/ring-groups/new", do="save")
    assert page.path == "/ring-groups/tous?done=created"
    members = office.configuration.groups["tous"].members
    assert [member.person_id for member in members] == [people[2], people[1]]


@pytest.mark.feature("TIME-2")
async def test_hours_holidays_and_special_days(office: OfficeBox, administrator) -> None:
    page = await administrator.get("/opening-hours/new")
    page = await administrator.submit(
        page,
        name="Atelier",
        week__monday__0__start="08:00",
        week__monday__1__end="19:30",
        holidays__subdivision="57",
        do="copy_week",
    )
    assert ("week.friday.1.end", "19:30") in page.fields
    assert "Vendredi saint" in page.text
    page = await administrator.submit(page, "/opening-hours/new", do="add:special_days")
    page = await administrator.submit(
        page,
        "/opening-hours/new",
        special_days__0__name="Congés",
        special_days__0__first="2098-08-10",
        special_days__0__last="2098-08-01",
    )
    assert page.status == 422
    assert "Le dernier jour est avant le premier" in page.text
    closed = [one for one in page.fields if one[0] == "holidays.closed_on[]" and one[1] != "Good Friday"]
    others = [one for one in page.fields if one[0] not in ("holidays.closed_on[]", "special_days.0.last")]
    page = await administrator.post(
        "/opening-hours/new", *others, *closed, ("special_days.0.last", "2098-08-21")
    )
    assert page.path == "/opening-hours/atelier?done=created"
    calendar = office.configuration.calendars["atelier"]
    assert calendar.holidays.open_on == ("Good Friday",)
    assert calendar.special_days[0].last.isoformat() == "2098-08-21"
    assert calendar.week.tuesday == calendar.week.monday


@pytest.mark.feature("NUM-1", "IN-7", "NOANS-1")
async def test_a_number_with_a_path_for_each_state(office: OfficeBox, administrator) -> None:
    page = await administrator.get("/numbers/new")
    page = await administrator.submit(
        page,
        name="Ventes",
        number="01 99 00 99 99",
        routes__open__steps__0__destination__pick="external",
        routes__open__steps__0__destination__number="12",
        do="add:routes.closed.steps",
    )
    page = await administrator.submit(
        page,
        "/numbers/new",
        routes__closed__steps__0__destination__pick="announcement",
        routes__closed__steps__0__destination__text="Nous sommes fermés.",
    )
    assert page.status == 422
    assert "Ce numéro est trop court" in page.text or "bon nombre de chiffres" in page.text
    group = next(iter(office.configuration.groups))
    page = await administrator.submit(
        page,
        "/numbers/new",
        routes__open__steps__0__destination__pick=f"group:{group}",
        do="add:routes.open.steps",
    )
    mailbox = next(iter(office.configuration.mailboxes))
    page = await administrator.submit(
        page,
        "/numbers/new",
        routes__open__steps__0__max_wait="25",
        routes__open__steps__1__destination__pick=f"mailbox:{mailbox}",
    )
    assert page.path.startswith("/numbers/ventes")
    number = office.configuration.numbers["ventes"]
    assert number.number == "+33199009999"
    assert [step.destination.kind for step in number.routes["open"].steps] == ["group", "mailbox"]
    assert number.routes["open"].steps[0].max_wait == 25
    assert "Nous sommes fermés." in (await administrator.get("/numbers/ventes")).text


@pytest.mark.feature("IN-10")
async def test_a_number_has_some_calls_at_once_and_those_beyond_go_elsewhere(
    office: OfficeBox, administrator
) -> None:
    identifier = next(iter(office.configuration.numbers))
    mailbox = next(iter(office.configuration.mailboxes))
    path = f"/numbers/{identifier}/edit"
    page = await administrator.get(path)
    assert "Une tonalité d&#39;occupation" in page.text
    for wrong in ("0", "beaucoup", "501"):
        page = await administrator.submit(page, path, max_calls=wrong)
        assert page.status == 422 and 'id="f-max_calls" ' in page.text
    chosen = {"overflow__pick": "external", "overflow__number": "12"}
    page = await administrator.submit(page, path, max_calls="2", **chosen)
    assert page.status == 422, "the overflow's number is read like any other"
    page = await administrator.submit(page, path, overflow__pick=f"mailbox:{mailbox}")
    assert page.status == 200
    number = office.configuration.numbers[identifier]
    assert (number.max_calls, number.overflow.mailbox_id) == (2, mailbox)
    drawn = await administrator.get(f"/numbers/{identifier}?full=true")
    assert "plus de 2 appels" in drawn.text and "2 à la fois" in drawn.text
    page = await administrator.get(path)
    page = await administrator.submit(page, path, max_calls="", overflow__pick="")
    number = office.configuration.numbers[identifier]
    assert (number.max_calls, number.overflow) == (None, None)


@pytest.mark.feature("IN-8")
async def test_a_number_says_something_before_anybody_rings(office: OfficeBox, administrator) -> None:
    identifier = next(iter(office.configuration.numbers))
    path = f"/numbers/{identifier}/edit"
    page = await administrator.get(path)
    page = await administrator.submit(page, path, announcement__audio_id="text", announcement__text="")
    assert page.status == 422
    assert "écrivez ce qui doit être dit" in page.text
    words = "Cet appel est enregistré."
    page = await administrator.submit(page, path, announcement__audio_id="text", announcement__text=words)
    assert page.status == 200
    assert office.configuration.numbers[identifier].announcement.text == words
    assert "announced-first" in (await administrator.get(f"/numbers/{identifier}")).text
    page = await administrator.submit(await administrator.get(path), path, announcement__audio_id="")
    assert office.configuration.numbers[identifier].announcement is None


@pytest.mark.feature("IN-4")
async def test_callers_of_a_number_may_dial_an_extension(office: OfficeBox, administrator) -> None:
    identifier = next(iter(office.configuration.numbers))
    path = f"/numbers/{identifier}/edit"
    page = await administrator.submit(await administrator.get(path), path, direct_dial="on")
    assert page.status == 422
    assert "Choisissez d’abord l’annonce" in page.text
    said = {"announcement__audio_id": "text", "announcement__text": "Bienvenue."}
    page = await administrator.submit(page, path, **said, direct_dial_unanswered="mailbox")
    assert page.status == 200
    number = office.configuration.numbers[identifier]
    assert (number.direct_dial, number.direct_dial_unanswered) == (True, "mailbox")
    assert "welcome" in (await administrator.get(f"/numbers/{identifier}")).text
    await administrator.submit(await administrator.get(path), path, direct_dial="", announcement__audio_id="")
    assert not office.configuration.numbers[identifier].direct_dial


@pytest.mark.feature("NUM-5")
async def test_a_number_asks_callers_for_their_language(office: OfficeBox, administrator) -> None:
    identifier = next(iter(office.configuration.numbers))
    path = f"/numbers/{identifier}/edit"
    other = {"announcement_other_language__audio_id": "text", "announcement_other_language__text": "Hello."}
    page = await administrator.submit(await administrator.get(path), path, language="ask:fr", **other)
    assert page.status == 422
    assert "écrivez ce qui doit être dit" in page.text
    page = await administrator.submit(
        page, path, announcement__audio_id="text", announcement__text="Bonjour."
    )
    assert page.status == 200
    number = office.configuration.numbers[identifier]
    assert (number.language, number.ask_language) == ("fr", True)
    assert number.announcement_other_language.text == "Hello."
    drawn = (await administrator.get(f"/numbers/{identifier}?keys=2")).text
    assert "L’appelant a choisi l’anglais" in drawn
    cleared = {"announcement__audio_id": "", "announcement_other_language__audio_id": ""}
    await administrator.submit(await administrator.get(path), path, language="fr", **cleared)
    assert not office.configuration.numbers[identifier].ask_language


@pytest.mark.feature("TIME-5")
async def test_the_path_is_drawn_and_tried_at_any_time(office: OfficeBox, administrator) -> None:
    number = next(iter(office.configuration.numbers))
    page = await administrator.get(f"/numbers/{number}?date=2026-06-15&time=10:00&caller=0612345678")
    weekday = _lit(page.text)
    assert "ouvert jusqu" in page.text
    page = await administrator.get(f"/numbers/{number}?date=2026-06-14&time=14:00")
    sunday = _lit(page.text)
    assert "fermé jusqu" in page.text
    assert weekday and sunday and weekday != sunday
    page = await administrator.get(f"/numbers/{number}?date=yesterday")
    assert page.status == 200
    assert "pas une date" in page.text


def _lit(text: str) -> set[str]:
    return set(re.findall(r'class="box [\w-]+ lit" data-id="([^"]+)"', text))


async def test_a_record_in_use_is_not_deleted_and_says_where_it_is_used(
    office: OfficeBox, administrator
) -> None:
    group = next(iter(office.configuration.groups))
    page = await administrator.post(f"/ring-groups/{group}/delete")
    assert page.status == 422
    assert re.search(r"Encore utilisé par \w[^<]*\. Changez cela", page.text)
    assert group in office.configuration.groups


async def test_a_change_made_meanwhile_is_told_before_it_is_overwritten(
    office: OfficeBox, administrator
) -> None:
    person = next(iter(office.configuration.people))
    page = await administrator.get(f"/people/{person}")
    await administrator.submit(page, comment="first")
    page = await administrator.submit(page, comment="second")
    assert page.status == 422
    assert "entre-temps" in page.text
    assert 'value="second"' in page.text
    page = await administrator.submit(page)
    assert page.status == 200
    assert office.configuration.people[person].comment == "second"


@pytest.mark.feature("VM-7")
async def test_messages_are_listed_marked_and_deleted(office: OfficeBox, administrator) -> None:
    page = await administrator.get("/voicemail")
    import re

    first = re.search(r'id="m-([\w-]+)"', page.text)
    assert first
    message = first.group(1)
    async with administrator.http.get(
        f"{administrator.base}/api/v1/messages/{message}/audio", headers={"Range": "bytes=0-3"}
    ) as answer:
        assert answer.status == 206
        assert await answer.read() == b"RIFF"
    await administrator.post(f"/voicemail/{message}/heard", heard="1")
    assert (await office.messages.get(message)).heard_at
    page = await administrator.post(f"/voicemail/{message}/delete")
    assert f"m-{message}" not in page.text


async def test_history_is_searched_and_a_call_shows_its_way(office: OfficeBox, administrator) -> None:
    page = await administrator.get("/history?q=0612345678")
    assert "06 12 34 56 78" in page.text
    import re

    call = re.search(r'href="(/history/[\w-]+)"', page.text)
    assert call
    page = await administrator.get(call.group(1))
    assert page.status == 200
    assert "<svg class=" in page.text
    assert _lit(page.text)
    assert "Rien ne correspond" in (await administrator.get("/history?q=nobody")).text
    assert (await administrator.get("/history?from=nonsense")).status == 200


async def test_a_person_sees_their_own_and_nothing_else(office: OfficeBox, administrator) -> None:
    person = next(iter(office.configuration.people))
    page = await administrator.get("/users/new")
    page = await administrator.submit(
        page, name="alice", password="long enough too", role="person", person_id=person
    )
    assert page.path == "/users/alice?done=created"
    await administrator.post("/sign-out")
    assert (await administrator.sign_in("alice", "long enough too")).path == "/"
    for path in ("/", "/voicemail", "/history", "/call-backs", f"/people/{person}", "/account"):
        assert (await administrator.get(path)).status == 200, path
    for path in ("/people", "/numbers", "/lines", "/mail", "/backup", "/users", "/people/bruno"):
        assert (await administrator.get(path)).status in (403, 404), path
    page = await administrator.get(f"/people/{person}")
    page = await administrator.submit(page, do_not_disturb="on")
    assert page.status == 200
    assert office.configuration.people[person].do_not_disturb


async def test_the_mail_test_says_what_went_wrong(office: OfficeBox, administrator) -> None:
    page = await administrator.post("/mail/test", to="someone@example.net")
    assert page.status == 422
    assert "serveur de messagerie" in page.text
