"""What the box tells of itself: the echo test, one's own extension, the box's address."""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Mapping

from appliance.calls.call import Call
from appliance.calls.saying import say
from appliance.calls.switchboard import Switchboard
from appliance.routing.steps import Outcome

ECHO_SECONDS = 60.0
ADDRESS_TIMES = 2


async def echo(board: Switchboard, call: Call, parameters: Mapping[str, str]) -> Outcome | None:
    """Let the caller hear themselves."""
    await say(board, call, "echo_test")
    await call.caller.media.play_tone("beep", board.tones)
    with board.echo(call.caller.media):
        await sleep(ECHO_SECONDS)
    return Outcome.DONE


async def about(board: Switchboard, call: Call, parameters: Mapping[str, str]) -> Outcome | None:
    """Say the caller's extension, and the address to type in a browser to reach the box's pages."""
    await say(board, call, "own_extension", {"number": call.facts.caller})
    for _ in range(ADDRESS_TIMES):
        await say(board, call, "own_address", {"address": call.caller.media.local_address[0]})
    return Outcome.DONE
