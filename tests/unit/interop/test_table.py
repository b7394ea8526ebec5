"""The table of real phones is what the tests say."""

from tests.interop.table import CANNOT, HERE, shown, table


def test_the_page_is_what_the_tests_say():
    assert (HERE / "README.md").read_text("utf-8") == table(), "run python tests/interop/table.py"


def test_nothing_works_that_a_phone_cannot_do():
    assert not shown() & set(CANNOT)
