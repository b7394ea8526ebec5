"""The sentences of closures that come from other calendars, in English, by code."""

from __future__ import annotations

from collections.abc import Mapping

from webui.language import N_

ERRORS: Mapping[str, str] = {
    "web_address_malformed": N_("Write a web address such as https://…/closures.ics"),
    "feed_not_calendar": N_("This is not a calendar file (.ics)."),
    "feed_too_large": N_("This calendar is larger than 1 MB."),
    "feed_refused": N_("The other site refused to give this calendar."),
    "feed_too_slow": N_("The other site did not answer in time."),
    "feed_unreachable": N_("The other site cannot be reached."),
    "too_many_days": N_("These are too many days: at most {most}."),
}
