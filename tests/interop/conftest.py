"""Tests with real phones: see fixtures."""

from __future__ import annotations

from tests.interop.fixtures import box, network, phones, place

__all__ = ["box", "network", "phones", "place"]
