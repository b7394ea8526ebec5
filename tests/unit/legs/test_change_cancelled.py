"""A session change taken back by who asked for it: its late answer never answers the next one."""

from appliance.legs.sessions import Sound
from appliance.sip import events
from appliance.sip.offer_answer import DEFAULT_CODECS
from tests.support.raw_messages import description
from tests.support.scripted_signalling import ScriptedStack
from tests.unit.legs.test_incoming import caller


async def test_the_answer_to_a_change_taken_back_is_dropped():
    stack = ScriptedStack()
    leg = caller(stack)
    leg.answer()
    with leg.changes() as changes:
        stack.reinvited("s1", description(5000, "127.0.0.2", direction="sendonly", version=2))
        first = changes.get_nowait()
        stack.tells(events.ReinviteCancelled("s1"))
        stack.reinvited("s1", description(5002, "127.0.0.2", version=3))
        second = changes.get_nowait()
        first.accept(Sound(DEFAULT_CODECS))
        first.refuse(488)
        assert stack.story == ["200"]
        second.accept(Sound(DEFAULT_CODECS))
    assert stack.story == ["200", "re-INVITE answered"]
    agreed = stack.ports[0].agreement
    assert agreed and agreed.remote_port == 5002
    leg.close()
