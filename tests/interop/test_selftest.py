"""`autocom selftest`: a stranger's softphone hears what it should, and leaves nothing of itself behind."""

from __future__ import annotations

import subprocess
import sys

from tests.interop.box import Box
from tests.interop.office import add_somebody, set_up


def selftest(box: Box, *options: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "appliance", "selftest", "--socket", str(box.api.path), *options)
    return subprocess.run(
        box.host.argv(*command, "--host", box.host.address), capture_output=True, text=True, timeout=120
    )


def test_the_story_of_a_box_that_works(box: Box) -> None:
    box.start()
    set_up(box)
    # The first extension it would take is somebody's.
    add_somebody(box, "Alice", "9901")
    before = {name: len(box.api.items(f"/{name}")) for name in ("people", "phones", "mailboxes")}
    done = selftest(box, "--lang", "fr")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "9902" in done.stdout and "test d'écho" in done.stdout and "Le boîtier fonctionne." in done.stdout
    assert {name: len(box.api.items(f"/{name}")) for name in before} == before
    box.wait_quiet()


def test_no_box_is_another_status(box: Box) -> None:
    done = selftest(box)
    assert done.returncode == 3 and "is it running" in done.stderr
