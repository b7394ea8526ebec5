"""An almanac of public holidays, kept in a file: what was asked once is there at the next start."""

from __future__ import annotations

import logging
import threading  # noqa: TID251 - a lock between the threads of others
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError

from appliance.configuration.public_holidays import PACKAGE, Days, PublicHoliday, Regions
from appliance.storage.data_folder import write_atomically

log = logging.getLogger(__name__)

FILE = "public-holidays.json"
# One question brings so many years at once: a box that runs for long meets none that it has to ask for.
SPAN = 20
MOST_KEPT = 32

Years = dict[int, dict[date, tuple[PublicHoliday, ...]]]
YEARS: TypeAdapter[Years] = TypeAdapter(Years)
COUNTRIES: TypeAdapter[dict[str, Regions]] = TypeAdapter(dict[str, Regions])

# The answer of `holiday_program` to a question; None when it cannot be asked.
Ask = Callable[..., bytes | None]


class _File(BaseModel):
    """`package` is the version of what answered; `spans` are by question, the latest asked last."""

    package: str = ""
    countries: dict[str, Regions] = {}
    spans: dict[str, Years] = {}


class KeptAlmanac:
    """Asks `ask` for what is not kept, else the package in this process: slower, never wrong.

    `package` is the version of the package: what another one has answered is asked again. For several
    threads; what is kept is given without waiting for a question of another thread.
    """

    def __init__(self, folder: Path, package: str, ask: Ask) -> None:
        self._path = folder / FILE
        self._ask = ask
        self._asking = threading.Lock()
        self._kept = self._read(package)

    def of_year(self, country: str, subdivision: str, year: int, language: str) -> Days:
        """As `public_holidays.public_holidays`."""
        first = max(year // SPAN * SPAN, date.min.year)
        words = (country, subdivision, language, str(first), str(min(first + SPAN - 1, date.max.year)))
        found = self._kept.spans.get(" ".join(words)) or self._years(words)
        return found[year] if found else PACKAGE.of_year(country, subdivision, year, language)

    def countries(self) -> Mapping[str, Regions]:
        """As `Almanac.countries`."""
        return self._kept.countries or self._countries() or PACKAGE.countries()

    def _years(self, words: tuple[str, ...]) -> Years | None:
        answer = self._ask("days", *words)
        if answer is None:
            return None
        with self._asking:
            spans = dict(self._kept.spans)
            found = spans[" ".join(words)] = YEARS.validate_json(answer)
            while len(spans) > MOST_KEPT:
                del spans[next(iter(spans))]
            self._keep(self._kept.model_copy(update={"spans": spans}))
        return found

    def _countries(self) -> dict[str, Regions] | None:
        answer = self._ask("countries")
        if answer is None:
            return None
        with self._asking:
            self._keep(self._kept.model_copy(update={"countries": COUNTRIES.validate_json(answer)}))
        return self._kept.countries

    def _keep(self, changed: _File) -> None:
        self._kept = changed
        try:
            write_atomically(self._path, changed.model_dump_json().encode())
        except OSError as error:
            log.warning("the public holidays are not kept: %s", error)

    def _read(self, package: str) -> _File:
        try:
            found = _File.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return _File(package=package)
        except (OSError, ValidationError) as error:
            log.warning("the kept public holidays cannot be read, and are asked again: %s", error)
            return _File(package=package)
        return found if found.package == package else _File(package=package)
