"""What the form of another phone system says where that of a provider's line says something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from webui.forms import Choice, Field
from webui.language import N_, gettext

# By field: its label and its help; "" for the same words.
_FIELDS = {
    "name": ("", N_("Such as the town where it stands.")),
    "server": ("", N_("The address of the other phone system: 192.168.2.10, or its name.")),
    "mode": (N_("How the other system knows the box"), ""),
    "user": ("", N_("As it is set in the other system, where the box signs in there.")),
    "main_number_id": ("", N_("Calls to no extension and no number of ours follow its path.")),
    "prefix": (
        "",
        N_("Dialled before a number, the call goes to the other system: 8, *8 or 801. Empty: none."),
    ),
    "transport": ("", N_("Automatic asks the DNS, where the server is a name.")),
    "encrypted_audio": ("", N_("Automatic: with TLS, when the other system can.")),
    "certificate_checked": (
        N_("Check the other system's certificate"),
        N_("With TLS only. Unticked, somebody else could pretend to be the other system."),
    ),
    "authentication_user": ("", N_("Only when the other system wants one besides the user name.")),
    "outbound_proxy": ("", N_("Only when calls to the other system must pass one.")),
    "dialled_format": (N_("How numbers are sent to the other system"), ""),
    "called_number_in": (N_("Where the other system writes the number called"), ""),
    "identity_header": (N_("Where the other system reads the number shown"), ""),
    "forwarded_caller": ("", N_("Whether people over there see who calls, or a number of ours.")),
    "told_redirections": ("", N_("People over there may then see that the call was sent on.")),
    "codecs": ("", N_("What the other system is offered, best first.")),
    "outside_address": (N_("Where the other system is told to reach the box"), ""),
    "probe_seconds": (
        N_("Ask whether the other system is there every"),
        N_(
            "Silent twice, the line is shown as down and calls leave by another. 0: never ask; "
            "only a line trusted by address that is reached where the other system sees the box "
            "asks every five minutes all the same."
        ),
    ),
}

_CHOICES = {
    ("outsides", "own"): N_("At its own address, as in the same network"),
    ("outsides", "seen"): N_("At the address the other system sees"),
    ("forwarded", "in_from"): N_("The caller's own number; ours only to the other system"),
    ("forwarded", "everywhere"): N_("The caller's own number, to the other system too"),
}


def pbx_fields(fields: Sequence[Field]) -> tuple[Field, ...]:
    """The fields of a line, in the words of another phone system."""

    def said(one: Field) -> Field:
        label, told = _FIELDS.get(one.name, ("", ""))
        return replace(one, label=label or one.label, help=told or one.help)

    return tuple(said(one) for one in fields)


def pbx_choices(choices: Mapping[str, list[Choice]]) -> dict[str, list[Choice]]:
    """The choices of those fields, in such words."""

    def said(name: str, one: Choice) -> Choice:
        words = _CHOICES.get((name, one.value))
        return replace(one, label=gettext(words)) if words else one

    return {name: [said(name, one) for one in all_of_them] for name, all_of_them in choices.items()}
