"""The check of the pages' translations: every sentence has a French form, none is fuzzy or broken."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

WEBUI = Path(__file__).resolve().parent.parent / "webui"
LOCALE = WEBUI / "locale"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "_l": None, "N_": None}
METHODS = [
    ("static/**", "ignore"),
    ("node_modules/**", "ignore"),
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
]


def extracted() -> set[str]:
    """Every message id in the sources of the pages."""
    options = {"**/templates/**.html": {"encoding": "utf-8"}}
    found = extract_from_dir(str(WEBUI), method_map=METHODS, options_map=options, keywords=KEYWORDS)
    return {_first(message) for _, _, message, _, _ in found}


def _first(message: str | tuple[str, ...]) -> str:
    return message if isinstance(message, str) else message[0]


def catalogue_faults(path: Path, wanted: set[str]) -> list[str]:
    """Sentences that say what is wrong with one catalogue; empty when nothing is."""
    with path.open("rb") as file:
        catalogue: Catalog = read_po(file)
    have = {_first(message.id): message for message in catalogue if message.id}
    faults = [f"no translation of {each!r}" for each in sorted(wanted - have.keys())]
    for text, message in have.items():
        if text not in wanted:
            faults.append(f"no longer used: {text!r}")
        elif message.fuzzy or not _is_translated(message.string):
            faults.append(f"not translated: {text!r}")
        faults += [f"{text!r}: {error}" for error in message.check(catalogue)]
    return faults


def _is_translated(string: str | tuple[str, ...]) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


def main() -> int:
    catalogues = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
    if not any(path.parts[-3] == "fr" for path in catalogues):
        print("there is no French catalogue in webui/locale", file=sys.stderr)
        return 1
    wanted = extracted()
    count = 0
    for path in catalogues:
        if path.parts[-3] == "en":
            continue
        for fault in catalogue_faults(path, wanted):
            print(f"{path.relative_to(WEBUI)}: {fault}", file=sys.stderr)
            count += 1
    print(f"{len(wanted)} sentences, {len(catalogues)} catalogues, {count} faults")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
