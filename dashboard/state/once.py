"""What many parts of a page ask for, found out once in a rerun.

For what a page asks of files again and again: the run's record, its operating point, the looks at
test, the facts of exports. What the page itself writes, it asks for anew (`access/gate.py`). A part
that is redrawn alone asks anew as well.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_FOUND: ContextVar[dict[Any, Any] | None] = ContextVar("found_in_this_rerun", default=None)


@contextmanager
def rerun() -> Iterator[None]:
    """While this lasts, `once` remembers."""
    token = _FOUND.set({})
    try:
        yield
    finally:
        _FOUND.reset(token)


def forget() -> None:
    """What is asked from now on in this rerun is found out anew: something was written."""
    found = _FOUND.get()
    if found is not None:
        found.clear()


def once(find: Callable[P, T]) -> Callable[P, T]:
    """Asked once a rerun for the same arguments, which are hashable; nothing raised is kept."""

    @wraps(find)
    def known(*args: P.args, **kwargs: P.kwargs) -> T:
        found = _FOUND.get()
        if found is None:
            return find(*args, **kwargs)
        key = (find, args, tuple(kwargs.items()))
        if key not in found:
            found[key] = find(*args, **kwargs)
        answer: T = found[key]
        return answer

    return known
