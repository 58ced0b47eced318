"""Server and worker together: `python -m dashboard.supervise`, with the words of `dashboard.serve`.

Whichever of them dies is started again; a server that refuses its words or ends by itself ends
both. A signal ends both, and so does the death of this process: nobody is left behind.
"""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FrameType

from idc_core.io import beside
from idc_core.io.paths import REPOSITORY

SERVER = [sys.executable, "-m", "dashboard.serve"]
WORKER = [sys.executable, str(REPOSITORY / "train_cli.py"), "worker"]
ENDED_BY_ITSELF = (0, 2)
"""Exit codes of a server that was stopped, or refused in a sentence what it was asked."""
LOOKS_EVERY, PATIENCE = 0.2, 25.0
FIRST_DELAY, LONGEST_DELAY, WELL_AFTER = 1.0, 30.0, 60.0
"""Seconds until one that died is started again, doubled each time; that it lives to be well."""


@dataclass
class Kept:
    """A process that is started again where it dies."""

    words: Sequence[str]
    child: "subprocess.Popen[bytes] | None" = None
    delay: float = FIRST_DELAY
    since: float = field(default_factory=time.monotonic)

    def start(self) -> None:
        """Start it."""
        self.child, self.since = beside.start(self.words), time.monotonic()

    def look(self) -> int | None:
        """Start it again if its time has come; the exit code of one that has just died."""
        now = time.monotonic()
        if self.child is None:
            if now - self.since >= self.delay:
                self.delay = min(2 * self.delay, LONGEST_DELAY)
                self.start()
            return None
        code = self.child.poll()
        if code is None:
            if now - self.since > WELL_AFTER:
                self.delay = FIRST_DELAY
            return None
        beside.kill_group(self.child.pid)  # what it may have left
        beside.close(self.child)
        self.child, self.since = None, now
        return code

    def ask_to_end(self) -> None:
        """Ask it to end, and do not wait."""
        if self.child is not None and self.child.poll() is None:
            self.child.terminate()

    def end(self) -> None:
        """Wait for its end; kill it after a while."""
        if self.child is not None:
            beside.end(self.child, PATIENCE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both until a signal comes, or the server ends by itself; its exit code."""
    words = [*(sys.argv[1:] if arguments is None else arguments)]
    ending = threading.Event()

    def ask_to_end(_signal: int, _frame: FrameType | None) -> None:
        ending.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, ask_to_end)
    beside.end_with_parent(ending.set)
    server, worker = Kept([*SERVER, *words]), Kept(WORKER)
    both = (server, worker)
    try:
        for kept in both:
            kept.start()
        while not ending.wait(LOOKS_EVERY):
            code = server.look()
            if code in ENDED_BY_ITSELF:
                return code
            if code is not None:
                _say(f"The server died ({code}): it is started again.")
            died = worker.look()
            if died is not None:
                _say(f"The worker ended ({died}): another is started in {worker.delay:g} s.")
        return 0
    finally:
        for kept in both:
            kept.ask_to_end()
        for kept in both:
            kept.end()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
