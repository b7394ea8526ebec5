"""Settings files of any content: read, or refused by the errors that lead to the last good version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.storage.configuration_store import ConfigurationStore

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
TABLES = st.sampled_from(["people", "office", "version", "save", "mail_server", "_default", "other"])
ANY_JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(TABLES | st.sampled_from(["1", "2", "id", "value"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(content=st.dictionaries(TABLES, ANY_JSON, max_size=5) | ANY_JSON)
def test_no_content_stops_the_box_from_starting(
    tmp_path_factory: pytest.TempPathFactory, content: Any
) -> None:
    start_with(tmp_path_factory.mktemp("settings"), json.dumps(content).encode())


@given(data=st.binary(max_size=60))
def test_no_bytes_stop_the_box_from_starting(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    start_with(tmp_path_factory.mktemp("settings"), data)


def start_with(folder: Path, data: bytes) -> None:
    (folder / "settings.json").write_bytes(data)
    loaded = ConfigurationStore(folder).load()
    if loaded.damaged:
        assert loaded.set_aside is not None and loaded.set_aside.read_bytes() == data
    assert loaded.version >= 0
