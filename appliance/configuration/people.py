"""People, their phones, and the groups they ring in."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from appliance.configuration.destinations import Destination
from appliance.configuration.dialling import ShortNumber
from appliance.configuration.fields import (
    E164,
    CallerId,
    DeviceKind,
    Email,
    EncryptedAudio,
    Extension,
    HoursState,
    Identifier,
    Label,
    Language,
    Name,
    Record,
    RingSeconds,
    SipSecret,
    SipUser,
)
from appliance.configuration.forwards import ForwardCondition, MobileRings, ScheduledForward
from appliance.configuration.queues import Queue

# The most calls one person may have at once: beyond it, no phone shows them all.
MOST_CALLS = 10


class RingOrder(StrEnum):
    """In which order devices or people ring (RING-3)."""

    TOGETHER = "together"
    IN_ORDER = "in_order"


class GroupOrder(StrEnum):
    """In which order the members of a group ring (RING-5).

    In order: from the first, for every call. Round robin: each call begins after the one who was rung last.
    Longest idle: who has not been on the phone for the longest time comes first.
    """

    TOGETHER = "together"
    IN_ORDER = "in_order"
    ROUND_ROBIN = "round_robin"
    LONGEST_IDLE = "longest_idle"


class DeviceChoice(Record):
    """One kind of device a person is reached on, and its ring time when devices ring in order."""

    kind: DeviceKind
    ring_seconds: RingSeconds = 20


DEFAULT_DEVICES = (
    DeviceChoice(kind=DeviceKind.DESKPHONE),
    DeviceChoice(kind=DeviceKind.SOFTPHONE),
)


# Each once, in the order given.
AllowedNumbers = Annotated[
    tuple[Identifier, ...], Field(max_length=500), AfterValidator(lambda ids: tuple(dict.fromkeys(ids)))
]


class VerifiedNumber(Record):
    """A number that somebody has shown to be theirs, by a code said to it (OUT-2); `at`: since 1970."""

    number: E164
    at: Annotated[float, Field(ge=0)]


class Person(Record):
    """Somebody who works here: one extension, phones, and what happens when they do not answer.

    `when_unanswered` is keyed by hours state (NOANS-1) and applies when nothing follows the person on the
    route; a state that is absent falls back to the person's mailbox, then to an announcement. `working_day`:
    they start and end their day, and are rung in between only (STAT-1); who does not always counts as there.
    `confirm_mobile`: on the mobile, the call is theirs once they have pressed 1 (CONF-1).
    `devices_by_hours`: the kinds that ring in that state, of those chosen (RING-8); absent: all. `max_calls`:
    calls at once (RING-7). `when_busy`: where a second call goes, by hours state; absent: it rings too, as
    call waiting (BUSY-1). `forward_to` takes all calls while `forward_active` (FWD-1), `forwards` those that
    end so (FWD-3). `do_not_disturb_except`: callers who ring all the same (FWD-6).
    `short_numbers`: their own, before the office's of the same code (OUT-11).
    `allowed_number_ids`: the numbers of ours that they may show, the first unless they choose another; None:
    any that is not reserved to others (OUT-1).
    `verified_mobile`: proof that the mobile is theirs, gone when the number changes; `shows_mobile`: it is
    shown to those they call, on lines that let it pass (OUT-2).
    """

    id: Identifier
    name: Name
    extension: Extension
    email: Email | None = None
    language: Language | None = None
    mobile: E164 | None = None
    confirm_mobile: bool = True
    devices: Annotated[tuple[DeviceChoice, ...], Field(min_length=1, max_length=3)] = DEFAULT_DEVICES
    ring_order: RingOrder = RingOrder.TOGETHER
    ring_seconds: RingSeconds = 20
    mobile_rings: MobileRings = MobileRings.AT_ONCE
    devices_by_hours: dict[HoursState, tuple[DeviceKind, ...]] = Field(default_factory=dict)
    max_calls: Annotated[int, Field(ge=1, le=MOST_CALLS)] = 2
    when_busy: dict[HoursState, Destination] = Field(default_factory=dict)
    forward_to: Destination | None = None
    forward_active: bool = False
    scheduled_forwards: Annotated[tuple[ScheduledForward, ...], Field(max_length=10)] = ()
    forwards: dict[ForwardCondition, Destination] = Field(default_factory=dict)
    do_not_disturb: bool = False
    do_not_disturb_except: Annotated[tuple[CallerId, ...], Field(max_length=50)] = ()
    working_day: bool = False
    calendar_id: Identifier | None = None
    when_unanswered: dict[HoursState, Destination] = Field(default_factory=dict)
    presented_number_id: Identifier | None = None
    allowed_number_ids: AllowedNumbers | None = None
    line_id: Identifier | None = None
    withholds_number: bool = False
    short_numbers: Annotated[tuple[ShortNumber, ...], Field(max_length=50)] = ()
    outside_allowed: bool = False
    comment: Label = ""
    verified_mobile: VerifiedNumber | None = None
    shows_mobile: bool = False

    @field_validator("verified_mobile")
    @classmethod
    def _of_this_mobile(cls, value: VerifiedNumber | None, info: ValidationInfo) -> VerifiedNumber | None:
        return value if value is not None and value.number == info.data.get("mobile") else None

    @property
    def has_verified_mobile(self) -> bool:
        """Whether the present mobile has been shown to be theirs."""
        return self.verified_mobile is not None and self.verified_mobile.number == self.mobile


class Phone(Record):
    """A device that registers with the box by SIP: a deskphone or a softphone of one person."""

    id: Identifier
    name: Name
    person_id: Identifier
    kind: DeviceKind = DeviceKind.DESKPHONE
    sip_user: SipUser
    sip_password: SipSecret
    enabled: bool = True
    encrypted_audio: EncryptedAudio = EncryptedAudio.AUTOMATIC


class Member(Record):
    """A person in a ring group, with their own choice of devices there (None: the person's own)."""

    person_id: Identifier
    devices: tuple[DeviceKind, ...] | None = None
    ring_seconds: RingSeconds = 20


class RingGroup(Record):
    """Up to seven people who ring for one call: the first is the main one (RING-2, RING-3).

    With a `queue`, callers wait while everybody talks (RING-5).
    """

    id: Identifier
    name: Name
    extension: Extension | None = None
    members: Annotated[tuple[Member, ...], Field(min_length=1, max_length=7)]
    order: GroupOrder = GroupOrder.TOGETHER
    max_wait: RingSeconds = 30
    when_unanswered: Destination | None = None
    queue: Queue | None = None
