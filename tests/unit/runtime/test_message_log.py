"""The message log: calls only, in the order of time, the oldest give way."""

from itertools import count

from appliance.runtime.ladders import CallLadders
from appliance.runtime.message_log import MOST_OF_A_DIALOG, OVERHEAD, MessageLog
from appliance.sip.flow import Flow

FLOW = Flow("UDP", ("192.0.2.1", 5060), ("192.0.2.7", 5062))


def invite(call_id: str, size: int = 0) -> bytes:
    return f"INVITE sip:a SIP/2.0\r\nCall-ID: {call_id}\r\n\r\n".encode() + b"x" * size


def log(most: int = 10_000) -> MessageLog:
    ticks = count()
    return MessageLog(lambda: float(next(ticks)), most)


def test_only_what_began_with_an_invite_is_kept():
    kept = log()
    kept.note(False, FLOW, b"REGISTER sip:a SIP/2.0\r\nCall-ID: r\r\n\r\n")
    kept.note(False, FLOW, b"BYE sip:a SIP/2.0\r\nCall-ID: c\r\n\r\n")
    kept.note(False, FLOW, invite("c"))
    kept.note(True, FLOW, b"SIP/2.0 200 OK\r\nCall-ID: c\r\n\r\n")
    assert kept.of(["r"]) == []
    story = [(one.sent, one.data[:7]) for one in kept.of(["c", "c"])]
    assert story == [(False, b"INVITE "), (True, b"SIP/2.0")]


def test_the_dialogs_of_a_call_are_told_in_one_story():
    kept = log()
    for call_id in ("a", "b", "a"):
        kept.note(False, FLOW, invite(call_id))
    assert [one.at for one in kept.of(["b", "a"])] == [0.0, 1.0, 2.0]


def test_the_oldest_give_way_and_no_dialog_takes_all():
    kept = log(most=10_000)
    for number in range(100):
        kept.note(False, FLOW, invite(f"c{number}", 500))
    assert kept.of(["c0"]) == [] and kept.of(["c99"])
    for _ in range(2 * MOST_OF_A_DIALOG):
        kept.note(True, FLOW, b"INFO sip:a SIP/2.0\r\nCall-ID: c99\r\n\r\n")
    assert len(kept.of(["c99"])) <= MOST_OF_A_DIALOG
    kept.note(True, FLOW, invite("huge", 60_000))
    assert kept.of(["huge"]) == []
    kept.note(True, FLOW, invite("next"))
    assert kept.of(["next"])


def test_a_call_that_goes_on_is_known_however_many_messages_have_passed_since():
    ladders, leg, flow = CallLadders(None, lambda: 1.0), Leg(), FLOW
    ladders.messages = MessageLog(lambda: 1.0, most_octets=3 * OVERHEAD)
    mine = b"BYE sip:a SIP/2.0\r\nCall-ID: mine\r\n\r\n"
    ladders.messages.note(False, flow, mine.replace(b"BYE", b"INVITE"))
    ladders.dialog(leg, "mine")
    for number in range(9):
        ladders.messages.note(False, flow, b"INVITE sip:a SIP/2.0\r\nCall-ID: %d\r\n\r\n" % number)
    assert not ladders.messages.knows(mine) and ladders.knows(mine)
    assert not ladders.knows(mine.replace(b"mine", b"other")) and not ladders.knows(b"nonsense")
    del leg
    assert not ladders.knows(mine)


class Leg:
    """Whatever a dialog is attached to."""
