"""The figures of ARCHITECTURE.md's budgets, measured on this machine.

`python tests/bench/run.py [--quick]`; with `--memory`, what 20,000 calls leave of memory, in eleven minutes.

A box of its own on loopback with users 1001 to 1200; the load is the driver in the folder that the
environment variable AUTOCOM_BENCH names (default ../shared/bench beside the checkout). Figures are printed,
not judged: CPU seconds hold on a busy machine better than times do, and no figure is better than its machine.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench.seed import PASSWORD, seed  # noqa: E402
from tests.interop.box import Box  # noqa: E402
from tests.interop.network import Host, open_network  # noqa: E402

SIP_PORT = 5160
TARGET = f"127.0.0.1:{SIP_PORT}"


class Driver:
    """The shared load driver, linked into a folder where it may write and finds its calibration."""

    def __init__(self, source: Path, folder: Path, box: Box) -> None:
        self.folder = folder
        self.results = folder / "results.jsonl"
        self._box = box
        for entry in source.iterdir():
            (folder / entry.name).symlink_to(entry)
        if not (folder / "cal.py").exists():
            (folder / "cal.py").symlink_to(Path(__file__).with_name("calibration.py"))
        self._use_own_copies()

    def _use_own_copies(self) -> None:
        """The driver finds what is beside it by its resolved path, and writes there: give it a file here."""
        for name in ("bench.py", "sipua.py", "rtpload.c"):
            link = self.folder / name
            content = link.read_bytes()
            link.unlink()
            link.write_bytes(content)
        scenarios = self.folder / "scen"
        kept = {path.name: path.read_bytes() for path in scenarios.iterdir()}
        scenarios.unlink()
        scenarios.mkdir()
        for name, content in kept.items():
            (scenarios / name).write_bytes(content)

    def measure(self, what: str, *options: str) -> list[dict[str, Any]]:
        """Every measurement of one run of the driver."""
        before = len(self._lines())
        words = [sys.executable, str(self.folder / "bench.py"), "--target", TARGET, "--password", PASSWORD]
        words += ["--label", "autocom", "--pid", str(self._box.pid), "--out", str(self.results)]
        words += ["--work", str(self.folder / "work"), what, *options]
        done = subprocess.run(
            self._box.host.argv(*words),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        found = [json.loads(line) for line in self._lines()[before:]]
        if done.returncode or not found:
            print(f"{what} failed:\n{done.stdout[-1500:]}{done.stderr[-1500:]}", file=sys.stderr)
        return found

    def _lines(self) -> list[str]:
        return self.results.read_text().splitlines() if self.results.exists() else []


@contextmanager
def measured_box(folder: Path) -> Iterator[Box]:
    """A box with two hundred people, a phone each, on a loopback of its own where namespaces are allowed."""
    with open_network() as network:
        host = network.host("bench")
        box = Box(
            Host("bench", "127.0.0.1", host.namespace), folder / "data", sip_port=SIP_PORT, rtp="30000-40000"
        )
        try:
            seed(folder / "data")
            box.start()
            yield box
        finally:
            if box.running():
                box.stop()


def median(values: list[float]) -> float | None:
    return sorted(values)[len(values) // 2] if values else None


def figure(runs: list[dict[str, Any]], *names: str) -> float | None:
    """The median of a field over several runs."""
    values = []
    for run in runs:
        value: Any = run.get("result", run)
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, int | float):
            values.append(float(value))
    return median(values)


def line(what: str, value: float | None, budget: str) -> None:
    print(f"{what:58} {'-' if value is None else f'{value:8.4g}':>10}   {budget}", flush=True)


def resident_mib(pid: int) -> float:
    fields = Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()
    return int(fields[0]) / 1024


def report(box: Box, driver: Driver, seconds: str, repeat: str) -> None:
    line("memory at rest, MiB", resident_mib(box.pid), "90 at most")
    runs = driver.measure("register-cpu", "--rate", "200", "--secs", seconds, "--repeat", repeat)
    line("CPU a registration with digest, 200/s, ms", figure(runs, "cpu_s_per_1000"), "0.7 (Asterisk 1.06)")
    runs = driver.measure("calls-cpu", "--rate", "50", "--secs", seconds, "--repeat", repeat)
    line(
        "CPU a call set up and ended with digest, 50/s, ms",
        figure(runs, "cpu_s_per_1000"),
        "3.4 (Asterisk 6.8)",
    )
    line("  calls failed", figure(runs, "failed"), "0")
    line("  time to set up, p99, ms", figure(runs, "setup_ms", "p99"), "")
    for count in ("20", "50"):
        runs = driver.measure("media", "--n", count, "--secs", seconds, "--repeat", repeat)
        line(
            f"CPU a minute of relayed call, {count} calls, s",
            figure(runs, "cpu_s_per_call_minute"),
            "0.12 (0.177)",
        )
        line("  packets lost", figure(runs, "media", "lost"), "0")
        line("  latency p99, ms", figure(runs, "media", "lat_ms", "p99"), "0.3 (0.10)")
    line("memory after these calls, MiB", resident_mib(box.pid), "90 at most, flat")


def held(pid: int, what: str) -> float:
    """MiB of the process by a line of its `smaps_rollup`: Rss, Pss."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(each.split()[1]) for each in lines if each.startswith(f"{what}:")) / 1024


def report_memory(box: Box, driver: Driver) -> None:
    """What the process holds at rest, after each quarter of 20,000 calls, and when they are long over."""

    def tell(when: str) -> None:
        line(
            f"memory {when}, MiB", held(box.pid, "Rss"), f"90 at most, flat (PSS {held(box.pid, 'Pss'):.1f})"
        )

    tell("at rest")
    for calls in range(5_000, 20_001, 5_000):
        runs = driver.measure("calls-cpu", "--rate", "50", "--secs", "100", "--repeat", "1")
        tell(f"after {calls} calls")
        line("  calls failed", figure(runs, "failed"), "0")
        line("  time to set up, p99, ms", figure(runs, "setup_ms", "p99"), "")
    for seconds, since in ((30, 0), (180, 30)):
        time.sleep(seconds - since)
        tell(f"{seconds} s later")


def cold_start(box: Box) -> float:
    """Seconds from the command to the first answer of a box that has two hundred registered phones."""
    from tests.interop.phones.raw import RawPhone

    box.stop()
    phone = RawPhone(box.host, ("127.0.0.1", SIP_PORT), "1001", PASSWORD)
    phone.socket.settimeout(0.01)
    began = time.monotonic()
    box.start_without_waiting()
    number = 0
    while True:
        number += 1
        phone.send(
            f"OPTIONS sip:127.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP {phone.here};branch=z9hG4bKo{number};rport\n"
            f"Max-Forwards: 70\nFrom: <sip:1001@127.0.0.1>;tag=o\nTo: <sip:127.0.0.1>\n"
            f"Call-ID: cold{number}\nCSeq: 1 OPTIONS\nContent-Length: 0\n\n"
        )
        try:
            phone.socket.recv(4096)
        except (TimeoutError, ConnectionRefusedError):
            continue
        return time.monotonic() - began


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="5 seconds of each load, once")
    parser.add_argument("--memory", action="store_true", help="memory over 20,000 calls instead")
    options = parser.parse_args()
    source = Path(os.environ.get("AUTOCOM_BENCH", ROOT.parent / "shared" / "bench"))
    if not (source / "bench.py").exists():
        print(f"There is no load driver in {source}: name its folder by AUTOCOM_BENCH.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="autocom-bench-") as name:
        folder = Path(name)
        (folder / "driver").mkdir()
        with measured_box(folder) as box:
            print(f"{'what':58} {'measured':>10}   budget")
            driver = Driver(source, folder / "driver", box)
            if options.memory:
                report_memory(box, driver)
                return 0
            report(box, driver, *(("5", "1") if options.quick else ("20", "3")))
            line("cold start to the first answer, s", cold_start(box), "0.8 (Asterisk 0.85-1.3)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
