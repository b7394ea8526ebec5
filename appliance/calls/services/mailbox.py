"""One's messages by phone: one's own, and those of one's groups."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.calls.call import Call
from appliance.calls.playback import play_messages
from appliance.calls.switchboard import Switchboard
from appliance.routing.steps import Outcome


async def mailbox(board: Switchboard, call: Call, parameters: Mapping[str, str]) -> Outcome | None:
    """Play the messages of the caller's mailboxes."""
    await play_messages(board, call, *parameters["mailbox_ids"].split())
    return Outcome.DONE
