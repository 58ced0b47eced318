"""Controls whose choice stands in the address by its key; the words are on the screen only.

Streamlit's own `bind="query-params"` writes the words of `format_func` into the address, so that a
better word would break every link that somebody kept. Here the address is the truth: a control is
drawn as the address says, and a move writes the key. The first key, unless another is named, is the
default; the address does not say it. A page left and opened again stands as it was left.
"""

from collections.abc import Collection, Mapping
from typing import Any, Literal

import streamlit as st

from dashboard.pages import TAB
from dashboard.state import page_state

_KEPT, _TAKEN, _PAGE = "choices_kept", "choices_taken", "choices_page"

LabelVisibility = Literal["visible", "hidden", "collapsed"]


def arrive(page: str) -> None:
    """At the start of every rerun, with the key of the page: another one begins as it was left."""
    if st.session_state.get(_PAGE) != page:
        st.session_state[_PAGE] = page
        st.session_state[_TAKEN] = set()


def now(name: str, keys: Collection[str], default: str | None = None) -> str:
    """Where a choice stands, or will once its control is drawn: one of `keys`."""
    kept = st.session_state.setdefault(_KEPT, {})
    if is_first(name) and name not in st.query_params and kept.get(_slot(name)) in keys:
        page_state.remember(name, kept[_slot(name)])
    default = next(iter(keys)) if default is None else default
    value = page_state.one_of(name, list(keys), default)
    _keep(name, value, default)
    return value


def is_first(name: str) -> bool:
    """Whether this is asked of a choice for the first time since its page was opened: what it was
    left at counts then, and the address alone from then on."""
    taken: set[str] = st.session_state.setdefault(_TAKEN, set())
    first = name not in taken
    taken.add(name)
    return first


def segmented(
    label: str,
    name: str,
    words: Mapping[str, str],
    default: str | None = None,
    *,
    label_visibility: LabelVisibility = "visible",
) -> str:
    """Draw keys side by side as their `words`; the key that is chosen. `name`: in the address."""
    value = _ready(name, words, default)
    st.segmented_control(
        label,
        list(words),
        key=name,
        required=True,
        format_func=lambda key: words.get(key, key),
        on_change=lambda: _moved(name, words, default),
        label_visibility=label_visibility,
    )
    return value


def selectbox(
    label: str,
    name: str,
    words: Mapping[str, str],
    default: str | None = None,
    *,
    label_visibility: LabelVisibility = "visible",
    width: int | Literal["stretch"] = "stretch",
    help: str | None = None,
) -> str:
    """Draw keys one below the other as their `words`; the key that is chosen."""
    value = _ready(name, words, default)
    st.selectbox(
        label,
        list(words),
        key=name,
        format_func=lambda key: words.get(key, key),
        on_change=lambda: _moved(name, words, default),
        label_visibility=label_visibility,
        width=width,
        help=help,
    )
    return value


def tabs(name: str, words: Mapping[str, str]) -> dict[str, Any]:
    """Tabs by their keys. Streamlit knows a tab by its words only: they are translated here."""
    state = f"{name}_tabs"
    value = words[now(name, words)]
    if st.session_state.get(state) != value:
        st.session_state[state] = value

    def moved() -> None:
        keys = {said: key for key, said in words.items()}
        _keep(name, keys[st.session_state[state]], next(iter(words)))

    drawn = st.tabs(list(words.values()), key=state, on_change=moved)
    return dict(zip(words, drawn, strict=True))


def move(name: str, value: str, keys: Collection[str]) -> None:
    """Choose otherwise than by the control, in a callback; the first of `keys` is the default."""
    _keep(name, value, next(iter(keys)))


def _ready(name: str, words: Mapping[str, str], default: str | None) -> str:
    """Let the control stand as the address says. What stands so already is not set again: the
    browser would take that for an answer, and drop a click made meanwhile."""
    value = now(name, words, default)
    if st.session_state.get(name) != value:
        st.session_state[name] = value
    return value


def _moved(name: str, words: Mapping[str, str], default: str | None) -> None:
    _keep(name, str(st.session_state[name]), next(iter(words)) if default is None else default)


def _keep(name: str, value: str, default: str) -> None:
    st.session_state.setdefault(_KEPT, {})[_slot(name)] = value
    page_state.remember(name, None if value == default else value)


def _slot(name: str) -> str:
    """Under which name a choice is kept: every page has tabs of its own under one name."""
    return f"{st.session_state.get(_PAGE)}/{name}" if name == TAB else name
