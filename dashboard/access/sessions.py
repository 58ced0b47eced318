"""Sessions that were ended, or begun anew in the same browser, while tabs were open.

A tab knows the cookie that it connected with. When its owner signs out elsewhere, or signs in again
after the session has ended, the tab is told here. Nothing of it outlives the server: its tabs do
not either.
"""

import threading
from typing import Any

from dashboard.access.person import Person

MOST = 10_000
"""Sessions that are remembered; the oldest are forgotten, by when they have ended long ago."""


class Sessions:
    """What became of sessions; many threads may ask."""

    def __init__(self) -> None:
        self._ended: dict[str, None] = {}
        self._anew: dict[str, Person] = {}
        self._lock = threading.Lock()

    def end(self, person: Person) -> None:
        """Somebody signed out."""
        with self._lock:
            self._ended[person.session] = None
            _forget(self._ended)

    def renew(self, before: Person, after: Person) -> None:
        """Somebody signed in again in the same browser. Another person's tabs do not become
        theirs."""
        if before.subject != after.subject or before.session == after.session:
            return
        with self._lock:
            self._anew[before.session] = after
            _forget(self._anew)

    def standing(self, person: Person) -> Person:
        """The newest session of a tab that connected in another one."""
        with self._lock:
            for _ in range(len(self._anew)):
                after = self._anew.get(person.session)
                if after is None:
                    break
                person = after
        return person

    def is_ended(self, person: Person) -> bool:
        """Whether this session was signed out of."""
        with self._lock:
            return person.session in self._ended


def _forget(known: dict[str, Any]) -> None:
    for oldest in list(known)[:-MOST]:
        del known[oldest]


KNOWN = Sessions()
"""Of this process."""
