"""Of the answer to a threshold, the browser is sent what is new, and what it is sent makes the page
that a whole answer makes."""

import pytest
import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.state import left_as_it_was
from dashboard.state.left_as_it_was import LONGEST_S, Wire


class Line:
    """A wire, what went over it, and what is to be done later."""

    def __init__(self):
        self.went, self.later = [], []
        self.wire = Wire(self.went.append, lambda seconds, act: self.later.append((seconds, act)))

    def answer(self, name, before, *parts, ended=ForwardMsg.FINISHED_SUCCESSFULLY):
        """What goes over the wire of an answer with these parts: kind of message and text."""
        self.went.clear()
        self.start(name, before)
        for part in parts:
            self.wire.take(part)
        self.wire.take(finished(ended))
        return self.said()

    def start(self, name, before, parts=()):
        self.wire.take(started(parts))
        self.wire.take(ForwardMsg(session_status_changed={"script_is_running": True}))
        self.wire.begin(name, before)

    def said(self):
        return [text(each) for each in self.went]


def started(parts=()):
    message = ForwardMsg(new_session={"name": "app"})
    message.metadata.run.fragment_ids.extend(parts)
    return message


def finished(how):
    return ForwardMsg(script_finished=how)


def html(place, body, once=False):
    element = {"html": {"body": body}, "has_one_shot_effect": once}
    message = ForwardMsg(hash=body, delta={"new_element": element})
    message.metadata.delta_path.extend(place)
    return message


def box(place, name="box", kind="flex_container"):
    message = ForwardMsg(hash=f"{kind} {name}", delta={"add_block": {"id": name, kind: {}}})
    message.metadata.delta_path.extend(place)
    return message


def transient(place):
    message = ForwardMsg(hash="spinner", delta={"new_transient": {}})
    message.metadata.delta_path.extend(place)
    return message


def known(place, digest):
    message = ForwardMsg(ref_hash=digest)
    message.metadata.delta_path.extend(place)
    return message


def navigation(digest="pages"):
    return ForwardMsg(hash=digest, navigation={"sections": [digest]})


def address(query):
    return ForwardMsg(hash=query, page_info_changed={"query_string": query})


def text(message):
    """What a message says, in a word."""
    kind = message.WhichOneof("type")
    if kind == "delta":
        return message.delta.new_element.html.body or message.delta.add_block.id
    return message.ref_hash if kind == "ref_hash" else kind


PAGE = (navigation(), box((0, 0)), html((0, 0, 0), "title"), html((0, 1), "rate 1"))
ALL = ["new_session", "session_status_changed", "navigation", "box", "title"]


@pytest.fixture
def line():
    """A line over which a first answer went, called "one"."""
    made = Line()
    made.answer("one", "", *PAGE)
    return made


def moved(last="rate 2"):
    return (*PAGE[:-1], html((0, 1), last))


def test_a_first_answer_is_sent_as_it_is_made():
    line = Line()
    line.start("one", "")
    for count, part in enumerate(PAGE, start=3):
        line.wire.take(part)
        assert len(line.went) == count


def test_only_what_is_new_is_sent_of_an_answer_to_one_that_stands_on_the_page(line):
    found = line.answer("two", "one", *moved(), address("threshold=2"))
    assert found == ["new_session", "rate 2", "page_info_changed", "script_finished"]
    assert line.answer("three", "two", *moved("rate 3")) == [
        "new_session",
        "rate 3",
        "script_finished",
    ]


def test_it_is_sent_as_that_of_a_part_so_that_the_rest_stays(line):
    line.answer("two", "one", *moved())
    first, last = line.went[0], line.went[-1]
    assert list(first.metadata.run.fragment_ids) == list(last.metadata.run.fragment_ids) != []
    assert last.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY


def test_an_answer_sent_whole_is_none_of_a_part(line):
    line.answer("two", "", *moved())
    assert not line.went[0].metadata.run.fragment_ids
    assert line.went[-1].script_finished == ForwardMsg.FINISHED_SUCCESSFULLY


@pytest.mark.parametrize("before", ["", "another"])
def test_where_another_answer_stands_on_the_page_all_is_sent(line, before):
    assert line.answer("two", before, *moved()) == [*ALL, "rate 2", "script_finished"]


@pytest.mark.parametrize(
    "parts",
    [
        (*moved(), html((0, 2), "one more")),
        PAGE[:-1],
        (PAGE[0], box((0, 0), kind="expandable"), *moved()[2:]),
        (PAGE[0], box((0, 0)), box((0, 0, 0), "title"), html((0, 1), "rate 2")),
        (*moved(), html((0, 1), "written over")),
        (*moved(), ForwardMsg(auto_rerun={"interval": 1})),
        (PAGE[0], html((0, 1), "rate 2"), *PAGE[1:3]),
    ],
    ids=[
        "more",
        "less",
        "another kind of box",
        "a box for an element",
        "twice",
        "a clock",
        "order",
    ],
)
def test_of_another_shape_all_is_sent(line, parts):
    found = line.answer("two", "one", *parts)
    assert len(found) == 3 + len(parts)
    assert line.went[-1].script_finished == ForwardMsg.FINISHED_SUCCESSFULLY


def test_a_dialog_is_sent_whole():
    line, dialog = Line(), (box((0, 0), kind="dialog"), html((0, 0, 0), "in it"))
    line.answer("one", "", *dialog)
    assert line.answer("two", "one", *dialog)[-3:-1] == ["box", "in it"]


def test_a_box_that_says_something_else_is_sent_and_what_is_in_it_stays(line):
    found = line.answer("two", "one", PAGE[0], box((0, 0), "another"), *moved()[2:])
    assert found == ["new_session", "another", "rate 2", "script_finished"]


def test_what_was_written_over_while_all_was_sent_stands_there_as_it_was_written_last():
    line = Line()
    line.answer("one", "", transient((0, 0)), html((0, 0), "slow"), html((0, 1), "rate 1"))
    parts = html((0, 0), "slow"), html((0, 1), "rate 2")
    assert line.answer("two", "one", *parts) == ["new_session", "rate 2", "script_finished"]


def test_what_acts_each_time_is_sent_each_time():
    line = Line()
    parts = html((0, 0), "set", once=True), html((0, 1), "stays")
    line.answer("one", "", *parts)
    assert line.answer("two", "one", *parts) == ["new_session", "set", "script_finished"]


def test_what_is_sent_by_its_digest_is_left_out_too_unless_it_acts():
    line = Line()
    acts = html((0, 0), "acts", once=True)
    acts.metadata.cacheable = True
    line.answer("one", "", acts, html((0, 1), "chart"))
    parts = known((0, 0), "acts"), known((0, 1), "chart")
    assert line.answer("two", "one", *parts) == ["new_session", "acts", "script_finished"]


def test_pages_of_the_navigation_are_sent_where_they_are_others(line):
    found = line.answer("two", "one", navigation("others"), *moved()[1:])
    assert found == ["new_session", "navigation", "rate 2", "script_finished"]


@pytest.mark.parametrize(
    "ended", [ForwardMsg.FINISHED_EARLY_FOR_RERUN, ForwardMsg.FINISHED_WITH_COMPILE_ERROR]
)
def test_an_answer_that_does_not_end_well_is_sent_whole_and_so_is_the_next(line, ended):
    assert len(line.answer("two", "one", *moved(), ended=ended)) == 7
    assert len(line.answer("three", "two", *moved("rate 3"))) == 7


def test_an_answer_broken_off_is_sent_as_far_as_it_came_and_the_next_whole(line):
    line.went.clear()
    line.start("two", "one")
    for part in moved():
        line.wire.take(part)
    assert line.went == []
    line.wire.take(started())
    assert line.said() == [*ALL, "rate 2"]
    line.wire.begin("three", "one")
    assert line.said() == [*ALL, "rate 2", "new_session"]


def test_a_part_redrawn_alone_goes_through_and_the_next_answer_is_sent_whole(line):
    line.went.clear()
    line.wire.take(started(["part"]))
    line.wire.take(html((0, 1), "by itself"))
    line.wire.take(finished(ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY))
    assert line.said() == ["new_session", "by itself", "script_finished"]
    assert len(line.answer("two", "one", *moved())) == 7


def test_an_answer_that_takes_long_shows_what_there_is(line):
    line.went.clear()
    line.start("two", "one")
    line.wire.take(moved()[0])
    assert line.went == []
    seconds, act = line.later[-1]
    assert seconds == LONGEST_S
    act()
    assert line.said() == ALL[:3]
    line.wire.take(moved()[1])
    assert line.said() == ALL[:4]


def test_the_time_of_an_answer_that_has_ended_is_none_of_the_next(line):
    line.answer("two", "one", *moved())
    _, act = line.later[-1]
    line.went.clear()
    line.start("three", "two")
    act()
    assert line.went == []


def test_a_run_that_never_comes_to_the_page_is_sent_in_time():
    line = Line()
    line.wire.take(started())
    assert line.went == []
    line.wire.take(finished(ForwardMsg.FINISHED_WITH_COMPILE_ERROR))
    assert line.said() == ["new_session", "script_finished"]


def test_without_a_server_a_rerun_begins_and_forgets_what_stood_on_the_page():
    left_as_it_was.shown("one")
    left_as_it_was.begin("two")
    assert not [key for key in st.session_state if "shown" in str(key)]
