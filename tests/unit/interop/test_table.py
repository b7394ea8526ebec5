"""The table of real phones is what the tests say."""

from tests.interop.proven import gaps
from tests.interop.table import CANNOT, HERE, shown, table


def test_the_page_is_what_the_tests_say():
    assert (HERE / "README.md").read_text("utf-8") == table(), "run python -m tests.interop.table"


def test_nothing_works_that_a_phone_cannot_do():
    assert not shown() & set(CANNOT)


# What is being built.
AWAITED: set[str] = set()


def test_real_phones_show_what_a_call_meets_and_explain_tells_the_same():
    assert gaps() <= AWAITED, (
        "each needs a test with real phones that compares explain: tests/interop/explained.py"
    )
