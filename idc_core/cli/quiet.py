"""Keep what libraries say of themselves off the terminal while they work.

TensorFlow, CUDA, oneDNN and protobuf write to the descriptor of stderr from C++, absl and Keras to
Python's; both go to a file meanwhile, and our own lines where they went before. If the block
ends in an internal error, what they wrote may tell why, and is shown; after a crash of the whole
process it is left in the system's folder of temporary files.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from idc_core.cli.console import console
from idc_core.io.refusal import Refusal

LEVEL = "TF_CPP_MIN_LOG_LEVEL"
"""What TensorFlow may say: from 0, everything, to 3, errors that end it."""

_LOUD = ("0", "1")
"""Whoever sets one of these wants to see what TensorFlow says: nothing is hidden then."""

_STDERR = 2


@contextmanager
def libraries_quiet() -> Iterator[None]:
    """Hide what is written to stderr by anybody but us, until the block ends."""
    level = os.environ.get(LEVEL)
    if level in _LOUD:
        yield
        return
    os.environ[LEVEL] = "3"
    handle, name = tempfile.mkstemp(prefix="idc-review-libraries-", suffix=".log")
    before, kept = sys.stderr, os.dup(_STDERR)
    ours = os.fdopen(os.dup(_STDERR), "w", encoding="utf-8", errors="replace", buffering=1)
    theirs = os.fdopen(handle, "w", encoding="utf-8", errors="replace", buffering=1)
    # A stderr that is no descriptor (a test, a notebook) is left as it is for us.
    console.file = ours if _is_descriptor(before) else before
    before.flush()
    os.dup2(theirs.fileno(), _STDERR)
    sys.stderr = theirs
    try:
        yield
    except (Refusal, OSError, KeyboardInterrupt):
        raise
    except Exception:
        theirs.flush()
        console.print(Path(name).read_text(errors="replace"), markup=False, highlight=False)
        raise
    finally:
        sys.stderr = before
        os.dup2(kept, _STDERR)
        os.close(kept)
        console.file = None  # type: ignore[assignment]  # stderr, whatever that is by then
        theirs.close()
        ours.close()
        Path(name).unlink(missing_ok=True)
        os.environ.pop(LEVEL)
        if level is not None:
            os.environ[LEVEL] = level


def _is_descriptor(stream: object) -> bool:
    try:
        return stream.fileno() == _STDERR  # type: ignore[attr-defined, no-any-return]
    except (AttributeError, OSError, ValueError):
        return False
