"""Taking messages: the step of a mailbox, and the one that lets somebody hear their own."""

from __future__ import annotations

from datetime import datetime

from appliance import numbers
from appliance.configuration.fields import HoursState, Language
from appliance.configuration.star_codes import Action
from appliance.configuration.voicemail import Greeting, Mailbox
from appliance.routing.by_hours import state_at
from appliance.routing.facts import Facts
from appliance.routing.nodes import MailboxNode
from appliance.routing.plan import Plan
from appliance.routing.steps import Announce, Service, Speech, Step, TakeMessage
from appliance.routing.world import World

_GREETINGS = {
    HoursState.OPEN: "mailbox_greeting",
    HoursState.CLOSED: "mailbox_greeting_closed",
    HoursState.HOLIDAY: "mailbox_greeting_holiday",
}


def take_message(node: MailboxNode, plan: Plan, facts: Facts, world: World, now: datetime) -> TakeMessage:
    """The step that takes a message in the node's mailbox, greeting by its hours."""
    mailbox = node.mailbox
    assert mailbox is not None
    state = state_at(node.hours, world, now)
    language = mailbox.language or facts.language
    return TakeMessage(
        mailbox_id=mailbox.id,
        greeting=_greeting(node, mailbox, state, language, plan.country),
        thanks=Speech(prompt_name="message_saved", language=language),
        language=language,
        max_seconds=mailbox.max_seconds,
        silence_seconds=mailbox.silence_seconds,
    )


def _greeting(
    node: MailboxNode, mailbox: Mailbox, state: HoursState, language: Language, country: str
) -> Speech:
    greeting = mailbox.greetings.get(state) or mailbox.greetings.get(HoursState.OPEN) or Greeting()
    prompt, parameters = _GREETINGS[state], {}
    if node.number:
        prompt = "mailbox_greeting_number"
        parameters["number"] = numbers.national(node.number, country)
    return Speech(greeting.audio_id, greeting.text, prompt, language, parameters)


def own_messages(plan: Plan, facts: Facts) -> Step:
    """The step that plays the caller's messages, or tells them that they have no mailbox."""
    person = facts.caller_person_id or ""
    mailboxes = plan.mailboxes_heard.get(person)
    if not mailboxes:
        return Announce(Speech(prompt_name="mailbox_unavailable", language=facts.language))
    return Service(Action.MAILBOX, {"mailbox_ids": " ".join(mailboxes), "person_id": person})
