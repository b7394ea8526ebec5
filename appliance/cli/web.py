"""`autocom web`: the pages alone."""

from __future__ import annotations

import argparse
import os
import sys

from appliance.cli.arguments import web_options


def execute(options: argparse.Namespace) -> int:
    """Become the process of the pages, which knows the telephone system by its socket only."""
    words = (sys.executable, "-m", "webui", *web_options(options).arguments())
    os.execv(sys.executable, words)
