"""A person's mobile is told a code, heard and typed back, and is shown to whoever they call (OUT-2)."""

from __future__ import annotations

import array
import io
import wave
from collections.abc import Iterator

import pytest

from tests.interop.box import Box, Refused
from tests.interop.explained import last_call, same_way
from tests.interop.fixtures import Phones
from tests.interop.office import NUMBER, OUTSIDER, add_somebody, add_trusted_line, route, set_up, to_person
from tests.interop.phones.rtp import RtpEnd
from tests.interop.sound import alaw_decoded, alaw_encoded
from tests.interop.waiting import until

MOBILE = "+33639985678"
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
# Samples of a digit that are looked for: a twentieth of a second, at each of its loudest moments.
PIECE, MOMENTS = 400, 3
# A digit is heard once within so many samples, whichever of its moments are found.
SHORTEST = 1600


def digit_sounds(box: Box) -> Iterator[tuple[str, int, bytes]]:
    """Each digit as the box says it in French: its loudest moments, each with where it begins in the clip."""
    for digit, name in enumerate(DIGITS):
        content = box.api.get(f"/prompts/digit_{name}/audio?language=fr")
        with wave.open(io.BytesIO(content), "rb") as sound:
            samples = array.array("h", sound.readframes(sound.getnframes()))
        starts = range(0, len(samples) - PIECE + 1, PIECE)
        loudest = sorted(starts, key=lambda at: -sum(map(abs, samples[at : at + PIECE])))
        for start in loudest[:MOMENTS]:
            yield str(digit), start, alaw_decoded(alaw_encoded(samples[start : start + PIECE].tobytes()))


def digits_heard(box: Box, ear: RtpEnd) -> str:
    """The digits that were said, in that order: moments of each clip are found again, sample by sample."""
    heard = alaw_decoded(bytes(ear.heard))
    found: list[tuple[int, str]] = []
    for digit, start, piece in digit_sounds(box):
        at = heard.find(piece)
        while at >= 0:
            found.append((at // 2 - start, digit))
            at = heard.find(piece, at + len(piece))
    said: list[tuple[int, str]] = []
    for at, digit in sorted(found):
        if not said or said[-1][1] != digit or at - said[-1][0] > SHORTEST:
            said.append((at, digit))
    return "".join(digit for _, digit in said)


def from_and_identity(messages: str) -> tuple[str, str]:
    """Who calls, as the provider's INVITE has it: From and P-Asserted-Identity."""
    lines = messages.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("INVITE "))
    fields = dict(line.split(":", 1) for line in lines[start + 1 : start + 30] if ":" in line)
    return fields["From"], fields["P-Asserted-Identity"]


@pytest.mark.feature("OUT-2")
def test_a_code_heard_on_the_mobile_lets_it_be_shown(box: Box, phones: Phones) -> None:
    provider = phones.sipp("provider")
    box.start("2026-11-24T10:00:00+01:00")
    set_up(box)
    alice = add_somebody(box, "Alice", "101", mobile=MOBILE, language="fr")
    line = add_trusted_line(box, provider.host.address)
    routes = {"open": route(to_person(alice.person_id))}
    box.api.add("numbers", name="Standard", number=NUMBER, line_id=line, routes=routes)
    until(lambda: [each["state"] for each in box.state()["lines"]] == ["up"], "the line up")
    person = f"/people/{alice.person_id}"
    with pytest.raises(Refused, match="mobile_not_verified"):
        box.api.change(person, shows_mobile=True)

    ear = provider.ear(7000)
    mobile = provider.play("answer", box.server, ear_port=7000)
    assert box.api.ask("POST", f"{person}/mobile/call")["state"] == "calling"
    mobile.finish()
    ear.close()
    assert f"INVITE sip:{MOBILE}@" in mobile.messages()
    said = digits_heard(box, ear)
    code = said[:6]
    assert len(said) == 12 and said == code * 2, said

    wrong = "111111" if code != "111111" else "222222"
    with pytest.raises(Refused, match="code_wrong"):
        box.api.ask("POST", f"{person}/mobile/code", {"code": wrong})
    proven = box.api.ask("POST", f"{person}/mobile/code", {"code": f"{code[:3]} {code[3:]}"})
    assert proven["verified_at"] and proven["state"] == "none"
    assert code not in box.log(), "the code is in no log"
    with pytest.raises(Refused, match="code_over"):
        box.api.ask("POST", f"{person}/mobile/code", {"code": code})

    # The line does not let it pass until somebody says so.
    box.api.change(person, shows_mobile=True)
    phone = phones.baresip("alice", alice, tone=440)
    shown = {False: NUMBER, True: MOBILE}
    for calls, (passes, number) in enumerate(shown.items(), 1):
        box.api.change(f"/lines/{line}", passes_mobiles=passes)
        taken = provider.play("answer", box.server, ear_port=7002 + 2 * calls)
        phone.call("0639981234")
        until(lambda wanted=calls: len(phone.seen("CALL_ESTABLISHED")) == wanted, "the call answered")
        phone.hang_up()
        taken.finish()
        assert f"INVITE sip:{OUTSIDER}@" in taken.messages()
        from_, identity = from_and_identity(taken.messages())
        assert f"sip:{number}@" in from_ and f"sip:{NUMBER}@" in identity
        codes = same_way(box, last_call(box, calls), dialled="0639981234")
        assert ("mobile_shown" if passes else "mobile_not_passed") in codes

    # Another number has to be verified again.
    assert box.api.change(person, mobile=OUTSIDER)["verified_mobile"] is None
    assert box.api.change(person, mobile=MOBILE)["verified_mobile"] is None
