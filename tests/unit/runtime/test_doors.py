"""The doors under a flood: made-up addresses cost neither memory nor the disk, what was left out is said."""

from appliance.control.events import EventHub
from appliance.runtime.doors import MOST_AT_ONCE, SECONDS_EACH, Doors
from appliance.sip.flow import Flow

SCANNER = b"OPTIONS sip:100@box SIP/2.0\r\nUser-Agent: friendly-scanner\r\n\r\n"
HONEST = b"OPTIONS sip:100@box SIP/2.0\r\nUser-Agent: Phone\r\n\r\n"


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def epoch(self) -> float:
        return self.now


class Flooded:
    """Doors whose events are collected as they are written down."""

    def __init__(self, outside_open: bool = True) -> None:
        self.clock, self.written = Clock(), []
        self.doors = Doors(self, self, EventHub(0), self.clock, lambda: outside_open)

    def start(self, work, name):
        try:
            work.send(None)
        except StopIteration:
            pass

    async def add(self, event):
        self.written.append((event.kind, event.count))

    def comes(self, number: int, data: bytes) -> bool:
        address = f"8.8.{number // 256}.{number % 256}"
        return self.doors.admits(data, Flow("UDP", ("192.0.2.1", 5060), (address, 5060), None))


def test_a_flood_of_made_up_addresses_is_written_down_in_part_and_counted():
    flooded = Flooded()
    assert not any(flooded.comes(number, SCANNER) for number in range(6000))
    assert len(flooded.written) == MOST_AT_ONCE
    flooded.clock.now += 2 * SECONDS_EACH
    assert not flooded.comes(6000, SCANNER)
    assert ("others", 2 * 6000 - MOST_AT_ONCE) in flooded.written
    assert len(flooded.written) <= MOST_AT_ONCE + 3
    assert len(flooded.doors.guard) <= 2 * 4096


def test_strangers_outside_a_closed_office_are_written_down_in_part_too():
    flooded = Flooded(outside_open=False)
    assert not any(flooded.comes(number, HONEST) for number in range(1000))
    assert flooded.written == [("from_outside", 1)] * MOST_AT_ONCE
