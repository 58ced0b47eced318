"""The dashboard's side of the process that computes gradients.

TensorFlow takes seconds to import, hundreds of megabytes, and makes every page of a server slower
that has imported it; here it lives in a child process, started when first asked and ended with the
server. The networks it loads may be anybody's: it has limits, no network and no secrets
(`idc_core.io.confined`). One request at a time; others wait their turn. A child that dies is
replaced at the next request.
"""

import itertools
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from idc_core.interpret.explain.wire import Arrays, receive, send
from idc_core.io import confined
from idc_core.io.progress import TellStage
from idc_core.io.refusal import Refusal

WAKING = "waking TensorFlow, once for all pages"
QUEUED = "waiting for another explanation to finish"


class GradientProcess:
    """A child process that answers requests; safe to ask from several threads."""

    def __init__(self, command: list[str] | None = None) -> None:
        self._command = command or [sys.executable, "-m", "idc_core.nn.explainer"]
        self._child: subprocess.Popen[bytes] | None = None
        self._home: TemporaryDirectory[str] | None = None
        self._awake = False
        self._turn = threading.Lock()
        self._numbers = itertools.count(1)

    def ask(
        self, said: dict[str, Any], arrays: Arrays, progress: TellStage | None = None
    ) -> Arrays:
        """Send a request and wait for its arrays.

        `progress` is told what is being done; what it raises cancels the request. Raises `Refusal`
        with the child's sentence, or if the child has ended.
        """
        tell = progress or (lambda doing, done, of: None)
        while not self._turn.acquire(timeout=0.2):
            tell(QUEUED, 0, 0)
        try:
            return self._ask(said, arrays, tell)
        finally:
            self._turn.release()

    def close(self) -> None:
        """End the child."""
        if self._child is None:
            return
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            with suppress(OSError):  # what was still to be written goes nowhere
                if pipe is not None:
                    pipe.close()
        self._child = None
        if self._home is not None:
            self._home.cleanup()

    def _ask(self, said: dict[str, Any], arrays: Arrays, tell: TellStage) -> Arrays:
        child, number = self._running(), next(self._numbers)
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            if not self._awake:
                tell(WAKING, 0, 0)
            send(child.stdin, {**said, "id": number}, arrays)  # type: ignore[arg-type]
            while True:
                heard, found = receive(child.stdout)  # type: ignore[arg-type]
                self._awake = True
                if heard["id"] != number:  # of a request that was given up
                    continue
                if heard["kind"] == "progress":
                    tell("computing gradients", heard["done"], heard["of"])
                elif heard["kind"] == "done":
                    return found
                else:
                    raise Refusal(
                        heard.get("sentence", "expected maps: the request was cancelled.")
                    )
        except (EOFError, BrokenPipeError, ConnectionError):
            self.close()
            raise Refusal(
                "expected an answer of the process that computes gradients: it has ended. "
                "Ask again, and it is started anew."
            ) from None
        except Refusal:
            raise
        except BaseException:
            send(child.stdin, {"cancel": number})  # type: ignore[arg-type]
            raise

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._child is None or self._child.poll() is not None:
            self.close()
            self._awake = False
            self._home = TemporaryDirectory(prefix="idc_explain_", ignore_cleanup_errors=True)
            self._child = subprocess.Popen(
                confined.words(self._command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=confined.surroundings(Path(self._home.name)),
            )
        return self._child
