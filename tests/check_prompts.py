"""The check of the spoken prompts: each exists in French and in English."""

from __future__ import annotations

import sys

from appliance.speech.prompts import PROMPTS

LANGUAGES = ("fr", "en")


def main() -> int:
    missing = [
        f"{name} has no words in {language}"
        for name, words in PROMPTS.items()
        for language in LANGUAGES
        if not words.get(language, "").strip()  # type: ignore[call-overload]
    ]
    for sentence in missing:
        print(sentence, file=sys.stderr)
    print(f"{len(PROMPTS)} prompts in {len(LANGUAGES)} languages, {len(missing)} missing")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
