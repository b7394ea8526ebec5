"""Debian's Chromium, and how every test of ours starts it."""

from __future__ import annotations

import os

CHROMIUM = os.environ.get("AUTOCOM_CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
