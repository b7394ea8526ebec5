"""A call that lends its leg to another one (attended transfer): who took it over, as its record says."""

import asyncio

import pytest

from appliance.calls.call import Party
from appliance.calls.transfer import Loan, lend
from appliance.runtime.contact_owners import taken_over_by
from tests.support.scripted_calls import ScriptedCallee, ScriptedCaller, scripted_call, settle


@pytest.mark.feature("CRM-4")
@pytest.mark.parametrize(("stays", "expected"), [("caller", "chloe"), ("callee", "bruno")])
async def test_the_caller_goes_over_to_the_one_consulted_who_is_not_taken_over_themselves(stays, expected):
    story: list[str] = []
    caller, callee = ScriptedCaller(story, "outsider"), ScriptedCallee(story, "bruno")
    call = scripted_call(caller)
    call.answered_by(callee, 0.0)
    call.answered_by_id = "bruno"
    loan = Loan(caller if stays == "caller" else callee)
    mine = callee if stays == "caller" else caller
    lending = asyncio.get_running_loop().create_task(lend(call, loan, mine))
    await settle()
    assert loan.ready.done() and not lending.done()
    loan.connected(Party("103", "Chloe", "chloe"))
    loan.over.set()
    assert await lending
    assert taken_over_by(call) == expected
