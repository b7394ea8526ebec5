"""The sentences of codes: what the API calls by a code, said to a person in the page's language."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from webui.language import N_, fill, gettext, write_moment, zone
from webui.phone_numbers import write_number
from webui.security_words import SECURITY_EVENTS
from webui.sentences import (
    AUDIO_FAULTS,
    ERRORS,
    LINE_REASONS,
    OUTCOMES,
    REASONS,
    STATES,
    WARNINGS,
    WAYS,
)

if TYPE_CHECKING:
    from webui.client import FieldError

_OTHER = N_("This was refused ({code})")


# What is to be done about a list that needs one thing at least, by the list's name.
_EMPTY_LISTS = {
    "routes": N_("Choose where the call goes."),
    "steps": N_("Choose where the call goes."),
    "members": N_("Choose at least one person."),
    "options": N_("Choose at least one key, and say what it is for."),
}


def say_error(error: FieldError) -> str:
    """An error's sentence; of a code unknown here, the API's own English one."""
    is_empty = error.code == "string_too_short" and error.parameters.get("min_length") == "1"
    template = ERRORS.get("missing" if is_empty else error.code)
    if error.code == "too_short":
        template = _EMPTY_LISTS.get(error.field.rpartition(".")[2], template)
    if template is not None:
        return fill(template, _moments_written(error.parameters))
    return error.message or fill(_OTHER, {"code": error.code})


def _moments_written(parameters: Mapping[str, str]) -> Mapping[str, str]:
    """The parameters with the moments `since` and `until` as people write them."""
    written = dict(parameters)
    for name in ("since", "until"):
        with suppress(KeyError, ValueError):
            moment = datetime.strptime(written[name], "%Y-%m-%d %H:%M").replace(tzinfo=zone())
            written[name] = write_moment(moment)
    return written


def say_reason(reason: Mapping[str, Any]) -> str:
    """A reason of a trail ({"code", "parameters"}) as a sentence."""
    code = str(reason.get("code", ""))
    parameters = reason.get("parameters")
    return fill(REASONS.get(code, code), parameters if isinstance(parameters, Mapping) else {})


def say_way(code: str) -> str:
    """What opening hours said, in a few words; empty where there is nothing particular."""
    return gettext(WAYS.get(code, ""))


def say_warning(warning: Mapping[str, Any]) -> str:
    """A warning of the live state as a sentence."""
    code = str(warning.get("code", ""))
    parameters = warning.get("parameters")
    known = dict(parameters) if isinstance(parameters, Mapping) else {}
    if "reason" in known:
        known["reason"] = say_line_reason(str(known["reason"]))
    return fill(WARNINGS.get(code, code), known)


def say_audio_fault(code: str, label: str) -> str:
    """Who was not heard, and the likely cause."""
    return fill(AUDIO_FAULTS.get(code, code), {"who": write_number(label)})


def say_security_event(kind: str) -> str:
    """What was refused, in a few words."""
    return gettext(SECURITY_EVENTS.get(kind, kind))


def say_line_reason(code: str) -> str:
    """Why a line does not work."""
    return gettext(LINE_REASONS.get(code, code))


def say_state(code: str) -> str:
    """A state of a phone, line, call, calendar or e-mail as a word."""
    return gettext(STATES.get(code, code))


def say_outcome(code: str) -> str:
    """How a call ended, as words."""
    return gettext(OUTCOMES.get(code, code))
