"""Parts of slides, read by processes of their own; those that were asked for last are kept.

A process that ends, or does not answer in time, is replaced; whoever asked gets a sentence.
"""

import json
import selectors
import subprocess
import sys
import threading
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from tempfile import gettempdir

from idc_core.io import confined
from idc_core.io.refusal import Refusal
from idc_core.wsi.part_child import HEAD, Wanted

COMMAND = (sys.executable, "-m", "idc_core.wsi.part_child")
PROCESSES = 2
PATIENCE_S = 20.0
"""What takes longer never comes."""

MOST_KEPT = 64 * 1024**2
"""Bytes of parts that are kept."""


class PartPool:
    """Safe to ask from several threads; processes are started when they are first needed."""

    def __init__(
        self,
        command: tuple[str, ...] = COMMAND,
        processes: int = PROCESSES,
        patience: float = PATIENCE_S,
    ) -> None:
        self._children = [_Child(command, patience) for _ in range(processes)]
        self._free: SimpleQueue[_Child] = SimpleQueue()
        for child in self._children:
            self._free.put(child)
        self._kept: OrderedDict[Wanted, bytes] = OrderedDict()
        self._bytes = 0
        self._turn = threading.Lock()

    def part(self, wanted: Wanted) -> bytes:
        """It as JPEG. Raises `Refusal` with the sentence of the process that read it, or where
        that ended or gave no answer."""
        with self._turn:
            if (known := self._kept.get(wanted)) is not None:
                self._kept.move_to_end(wanted)
                return known
        child = self._free.get()
        try:
            found = child.part(wanted)
        finally:
            self._free.put(child)
        self._keep(wanted, found)
        return found

    def close(self) -> None:
        """End the processes."""
        for child in self._children:
            child.end()

    def _keep(self, wanted: Wanted, found: bytes) -> None:
        with self._turn:
            self._bytes += len(found) - len(self._kept.pop(wanted, b""))
            self._kept[wanted] = found
            while self._bytes > MOST_KEPT:
                self._bytes -= len(self._kept.popitem(last=False)[1])


class _Child:
    """One process, asked by one thread at a time."""

    def __init__(self, command: tuple[str, ...], patience: float) -> None:
        self._command, self._patience = command, patience
        self._process: subprocess.Popen[bytes] | None = None

    def part(self, wanted: Wanted) -> bytes:
        name = Path(wanted.file).name
        try:
            failed, content = self._asked(wanted)
        except TimeoutError:
            self.end()
            raise Refusal(
                f"expected a part of {name} within {self._patience:g} s: it did not come. Is the "
                "drive that it lies on there?"
            ) from None
        except (EOFError, OSError):
            self.end()
            raise Refusal(
                f"expected a part of {name}: the process that read it has ended. The file may be "
                "damaged: copy or export it again."
            ) from None
        if failed:
            raise Refusal(content.decode())
        return content

    def end(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what was still to be written goes nowhere
                if pipe is not None:
                    pipe.close()
        self._process = None

    def _asked(self, wanted: Wanted) -> tuple[bool, bytes]:
        running = self._running()
        assert running.stdin is not None
        running.stdin.write(json.dumps(wanted).encode() + b"\n")
        failed, length = HEAD.unpack(self._read(HEAD.size))
        return bool(failed), self._read(length)

    def _read(self, length: int) -> bytes:
        """So many bytes of the answer; raises `EOFError` or `TimeoutError`."""
        assert self._process is not None
        assert self._process.stdout is not None
        found, said = b"", self._process.stdout
        with selectors.DefaultSelector() as waiting:
            waiting.register(said, selectors.EVENT_READ)
            while len(found) < length:
                if not waiting.select(self._patience):
                    raise TimeoutError
                part = said.read(length - len(found))
                if not part:
                    raise EOFError
                found += part
        return found

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self.end()
            self._process = subprocess.Popen(
                confined.words(self._command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=confined.surroundings(Path(gettempdir())),
                bufsize=0,  # what a selector sees is what can be read
            )
        return self._process
