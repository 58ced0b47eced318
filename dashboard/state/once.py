"""What many parts of a page ask for, found out once in a rerun.

Only for what no page changes and then asks for again before it ends: the run's record, the looks at
test, the facts of exports. A part that is redrawn alone asks anew.
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
