"""What the pages say of what was refused at the doors."""

from __future__ import annotations

from collections.abc import Mapping

from webui.language import N_

# What the doors refused, or did.
SECURITY_EVENTS: Mapping[str, str] = {
    "wrong_password": N_("a phone gave a wrong user name or password"),
    "scanner": N_("a tool that looks for telephone systems to abuse"),
    "from_outside": N_("somebody outside the office's network"),
    "looks_around": N_("asked for a password again and again, never gave one"),
    "guessing": N_("many wrong passwords beside phones of ours: from there only these are still heard"),
    "others": N_("refused from many other addresses, too many to list"),
    "banned": N_("shut out after too many wrong passwords"),
    "unbanned": N_("heard again"),
    "sign_in_failed": N_("a wrong name or password on these pages"),
}
