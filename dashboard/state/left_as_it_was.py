"""What the answer to a threshold leaves as it was is not sent again.

Streamlit sends every element of the page with every answer, one by one as they are made, and the
browser goes through all of them each time, though it keeps those that it has already. The answer to
a threshold that came to rest is kept back until it is whole, and only what is new is sent, as
Streamlit sends a part of the page that is redrawn alone.

It is sent as ever where its shape is another than that of the answer before, where it takes long or
does not end well, and where the browser has not said that the answer before stands on the page.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import streamlit as st

from dashboard.state import streamlit_inside

LONGEST_S = 2.0
"""Of an answer that takes longer, the browser shows what there is."""
_SHOWN = "answer_shown"
_PART = "left as it was"
_FRAME = {"navigation", "page_config_changed"}
"""What else Streamlit sends the same of with every answer."""
_BESIDE = {"new_session", "session_status_changed", "page_info_changed", "script_finished"}

Place = tuple[int, ...]
Send = Callable[[Any], None]


def shown(answer: str) -> None:
    """The browser says, with an act, which answer stands on the page, all of it; "" for none."""
    st.session_state[_SHOWN] = answer


def begin(answer: str) -> None:
    """At the start of a rerun, when acts are known. `answer`: its name, which the page shows."""
    before = st.session_state.pop(_SHOWN, "")
    streamlit_inside.on_the_wire(Wire, lambda wire: wire.begin(answer, before))


class Sent(NamedTuple):
    """An element, or a box for others. `box`: of which kind, "" for an element; `acts`: whether it
    does something each time it is sent."""

    digest: str
    box: str
    acts: bool


@dataclass(slots=True)
class Answer:
    """What the browser is sent of one answer."""

    name: str = ""
    parts: dict[Place, Sent] = field(default_factory=dict)
    frame: list[str] = field(default_factory=list)
    is_usual: bool = True
    """Whether it is all of the page, and there is nothing beside its parts but the usual."""
    is_once: bool = True
    """Whether no part was written over."""


class Wire:
    """All that the server sends one browser, in order, and in one thread."""

    def __init__(self, send: Send, later: Callable[[float, Callable[[], None]], object]) -> None:
        self._send, self._later = send, later
        self._known: Answer | None = None  # what the browser has; None where that is not sure
        self._now = Answer()
        self._kept: list[Any] | None = None  # None while everything is sent at once
        self._acting: set[str] = set()  # digests, of elements that are sent by their digest later

    def take(self, message: Any) -> None:
        """A message to the browser."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._start(message)
        self._note(message, kind)
        if self._kept is None:
            self._send(message)
        else:
            self._kept.append(message)
        if kind == "script_finished":
            self._end(message)

    def begin(self, answer: str, before: str) -> None:
        """The name of the answer under way; `before`: of the one that stands on the page."""
        self._now.name = answer
        if self._known is None or not before or self._known.name != before:
            self._send_all()

    def _start(self, message: Any) -> None:
        self._send_all()  # what an answer that was broken off had to say
        self._now = now = Answer(is_usual=not message.metadata.run.fragment_ids)
        if now.is_usual:
            self._kept = []
            self._later(LONGEST_S, lambda: self._send_all() if self._now is now else None)
        else:
            self._known = None

    def _note(self, message: Any, kind: str) -> None:
        now = self._now
        if kind in _FRAME:
            now.frame.append(message.hash)
        elif kind not in ("delta", "ref_hash"):
            now.is_usual &= kind in _BESIDE
        else:
            place, sent = tuple(message.metadata.delta_path), self._sent(message, kind)
            now.is_once &= place not in now.parts and sent.digest != ""
            now.parts[place] = sent

    def _sent(self, message: Any, kind: str) -> Sent:
        if kind == "ref_hash":
            return Sent(message.ref_hash, "", message.ref_hash in self._acting)
        delta, what = message.delta, message.delta.WhichOneof("type")
        acts = delta.new_element.has_one_shot_effect or what == "new_transient"
        if acts and message.metadata.cacheable:
            self._acting.add(message.hash)
        kind = delta.add_block.WhichOneof("type") or "plain"
        return Sent(message.hash, kind if what == "add_block" else "", acts)

    def _end(self, message: Any) -> None:
        now, known, kept = self._now, self._known, self._kept
        is_well = now.is_usual and message.script_finished == message.FINISHED_SUCCESSFULLY
        if kept is None or known is None or not (is_well and _is_alike(now, known)):
            self._send_all()
        else:
            self._kept = None
            for each in kept:
                if not _is_there(each, now, known):
                    self._send(_as_of_a_part(each))
        self._known = now if is_well and now.name else None

    def _send_all(self) -> None:
        """Send what was kept back, and from now on at once."""
        kept, self._kept = self._kept, None
        if kept is None:
            return
        self._known = None
        for message in kept:
            self._send(message)


def _is_alike(now: Answer, known: Answer) -> bool:
    """Whether both have elements in the same places, in boxes of the same kinds: what is in a box
    stays in it then, as in the browser. Another dialog is empty there."""
    kinds = [(place, sent.box) for place, sent in now.parts.items()]
    before = [(place, sent.box) for place, sent in known.parts.items()]
    return now.is_once and kinds == before and "dialog" not in dict(kinds).values()


def _is_there(message: Any, now: Answer, known: Answer) -> bool:
    """Whether the browser has what a message says, and would do nothing with it."""
    kind = message.WhichOneof("type")
    if kind in _FRAME:
        return now.frame == known.frame
    if kind not in ("delta", "ref_hash"):
        return bool(kind == "session_status_changed")  # that it ran: it is over
    place = tuple(message.metadata.delta_path)
    return now.parts[place] == known.parts[place] and not now.parts[place].acts


def _as_of_a_part(message: Any) -> Any:
    """The message as one of a part of the page: what is in no part stays as it is."""
    kind = message.WhichOneof("type")
    if kind in ("new_session", "script_finished"):
        message.metadata.run.fragment_ids[:] = [_PART]
    if kind == "script_finished":
        message.script_finished = message.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
    return message
