"""Services of the box itself: the echo test, and hearing one's messages."""

from __future__ import annotations

from asyncio import sleep

from appliance.calls.call import Call
from appliance.calls.playback import play_messages
from appliance.calls.switchboard import Switchboard
from appliance.routing.steps import Outcome, Service, Speech

ECHO_SECONDS = 60.0


async def serve(board: Switchboard, call: Call, step: Service) -> Outcome | None:
    """Give the caller the service they dialled."""
    call.caller.answer()
    call.stage("service", board.epoch())
    if step.name == "mailbox":
        await play_messages(board, call, step.parameters["mailbox_id"])
    else:
        await call.caller.media.play(
            await board.spoken(Speech(prompt_name="echo_test", language=call.facts.language))
        )
        await call.caller.media.play_tone("beep", board.tones)
        with board.echo(call.caller.media):
            await sleep(ECHO_SECONDS)
    return Outcome.DONE
