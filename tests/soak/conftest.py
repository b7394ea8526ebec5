"""Thousands of calls, in the network of the interop tests."""

from __future__ import annotations

from tests.interop.fixtures import box, network, phones, place

__all__ = ["box", "network", "phones", "place"]
