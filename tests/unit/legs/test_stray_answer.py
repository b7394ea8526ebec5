"""A description in an ACK that nobody asked for, as some phones send it."""

from appliance.sip import events
from tests.support.raw_messages import description
from tests.support.scripted_signalling import ScriptedStack
from tests.unit.legs.test_incoming import caller


async def test_an_ack_that_repeats_a_description_changes_nothing():
    stack = ScriptedStack()
    leg = caller(stack)
    leg.answer()
    agreements = len(stack.ports[0].agreements)
    stack.tells(events.Confirmed("s1", description(9000, "127.0.0.66")))
    stack.tells(events.Confirmed("s1", b"v=nonsense"))
    assert len(stack.ports[0].agreements) == agreements and not leg.has_ended
    leg.close()
