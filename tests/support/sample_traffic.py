"""A sample office with something to look at: people, history, messages, phones that are there."""

from __future__ import annotations

import math
import struct
from functools import partial

from pydantic import SecretStr

from appliance.configuration.office import User
from appliance.configuration.ready import sample_office
from appliance.control.live import CallLive, LineLive, LineState, Warn
from appliance.control.passwords import password_hash
from appliance.routing.explain import as_document, explain
from appliance.routing.facts import Direction, Facts
from appliance.routing.steps import Outcome, TakeMessage
from appliance.storage.history import CallRecord
from tests.support.office_box import OfficeBox

CALLERS = ("+33612345678", "+33199005678", "+442071838750", "", "+33639981234")
PASSWORD = "sample password"


async def fill(box: OfficeBox) -> None:
    """Make a sample office of an empty box; its administrator is `admin`, with PASSWORD."""
    if box.configuration.office is not None:
        return
    user = User(
        id="admin",
        name="Admin",
        password_hash=SecretStr(await box.in_thread(partial(password_hash, PASSWORD))),
    )
    office = sample_office(box.token).with_record("users", user.id, user)
    await box.change(office, expected=box.version, who="sample")
    box.registered = set(list(office.phones)[:3])
    box.warnings = [Warn(code="settings_damaged", parameters={"file": "settings.damaged-1.json"})]
    for line in list(office.lines)[1:]:
        box.lines_down[line] = LineLive(
            line_id=line, state=LineState.REFUSED, reason="credentials", sip_status=403
        )
    number = next(iter(office.numbers.values()))
    box.calls.append(
        CallLive(
            id=box.token(),
            direction="inbound",
            state="talking",
            caller=CALLERS[0],
            called=number.number,
            number_id=number.id,
            line_id=number.line_id,
            person_ids=(next(iter(office.people)),),
            started_at=box.epoch() - 75,
            answered_at=box.epoch() - 64,
        )
    )
    for place in range(40):
        await _past_call(box, place)


async def _past_call(box: OfficeBox, place: int) -> None:
    office = box.configuration
    numbers = list(office.numbers.values())
    number = numbers[place % len(numbers)]
    started = box.epoch() - 1800 - place * 5400
    moment = box.now().fromtimestamp(started, box.now().tzinfo)
    facts = Facts(
        direction=Direction.INBOUND,
        caller=CALLERS[place % len(CALLERS)],
        caller_name="Studio Lumière" if place % 5 == 1 else "",
        called=number.number,
        line_id=number.line_id,
        language=number.language,
    )
    answered = place % 3 == 0
    outcome = Outcome.ANSWERED if answered else Outcome.NO_ANSWER
    path = explain(box.plan, facts, box.world(), moment, outcome)
    last = path.decisions[-1].step
    message_id = None
    if isinstance(last, TakeMessage) and place < 20:
        message_id = await leave_message(box, last.mailbox_id, facts, started, f"sample-{place}")
    talked = answered and path.answered_at is not None
    await box.history.add(
        CallRecord(
            id=f"sample-{place}",
            direction="inbound",
            started_at=started,
            answered_at=started + 8 if talked else None,
            ended_at=started + 8 + 37 * (place % 7 + 1),
            caller=facts.caller,
            caller_name=facts.caller_name,
            called=facts.called,
            number_id=number.id,
            line_id=number.line_id,
            answered_by=next(iter(office.people)) if talked else None,
            person_ids=tuple(office.people)[:2],
            outcome="answered" if talked else "message" if message_id else "unanswered",
            ended_by="caller",
            trail=tuple(dict(entry) for entry in as_document(path.trail)),
            message_id=message_id,
            configuration_version=box.version,
        )
    )


async def leave_message(box: OfficeBox, mailbox_id: str, facts: Facts, started: float, call_id: str) -> str:
    """Leave a message of three seconds; returns its id."""
    draft = await box.messages.begin(
        mailbox_id, facts.caller, facts.caller_name, facts.called, started, call_id=call_id
    )
    draft.path.write_bytes(tone())
    message = await box.messages.finish(draft, 3.0)
    return message.id


def tone(seconds: float = 3.0, hertz: float = 440.0) -> bytes:
    """A WAV file (8 kHz, mono, 16 bits) of a tone."""
    count = int(seconds * 8000)
    samples = (round(9000 * math.sin(2 * math.pi * hertz * index / 8000)) for index in range(count))
    data = struct.pack(f"<{count}h", *samples)
    header = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        36 + len(data),
        b"WAVE",
        b"fmt ",
        16,
        1,
        1,
        8000,
        16000,
        2,
        16,
        b"data",
        len(data),
    )
    return header + data
