"""Forms sent without what they need: what is missing is said at its input, and their rows are still there."""

from __future__ import annotations

import re

import pytest

from tests.integration.webui.conftest import Browser, Page


async def sent_empty(browser: Browser, path: str) -> Page:
    """The page that answers a form sent as it was first shown."""
    page = await browser.submit(await browser.get(path))
    assert page.status == 422
    return page


def errors(page: Page) -> list[str]:
    """The sentences at the form's inputs."""
    found = re.findall(r'<small class="error"[^>]*>.*?</svg>(.*?)</small>', page.text, re.S)
    return [one.replace("&#39;", "'") for one in found]


@pytest.mark.parametrize(
    ("path", "rows", "said"),
    [
        ("/menus/new", "options.1.key", "Choisissez au moins une touche, et dites à quoi elle sert."),
        ("/ring-groups/new", "members.1.person_id", "Choisissez au moins une personne."),
        ("/numbers/new", "routes.open.steps.0.destination.pick", "Choisissez où va l'appel."),
    ],
)
async def test_rows_left_empty_are_asked_for_and_stay(
    administrator: Browser, path: str, rows: str, said: str
) -> None:
    page = await sent_empty(administrator, path)
    assert errors(page).count(said) == 1
    assert rows in dict(page.fields)


async def test_an_extension_left_empty_is_needed(administrator: Browser) -> None:
    page = await administrator.submit(await administrator.get("/people/new"), name="", extension="")
    assert errors(page) == ["Ceci est nécessaire."] * 2


async def test_a_code_that_is_taken_says_by_what(administrator: Browser) -> None:
    page = await administrator.submit(await administrator.get("/star-codes/edit"), echo="*97")
    assert errors(page) == ["« Écouter mes messages » a déjà le code *97."]
