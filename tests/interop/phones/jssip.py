"""JsSIP in Chromium: a page of the box's own site, opened on a host of its own, and what happens to it."""

from __future__ import annotations

import base64
import json
import posixpath
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.interop.network import Host
from tests.interop.sound import write_sine
from tests.support.chromium import CHROMIUM, FLAGS

MODULES = Path(__file__).resolve().parents[3] / "webui" / "node_modules"
PAGE = Path(__file__).with_name("jssip_page.js")
MAINS = {
    "jssip": "jssip/lib/JsSIP.js",
    "debug": "debug/src/browser.js",
    "ms": "ms/index.js",
    "events": "events/events.js",
    "sdp-transform": "sdp-transform/lib/index.js",
}
PATIENCE = 60.0
MEDIA_FLAGS = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--disable-features=WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks",
)

# What `require` means in a browser: each module is run once, at first need.
LOADER = """
const made = {};
function load(name) {
  if (!(name in made)) {
    const module = made[name] = {exports: {}};
    const from = modules[name];
    from.body(module, module.exports, (asked) => load(from.asks[asked]));
  }
  return made[name].exports;
}
window.process = {env: {}};
window.JsSIP = load("jssip/lib/JsSIP.js");
"""


@cache
def bundle() -> str:
    """JsSIP and what it needs as one script, made of the packages of the lock file."""
    waiting, parts = [MAINS["jssip"]], dict[str, str]()
    while waiting:
        name = waiting.pop()
        if name in parts:
            continue
        source = (MODULES / name).read_text("utf-8")
        asks = {asked: _resolved(name, asked) for asked in _asked(source)} if name.endswith(".js") else {}
        body = source if name.endswith(".js") else f"module.exports = {source};"
        parts[name] = (
            f"{json.dumps(name)}: {{asks: {json.dumps(asks)}, body(module, exports, require) {{{body}\n}}}}"
        )
        waiting.extend(asks.values())
    return f"(() => {{const modules = {{{','.join(parts.values())}}};{LOADER}}})();"


def _asked(source: str) -> set[str]:
    pieces = source.split("require(")[1:]
    return {piece[1 : piece.index(piece[0], 1)] for piece in pieces if piece[0] in "'\""}


def _resolved(name: str, asked: str) -> str:
    if not asked.startswith("."):
        return MAINS[asked]
    path = posixpath.normpath(posixpath.join(posixpath.dirname(name), asked))
    return next(each for each in (path, f"{path}.js", f"{path}/index.js") if (MODULES / each).is_file())


class JsSip:
    """One browser with one JsSIP user agent in it, which says `tone` hertz; used as a context.

    `site` is the box's web address; `own_clock`: the page's clock may jump. What happens to the phone is told
    as [name, ...] lists.
    """

    def __init__(
        self, host: Host, folder: Path, site: str, *, tone: int = 440, own_clock: bool = False
    ) -> None:
        self.host = host
        self.folder = folder
        self.site = site
        self.tone = tone
        self.own_clock = own_clock
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self.page: Page

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        mouth = write_sine(self.folder / "mouth.wav", self.tone, seconds=60)
        there = self.folder / "chromium"
        command = " ".join(self.host.argv(CHROMIUM))
        there.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        there.chmod(0o755)
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(
            executable_path=str(there),
            args=[
                *FLAGS,
                *MEDIA_FLAGS,
                f"--use-file-for-fake-audio-capture={mouth}",
                f"--unsafely-treat-insecure-origin-as-secure={self.site}",
            ],
        )
        self.page = self._browser.new_page()
        self.page.on("console", lambda message: print(f"[{self.host.name}] {message.text}"))
        self.page.on("pageerror", lambda error: print(f"[{self.host.name}] {error}"))
        if self.own_clock:
            self.page.clock.install()
        self.page.route(f"{self.site}/phone.html", self._serve)
        self.page.goto(f"{self.site}/phone.html")
        return self

    def _serve(self, route: Any) -> None:
        script = f"{bundle()}\n{PAGE.read_text('utf-8')}"
        route.fulfill(content_type="text/html", body=f"<!doctype html><script>{script}</script>")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and self._browser is not None:
            self._tell_what_it_sees()
        if self._browser is not None:
            self._browser.close()
        if self._playwright is not None:
            self._playwright.stop()

    def _tell_what_it_sees(self) -> None:
        """Print how the way, the handshake and the audio of its last session stand: a test has failed."""
        with suppress(PlaywrightError):
            print(f"--- JsSIP on {self.host.name} sees\n{self.do('sees')}")

    def start(self, user: str, password: str, domain: str, **more: Any) -> None:
        """Make the user agent and let it register."""
        url = self.site.replace("http", "ws", 1) + "/sip"
        self.page.evaluate("given => phone.start(given)", [url, user, password, domain, more])

    def do(self, what: str, *arguments: Any) -> Any:
        """What one of the page's functions returns."""
        return self.page.evaluate(f"given => phone.{what}(...given)", list(arguments))

    def wait(self, *wanted: Any, seconds: float = PATIENCE) -> list[Any]:
        """The next happening that begins so; those before it are passed over."""
        found: list[Any] = self.page.evaluate(
            "([wanted, ms]) => phone.wait(wanted, ms)", [list(wanted), seconds * 1000]
        )
        return found

    def told(self, event: str, words: str) -> list[Any]:
        """The first NOTIFY of that event, from here on, with those words in it."""
        while True:
            found = self.wait("notify", event)
            if words in found[2]:
                return found

    def pass_time(self, seconds: float) -> None:
        """Let the page's clock jump, and what is due on it be done."""
        self.page.clock.fast_forward(seconds * 1000)

    def recorded_wav(self, *session: int) -> Path:
        """What it has heard in its last session so far, or in that one, as a wave file."""
        path = self.folder / "heard.wav"
        path.write_bytes(base64.b64decode(self.do("recorded", *session)))
        return path
