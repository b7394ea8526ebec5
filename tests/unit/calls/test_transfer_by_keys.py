"""Codes pressed during a call: who is listened to, and what is read as a number."""

import asyncio

import pytest

from appliance.calls.call import Party
from appliance.calls.consulting import _decides, number_dialled
from appliance.calls.transfer_by_keys import KeyedTransfer, listen_for_codes
from appliance.configuration.star_codes import StarCodes
from tests.support.scripted_calls import ScriptedBoard, ScriptedCallee, ScriptedCaller, scripted_call, settle
from tests.unit.routing.small_office import small_office

pytestmark = pytest.mark.feature("RING-10")


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    """Keys are waited for a moment."""
    for name in ("CODE_SECONDS", "FIRST_SECONDS", "NEXT_SECONDS"):
        monkeypatch.setattr(f"appliance.calls.consulting.{name}", 0.02)


@pytest.fixture
def board():
    made = ScriptedBoard([])
    made.configuration = small_office()
    return made


async def listened(board, keys, *, person="bruno", line=None):
    """What a leg's keys come to: a wish, or None."""
    call = scripted_call(ScriptedCaller(board.story, "outsider"))
    leg = ScriptedCallee(board.story, "bruno")
    leg.line_id = line
    call.know(leg, Party("102", "Bruno", person))
    wishes = asyncio.Queue()
    task = asyncio.get_running_loop().create_task(listen_for_codes(board, call, leg, call.caller, wishes))
    await settle()
    for key in keys:
        if key == " ":
            await asyncio.sleep(0.05)
        else:
            leg.media.digits.put_nowait(key)
    await settle()
    task.cancel()
    await asyncio.wait((task,))
    return None if wishes.empty() else wishes.get_nowait()[1]


@pytest.mark.parametrize(
    ("keys", "wish"),
    [
        ("*1", KeyedTransfer(attended=False)),
        ("*2", KeyedTransfer(attended=True)),
        ("*4", KeyedTransfer(attended=True)),
        ("9**1", KeyedTransfer(attended=False)),
        ("12", None),
        ("*3", None),
        ("* 1", None),
        ("* *2", KeyedTransfer(attended=True)),
    ],
)
async def test_a_code_is_known_among_other_keys(board, keys, wish):
    assert await listened(board, keys) == wish


@pytest.mark.parametrize("who", [{"person": None}, {"line": "trunk"}])
async def test_nobody_outside_is_listened_to(board, who):
    assert await listened(board, "*1", **who) is None


async def test_without_codes_nothing_is_listened_to(board):
    codes = StarCodes(transfer=None, consult=None)
    board.configuration = board.configuration.with_singleton("star_codes", codes)
    assert await listened(board, "*1") is None


@pytest.mark.parametrize(
    ("keys", "dialled"),
    [
        ("102", "102"),
        ("1025", "102"),
        ("0612345678#", "0612345678"),
        ("0612345678", "0612345678"),
        ("*681", "*681"),
        ("*", ""),
        ("**1", ""),
        ("#", ""),
        ("", ""),
    ],
)
async def test_what_is_dialled_after_a_code(board, keys, dialled):
    leg = ScriptedCaller(board.story, "bruno")
    for key in keys:
        leg.media.digits.put_nowait(key)
    assert await number_dialled(board, leg) == dialled
    assert board.story[:2] == ["bruno hears dial...", "bruno hears no tone"]


@pytest.mark.feature("IN-3")
@pytest.mark.parametrize(("keys", "dialled"), [("3125", "312"), ("40", "40"), ("4001", "400")])
async def test_an_extension_of_another_phone_system_is_whole_when_none_can_go_on(board, keys, dialled):
    trunk = board.configuration.lines["trunk"]
    there = {"id": "annex", "kind": "pbx", "extensions_there": ("300-349", "40", "400-409")}
    board.configuration = board.configuration.with_record("lines", "annex", trunk.model_copy(update=there))
    leg = ScriptedCaller(board.story, "bruno")
    for key in keys:
        leg.media.digits.put_nowait(key)
    assert await number_dialled(board, leg) == dialled


@pytest.mark.parametrize(
    ("code", "keys", "decision"),
    [
        ("*4", "*4", "joins all"),
        ("*4", "12*4", "joins all"),
        ("*4", "*", "comes back"),
        ("*4", "*1", "comes back"),
        ("*4", "4", None),
        ("44", "44", "joins all"),
        ("44", "4*", "comes back"),
        (None, "*4", "comes back"),
    ],
)
async def test_what_is_pressed_while_the_target_is_asked(board, code, keys, decision):
    codes = StarCodes(conference=code)
    board.configuration = board.configuration.with_singleton("star_codes", codes)
    leg = ScriptedCaller(board.story, "bruno")
    task = asyncio.get_running_loop().create_task(_decides(board, leg))
    await settle()
    for key in keys:
        leg.media.digits.put_nowait(key)
    await asyncio.wait((task,), timeout=0.1)
    assert (task.result() if task.done() else None) == decision
    task.cancel()
