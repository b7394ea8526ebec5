"""Speaking to a leg and hearing it: our words, tones, mixtures and recordings are G.711.

Also with one that has agreed on another codec.
"""

from __future__ import annotations

from collections.abc import Callable

from appliance.legs.leg import CallerLeg
from appliance.legs.sessions import Sound
from appliance.sip.offer_answer import DEFAULT_CODECS

OURS = Sound(DEFAULT_CODECS)


async def takes_words(leg: CallerLeg) -> bool:
    """Whether a leg takes sound of ours; one that has agreed on another codec is asked for G.711 first.

    Many phones answer with one codec alone, G.722 when both have it.
    """
    return await _in_g711(leg, lambda: leg.can_be_spoken_to)


async def is_heard(leg: CallerLeg) -> bool:
    """Whether we make out all that a leg may send, to mix or to keep it; it is asked for G.711 alone first.

    Where several codecs are agreed on, many phones send the first of theirs, others the first of ours.
    """
    return await _in_g711(leg, lambda: leg.can_be_heard)


async def _in_g711(leg: CallerLeg, is_so: Callable[[], bool]) -> bool:
    await leg.settled()
    if is_so() or not leg.answered:
        return is_so()
    return isinstance(await leg.propose(OURS), Sound) and is_so()
