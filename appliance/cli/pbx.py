"""`autocom pbx`: the telephone system alone."""

from __future__ import annotations

import argparse

from appliance.cli.arguments import pbx_options


def execute(options: argparse.Namespace) -> int:
    """Run until a signal ends it."""
    from appliance.runtime.pbx import run_pbx

    return run_pbx(pbx_options(options))
