"""What the `holidays` package knows, as JSON on standard output; run by `runtime/almanac`.

`python -m appliance.storage.holiday_program countries`, or `days COUNTRY SUBDIVISION LANGUAGE FIRST LAST`
for the years between two. A program of its own: the package would stay in the box's memory.
"""

from __future__ import annotations

import sys

from appliance.configuration import holiday_package
from appliance.storage.almanac import COUNTRIES, YEARS


def told(what: str, *words: str) -> bytes:
    """The answer to one question. Raises ValueError for a question that is none."""
    if what == "countries" and not words:
        return COUNTRIES.dump_json(dict(holiday_package.countries()))
    if what == "days" and len(words) == 5:
        country, subdivision, language, first, last = words
        years = range(int(first), int(last) + 1)
        return YEARS.dump_json(
            {year: dict(holiday_package.of_year(country, subdivision, year, language)) for year in years}
        )
    raise ValueError(f"not a question: {what} {' '.join(words)}")


def main() -> int:
    """Answer the question of the command line."""
    sys.stdout.buffer.write(told(*sys.argv[1:]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
