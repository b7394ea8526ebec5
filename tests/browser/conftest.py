"""The whole product on free ports of the loopback, and Chromium in front of it."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.interop.box import ControlSocket
from tests.interop.waiting import until
from tests.support import prompt_cache
from tests.support.chromium import CHROMIUM, FLAGS

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
NAME, PASSWORD = "Claire", "une phrase assez longue"

expect.set_options(timeout=PATIENCE * 1000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of this folder share one event loop, as the browser belongs to one."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and isinstance(item, pytest.Function):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def free_port() -> int:
    """A port nobody uses now, for TCP and UDP."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Product:
    """`autocom run` with its data in a folder of the test."""

    data: Path
    sip_port: int
    web_port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Of the pages."""
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def api(self) -> ControlSocket:
        """The API by its socket."""
        return ControlSocket(self.data / "control.sock")

    @property
    def claim_code(self) -> str:
        return (self.data / "claim-code").read_text(encoding="utf-8").strip()

    def start(self) -> None:
        first_rtp = 20000 + (self.sip_port % 400) * 100
        arguments = [
            *("--data", str(self.data), "--sip-port", str(self.sip_port), "--sip-address", "127.0.0.1"),
            *("--rtp", f"{first_rtp}-{first_rtp + 98}", "--host", "127.0.0.1", "--port", str(self.web_port)),
        ]
        prompt_cache.lend(self.data)
        log = (self.data / "run.log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "appliance", "run", *arguments], cwd=ROOT, stdout=log, stderr=log
        )

    async def answers(self) -> None:
        """Wait until pages and API answer."""
        ready = lambda: _answers(self.web_port) and self._is_ready()
        await asyncio.to_thread(until, ready, "pages and API", PATIENCE)

    def _is_ready(self) -> bool:
        try:
            self.api.ask("GET", "/setup")
        except OSError:
            return False
        return True

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            prompt_cache.keep(self.data)


def _answers(port: int) -> bool:
    with socket.socket() as attempt:
        attempt.settimeout(1)
        return attempt.connect_ex(("127.0.0.1", port)) == 0


@pytest_asyncio.fixture(loop_scope="session")
async def product(tmp_path: Path) -> AsyncIterator[Product]:
    """A box nobody has claimed yet."""
    started = Product(tmp_path, free_port(), free_port())
    started.start()
    try:
        await started.answers()
        yield started
    finally:
        started.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all: its start costs more than most tests; a context is each test's own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--headless", *FLAGS])
        yield browser
        await browser.close()


@dataclass(frozen=True)
class Words:
    """The words of one language that a story looks for."""

    locale: str
    setup: str
    open: str
    closed: str
    heard: str
    no_phone: str


WORDS = {
    "fr": Words(
        "fr-FR", "Votre bureau", "ouvert jusqu", "fermé jusqu", "écouté", "Bruno n'a aucun téléphone"
    ),
    "en": Words("en-GB", "Your office", "is open until", "is closed until", "heard", "Bruno has no phone"),
}


@pytest.fixture(params=["fr", "en"])
def words(request: pytest.FixtureRequest) -> Words:
    """French first, then English."""
    return WORDS[request.param]


@pytest.fixture
def troubles() -> Iterator[list[str]]:
    """What the browser complained of: checked to be nothing at the end of a test."""
    found: list[str] = []
    yield found
    assert found == []


def watch(page: Page, troubles: list[str]) -> None:
    """Note errors of scripts and of the content policy."""
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if _is_trouble(said) else None)


def _is_trouble(said: Any) -> bool:
    return said.type == "error" and "Content Security Policy" in said.text


async def save(page: Page) -> None:
    """Press the page's save button."""
    await page.locator("main form .save-bar button").first.click()


def office(product: Product) -> Callable[..., Any]:
    """Set the office up by its API: a user, two people, a line and a number; calls outside at any hour."""
    ask = product.api.ask
    ask("POST", "/users", {"name": NAME, "password": PASSWORD, "language": "fr"})
    ask("POST", "/setup", {"name": "Atelier", "country": "FR", "time_zone": "Europe/Paris", "language": "fr"})
    ask("PUT", "/outbound", {"limits": {"night": None}})
    ask("POST", "/people", {"name": "Anne", "extension": "101"})
    ask("POST", "/people", {"name": "Bruno", "extension": "102"})
    ask("POST", "/groups", {"name": "Ventes", "members": [{"person_id": "anne"}, {"person_id": "bruno"}]})
    line = {"name": "Opérateur", "mode": "trusted", "server": "192.0.2.9", "trusted_addresses": ["192.0.2.9"]}
    ask("POST", "/lines", line)
    mailbox = ask("GET", "/mailboxes")["items"][0]["id"]
    ring = {"destination": {"kind": "group", "group_id": "ventes"}}
    record = {"destination": {"kind": "mailbox", "mailbox_id": mailbox}}
    routes = {"open": {"steps": [ring, record]}, "closed": {"steps": [record]}}
    number = {"name": "Accueil", "number": "+33199001234", "line_id": "operateur", "routes": routes}
    ask("POST", "/numbers", number)
    return ask


async def sign_in(page: Page, product: Product, name: str = NAME) -> None:
    await page.goto(product.address + "/sign-in")
    await page.fill("[name=name]", name)
    await page.fill("[name=password]", PASSWORD)
    await save(page)
    await page.wait_for_url(product.address + "/")


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """An office that is set up, shared by the tests that leave it as they found it; one user a language."""
    started = Product(tmp_path_factory.mktemp("settled"), free_port(), free_port())
    started.start()
    try:
        until(lambda: _answers(started.web_port) and started._is_ready(), "pages and API", PATIENCE)
        ask = office(started)
        ask("POST", "/users", {"name": f"{NAME} en-GB", "password": PASSWORD, "language": "en"})
        yield started
    finally:
        started.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(
    settled: Product, chromium: Browser, words: Words, troubles: list[str]
) -> AsyncIterator[Page]:
    """An administrator's page on the settled office, in each language; addresses are the office's own."""
    context = await chromium.new_context(
        base_url=settled.address, locale=words.locale, viewport={"width": 1280, "height": 860}
    )
    page = await context.new_page()
    watch(page, troubles)
    await sign_in(page, settled, NAME if words.locale == "fr-FR" else f"{NAME} {words.locale}")
    yield page
    await context.close()


async def is_refused(page: Page, field: str, sentence: str) -> None:
    """Press save past the browser's own checks; the page tells this sentence at this field."""
    await page.locator("main form:has(.save-bar)").first.evaluate("form => { form.noValidate = true }")
    await save(page)
    error = page.locator(f'small.error[id="e-{field}"]')
    await expect(error).to_contain_text(sentence)
    await expect(page.locator(f'[name="{field}"]').last).to_have_attribute("aria-invalid", "true")
    await expect(page.locator("main [role=alert]")).to_be_visible()
