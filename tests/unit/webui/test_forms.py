"""Forms: posted names nest into the API's JSON, rows move, errors find their inputs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from webui.client import FieldError
from webui.forms import Field, Form, at, nest, rearrange, record_of
from webui.language import use_language


def test_dotted_names_nest_into_dicts_and_lists() -> None:
    posted = [
        ("name", "A"),
        ("steps.0.wait", "5"),
        ("steps.1.wait", "6"),
        ("steps.1.on[]", "x"),
        ("steps.1.on[]", "y"),
    ]
    assert nest(posted) == {"name": "A", "steps": [{"wait": "5"}, {"wait": "6", "on": ["x", "y"]}]}


def test_rows_keep_the_order_of_their_numbers_whatever_gaps_there_are() -> None:
    assert nest([("r.10.a", "ten"), ("r.2.a", "two")]) == {"r": [{"a": "two"}, {"a": "ten"}]}


def test_a_name_given_twice_keeps_the_last_so_that_a_ticked_box_wins_over_its_hidden_input() -> None:
    assert nest([("on", ""), ("on", "on")]) == {"on": "on"}


@given(st.lists(st.tuples(st.text(alphabet="ab01.[]", max_size=12), st.text(max_size=3)), max_size=12))
def test_nesting_takes_any_names(posted: list[tuple[str, str]]) -> None:
    assert isinstance(nest(posted), dict)


@given(st.text(alphabet="addremovup:0123.x", max_size=20))
def test_rearranging_takes_any_wish(wish: str) -> None:
    rearrange({"x": [{}, {"a": "1"}], "a": "text", "d": {"x": []}}, wish)


def test_rows_are_added_removed_and_moved_up() -> None:
    values = {"members": [{"id": "a"}, {"id": "b"}]}
    assert rearrange(values, "add:members")
    assert values["members"] == [{"id": "a"}, {"id": "b"}, {}]
    assert rearrange(values, "up:members.1")
    assert rearrange(values, "remove:members.2")
    assert values["members"] == [{"id": "b"}, {"id": "a"}]
    assert not rearrange(values, "save")


def test_a_row_is_added_where_there_was_no_list_yet() -> None:
    values: dict[str, object] = {}
    rearrange(values, "add:routes.closed.steps")
    assert values == {"routes": {"closed": {"steps": [{}]}}}


def test_fields_left_empty_are_null_text_or_absent_as_the_field_says() -> None:
    fields = (
        Field("a", "A"),
        Field("b", "B", empty="text"),
        Field("c", "C", empty="absent"),
        Field("d", "D", kind="checkbox"),
        Field("e", "E"),
    )
    assert record_of(fields, {"a": "", "b": "", "c": "", "d": ""}) == {"a": None, "b": "", "d": False}
    assert record_of(fields, {"a": "1", "d": "on"}) == {"a": "1", "d": True}


def test_errors_are_found_at_their_field_and_below() -> None:
    use_language("en")
    error = FieldError("routes.open.steps.0.destination.number", "number_too_short", {})
    form = Form({}, errors=(error,))
    assert form.errors_at("routes.open.steps.0.destination") == ["This number is too short."]
    assert form.errors_at("routes.open.steps.0.destin") == []
    assert form.errors_at("routes.closed") == []


def test_what_was_left_empty_is_not_called_too_short() -> None:
    use_language("en")
    errors = [FieldError(least, "string_too_short", {"min_length": least}) for least in ("1", "8")]
    form = Form({}, errors=tuple(errors))
    assert form.errors_at("1") == ["This is needed."]
    assert form.errors_at("8") == ["This is too short: at least 8 characters."]
    assert Form({"8": "abc"}, errors=tuple(errors)).errors_at("8") == form.errors_at("8")
    assert Form({"8": ""}, errors=tuple(errors)).errors_at("8") == ["This is needed."]


def test_values_at_a_path_that_is_not_there_are_none() -> None:
    assert at({"a": [{"b": 1}]}, "a.0.b") == 1
    assert at({"a": [{"b": 1}]}, "a.1.b") is None
    assert at({"a": "text"}, "a.0") is None
