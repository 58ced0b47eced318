"""The way in: who is not signed in sees this and no page; who is, sees as whom."""

from html import escape

import streamlit as st

from dashboard.access import audit, now, passport, settings
from dashboard.access.person import Here
from dashboard.charts.theme import plain
from dashboard.state.selection import Selection
from dashboard.widgets import empty
from idc_core.io.refusal import Refusal

_AT = "signed_in_at"
_STAYS = "This page stays as it is, and nothing can be stored:"


def enter() -> bool:
    """Whether a page may be drawn; otherwise the way in has been."""
    try:
        here = now.here()
    except Refusal as refused:
        empty.show(f"Nobody can sign in. {refused}")
        return False
    if here.local:
        return True
    if now.stays(here) and (here.role is not None or _AT in st.session_state):
        _who(here)
        return True
    _door(here)
    return False


def admits(page: str, chosen: Selection) -> bool:
    """Whether this page of this run and patient may be drawn.

    After the end of a session only what was open stays, until the browser leaves it: what was typed
    there must not be lost. Nothing else opens.
    """
    here = now.here()
    if here.local:
        return True
    at = (page, chosen.run, chosen.patient, chosen.slide)
    if here.role is not None:
        if st.session_state.get(_AT, ())[1:3] != at[1:3]:
            audit.write(here, "open", run=chosen.run or "", patient=chosen.patient or "")
        st.session_state[_AT] = at
        return True
    if st.session_state.get(_AT) == at:
        st.html(f'<div class="idc-warn">Your session has ended. {_STAYS} {_way_back()}</div>')
        return True
    _door(here)
    return False


def _way_back() -> str:
    access = settings.current()
    if access is None or access.proxy is not None:
        return "load it again, and the proxy signs you in."
    return (
        '<a href="./" target="_blank" rel="noopener">sign in again in another tab</a>, then go on '
        "here."
    )


def _who(here: Here) -> None:
    if here.person is None:
        return
    role = here.role.word if here.role is not None else "session ended"
    with st.sidebar:
        st.caption(f"Signed in as {plain(here.person.name)}, {role}.")
        access = settings.current()
        if access is not None and access.oidc is not None:
            st.button("Sign out", key="sign_out", icon=":material/logout:", on_click=st.logout)


def _door(here: Here) -> None:
    access = settings.current()
    st.title("Sign in", anchor=False)
    if not passport.ISSUED.here:
        empty.show(
            "This server was started without what checks who signs in. Start it with "
            "python -m dashboard.serve."
        )
    elif here.person is not None and not here.ended:
        empty.show(
            f"You are signed in as {here.person.name}, and have no role here. Ask an administrator."
        )
        _again(access)
    elif access is not None and access.proxy is not None:
        empty.show(
            "Nobody is named by the proxy that signs people in. Open this server under the proxy's "
            "address, or load the page again."
        )
    else:
        st.html(f"<p>{escape(_why(here))}</p>")
        st.button("Sign in", key="sign_in", type="primary", on_click=st.login)


def _again(access: settings.Access | None) -> None:
    if access is not None and access.oidc is not None:
        st.button("Sign out", key="sign_out", icon=":material/logout:", on_click=st.logout)


def _why(here: Here) -> str:
    if here.ended:
        return "Your session has ended."
    return "Runs, patches and slides are shown to people who are signed in."
