"""The settings as a document, there and back, and what is said of one that is damaged."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.configuration import files
from appliance.configuration.configuration import Configuration
from appliance.configuration.files import VERSION, ConfigurationError, from_document, to_document
from tests.unit.routing.small_office import small_office


def test_an_office_comes_back_as_it_was_secrets_included() -> None:
    document = json.loads(json.dumps(to_document(small_office())))
    assert from_document(document) == small_office()
    assert document["phones"]["alice-desk"]["sip_password"] == "long enough"


def test_nothing_comes_back_as_nothing() -> None:
    assert from_document(to_document(Configuration())) == Configuration()
    assert from_document({"version": VERSION}) == Configuration()


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"version": None}, "version_missing", ("version",)),
        ({"version": True}, "version_missing", ("version",)),
        ({"version": VERSION + 1}, "version_too_new", ("version",)),
        ({"toys": {}}, "extra_forbidden", ("toys",)),
        ({"people": []}, None, None),
        ({"people": [1]}, "dict_type", ()),
        ({"people": {"a": {"id": "b", "name": "B", "extension": "10"}}}, "id_mismatch", ("id",)),
        ({"people": {"a": {"id": "a", "extension": "10"}}}, "missing", ("name",)),
        ({"people": {"a": 3}}, "model_type", ()),
        ({"office": {"name": "O", "time_zone": "Mars"}}, "unknown_zone", ("time_zone",)),
    ],
)
def test_a_damaged_document_is_refused_with_its_place(change: dict[str, Any], code: Any, where: Any) -> None:
    document = {"version": VERSION} | change
    if code is None:
        assert from_document(document) == Configuration()
        return
    with pytest.raises(ConfigurationError) as refused:
        from_document(document)
    assert [(problem.code, problem.path) for problem in refused.value.problems] == [(code, where)]


def test_secrets_are_not_in_the_words_of_a_refusal() -> None:
    document = to_document(small_office())
    document["phones"]["alice-desk"]["sip_password"] = "shorty"
    with pytest.raises(ConfigurationError) as refused:
        from_document(document)
    assert "shorty" not in str(refused.value)


def test_older_documents_are_brought_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    def rename(document: dict[str, Any]) -> dict[str, Any]:
        return {("people" if name == "staff" else name): value for name, value in document.items()}

    monkeypatch.setattr(files, "VERSION", 2)
    monkeypatch.setattr(files, "MIGRATIONS", (rename,))
    old = {"version": 1, "staff": {"a": {"id": "a", "name": "A", "extension": "10"}}}
    assert from_document(old).people["a"].name == "A"
    assert to_document(from_document(old))["version"] == 2


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(("version", "office", "people", "phones", "x")), _JSON))
def test_any_document_is_read_or_refused(document: dict[str, Any]) -> None:
    for version in ({}, {"version": VERSION}):
        try:
            from_document({**document, **version})
        except ConfigurationError as error:
            assert error.problems and str(error)
