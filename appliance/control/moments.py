"""Moments as people and programs write them: a date, a local date and time, or one with its offset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

LONGEST = 40


@dataclass(frozen=True, slots=True)
class Written:
    """A moment as it was written; a whole day when `day_only`."""

    value: datetime
    day_only: bool = False

    def at(self, zone: tzinfo | None, *, end_of_day: bool = False) -> datetime:
        """The aware moment, in `zone` when it was written without an offset; `end_of_day` of a day:
        its midnight.
        """
        value = self.value
        if self.day_only and end_of_day:
            value += timedelta(days=1)
        return value if value.tzinfo else value.replace(tzinfo=zone or UTC)

    def epoch(self, zone: tzinfo | None, *, end_of_day: bool = False) -> float:
        """The same in epoch seconds."""
        return self.at(zone, end_of_day=end_of_day).timestamp()


def written(text: object) -> Written:
    """A date or date-time of ISO 8601; raises PydanticCustomError malformed_date."""
    if isinstance(text, Written):
        return text
    if not isinstance(text, str) or len(text) > LONGEST:
        raise PydanticCustomError("malformed_date", "This is not a date and time")
    try:
        if len(text) == 10:
            return Written(datetime.combine(date.fromisoformat(text), time()), day_only=True)
        moment = datetime.fromisoformat(text)
        # Far dates have no epoch or no calendar, and are nobody's office hours.
        if not 1971 <= moment.year <= 2999:
            raise ValueError
        return Written(moment)
    except ValueError:
        raise PydanticCustomError("malformed_date", "This is not a date and time") from None


Moment = Annotated[
    Written, BeforeValidator(written), WithJsonSchema({"type": "string", "format": "date-time"})
]
