"""The command `autocom`: what it is told, and which command does it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from appliance.cli import arguments

CHECKOUT = Path(__file__).resolve().parents[2]
INSTALLED_DATA = Path("/var/lib/autocom")

# The commands are imported when they are called for: most of them need a fraction of the whole.
COMMANDS = ("run", "pbx", "web", "check", "explain", "backup", "restore", "demo", "selftest", "openapi")


def main(words: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit status (2: wrong use, as argparse has it)."""
    parser = arguments.parser(default_data())
    options = parser.parse_args(words)
    try:
        return _command(options)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has left; nothing more can be told, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _command(options: argparse.Namespace) -> int:
    from importlib import import_module

    command = import_module(f"appliance.cli.{options.command}")
    status: int = command.execute(options)
    return status


def default_data() -> Path:
    """The data folder when none is given: `data` in a checkout, else the system's state folder."""
    given = os.environ.get("AUTOCOM_DATA") or os.environ.get("STATE_DIRECTORY")
    if given:
        return Path(given.split(":")[0])
    return CHECKOUT / "data" if (CHECKOUT / "pyproject.toml").is_file() else INSTALLED_DATA
