"""`autocom selftest`: an independent softphone registers with the running box, calls it and listens."""

from __future__ import annotations

import argparse
import os
import sys

from appliance.control.options import SOCKET_NAME
from appliance.control.socket_client import NoBox, RefusedByBox


def execute(options: argparse.Namespace) -> int:
    """Tell the story; exit status 0 when everything was heard, 1 when not, 3 when it could not be tried."""
    from appliance.selftest.trial import Trial

    language = "fr" if (options.lang or os.environ.get("LANG", "")).lower().startswith("fr") else "en"
    socket = options.socket or options.data / SOCKET_NAME
    try:
        well = Trial(socket, options.host, language, lambda line: print(line, flush=True)).run()
    except NoBox:
        print("autocom: no box answers: is it running?", file=sys.stderr)
        return 3
    except RefusedByBox as error:
        print(f"autocom: {error}", file=sys.stderr)
        return 3
    return 0 if well else 1
