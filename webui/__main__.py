"""The command `python -m webui`: serve the pages on a port, next to a running telephone process."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence

from aiohttp import web

from webui.app import make_app
from webui.client import Client

SECONDS_TO_FINISH = 3.0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="autocom web", description="Serve Autocom's pages")
    parser.add_argument("--socket", required=True, help="the telephone process's Unix socket")
    parser.add_argument("--host", default="0.0.0.0", help="address to listen on (default: every one)")
    parser.add_argument("--port", type=int, default=8080, help="port to listen on (default: 8080)")
    parser.add_argument("--data", help="the data folder; the pages keep nothing there")
    parser.add_argument("--log-level", default="info", choices=["debug", "info", "warning", "error"])
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop; returns the process's exit status."""
    options = _options(arguments)
    logging.basicConfig(level=options.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    app = make_app(Client(options.socket))
    try:
        web.run_app(
            app,
            host=options.host or None,
            port=options.port,
            print=None,
            access_log=None,
            shutdown_timeout=SECONDS_TO_FINISH,
            handler_cancellation=True,
        )
    except OSError as error:
        print(f"autocom web: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
