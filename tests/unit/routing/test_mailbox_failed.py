"""A mailbox that can keep nothing leads to the backup number, where there is one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.configuration.destinations import ToMailbox
from appliance.routing.graph import graph
from appliance.routing.plan import compile_plan
from appliance.routing.steps import Announce, ExternalTarget, Outcome, Ring, TakeMessage
from tests.unit.routing.small_office import (
    EVERYBODY,
    changed,
    codes,
    follow,
    inbound,
    inside,
    with_route,
)

BACKUP = "+33639989999"
FULL = replace(EVERYBODY, failures=frozenset({"disk"}))


@pytest.mark.feature("BACKUP-1", "VM-8")
def test_the_disk_is_full() -> None:
    plain = with_route(ToMailbox(mailbox_id="office"))
    backed = changed(plain, "numbers", "main", backup_number=BACKUP)
    assert isinstance(follow(backed, inbound())[0].step, TakeMessage)
    decisions = follow(backed, inbound(), Outcome.NO_ANSWER, world=FULL)
    assert isinstance(decisions[0].step, Ring)
    (target,) = decisions[0].step.targets
    assert isinstance(target, ExternalTarget)
    assert target.number == BACKUP
    assert "mailbox_failed" in codes(decisions)
    assert isinstance(decisions[1].step, Announce)
    edges = {edge.id: edge.condition for edge in graph(compile_plan(backed), ("number", "main")).edges}
    assert edges["mailbox:office@main>failed"] == "mailbox_failed"
    assert isinstance(follow(plain, inbound(), world=FULL)[0].step, TakeMessage), "without one, words"
    assert "mailbox_failed" not in codes(follow(backed, inside("101"), world=FULL)), "nor for calls inside"
