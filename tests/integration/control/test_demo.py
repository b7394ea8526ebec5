"""`autocom demo`: the sample office, two softphones, a tone heard both ways, a message."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.demo.softphone import is_installed

ROOT = Path(__file__).resolve().parents[3]


def _demo(tmp_path: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "appliance", "demo", "--keep", str(tmp_path / "kept"), *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.interop
@pytest.mark.skipif(not is_installed(), reason="baresip is not installed")
def test_two_softphones_hear_each_other_and_leave_a_message(tmp_path: Path) -> None:
    told = _demo(tmp_path, "--lang", "en")
    assert told.returncode == 0, told.stdout + told.stderr
    for sentence in ("Two softphones register", "heard the 440 Hz", "heard the 660 Hz", "A message of"):
        assert sentence in told.stdout
    assert told.stdout.endswith("Everything went as it should.\n")


def test_without_softphones_the_office_is_still_shown(tmp_path: Path) -> None:
    told = _demo(tmp_path, PATH=str(tmp_path), LANG="fr_FR.UTF-8")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Personnes : 101 Alice Martin" in told.stdout
    assert "baresip n’est pas installé" in told.stdout
