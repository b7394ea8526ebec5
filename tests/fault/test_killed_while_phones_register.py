"""The process is killed while phones register: whoever was told 200 is registered after the restart."""

from __future__ import annotations

import asyncio

from tests.fault.conftest import LoneBox
from tests.interop.office import PASSWORD, add_somebody
from tests.support.raw_sip import RawPhone

PHONES = 24


async def test_acknowledged_registrations_are_there(lone: LoneBox) -> None:
    people = {}
    for number in range(300, 300 + PHONES):
        somebody = await asyncio.to_thread(add_somebody, lone, f"Poste {number}", str(number))
        people[somebody.user] = somebody.phone_id
    acknowledged: set[str] = set()

    async def register(user: str) -> None:
        phone = await RawPhone.open(lone.address, user, PASSWORD)
        try:
            if (await phone.register()).status == 200:
                acknowledged.add(people[user])
                if len(acknowledged) == PHONES // 2:
                    lone.kill()
        finally:
            phone.close()

    tasks = [asyncio.ensure_future(register(user)) for user in people]
    await asyncio.wait(tasks, timeout=5)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert len(acknowledged) >= PHONES // 2 and not lone.running()
    await asyncio.to_thread(lone.start)
    online = {each["phone_id"] for each in lone.state()["phones"] if each["online"]}
    assert acknowledged <= online
