"""`autocom pbx`: the telephone system alone."""

from __future__ import annotations

import argparse

from appliance.cli.arguments import pbx_options


def execute(options: argparse.Namespace) -> int:
    """Run until a signal ends it."""
    from appliance.runtime import garbage

    # What is imported next is most of what the start makes.
    garbage.begin_start()
    from appliance.runtime.pbx import run_pbx

    return run_pbx(pbx_options(options))
