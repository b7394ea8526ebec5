"""Identifiers come from names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from appliance.configuration.fields import Identifier
from appliance.control.identifiers import new_identifier, slug


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Alice", "alice"),
        ("Élodie Lefèvre", "elodie-lefevre"),
        ("Cœur de Ville", "coeur-de-ville"),
        ("  Support / client  ", "support-client"),
        ("Ventes (jour & nuit)", "ventes-jour-nuit"),
        ("李", ""),
        ("a" * 50, "a" * 30),
    ],
)
def test_slug(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_a_taken_identifier_gets_a_few_more_characters() -> None:
    assert new_identifier("Alice", {"alice"}, lambda: "0123456789") == "alice-012345"


@given(st.text(max_size=100))
def test_every_name_gives_a_valid_identifier(name: str) -> None:
    identifier = new_identifier(name, (), lambda: "0123456789")
    assert TypeAdapter(Identifier).validate_python(identifier) == identifier
