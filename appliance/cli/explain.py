"""`autocom explain`: where a call would go, and why."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from appliance.cli.sentences import Sentences, sentences
from appliance.control.options import SOCKET_NAME
from appliance.control.socket_client import NoBox, RefusedByBox, call


class CannotExplain(Exception):
    """Why there is no answer, in English."""


def execute(options: argparse.Namespace) -> int:
    """Print the path; ask the box when it runs, else read its data folder."""
    try:
        path, running = _path(options)
    except (CannotExplain, RefusedByBox) as error:
        print(f"autocom: {error}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(path, indent=2, ensure_ascii=False))
        return 0
    words = sentences(options.lang or os.environ.get("LANG", ""))
    for line in told(path, words, running=running):
        print(line)
    return 0


def _path(options: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    """The path as the API tells it, and whether a running box told it."""
    socket = options.socket or options.data / SOCKET_NAME
    try:
        numbers = call(socket, "GET", "/numbers")["items"]
        question = _question(options, numbers)
        return call(socket, "POST", "/explain", question), True
    except NoBox:
        return _path_from_data(options), False


def _path_from_data(options: argparse.Namespace) -> dict[str, Any]:
    from appliance.control.errors import ApiError
    from appliance.control.explaining import Question, path_of
    from appliance.control.representation import shown
    from appliance.control.validation import validated
    from appliance.routing.all_well import all_well
    from appliance.routing.plan import compile_plan
    from appliance.runtime.clock import Clock
    from appliance.storage.configuration_store import ConfigurationStore, check_settings
    from appliance.storage.contacts import look_up_beside
    from appliance.storage.data_folder import DataFolder
    from appliance.storage.errors import StorageError

    data: Path = options.data
    look_up = partial(look_up_beside, DataFolder(data).database)
    try:
        check_settings(data)
        configuration = ConfigurationStore(data).load().configuration
    except StorageError as error:
        raise CannotExplain(str(error)) from error
    if configuration.office is None:
        raise CannotExplain("The office is not set up yet")
    numbers = [shown(number) for number in configuration.numbers.values()]
    now = Clock.from_environment().now(configuration.office.time_zone)
    try:
        question = validated(Question, _question(options, numbers), None)
        path = path_of(
            configuration, compile_plan(configuration), question, all_well(configuration), now, look_up
        )
    except ApiError as error:
        raise CannotExplain("; ".join(entry.message for entry in error.errors)) from error
    result: dict[str, Any] = path.model_dump(mode="json")
    return result


def _question(options: argparse.Namespace, numbers: list[dict[str, Any]]) -> dict[str, Any]:
    """The question as the API takes it; `--number` may be a number's id or name too."""
    question: dict[str, Any] = {"caller": options.caller}
    what_if = supposed(options.what_if)
    if options.keys:
        what_if["keys"] = options.keys.replace(",", " ").split()
    if what_if:
        question["what_if"] = what_if
    if options.at:
        question["at"] = options.at
    if options.extension is not None:
        return {**question, "extension": options.extension}
    wanted = options.number.strip().casefold()
    for number in numbers:
        if wanted in (number["id"], number["name"].casefold()):
            return {**question, "number_id": number["id"]}
    return {**question, "called": options.number}


_SUPPOSED: Mapping[str, tuple[str, Any]] = {
    "nobody-registered": ("nobody_registered", True),
    "internet-down": ("internet_down", True),
    "disk-full": ("failures", ["disk"]),
    "settings-unreadable": ("failures", ["settings"]),
    "clock-lost": ("clock_known", False),
    "number-full": ("number_full", True),
    "all-well": ("all_well", True),
}


def supposed(words: list[str]) -> dict[str, Any]:
    """What `--what-if` says, as the API takes it; raises CannotExplain."""
    supposed: dict[str, Any] = {}
    for word in words:
        what, _, person = word.partition(":")
        if what in ("busy", "undisturbed") and person:
            supposed.setdefault(what, []).append(person)
        elif word in _SUPPOSED:
            name, value = _SUPPOSED[word]
            supposed[name] = [*supposed.get(name, ()), *value] if isinstance(value, list) else value
        else:
            raise CannotExplain(f"--what-if {word}: not one of {', '.join(_SUPPOSED)}, busy:, undisturbed:")
    return supposed


def told(path: dict[str, Any], words: Sentences, *, running: bool) -> list[str]:
    """The path in lines: what is asked, then each decision's reasons and what the box does."""
    facts = path["facts"]
    caller = facts["caller"] or words.text("a withheld number")
    lines = [f"{caller} → {facts['called']}, {path['at']}"]
    if not running:
        lines.append(words.text("(the box does not run: as if every phone were connected and every line up)"))
    for number, decision in enumerate(path["decisions"], 1):
        lines.append(f"{number}. {words.step(decision['step'])}")
        lines.extend(f"   · {words.reason(place['reason'])}" for place in decision["trail"])
    return lines
