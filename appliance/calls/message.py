"""Taking a message: greeting, beep, recording ended by hang-up, `#` or silence."""

from __future__ import annotations

from appliance.calls.call import Call
from appliance.calls.switchboard import Switchboard
from appliance.routing.steps import Outcome, Speech, TakeMessage


async def take_message(board: Switchboard, call: Call, step: TakeMessage) -> Outcome | None:
    """Take a message in the step's mailbox; what was said is kept however the call ends."""
    greeting = await board.spoken(step.greeting)
    call.caller.answer()
    call.stage("voicemail", board.epoch())
    media = call.caller.media
    await media.play(greeting)
    draft = await board.begin_message(step.mailbox_id, call)
    if draft is None:
        return await _cannot_be_kept(board, call, step)
    call.message_id = draft.id
    started: float | None = None
    silent = 0.0
    try:
        await media.play_tone("beep", board.tones)
        started = board.monotonic()
        end = await media.record(
            draft.path, max_seconds=step.max_seconds, silence_seconds=step.silence_seconds, stop_digits="#"
        )
        silent = step.silence_seconds if end.reason == "silence" else 0.0
    except OSError:
        return await _cannot_be_kept(board, call, step)
    finally:
        # A silence that ended the recording is no message; what was said before it is.
        spoken = board.monotonic() - started - silent if started is not None else 0.0
        board.finish_message(draft, spoken, call)
    await media.play(await board.spoken(step.thanks))
    return Outcome.DONE


async def _cannot_be_kept(board: Switchboard, call: Call, step: TakeMessage) -> Outcome:
    """Tell the caller that nothing was kept: a full disk never swallows a message in silence (VM-8)."""
    words = Speech(prompt_name="message_not_saved", language=step.language)
    await call.caller.media.play(await board.spoken(words))
    return Outcome.DONE
