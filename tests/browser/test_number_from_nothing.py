"""A number built from nothing by clicking and typing, in French, then read in every way it can be read."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import pytest_asyncio
from babel.dates import format_date
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.conftest import NAME, PASSWORD, ROOT, Product, save, watch

PEOPLE = (("Réception", "100"), ("Anne", "101"), ("Bruno", "102"))
CALLER = "01 99 00 99 00"
MOBILE = "06 39 98 12 34"
NIGHT = "Bonjour, nous sommes fermés. Rappelez demain à partir de neuf heures."
HOLIDAY = "Bonjour, nous sommes fermés ce jour férié. Joyeuses fêtes."
# A Wednesday without a holiday, of the year after next at most; and Christmas Day.
CHRISTMAS = date(date.today().year + 1, 12, 25)
WEDNESDAY = date(CHRISTMAS.year, 6, 1) + timedelta(days=(2 - date(CHRISTMAS.year, 6, 1).weekday()) % 7)


@dataclass(frozen=True)
class Case:
    """A moment of a call from outside: what the page says, what is done in turn, what the week calls it."""

    day: date
    time: str
    said: str
    steps: tuple[str, ...]
    drawn: tuple[str, ...]
    in_week: str


RINGS, ANNOUNCES = "Réception, Anne, Bruno\N{NO-BREAK SPACE}: sonne", "Une annonce est diffusée"
CASES = (
    Case(
        WEDNESDAY,
        "10:00",
        "ouvert jusqu",
        ("ring", "ring", "take_message"),
        ("sonne 20 s", MOBILE, "Messages vocaux"),
        RINGS,
    ),
    Case(WEDNESDAY, "23:00", "fermé jusqu", ("announce",), ("Rappelez demain",), ANNOUNCES),
    Case(CHRISTMAS, "10:00", "Noël", ("announce",), ("ce jour férié",), f"{ANNOUNCES} (jour férié)"),
)
TEXTS = "rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim()))"


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium: Browser, product: Product, troubles: list[str]) -> AsyncIterator[Page]:
    context = await chromium.new_context(
        base_url=product.address, locale="fr-FR", viewport={"width": 1280, "height": 860}
    )
    page = await context.new_page()
    watch(page, troubles)
    yield page
    await context.close()


@pytest.mark.feature("RING-1", "RING-2", "CONF-1", "TIME-1", "TIME-2", "TIME-5", "NOANS-1")
async def test_a_number_is_built_from_nothing_and_read(product: Product, page: Page) -> None:
    seen = Pictures(page, os.environ.get("AUTOCOM_PICTURES"))
    await claim(product, page)
    await seen.take("start")
    for name, extension in PEOPLE:
        await add_person(page, name, extension)
    await seen.take("person")
    await add_line(page)
    await seen.take("line")
    await add_group(page)
    await seen.take("group")
    await add_number(page, seen)
    for case in CASES:
        await read(page, product, case)
        await seen.take(f"read-{case.day}-{case.time[:2]}")


@dataclass(frozen=True)
class Pictures:
    """Pictures of the pages on the way, in the folder AUTOCOM_PICTURES; the page complains of each."""

    page: Page
    folder: str | None

    async def take(self, name: str) -> None:
        if self.folder is not None:
            await self.page.screenshot(path=f"{self.folder}/{name}.png", full_page=True)


async def claim(product: Product, page: Page) -> None:
    await page.goto("/")
    await page.fill("[name=code]", product.claim_code)
    await page.fill("[name=name]", NAME)
    await page.fill("[name=password]", PASSWORD)
    await save(page)
    await page.get_by_label("Nom du bureau").fill("Atelier Claire")
    await page.get_by_role("button", name="Installer le bureau").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Vue d'ensemble")


async def choose(page: Page, place: str) -> None:
    """Choose an entry of the side's menu."""
    await page.locator("nav.wide").get_by_role("link", name=place, exact=True).click()


async def press(page: Page, name: str) -> None:
    """Press what the page's middle calls so, a link or a button."""
    content = page.locator("main")
    named = content.get_by_role("button", name=name).or_(content.get_by_role("link", name=name))
    await named.first.click()


async def add_person(page: Page, name: str, extension: str) -> None:
    """A person, and the phone on their desk."""
    await choose(page, "Personnes et téléphones")
    await press(page, "Ajouter")
    await page.get_by_label("Nom", exact=True).fill(name)
    await page.get_by_label("Numéro interne").first.fill(extension)
    await press(page, "Enregistrer")
    await expect(page.get_by_role("heading", level=1)).to_have_text(name)
    await press(page, "Ajouter un téléphone")
    await page.get_by_label("Nom du téléphone").fill(f"Poste {extension}")
    await press(page, "Enregistrer")
    await expect(page.locator("#sip-user")).to_be_visible()
    await press(page, "Terminé")


async def add_line(page: Page) -> None:
    await choose(page, "Lignes")
    await press(page, "Ajouter")
    await page.get_by_label("Nom", exact=True).fill("Opérateur")
    await page.get_by_label("Serveur").first.fill("192.0.2.9")
    await page.locator("[name=user]").fill("33199001234")
    await page.locator("[name=password]").fill("secret de l'opérateur")
    await press(page, "Enregistrer")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Opérateur")


async def add_group(page: Page) -> None:
    await choose(page, "Groupes de sonnerie")
    await press(page, "Ajouter")
    await page.get_by_label("Nom", exact=True).fill("Tout le monde")
    await page.get_by_label("L'appelant attend au plus").fill("20")
    await press(page, "Ajouter quelqu'un")
    members = page.get_by_label("Personne", exact=True)
    await expect(members).to_have_count(len(PEOPLE))
    for member, (name, extension) in zip(await members.all(), PEOPLE, strict=True):
        await member.select_option(label=f"{name} ({extension})")
    await press(page, "Enregistrer")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Tout le monde")


async def add_number(page: Page, seen: Pictures) -> None:
    await choose(page, "Numéros")
    await press(page, "Ajouter")
    await page.get_by_label("Nom", exact=True).fill("Accueil")
    await page.get_by_label("Numéro", exact=True).fill("01 99 00 12 34")
    await page.get_by_label("Ligne par laquelle il arrive").select_option(label="Opérateur")
    await seen.take("number-empty")
    await step(page, "Pendant l'ouverture", 0, "Tout le monde", "D'abord")
    opened = await step(page, "Pendant l'ouverture", 1, "Un numéro extérieur ou un contact", "Puis")
    await opened.get_by_label("Numéro à faire sonner").fill(MOBILE)
    await expect(opened.get_by_label("tape 1")).to_be_checked()
    await step(page, "Pendant l'ouverture", 2, "Messagerie du bureau", "Puis")
    for heading, words in (("Pendant la fermeture", NIGHT), ("Les jours fériés", HOLIDAY)):
        said = await step(page, heading, 0, "Un texte dit par le boîtier", "D'abord")
        await said.get_by_label("Mots à dire").fill(words)
    await seen.take("number-filled")
    await press(page, "Enregistrer")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Accueil")


async def step(page: Page, heading: str, place: int, goes_to: str, label: str) -> Locator:
    """The step at that place of the path under a heading; made when there is none yet."""
    path = page.locator("section.route").filter(has=page.get_by_role("heading", name=heading))
    steps = path.locator("ol.steps > li")
    if await steps.count() == place:
        await path.get_by_role("button", name="Ajouter une étape").click()
    one = steps.nth(place)
    await expect(steps).to_have_count(place + 1)
    await one.get_by_label(label).first.select_option(label=goes_to)
    return one


async def read(page: Page, product: Product, case: Case) -> None:
    """The same path in the drawing, in words, in the week, from the API and from the command."""
    await page.get_by_label("Jour", exact=True).fill(case.day.isoformat())
    await page.get_by_label("Heure", exact=True).fill(case.time)
    await page.get_by_role("textbox", name="Appelant").fill(CALLER)
    await page.get_by_role("button", name="Afficher", exact=True).click()
    # The year is written of days that are far away.
    day = format_date(case.day, "EEEE d MMMM", locale="fr")
    moment = re.compile(f"{day}( {case.day.year})?, {case.time}")
    await expect(page.locator("#path h2").first).to_have_text(moment)
    await expect(page.locator(".reasons")).to_contain_text(case.said)
    at = f"{case.day}T{case.time}"
    told = product.api.ask("POST", "/explain", {"number_id": "accueil", "at": at, "caller": CALLER})
    assert tuple(one["step"]["kind"] for one in told["decisions"]) == case.steps
    assert json.loads(await command(product, at, "--json")) == told
    french = await command(product, at, "--lang", "fr")
    reasons = [line.removeprefix("   · ") for line in french.splitlines() if line.startswith("   · ")]
    # A page keeps a colon beside its word; a terminal, where words are searched for, does not.
    shown = await page.locator(".reasons li").all_text_contents()
    assert [words.replace("\N{NO-BREAK SPACE}", " ") for words in shown] == reasons
    drawn = await page.eval_on_selector_all(".box.lit", "boxes => boxes.map(box => box.dataset.id)")
    assert set(drawn) == set(told["lit_nodes"])
    for words in case.drawn:
        await expect(page.locator(".box.lit", has_text=words)).to_have_count(1)
    await read_week(page, case)


async def read_week(page: Page, case: Case) -> None:
    """The hour of the call in the week's picture and in its words."""
    weekday = format_date(case.day, "EEEE", locale="fr")
    rows = await page.eval_on_selector_all(".week-words tbody tr", TEXTS)
    days = [row[0] if len(row) == 3 else None for row in rows]
    first = days.index(weekday)
    after = next((place for place in range(first + 1, len(days)) if days[place]), len(days))
    assert [row[-1] for row in rows[first:after] if _holds(row[-2], case.time)] == [case.in_week]
    week = page.locator("section.week")
    titles = await week.locator(".week-picture .bar > title").all_text_contents()
    hours = [title for title in titles if _holds(title.partition(" · ")[0], case.time)]
    assert case.in_week.startswith(hours[case.day.weekday()].partition(" · ")[2])


def _holds(hours: str, time: str) -> bool:
    """Whether "09:00 – 12:00" holds a time."""
    start, _, end = hours.partition(" – ")
    return start <= time < end


async def command(product: Product, at: str, *options: str) -> str:
    """What `autocom explain` prints."""
    asked = (
        "explain",
        "--data",
        str(product.data),
        "--number",
        "Accueil",
        "--from",
        CALLER,
        "--at",
        at,
        *options,
    )
    answered = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "appliance", *asked], cwd=ROOT, check=True, capture_output=True
    )
    return answered.stdout.decode()
