"""`autocom openapi`: the API's document."""

from __future__ import annotations

import argparse
import json


def execute(options: argparse.Namespace) -> int:
    """Print the OpenAPI document."""
    from appliance.control.application import all_routes
    from appliance.control.openapi import openapi

    print(json.dumps(openapi(all_routes()), indent=2, ensure_ascii=False))
    return 0
