"""`autocom demo`: the sample office, two softphones, a tone heard both ways, a message."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.demo.softphone import is_installed

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short name: paths of Unix sockets are."""
    folder = Path(tempfile.mkdtemp(prefix="autocom-demo-test-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _demo(place: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "appliance", "demo", "--keep", str(place / "kept"), *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.interop
@pytest.mark.skipif(not is_installed(), reason="baresip is not installed")
def test_two_softphones_hear_each_other_and_leave_a_message(place: Path) -> None:
    told = _demo(place, "--lang", "en")
    assert told.returncode == 0, told.stdout + told.stderr
    for sentence in ("Two softphones register", "heard the 440 Hz", "heard the 660 Hz", "A message of"):
        assert sentence in told.stdout
    assert told.stdout.endswith("Everything went as it should.\n")


def test_without_softphones_the_office_is_still_shown(place: Path) -> None:
    told = _demo(place, PATH=str(place), LANG="fr_FR.UTF-8")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Personnes : 101 Alice Martin" in told.stdout
    assert "baresip n’est pas installé" in told.stdout
