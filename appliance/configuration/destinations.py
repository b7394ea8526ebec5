"""Destinations: anything a call can be sent to, and routes, which are ordered lists of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer

from appliance.configuration.fields import E164, Identifier, Record, RingSeconds, SpokenText


class RingOutcome(StrEnum):
    """How an attempt to reach somebody ended, when nobody took the call."""

    NO_ANSWER = "no_answer"
    BUSY = "busy"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"


class ToPerson(Record):
    """Ring a person on the devices they chose."""

    kind: Literal["person"] = "person"
    person_id: Identifier


class ToGroup(Record):
    """Ring a group of people."""

    kind: Literal["group"] = "group"
    group_id: Identifier


class ToMailbox(Record):
    """Take a message in a mailbox."""

    kind: Literal["mailbox"] = "mailbox"
    mailbox_id: Identifier


class ToExternal(Record):
    """Ring a number outside; with `confirm`, the call is theirs once they have pressed 1 (CONF-1).

    `follows_contact`: when the contact who has this number gives it up, another of theirs takes its place.
    """

    kind: Literal["external"] = "external"
    number: E164
    confirm: bool = True
    follows_contact: bool = False


class ToNumber(Record):
    """Follow another number's route."""

    kind: Literal["number"] = "number"
    number_id: Identifier


class ToMenu(Record):
    """Let the caller choose by a key."""

    kind: Literal["menu"] = "menu"
    menu_id: Identifier


class ToAnnouncement(Record):
    """Say something, then hang up: an audio of the library, or else a text spoken by the box."""

    kind: Literal["announcement"] = "announcement"
    audio_id: Identifier | None = None
    text: SpokenText = ""


class ToCallBack(Record):
    """Offer to call the caller back: a person or a ring group does. Who does not want it goes on."""

    kind: Literal["call_back"] = "call_back"
    person_id: Identifier | None = None
    group_id: Identifier | None = None


class ToBusyTone(Record):
    """Give the busy tone."""

    kind: Literal["busy"] = "busy"


class ToHangUp(Record):
    """End the call at once."""

    kind: Literal["hang_up"] = "hang_up"


Destination = Annotated[
    ToPerson
    | ToGroup
    | ToMenu
    | ToMailbox
    | ToCallBack
    | ToExternal
    | ToNumber
    | ToAnnouncement
    | ToBusyTone
    | ToHangUp,
    Field(discriminator="kind"),
]

ALL_OUTCOMES = frozenset(RingOutcome)
_InOrder = PlainSerializer(lambda outcomes: sorted(outcomes), return_type=list[str], when_used="json")


class RouteStep(Record):
    """One destination of a route, how long it may ring, and the outcomes that lead to the next step.

    `max_wait` in seconds; None leaves the destination's own ring time. An outcome absent from `next_on`
    ends the call there with the tone that tells the caller what happened.
    """

    destination: Destination
    max_wait: RingSeconds | None = None
    next_on: Annotated[frozenset[RingOutcome], _InOrder] = ALL_OUTCOMES


class Route(Record):
    """An ordered list of destinations; what must hold of it is in `checks`."""

    steps: Annotated[tuple[RouteStep, ...], Field(min_length=1, max_length=12)]
