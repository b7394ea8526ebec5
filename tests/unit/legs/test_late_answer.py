"""A caller who leaves the offer to us: the answer comes with the ACK, or does not."""

from appliance.sip import events
from tests.support.scripted_signalling import ScriptedStack
from tests.unit.legs.test_incoming import caller


async def test_an_answer_that_cannot_be_read_ends_the_calls_story():
    stack = ScriptedStack()
    leg = caller(stack, b"")
    told: list[str] = []
    leg.when_ended(lambda: told.append("ended"))
    leg.answer()
    stack.tells(events.Confirmed("s1", b"v=nonsense"))
    assert told == ["ended"], "whoever talks to the caller must learn that nobody is there"
    leg.close()
    assert stack.ports[0].closed
