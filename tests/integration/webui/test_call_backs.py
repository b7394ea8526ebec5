"""The page of call-backs, as a browser without scripts uses it: in both languages, errors at their field."""

from __future__ import annotations

import pytest

from appliance.storage.history import CallRecord
from tests.support.office_box import OfficeBox

pytestmark = pytest.mark.feature("OUT-6")


async def test_somebody_is_asked_for_tried_and_called_off(office: OfficeBox, administrator) -> None:
    person = next(iter(office.configuration.people))
    asked = {"number": "06 39 98 12 34", "name": "Mme Petit", "who": f"person:{person}", "in_minutes": "5"}
    assert (await administrator.post("/call-backs/add", **asked)).path == "/call-backs?done=call_back"
    (request,) = office.call_backs.open()
    page = await administrator.get("/call-backs")
    assert "06 39 98 12 34" in page.text and "0 tentatives sur 3" in page.text
    assert "06 39 98 12 34" in (await administrator.get("/call-backs/list")).text
    tried = await administrator.post(f"/call-backs/{request.id}/try")
    assert tried.path == "/call-backs?done=call_back_tried"
    assert office.call_backs.tried == [request.id]
    for _ in range(2):
        assert (await administrator.post(f"/call-backs/{request.id}/cancel")).status == 200
    assert "annulé" in (await administrator.get("/call-backs")).text


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "Choisissez qui rappelle"), ("en", "Choose who calls back")],
)
async def test_errors_stand_at_their_field_in_both_languages(
    office: OfficeBox, administrator, language: str, words: str
) -> None:
    await administrator.post("/language", language=language, back="/")
    page = await administrator.post("/call-backs/add", number="06 39 98 12 34", who="")
    assert page.status == 422 and words in page.text
    page = await administrator.post("/call-backs/add", number="12", who="group:gone", name="Mme Petit")
    assert page.status == 422 and 'value="Mme Petit"' in page.text
    assert office.call_backs.open() == ()


async def test_how_often_is_set_and_refused_at_its_field(office: OfficeBox, administrator) -> None:
    page = await administrator.get("/call-backs")
    refused = await administrator.submit(page, "/call-backs", attempts="99")
    assert refused.status == 422 and "Le maximum est 10" in refused.text
    saved = await administrator.submit(page, "/call-backs", attempts="5", delay_minutes="45")
    assert saved.path == "/call-backs?done=saved"
    settings = office.configuration.call_backs
    assert (settings.attempts, settings.delay_minutes) == (5, 45)


async def test_a_call_nobody_answered_is_called_back_from_its_page(office: OfficeBox, administrator) -> None:
    person = next(iter(office.configuration.people))
    await administrator.become(person)
    call = CallRecord(
        id="missed",
        direction="outbound",
        started_at=office.epoch(),
        ended_at=office.epoch() + 20,
        caller="101",
        called="+33639981234",
        caller_person_id=person,
        person_ids=(person,),
        outcome="no_answer",
    )
    await office.history.add(call)
    page = await administrator.get("/history/missed")
    assert "Rappeler jusqu'à la réponse" in page.text.replace("&#39;", "'")
    form = dict(page.fields)
    sent = {name: form[name] for name in ("number", "name", "number_id", "who", "in_minutes", "back")}
    assert (await administrator.post("/call-backs/add", **sent)).path == "/history/missed?done=call_back"
    (request,) = office.call_backs.open()
    assert (request.number, request.person_id) == ("+33639981234", person)
    assert request.next_at == request.asked_at + 1800
