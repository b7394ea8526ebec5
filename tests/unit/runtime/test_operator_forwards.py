"""The operators' forwards over restarts, disks that fail, calls for help and lines that go."""

import pytest

from appliance.configuration.configuration import Configuration
from appliance.configuration.lines import SipTrunk
from appliance.configuration.operator_forwards import TEST_SECONDS, ForwardState, OperatorForward
from appliance.control.events import EventHub
from appliance.control.operator_forward_desk import NoTest
from appliance.runtime.background import Background
from appliance.runtime.operator_forwards import OperatorForwards
from appliance.storage.errors import StorageError
from tests.support.played_lines import PlayedLines

pytestmark = pytest.mark.feature("BACKUP-2")

MOBILE = "+33639981234"
LINE = SipTrunk(id="trunk", name="Trunk", mode="trusted", server="sip.example.net")


class Disk:
    """Keeps what is saved, in order, or refuses it."""

    def __init__(self) -> None:
        self.kept: dict[str, OperatorForward] = {}
        self.full = False

    async def save(self, forward: OperatorForward) -> None:
        if self.full:
            raise StorageError("disk_full")
        self.kept[forward.line_id] = forward

    async def forget(self, line_id: str) -> None:
        self.kept.pop(line_id, None)

    async def load(self) -> dict[str, OperatorForward]:
        return dict(self.kept)


class Office:
    """One line with a forward that is set up; `now` is all clocks."""

    def __init__(self) -> None:
        self.disk, self.now, self.emergency = Disk(), 1000.0, False
        self.disk.kept["trunk"] = OperatorForward(line_id="trunk", number=MOBILE, set_up=True)
        self.restart()

    def restart(self) -> None:
        self.background = Background()
        self.lines = PlayedLines(lambda: frozenset({"trunk"}), lambda: self.now)
        self.forwards = OperatorForwards(
            self.disk, self.lines, self.background, EventHub(1), lambda: self.now, lambda: self.emergency
        )

    @property
    def state(self) -> ForwardState:
        plays_dead = self.forwards.seconds_left("trunk") > 0
        return self.forwards.of("trunk").state(plays_dead)


@pytest.fixture
async def office() -> Office:
    made = Office()
    await made.forwards.restore()
    return made


async def test_a_restart_in_the_middle_changes_nothing_of_a_test(office: Office):
    await office.forwards.start("trunk")
    office.now += 100
    office.restart()
    await office.forwards.restore()
    assert office.forwards.seconds_left("trunk") == TEST_SECONDS - 100
    office.now += 80
    assert office.state is ForwardState.UNJUDGED and "trunk" in office.lines.up()


@pytest.mark.parametrize("clock", [0.0, 5000.0])
async def test_a_clock_that_was_set_meanwhile_has_the_line_live(office: Office, clock: float):
    await office.forwards.start("trunk")
    office.now = clock
    office.restart()
    await office.forwards.restore()
    assert office.forwards.seconds_left("trunk") == 0 and office.state is ForwardState.UNJUDGED


async def test_a_test_that_was_ended_stays_so_after_a_restart(office: Office):
    await office.forwards.start("trunk")
    office.now += 10
    await office.forwards.end("trunk")
    office.restart()
    await office.forwards.restore()
    assert office.forwards.seconds_left("trunk") == 0 and office.state is ForwardState.UNJUDGED


async def test_a_disk_that_fails_leaves_the_line_up_but_never_down(office: Office):
    office.disk.full = True
    with pytest.raises(StorageError):
        await office.forwards.start("trunk")
    assert office.state is ForwardState.UNTESTED and "trunk" in office.lines.up()
    office.disk.full = False
    await office.forwards.start("trunk")
    office.disk.full = True
    with pytest.raises(StorageError):
        await office.forwards.end("trunk")
    assert "trunk" in office.lines.up()


async def test_a_call_for_help_ends_the_test_and_none_is_begun_for_an_hour(office: Office):
    await office.forwards.start("trunk")
    office.emergency = True
    office.forwards.end_all()
    await office.background.finish(1)
    assert "trunk" in office.lines.up() and office.disk.kept["trunk"].test.until == office.now
    with pytest.raises(NoTest, match="emergency_lately"):
        await office.forwards.start("trunk")


async def test_a_call_turned_away_and_the_verdict_are_both_kept(office: Office):
    await office.forwards.start("trunk")
    office.forwards.turned_away("trunk", MOBILE)
    await office.forwards.judge("trunk", works=False)
    await office.background.finish(1)
    test = office.disk.kept["trunk"].test
    assert [each.caller for each in test.turned_away] == [MOBILE] and test.works is False


async def test_a_line_that_goes_takes_its_forward_along(office: Office):
    await office.forwards.start("trunk")
    with_line = Configuration().with_record("lines", "trunk", LINE)
    office.forwards.follow(with_line, Configuration())
    await office.background.finish(1)
    assert office.disk.kept == {} and office.forwards.of("trunk").number is None
    assert office.forwards.seconds_left("trunk") == 0
