"""Who is at the other end of this session, now: asked anew at every act.

`dashboard.server.access` works out who connects and tells it in a header of its own, which nobody
else can send: it takes that header out of whatever comes in. The role is not in it, but in the
settings as they are now.
"""

import time

import streamlit as st

from dashboard.access import passport, sessions, settings
from dashboard.access.person import LOCAL, NOBODY, Here

KEPT_S = 3600
"""How long after the end of a session an open page stays."""


def here() -> Here:
    """Who is here and what they may do. Raises `Refusal` where the settings cannot be read."""
    access = settings.current()
    if access is None:
        return LOCAL
    person = passport.read(st.context.headers.get(passport.HEADER))
    return NOBODY if person is None else again(Here(person))


def stays(before: Here) -> bool:
    """Whether a page that is open may stay: of who may see it, and for a while of who could until
    their session ran out, so that nothing typed there is lost."""
    person, access = before.person, settings.current()
    if before.role is not None or person is None or access is None:
        return before.role is not None
    end = access.end_of(person)
    return before.ended and end <= time.time() < end + KEPT_S


def again(before: Here) -> Here:
    """The same person now, where no session is at hand: a file is made outside it."""
    access = settings.current()
    if access is None:
        return LOCAL
    if before.person is None:
        return NOBODY
    person = sessions.KNOWN.standing(before.person)
    return access.here(person, time.time(), ended=sessions.KNOWN.is_ended(person))
