"""Speaking to a leg: our words, tones and music are G.711, also to one that has agreed on another codec."""

from __future__ import annotations

from appliance.legs.leg import CallerLeg
from appliance.legs.sessions import Sound
from appliance.sip.offer_answer import DEFAULT_CODECS

OURS = Sound(DEFAULT_CODECS)


async def takes_words(leg: CallerLeg) -> bool:
    """Whether a leg takes sound of ours; one that has agreed on another codec is asked for G.711 first.

    Many phones answer with one codec alone, G.722 when both have it.
    """
    await leg.settled()
    if leg.can_be_spoken_to or not leg.answered:
        return leg.can_be_spoken_to
    return isinstance(await leg.propose(OURS), Sound) and leg.can_be_spoken_to
