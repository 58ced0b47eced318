"""The one kind of error that a user is meant to read.

A `Refusal` says in one sentence what was expected, what came, and the cure. The command line prints
it and exits with 2; the dashboard prints it in place. Anything else that is raised is our bug.
"""

from collections.abc import Iterator
from contextlib import contextmanager


class Refusal(ValueError):
    """Bad input, said in a sentence: what was expected, what came, the cure."""


class Unreachable(Refusal):
    """A server that cannot be asked now: what it holds is not known, which is not nothing."""


class Uncertain(Refusal):
    """A server went away in the moment of storing: whether it stored is not known."""


class SystemRefused(Refusal, OSError):
    """The system did not let a file be read or written: a read-only folder, a full disk.

    Also an `OSError`, for whoever looks at `errno` or goes on without the file.
    """

    def __init__(self, error: OSError, what: str) -> None:
        reason = error.strerror or str(error)
        super().__init__(f"the system refused to {what}: {reason}. Free the path or name another.")
        self.errno, self.strerror, self.filename = error.errno, reason, error.filename

    def __str__(self) -> str:
        # An OSError with a number would say “[Errno 17] …” instead.
        return str(self.args[0])


@contextmanager
def refused_by_system(what: str) -> Iterator[None]:
    """Turn what the system complains of into a sentence; `what`: "write /a/file"."""
    try:
        yield
    except SystemRefused:
        raise
    except OSError as error:
        raise SystemRefused(error, what) from None
