"""Settings of every test: Hypothesis profiles and the table of features that tests prove."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("quick", derandomize=True, deadline=None, max_examples=60, database=None)
settings.register_profile(
    "thorough",
    derandomize=True,
    deadline=None,
    max_examples=300,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

_ROOMS_WITH_A_MARK = ("interop", "fault", "browser", "bench", "soak")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--feature-table",
        metavar="FILE",
        type=Path,
        help="at the end, print the rows of FEATURES.md that tests prove; several runs add to one FILE",
    )


class FeatureTable:
    """Which rows of FEATURES.md the tests prove, kept in a file and printed at the end of the run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.passed: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and not report.failed:
            return
        counted = self.failed if report.failed else self.passed
        if report.passed or report.failed:
            counted.update(str(value) for name, value in report.user_properties if name == "feature")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        self._add_earlier_runs()
        terminalreporter.section("features proven")
        for feature in sorted({*self.passed, *self.failed}, key=_feature_order):
            state = "FAILED" if self.failed[feature] else "proven"
            terminalreporter.write_line(f"{feature:10} {state}  by {self.passed[feature]} tests")

    def _add_earlier_runs(self) -> None:
        if self.path.exists():
            earlier = json.loads(self.path.read_text())
            self.passed.update(earlier["passed"])
            self.failed.update(earlier["failed"])
        self.path.write_text(json.dumps({"passed": self.passed, "failed": self.failed}))


def _feature_order(feature: str) -> tuple[str, int]:
    name, _, number = feature.rpartition("-")
    return name, int(number) if number.isdigit() else 0


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption("--feature-table")
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(FeatureTable(path), "feature-table")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of tests/interop, tests/fault and the like by their folder; note features in reports."""
    tests = Path(__file__).parent
    for item in items:
        room = item.path.relative_to(tests).parts[0]
        if room in _ROOMS_WITH_A_MARK:
            item.add_marker(getattr(pytest.mark, room))
        ids = {str(each) for mark in item.iter_markers("feature") for each in mark.args}
        item.user_properties += [("feature", each) for each in sorted(ids)]
