"""The trial: a step that is not heard fails it, and what was made for it is taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.selftest import trial
from appliance.selftest.stranger import Unheard


class Box:
    """An API that keeps what is made."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def ask(self, socket: Path, method: str, path: str, body: object = None) -> dict[str, object]:
        if method == "POST":
            self.kept.append(f"{path}/1")
            return {"id": "1", "sip_user": "u", "sip_password": "p", "extension": "9901"}
        if method == "DELETE":
            self.kept.remove(path)
        if path == "/star_codes":
            return {"echo": "*43", "mailbox": "*97"}
        return {"sip_port": 5060, "phones": [{"phone_id": "1", "online": True}]}


class Deaf:
    """A phone that hears `heard` seconds of everything."""

    heard = 0.0

    def __init__(self, *_: object) -> None:
        pass

    def register(self, is_online) -> None:
        assert is_online()

    def echo(self, dialled: str, seconds: float) -> float:
        return self.heard

    def voice(self, dialled: str, seconds: float) -> float:
        raise Unheard("answer")

    def stop(self) -> None:
        pass


@pytest.mark.parametrize(("heard", "missing"), [(0.4, "echo"), (2.0, "answer")])
def test_what_is_not_heard_is_said(monkeypatch, heard, missing):
    box, story = Box(), []
    monkeypatch.setattr(trial, "call", box.ask)
    monkeypatch.setattr(trial, "Stranger", type("Phone", (Deaf,), {"heard": heard}))
    assert trial.Trial(Path("s"), "127.0.0.1", "en", story.append).run() is False
    assert story[-1] == trial.TEXTS["failed"]["en"].format(step=missing)
    assert box.kept == []
