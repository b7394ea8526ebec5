"""What a caller from outside meets before anybody rings: menus answered by keys, pressed for real."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from aiohttp.test_utils import TestServer

from appliance.speech.prompts import prompt_text
from tests.integration.webui.conftest import Browser
from tests.interop.box import Box
from tests.interop.explained import explained, last_call, same_way
from tests.interop.fixtures import Phones
from tests.interop.network import Network
from tests.interop.office import (
    NUMBER,
    OUTSIDER,
    Somebody,
    add_somebody,
    add_trusted_line,
    route,
    set_up,
    to_mailbox,
    to_person,
)
from tests.interop.phones.baresip import Baresip
from tests.interop.phones.rtp import RtpEnd
from tests.interop.phones.sipp import RunningScenario, Sipp
from tests.interop.sound import alaw_encoded, seconds_of_tone, share_heard
from tests.interop.waiting import until
from webui.app import make_app
from webui.client import Client

PASSWORD_OF_PAGES = "long enough for the pages"
ENOUGH_HEARD = 4000  # octets of A-law: half a second of the menu's words
# Shares of words that were said, some packets lost, and of words that were not.
HEARD, NOT_HEARD = 0.8, 0.1


@dataclass
class Office:
    """Two people with phones behind a menu, and a provider."""

    box: Box
    provider: Sipp
    alice: Baresip
    bruno: Baresip

    def call_from_outside(self, *, stay: float, ear_port: int = 7000) -> tuple[RunningScenario, RtpEnd]:
        """An outsider calls the number and stays that long after the answer."""
        ear = self.provider.ear(ear_port, tone=440)
        call = self.provider.play(
            "trunk_in",
            self.box.server,
            service=NUMBER,
            stay=stay,
            ear_port=ear_port,
            caller=OUTSIDER,
            caller_name="Mme Petit",
        )
        return call, ear

    def spoken(self, words: str, language: str) -> bytes:
        """Words as the box says them, in A-law."""
        wav = self.box.api.ask("POST", "/speech", {"text": words, "language": language})
        with wave.open(io.BytesIO(wav)) as sound:
            return alaw_encoded(sound.readframes(sound.getnframes()))

    def hears(self, ear: RtpEnd, words: str, language: str) -> None:
        """Wait until the caller has heard the first two seconds of some words in a language."""
        said = self.spoken(words, language)[:16000]
        until(lambda: share_heard(said, bytes(ear.heard)) > HEARD, f"{words[:30]} heard")

    def people(self) -> dict[str, str]:
        """Their ids by name."""
        return {each["name"]: each["id"] for each in self.box.api.items("/people")}

    def calls(self) -> int:
        return len(self.box.api.get("/history")["records"])


@pytest.fixture
def office(box: Box, network: Network, phones: Phones) -> Iterator[Office]:
    provider = phones.sipp("provider")
    box.start("2026-11-24T10:00:00+01:00")
    set_up(box)
    people = [add_somebody(box, name, extension) for name, extension in (("Alice", "101"), ("Bruno", "102"))]
    line = add_trusted_line(box, provider.host.address)
    _add_menus(box, *people)
    message = to_mailbox(box.api.items("/mailboxes")[0]["id"])
    box.api.add(
        "numbers",
        id="standard",
        name="Standard",
        number=NUMBER,
        line_id=line,
        language="fr",
        routes={"open": route({"kind": "menu", "menu_id": "accueil"}, message)},
    )
    alice, bruno = (
        phones.baresip(name, somebody, tone=tone)
        for name, somebody, tone in zip(("alice", "bruno"), people, (600, 700), strict=True)
    )
    yield Office(box, provider, alice, bruno)


def _add_menus(box: Box, alice: Somebody, bruno: Somebody) -> None:
    """The main menu has Alice on 1 and the support menu on 2, which has Bruno on 1."""
    support = [{"key": "1", "name": "les pannes", "destination": to_person(bruno.person_id)}]
    box.api.add("menus", id="support", name="Support", options=support)
    options = [
        {"key": "1", "name": "les ventes", "destination": to_person(alice.person_id)},
        {"key": "2", "name": "le support", "destination": {"kind": "menu", "menu_id": "support"}},
    ]
    prompts = {"fr": {"text": "Bonjour. Pour les ventes, tapez 1. Pour le support, tapez 2."}}
    box.api.add("menus", id="accueil", name="Accueil", options=options, prompts=prompts, direct_dial=True)


def _talk(office: Office, phone: Baresip, tone: int, keys: list[str], expected: list[str]) -> None:
    """The outsider presses each of `keys` while the box speaks; `phone` rings, both hear each other."""
    before = office.calls()
    call, ear = office.call_from_outside(stay=60)
    for pressed in keys:
        heard = len(ear.heard)
        until(lambda heard=heard: len(ear.heard) > heard + ENOUGH_HEARD, "words heard")  # type: ignore[misc]
        ear.press(pressed)
    phone.wait_event("CALL_INCOMING")
    phone.command("accept")
    phone.wait_event("CALL_ESTABLISHED")
    _ended_by(phone, call, ear)
    assert seconds_of_tone(phone.recorded_wav(), 440) > 1
    assert seconds_of_tone(ear.save(office.provider.folder / f"ear-{before}.wav"), tone) > 1
    record = last_call(office.box, before + 1)
    assert [each["reason"]["code"] for each in record["trail"] if "key" in str(each["edge"])] == expected
    same_way(office.box, record)


def _ended_by(phone: Baresip, call: RunningScenario, ear: RtpEnd) -> None:
    """Let them hear each other for a while, then have the one called hang up."""
    phone.listen(2)
    phone.hang_up()
    phone.wait_event("CALL_CLOSED")
    ear.close()
    call.stop()


@pytest.mark.feature("MENU-1")
def test_the_key_pressed_while_the_menu_speaks_decides_who_rings(office: Office) -> None:
    _talk(office, office.alice, 600, ["1"], ["key_pressed"])


@pytest.mark.feature("MENU-1")
def test_a_wrong_key_then_the_sub_menu(office: Office) -> None:
    _talk(office, office.bruno, 700, ["9", "2", "1"], ["key_pressed", "key_pressed"])


@pytest.mark.feature("MENU-1")
def test_a_known_extension_is_dialled_in_the_menu(office: Office) -> None:
    _talk(office, office.bruno, 700, ["102"], [])


@pytest.mark.feature("IN-10")
def test_the_call_beyond_those_a_number_takes_at_once_goes_elsewhere(office: Office) -> None:
    people = office.people()
    limits = {"max_calls": 1, "overflow": to_person(people["Bruno"])}
    office.box.api.ask("PATCH", "/numbers/standard", limits)
    first, menu = office.call_from_outside(stay=20)
    until(lambda: len(menu.heard) > ENOUGH_HEARD, "the menu's words heard")
    second, ear = _beside(office).call_from_outside(stay=4, ear_port=7002)
    office.bruno.wait_event("CALL_INCOMING")
    office.bruno.command("accept")
    office.bruno.wait_event("CALL_ESTABLISHED")
    second.finish()
    office.bruno.wait_event("CALL_CLOSED")
    ear.close()
    assert seconds_of_tone(office.bruno.recorded_wav(), 440) > 1
    assert seconds_of_tone(ear.save(office.provider.folder / "ear-second.wav"), 700) > 1
    until(lambda: office.calls(), "the record of the second call")
    (overflown,) = office.box.api.get("/history")["records"]
    assert same_way(office.box, overflown, number_full=True)[:2] == ["number_called", "number_full"]
    first.stop()
    menu.close()


@pytest.mark.feature("IN-7")
def test_a_queue_created_in_the_number_s_form_rings_and_then_whoever_that_was_given(office: Office) -> None:
    people = office.people()
    asyncio.run(_lead_to_new_queue(office.box, name="Accueil", person=people["Alice"]))
    (group,) = office.box.api.items("/groups")
    assert group["queue"] and [each["person_id"] for each in group["members"]] == [people["Alice"]]
    _talk(office, office.alice, 600, [], [])
    office.box.api.change(f"/groups/{group['id']}", members=[{"person_id": people["Bruno"]}])
    _talk(office, office.bruno, 700, [], [])


async def _lead_to_new_queue(box: Box, *, name: str, person: str) -> None:
    """In the pages, have the number's first step lead to a queue that is created in its form."""
    box.api.add("users", name="Admin", password=PASSWORD_OF_PAGES, language="fr")
    first = "routes.open.steps.0.destination"
    typed = {f"{first}.pick": "new:group", f"{first}.new.name": name, f"{first}.new.queue_on": "on"}
    typed[f"{first}.new.who[]"] = f"person:{person}"
    async with TestServer(make_app(Client(str(box.api.path)))) as pages:
        browser = Browser(str(pages.make_url("")).rstrip("/"), "fr")
        async with browser.http:
            await browser.sign_in("Admin", PASSWORD_OF_PAGES)
            page = await browser.get("/numbers/standard/edit")
            saved = await browser.submit(page, **typed, do="save")
            assert saved.path == "/numbers/standard?done=saved", saved.text


@pytest.mark.feature("IN-8")
def test_the_announcement_is_heard_before_anybody_rings(office: Office) -> None:
    people = office.people()
    words = {"text": "Bonjour. Cet appel est enregistré à des fins de qualité."}
    routes = {"open": route(to_person(people["Alice"]))}
    office.box.api.ask("PATCH", "/numbers/standard", {"announcement": words, "routes": routes})
    call, ear = office.call_from_outside(stay=60)
    until(lambda: len(ear.heard) > ENOUGH_HEARD, "the announcement heard")
    office.alice.wait_event("CALL_INCOMING")
    office.alice.command("accept")
    office.alice.wait_event("CALL_ESTABLISHED")
    _ended_by(office.alice, call, ear)
    assert seconds_of_tone(office.alice.recorded_wav(), 440) > 1
    assert seconds_of_tone(ear.save(office.provider.folder / "ear-announced.wav"), 600) > 1
    codes = explained(office.box)
    assert codes.index("announced_first") < codes.index("announcement_heard") < codes.index("rings")


@pytest.mark.feature("IN-4")
def test_an_extension_dialled_while_the_announcement_is_said_rings(office: Office) -> None:
    """Alice, whose extension is dialled, refuses the call; the route goes on to Bruno."""
    people = office.people()
    words = {"text": "Bienvenue au cabinet. Composez le poste de votre correspondant ou patientez."}
    routes = {"open": route(to_person(people["Bruno"]))}
    change = {"announcement": words, "direct_dial": True, "routes": routes}
    office.box.api.ask("PATCH", "/numbers/standard", change)
    call, ear = office.call_from_outside(stay=20)
    until(lambda: len(ear.heard) > ENOUGH_HEARD, "the announcement heard")
    ear.press("101")
    office.alice.wait_event("CALL_INCOMING")
    office.alice.command("hangup")
    office.bruno.wait_event("CALL_INCOMING")
    office.bruno.command("accept")
    office.bruno.wait_event("CALL_ESTABLISHED")
    _ended_by(office.bruno, call, ear)
    assert seconds_of_tone(office.bruno.recorded_wav(), 440) > 1
    record = last_call(office.box, 1)
    codes = [place["reason"]["code"] for place in record["trail"]]
    assert codes.index("welcomed") < codes.index("extension_dialled") < codes.index("busy")
    same_way(office.box, record)


@pytest.mark.feature("NUM-5")
def test_the_language_is_asked_of_the_caller_and_kept_to_the_end(office: Office) -> None:
    words = {"announcement": "Bonjour.", "announcement_other_language": "Welcome to us."}
    said = {name: {"text": text} for name, text in words.items()}
    office.box.api.change("/numbers/standard", ask_language=True, **said)
    menu = {"fr": "Pour les ventes, tapez 1.", "en": "For the sales team, press 1."}
    office.box.api.change("/menus/accueil", prompts={each: {"text": text} for each, text in menu.items()})
    call, ear = office.call_from_outside(stay=60)
    office.hears(ear, prompt_text("language_choice", "fr"), "fr")
    ear.press("2")
    office.hears(ear, words["announcement_other_language"], "en")
    office.hears(ear, menu["en"], "en")
    ear.press("1")
    office.alice.answer()
    _ended_by(office.alice, call, ear)
    for text in (words["announcement"], menu["fr"]):
        assert share_heard(office.spoken(text, "fr"), bytes(ear.heard)) < NOT_HEARD
    assert seconds_of_tone(ear.save(office.provider.folder / "ear-language.wav"), 600) > 1
    record = last_call(office.box, 1)
    codes = [place["reason"]["code"] for place in record["trail"]]
    assert codes.index("language_asked") < codes.index("language_en") < codes.index("announced_first")
    same_way(office.box, record)


@pytest.mark.feature("NUM-5")
def test_menu_and_mailbox_speak_the_number_s_language_also_to_who_is_transferred(office: Office) -> None:
    """The office speaks French, the number English. Alice, who sends the caller on, has the call back."""
    alice = office.people()["Alice"]
    office.box.api.add("mailboxes", name="Alice", owner="person", owner_id=alice)
    office.box.api.change("/numbers/standard", language="en")
    office.box.api.change("/menus/accueil", prompts=None)
    call, ear = office.call_from_outside(stay=60)
    choices = {"keys": "12", "names": "les ventes\nle support"}
    office.hears(ear, prompt_text("menu_choices", "en", choices), "en")
    ear.press("1")
    office.alice.answer()
    office.alice.transfer(f"sip:102@{office.box.server}")
    office.bruno.wait_event("CALL_INCOMING")
    office.alice.hang_up()
    until(lambda: office.box.resources()["legs"] == 2, "Alice gone, the caller and Bruno's phone left")
    office.bruno.hang_up()
    office.alice.wait_event("CALL_INCOMING")
    office.alice.hang_up()
    office.hears(ear, prompt_text("mailbox_greeting", "en"), "en")
    ear.close()
    call.stop()
    assert (
        share_heard(office.spoken(prompt_text("mailbox_greeting", "fr"), "fr"), bytes(ear.heard)) < NOT_HEARD
    )


@pytest.mark.feature("IN-1")
def test_ready_paths_offer_the_menu_at_once_after_fifteen_seconds_or_never(office: Office) -> None:
    _lay_out(office, "transfer_then_menu", ["person", "menu", "mailbox"])
    _talk(office, office.bruno, 700, ["2", "1"], ["key_pressed", "key_pressed"])
    assert office.alice.seen("CALL_INCOMING") and office.alice.seen("CALL_CLOSED"), "she rang before"
    assert not office.alice.seen("CALL_ESTABLISHED")
    _lay_out(office, "menu", ["menu", "mailbox"])
    _talk(office, office.bruno, 700, ["2", "1"], ["key_pressed", "key_pressed"])
    assert len(office.alice.seen("CALL_INCOMING")) == 1, "the menu comes first"
    office.alice.wait_event("CALL_INCOMING")
    _lay_out(office, "transfer", ["person", "mailbox"])
    _talk(office, office.alice, 600, [], [])


@pytest.mark.feature("IN-1", "IN-2")
def test_a_ready_path_rings_the_person_when_nothing_is_chosen_in_the_menu(office: Office) -> None:
    """The route to the menu is laid out anew with Alice after it; the menu that is there is kept."""
    office.box.api.ask("PATCH", "/menus/accueil", {"repeats": 0, "wait_seconds": 2})
    _lay_out(office, "menu_then_person", ["menu", "person", "external", "mailbox"])
    call, ear = office.call_from_outside(stay=30)
    office.alice.wait_event("CALL_INCOMING")
    office.alice.command("accept")
    office.alice.wait_event("CALL_ESTABLISHED")
    _ended_by(office.alice, call, ear)
    assert seconds_of_tone(ear.save(office.provider.folder / "ear-ready.wav"), 600) > 1
    assert same_way(office.box, last_call(office.box, 1)).count("no_key") == 1


@pytest.mark.feature("IN-2")
def test_after_the_person_a_ready_path_rings_the_backup_number_then_takes_a_message(office: Office) -> None:
    """Nothing is chosen, Alice declines, and the backup number's own voicemail does not press 1."""
    menu = {"repeats": 0, "wait_seconds": 2, "prompts": {"fr": {"text": "Tapez 1 ou 2."}}}
    office.box.api.ask("PATCH", "/menus/accueil", menu)
    office.box.api.change("/office", answer_seconds=5)
    _lay_out(office, "menu_then_person", ["menu", "person", "external", "mailbox"])
    backup, voicemail = (
        office.provider.play("answer", office.box.server, ear_port=7100),
        office.provider.ear(7100, tone=900),
    )
    call, ear = _beside(office).call_from_outside(stay=18, ear_port=7002)
    office.alice.wait_event("CALL_INCOMING")
    office.alice.command("hangup")
    backup.finish()
    heard = len(ear.heard)
    until(lambda: len(ear.heard) > heard + ENOUGH_HEARD, "the greeting")
    call.finish()
    ear.close()
    voicemail.close()
    record = last_call(office.box)
    assert [each.get("outcome") for each in record["steps"] if each["step"] == "Ring"] == [
        "busy",
        "no_answer",
    ]
    assert record["steps"][-1]["step"] == "TakeMessage"
    assert seconds_of_tone(ear.save(office.provider.folder / "ear-backup.wav"), 900) == 0
    assert "must_press_one" in same_way(office.box, record)


def _lay_out(office: Office, kind: str, expected: list[str]) -> None:
    """Lay the ready path of that kind out, with Alice and a backup number."""
    people = office.people()
    wish = {"kind": kind, "who": to_person(people["Alice"]), "backup": "+33199009991"}
    number = office.box.api.ask("POST", "/numbers/standard/starting-point", wish)
    assert [step["destination"]["kind"] for step in number["routes"]["open"]["steps"]] == expected


def _beside(office: Office) -> Office:
    """The same office, its provider calling from another port as well."""
    provider = office.provider
    return replace(office, provider=Sipp(provider.host, provider.folder / "second", sip_port=5062))
