"""Which requests are taken for our own pages'."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request

from webui.page import only_inside
from webui.security import comes_from_elsewhere


@pytest.mark.parametrize(
    ("method", "headers", "elsewhere"),
    [
        ("GET", {}, False),
        ("POST", {"Origin": "http://box:8080"}, False),
        ("POST", {"Origin": "https://box:8080"}, False),
        ("POST", {"Origin": "http://box"}, True),
        ("POST", {"Origin": "http://evil"}, True),
        ("POST", {"Origin": "null"}, True),
        ("POST", {}, True),
        ("POST", {"Sec-Fetch-Site": "same-origin"}, False),
        ("POST", {"Sec-Fetch-Site": "cross-site", "Origin": "http://box:8080"}, True),
        ("DELETE", {"Sec-Fetch-Site": "same-site"}, True),
    ],
)
def test_only_our_own_pages_may_change_something(
    method: str, headers: dict[str, str], elsewhere: bool
) -> None:
    request = make_mocked_request(method, "/", headers={"Host": "box:8080", **headers})
    assert comes_from_elsewhere(request) is elsewhere


@pytest.mark.parametrize("path", ["//evil", "/\\evil", "https://evil", "javascript:x", "", "/a\nb"])
def test_links_back_stay_inside(path: str) -> None:
    assert only_inside(path) == "/"
    assert only_inside("/people?x=1") == "/people?x=1"
