"""`autocom demo`: a sample office at work, told as a short story."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from pathlib import Path

from appliance.cli.sentences import sentences


def execute(options: argparse.Namespace) -> int:
    """Tell the story; exit status 1 when something in it did not happen, and its folder then stays."""
    language = "fr" if (options.lang or os.environ.get("LANG", "")).lower().startswith("fr") else "en"
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="autocom-demo-", dir=options.keep))
    well = _tell(folder.absolute(), language)
    if well and options.keep is None:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if well else 1


def _tell(folder: Path, language: str) -> bool:
    from appliance.demo.story import Demonstration

    words = sentences(language)
    say = lambda line: print(line, flush=True)
    return Demonstration(folder, language, say, words.reason).run()
