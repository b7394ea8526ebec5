"""A person's page: their day, forwards, what callers meet; errors at the field."""

from __future__ import annotations

import re

import pytest

from appliance.configuration.destinations import ToBusyTone, ToPerson
from appliance.configuration.fields import DeviceKind, HoursState
from appliance.configuration.forwards import ForwardCondition, MobileRings
from appliance.routing.world import DayState
from tests.integration.webui.conftest import Browser
from tests.support.office_box import OfficeBox
from webui.pages.person_schedule import from_row, to_row


@pytest.mark.feature("STAT-1")
async def test_a_day_is_set_from_the_page_without_scripts(administrator: Browser, office: OfficeBox) -> None:
    person = list(office.configuration.people)[-1]
    page = await administrator.get(f"/people/{person}")
    assert 'class="day-buttons"' not in page.text
    await administrator.submit(page, working_day="on", do="save")
    assert office.configuration.people[person].working_day
    page = await administrator.get(f"/people/{person}")
    assert "Commencer la journée" in page.text and "Faire une pause" not in page.text
    back = f"/people/{person}"
    page = await administrator.post(f"/people/{person}/day", state="started", back=back)
    assert page.path == back and "Faire une pause" in page.text
    assert office.days == {person: DayState.STARTED}
    page = await administrator.post(f"/people/{person}/day", state="on_break", back="//elsewhere.example")
    assert page.path == "/", "never to another site"
    assert "en pause" in page.text


@pytest.mark.feature("FWD-1", "FWD-3", "FWD-4")
async def test_forwards_are_set_and_cleared_and_what_is_left_open_is_told(
    administrator: Browser, office: OfficeBox
) -> None:
    first, *_, person = office.configuration.people
    path = f"/people/{person}"
    page = await administrator.get(path)
    assert "Aucun des trois cas" in page.text
    colleague = {"forwards__busy__pick": f"person:{first}", "forward_to__pick": "busy"}
    page = await administrator.submit(page, **colleague, forward_active="on", do="save")
    record = office.configuration.people[person]
    assert record.forwards == {ForwardCondition.BUSY: ToPerson(person_id=first)}
    assert record.forward_active and record.forward_to == ToBusyTone()
    page = await administrator.get(path)
    assert "Les trois cas ne sont pas tous renvoyés" in page.text
    rest = {"forwards__no_answer__pick": "hang_up", "forwards__not_connected__pick": "busy"}
    await administrator.submit(page, **rest, do="save")
    page = await administrator.get(path)
    assert 'id="forwards-left-open"' not in page.text
    cleared = {f"forwards__{each}__pick": "" for each in ForwardCondition}
    await administrator.submit(page, **cleared, forward_active="", forward_to__pick="", do="save")
    record = office.configuration.people[person]
    assert record.forwards == {} and record.forward_to is None and not record.forward_active


@pytest.mark.feature("FWD-1", "FWD-3")
async def test_a_forward_that_leads_nowhere_is_told_at_its_field(
    administrator: Browser, office: OfficeBox
) -> None:
    person = list(office.configuration.people)[-1]
    page = await administrator.get(f"/people/{person}")
    again = await administrator.submit(page, forward_active="on", do="save")
    assert again.status == 422 and re.search(r'id="f-forward_to"[^>]*aria-invalid', again.text)
    outside = {"forwards__busy__pick": "external", "forwards__busy__number": "12"}
    again = await administrator.submit(page, **outside, do="save")
    assert again.status == 422 and re.search(r'id="f-forwards.busy"[^>]*aria-invalid', again.text)
    assert not office.configuration.people[person].forwards


@pytest.mark.feature("BUSY-1", "RING-7", "FWD-5", "FWD-6")
async def test_second_calls_the_mobile_and_callers_who_pass(
    administrator: Browser, office: OfficeBox
) -> None:
    person = list(office.configuration.people)[-1]
    path = f"/people/{person}"
    page = await administrator.get(path)
    chosen = {"max_calls": "3", "mobile_rings": "on_no_answer", "when_busy__closed__pick": "busy"}
    await administrator.submit(page, **chosen, do_not_disturb_except="0199001299\n 101 ,", do="save")
    record = office.configuration.people[person]
    assert (record.max_calls, record.mobile_rings) == (3, MobileRings.ON_NO_ANSWER)
    assert record.when_busy == {HoursState.CLOSED: ToBusyTone()}
    assert record.do_not_disturb_except == ("+33199001299", "101")
    page = await administrator.get(path)
    assert "01 99 00 12 99\n101</textarea>" in page.text
    again = await administrator.submit(page, max_calls="0", do_not_disturb_except="moi", do="save")
    assert again.status == 422 and 'id="e-max_calls"' in again.text
    assert 'id="e-do_not_disturb_except"' in again.text and "moi</textarea>" in again.text
    await administrator.submit(page, do_not_disturb_except="", when_busy__closed__pick="", do="save")
    record = office.configuration.people[person]
    assert record.do_not_disturb_except == () and record.when_busy == {}


@pytest.mark.feature("RING-8")
async def test_devices_by_hours_are_kept_only_where_not_all_ring(
    administrator: Browser, office: OfficeBox
) -> None:
    person = list(office.configuration.people)[-1]
    path = f"/people/{person}"
    page = await administrator.get(path)
    kept = [one for one in page.fields if one != ("devices_by_hours.closed[]", "softphone")]
    await administrator.post(path, *kept, do="save")
    ringing = office.configuration.people[person].devices_by_hours
    assert ringing == {HoursState.CLOSED: (DeviceKind.DESKPHONE,)}
    page = await administrator.get(path)
    await administrator.post(path, *page.fields, do="save")
    assert office.configuration.people[person].devices_by_hours == ringing
    both = [*page.fields, ("devices_by_hours.closed[]", "softphone")]
    await administrator.post(path, *both, do="save")
    assert office.configuration.people[person].devices_by_hours == {}


@pytest.mark.feature("FWD-2")
async def test_a_scheduled_forward_is_set_said_in_words_and_removed(
    administrator: Browser, office: OfficeBox
) -> None:
    person = list(office.configuration.people)[-1]
    path, at = f"/people/{person}", "scheduled_forwards__0__"
    page = await administrator.submit(await administrator.get(path), do="add:scheduled_forwards")
    assert page.status == 200 and 'name="scheduled_forwards.0.first"' in page.text
    dates = {f"{at}first": "2026-11-26", f"{at}last": "2026-11-01"}
    hours = {f"{at}ranges__0__start": "09:00", f"{at}ranges__0__end": "12:00"}
    refused = await administrator.submit(page, **dates, **hours, do="save")
    assert refused.status == 422 and "2026-11-26" in refused.text
    refused = await administrator.submit(page, **dates, **{f"{at}destination__pick": "busy"}, do="save")
    assert refused.status == 422
    assert re.search(r'name="scheduled_forwards.0.last"[^>]*aria-invalid', refused.text)
    dates[f"{at}last"] = "2026-12-31"
    days = [("scheduled_forwards.0.days[]", day) for day in ("MO", "WE")]
    chosen = {**dates, **hours, f"{at}repeat": "days", f"{at}destination__pick": "busy"}
    changed = {name.replace("__", "."): value for name, value in chosen.items()}
    kept = [(name, value) for name, value in page.fields if name not in changed]
    await administrator.post(path, *kept, *days, *changed.items(), ("do", "save"))
    (forward,) = office.configuration.people[person].scheduled_forwards
    assert forward.rule == "FREQ=WEEKLY;BYDAY=MO,WE" and len(forward.ranges) == 1
    page = await administrator.get(path)
    print(re.findall("<strong>.*</strong>", page.text))
    assert "Chaque semaine, lundi, mercredi, 09:00–12:00, du jeudi 26 novembre 2026 au" in page.text
    await administrator.submit(page, do="save")
    assert office.configuration.people[person].scheduled_forwards == (forward,), "saved as it was"
    page = await administrator.submit(page, do="remove:scheduled_forwards.0")
    await administrator.submit(page, path, do="save")
    assert office.configuration.people[person].scheduled_forwards == ()


@pytest.mark.feature("FWD-2")
@pytest.mark.parametrize(
    "rule",
    ["", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY", "FREQ=MONTHLY;BYDAY=1MO"],
)
def test_every_rule_is_kept_by_the_form(rule: str) -> None:
    forward = {"destination": {"kind": "busy"}, "first": "2026-11-26", "rule": rule}
    assert from_row(to_row(forward))["rule"] == rule


async def test_a_phone_is_told_the_door_by_which_its_reader_came(
    administrator: Browser, office: OfficeBox
) -> None:
    phone = next(iter(office.configuration.phones.values()))
    here = administrator.base.removeprefix("http://")
    page = await administrator.get(f"/phones/{phone.id}")
    assert f"ws://{here}/sip" in page.text
    behind_proxy = await administrator.get(f"/phones/{phone.id}", **{"X-Forwarded-Proto": "https"})
    assert f"wss://{here}/sip" in behind_proxy.text
    assert phone.sip_password.get_secret_value() not in page.text


@pytest.mark.feature("PEOPLE-1")
async def test_a_person_has_a_direct_number_from_their_page_and_duplicates_are_refused_at_the_field(
    administrator: Browser, office: OfficeBox
) -> None:
    *_, person = office.configuration.people
    taken = next(iter(office.configuration.numbers.values()))
    page = await administrator.get(f"/people/{person}")
    assert f'href="/numbers/new?person={person}"' in page.text
    path = f"/numbers/new?person={person}"
    page = await administrator.get(path)
    new = {"name": "Directe", "line_id": taken.line_id, "do": "save"}
    page = await administrator.submit(page, path, **new, number=taken.number)
    assert f"{taken.name} a déjà ce numéro." in page.text and 'id="e-number"' in page.text
    await administrator.submit(page, path, **new, number="01 99 00 77 88")
    made = list(office.configuration.numbers.values())[-1]
    assert made.number == "+33199007788" and made.owner_id == person
    assert made.routes[HoursState.OPEN].steps[0].destination == ToPerson(person_id=person)
    page = await administrator.get(f"/people/{person}")
    assert f'data-number="{made.id}"' in page.text and "01 99 00 77 88" in page.text
    assert "Fait sonner d’abord cette personne" in page.text
    page = await administrator.submit(page, mobile="01 99 00 77 88", do="save")
    assert 'id="e-mobile"' in page.text and office.configuration.people[person].mobile != made.number
    colleague = next(iter(office.configuration.people.values()))
    page = await administrator.submit(page, f"/people/{person}", extension=colleague.extension, do="save")
    assert f"{colleague.name} a déjà le numéro interne {colleague.extension}" in page.text
