"""A whole box in the test's own event loop, on loopback, with an office of three and a provider."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from appliance.configuration.configuration import Configuration
from appliance.control.application import make_application
from appliance.control.options import PbxOptions
from appliance.runtime.box import Box
from appliance.runtime.clock import Clock
from appliance.storage.data_folder import DataFolder
from tests.integration.box.offices import PASSWORD, PROVIDER_HOST, office_of_three
from tests.interop.box import ControlSocket
from tests.support.raw_audio import RawAudio
from tests.support.raw_messages import description
from tests.support.raw_sip import RawCall, RawPhone


class RunningBox:
    """One box and its API; may be stopped and started again on the same folder.

    `prompts` is a folder of spoken words made once for all tests.
    """

    def __init__(self, folder: Path, prompts: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "prompts").symlink_to(prompts)
        self.port = 0
        self.api = ControlSocket(folder / "control.sock")

    async def start(self) -> None:
        options = PbxOptions(self.folder, self.port, ("127.0.0.1",), 42000, 43000, sip_tls_port=0)
        self._folder = DataFolder(self.folder)
        self._folder.prepare()
        self._folder.lock()
        self.box = Box(options, self._folder, Clock())
        await self.box.start()
        self.port = self.box.driver.sockets.port
        self._runner = web.AppRunner(make_application(self.box), handle_signals=False, access_log=None)
        await self._runner.setup()
        options.socket_path.unlink(missing_ok=True)
        await web.UnixSite(self._runner, str(options.socket_path)).start()

    async def stop(self) -> None:
        await self._runner.cleanup()
        await self.box.close()
        self._folder.unlock()

    async def set(self, settings: Configuration) -> None:
        """Make these the settings."""
        await self.box.change(settings, expected=self.box.version, who="test")

    async def ask(self, method: str, path: str, body: object = None) -> object:
        """What the API answers."""
        return await asyncio.to_thread(self.api.ask, method, path, body)

    @property
    def server(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    async def until(self, condition: Callable[[], object], what: str, seconds: float = 10.0) -> None:
        """Wait until something is so of the box, looking at each of its events and ten times a second."""
        with self.box.events.subscribe(None) as events:
            deadline = asyncio.get_running_loop().time() + seconds
            while not condition():
                assert asyncio.get_running_loop().time() < deadline, f"never: {what}"
                try:
                    async with asyncio.timeout(0.1):
                        await events.next()
                except TimeoutError:
                    continue

    async def is_taken_and_ended(self, call: RawCall, taken: RawCall) -> None:
        """Somebody takes a call, whose caller then hangs up: nothing is left of it."""
        taken.answer(200, description())
        await call.accepted()
        await taken.request("ACK")
        await call.hang_up()
        await taken.hung_up()
        await self.at_rest()

    async def at_rest(self) -> None:
        """Wait until no call, leg, port or session of the stack is left."""

        def held() -> tuple[int, int, int, int]:
            box = self.box
            driver = box.driver
            return (len(box.calls), driver.attached, box.media.open_ports, driver.endpoint.open_sessions)

        await self.until(lambda: not any(held()), "the box at rest")


@pytest.fixture
async def folder() -> AsyncIterator[Path]:
    """A data folder whose path is short enough for a Unix socket."""
    made = Path(tempfile.mkdtemp(prefix="autocom-"))
    yield made / "data"
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the boxes of all tests keep what they have spoken."""
    return tmp_path_factory.mktemp("prompts")


@pytest.fixture
async def running(folder: Path, prompts: Path) -> AsyncIterator[RunningBox]:
    """A box with the office of three; after the test nothing of any call may be left in it."""
    made = RunningBox(folder, prompts)
    await made.start()
    await made.set(office_of_three())
    yield made
    await made.stop()


Dialler = Callable[..., Awaitable[RawPhone]]


@pytest.fixture
async def phone(running: RunningBox) -> AsyncIterator[Dialler]:
    """Opens phones: `await phone("101")` is registered, `register=False` leaves it unknown to the box."""
    made: list[RawPhone] = []

    async def open_phone(
        user: str,
        *,
        register: bool = True,
        transport: str = "UDP",
        host: str = "127.0.0.1",
        password: str = PASSWORD,
    ) -> RawPhone:
        opened = await RawPhone.open(running.server, user, password, transport=transport, host=host)
        made.append(opened)
        if register:
            answer = await opened.register()
            assert answer.status == 200, answer
        return opened

    yield open_phone
    for each in made:
        each.close()


@pytest.fixture
async def audio() -> AsyncIterator[Callable[..., Awaitable[RawAudio]]]:
    """Opens audio ends."""
    made: list[RawAudio] = []

    async def open_audio(host: str = "127.0.0.1") -> RawAudio:
        made.append(await RawAudio.open(host, 0x1000 + len(made)))
        return made[-1]

    yield open_audio
    for each in made:
        each.close()


@pytest.fixture
async def provider(running: RunningBox, phone: Dialler) -> RawPhone:
    """The provider's end of the trunk."""
    opened = await phone("provider", register=False, host=PROVIDER_HOST)
    await running.set(office_of_three(opened.address[1]))
    await running.until(lambda: "trunk" in running.box.lines.up(), "the trunk is up")
    return opened
