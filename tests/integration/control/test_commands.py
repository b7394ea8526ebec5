"""The commands, on a data folder with and without a box."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from appliance.cli import main
from appliance.configuration.ready import sample_office
from appliance.storage.configuration_store import ConfigurationStore

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with the sample office."""
    folder = tmp_path / "data"
    folder.mkdir()
    ConfigurationStore(folder).save(sample_office(lambda: "0123456789abcdef"), "test")
    return folder


@pytest.mark.feature("TIME-5")
def test_explain_reads_the_data_when_no_box_runs(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "explain",
        "--data",
        str(data),
        "--number",
        "Accueil",
        "--from",
        "0612345678",
        "--at",
        "2026-12-25T10:00",
    ]
    assert main([*words, "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("+33612345678 → +33199001234, 2026-12-25T10:00:00+01:00")
    assert "Noël" in said and "Takes a message" in said
    assert main([*words, "--lang", "fr"]) == 0
    assert "Prend un message" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--number", "none"], "neither a number nor an extension"),
        (["--number", "accueil", "--at", "someday"], "not a date and time"),
    ],
)
def test_explain_says_what_it_does_not_understand(
    data: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["explain", "--data", str(data), *words]) == 1
    assert said in capsys.readouterr().err


def test_explain_needs_an_office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--data", str(tmp_path), "--number", "1"]) == 1
    assert "settings file is missing" in capsys.readouterr().err


def test_check_finds_nothing_wrong_and_changes_nothing(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    assert main(["check", "--data", str(data)]) == 0
    assert capsys.readouterr().out.endswith("sound\n")
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before


def test_check_tells_what_is_wrong(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = data / "settings.json"
    settings.write_text(settings.read_text()[:500])
    (data / "autocom.sqlite").write_bytes(b"not a database, whatever its name says" * 100)
    assert main(["check", "--data", str(data)]) == 1
    said = capsys.readouterr().out
    assert "settings:" in said and "database:" in said
    assert main(["check", "--data", str(data / "none")]) == 1


def test_backup_and_restore(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive, other = tmp_path / "office.tar.gz", tmp_path / "other"
    assert main(["backup", "--data", str(data), str(archive)]) == 0
    assert archive.stat().st_mode & 0o077 == 0, "an archive is as secret as the data"
    assert main(["restore", "--data", str(other), str(archive)]) == 0
    kept, restored = ConfigurationStore(data).load(), ConfigurationStore(other).load()
    assert restored.configuration == kept.configuration
    assert main(["restore", "--data", str(other), str(tmp_path / "none")]) == 1
    assert main(["backup", "--data", str(tmp_path / "none"), str(archive)]) == 1


CHILD = """
import os, signal, sys, time
open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
if sys.argv[2:] == ["ends"]:
    sys.exit(3)
signal.sigwait([signal.SIGTERM])
"""

SUPERVISOR = """
import sys
import time
from pathlib import Path
from appliance.cli.supervisor import Child, Supervisor
folder = Path(sys.argv[1])
child = lambda name, *more: Child(name, (sys.executable, str(folder / "child.py"), str(folder / name), *more))
told = lambda: print("ready", flush=True)
sys.exit(Supervisor((child("steady"), child("short", "ends")), when_ready=told).run())
"""


def _lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def test_children_are_started_again_and_stopped_together(tmp_path: Path) -> None:
    (tmp_path / "child.py").write_text(CHILD)
    words = [sys.executable, "-c", SUPERVISOR, str(tmp_path)]
    with subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == "ready\n"
        # The one that ends is started again, and again; the other is left alone.
        assert process.stderr.readline() == "autocom: short ended (status 3)\n"
        assert process.stderr.readline() == "autocom: short ended (status 3)\n"
        (steady,) = _lines(tmp_path / "steady")
        assert len(_lines(tmp_path / "short")) >= 2
        os.kill(int(steady), signal.SIGKILL)
        while "steady ended (signal SIGKILL)" not in process.stderr.readline():
            pass
        while len(_lines(tmp_path / "steady")) < 2:
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    for pid in _lines(tmp_path / "steady"):
        assert not Path(f"/proc/{pid}").exists()


def test_children_end_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "child.py").write_text(CHILD)
    words = [sys.executable, "-c", SUPERVISOR, str(tmp_path)]
    with subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        while not _lines(tmp_path / "steady"):
            assert process.poll() is None
        process.kill()
    (steady,) = _lines(tmp_path / "steady")
    deadline = time.monotonic() + 20
    while Path(f"/proc/{steady}/cmdline").exists() and Path(f"/proc/{steady}/cmdline").read_bytes():
        assert time.monotonic() < deadline, "the child outlived its supervisor"
        time.sleep(0.02)
