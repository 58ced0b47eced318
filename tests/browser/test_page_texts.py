"""The comparison that is trusted to see a changed word: it must also see one."""

import pytest

from tests.browser import page_texts, sent_messages

RECORD = "# texts\nHow good is this run?\n0.83\n# links\n?run=demo\n"


@pytest.fixture
def compared(tmp_path):
    """Compares a record with another, None for a page that is missing there."""

    def told(before, after):
        for name, text in (("before", before), ("after", after)):
            (tmp_path / name).mkdir()
            if text is not None:
                (tmp_path / name / "demo.test.overview.txt").write_text(text, encoding="utf-8")
        return page_texts.compare(tmp_path / "before", tmp_path / "after")

    return told


def test_equal_records_are_said_to_be_equal(compared):
    said, same = compared(RECORD, RECORD)
    assert same
    assert said == "1 pages compared, texts equal in 1, links equal in 1"


def test_a_changed_figure_is_shown_with_its_page_and_line(compared):
    said, same = compared(RECORD, RECORD.replace("0.83", "0.84"))
    assert not same
    assert said.splitlines()[0].startswith("--- demo.test.overview.txt texts")
    assert "@@ -3 +3 @@\n-0.83\n+0.84" in said
    assert "texts equal in 0, links equal in 1" in said


def test_a_link_written_otherwise_leaves_the_texts_equal(compared):
    said, same = compared(RECORD, RECORD.replace("?run=demo", "?run=demo&split=test"))
    assert not same
    assert "texts equal in 1, links equal in 0" in said


def test_a_missing_page_is_a_difference(compared):
    said, same = compared(RECORD, None)
    assert not same
    assert "demo.test.overview.txt is missing in" in said


def test_two_empty_folders_are_no_success(compared):
    assert not compared(None, None)[1]


def test_a_long_difference_is_cut(compared):
    said, _ = compared(RECORD, RECORD.replace("0.83", "\n".join(map(str, range(100)))))
    assert said.count("\n") < page_texts.SHORT + 3
    assert "lines more" in said


def test_what_a_rerun_leaves_behind_is_not_recorded():
    def sent(kind, run, place=(), text=""):
        message = sent_messages.ForwardMsg()
        message.metadata.delta_path.extend(place)
        if kind == "delta":
            message.delta.new_element.text.body = text
        elif kind == "new_session":
            message.new_session.SetInParent()
            message.metadata.run.script_run_id = run
        else:
            message.script_finished = 0
        return message.SerializeToString()

    frames = [
        sent("new_session", "a"),
        sent("delta", "a", (0, 0), "20 %"),
        sent("delta", "a", (0, 0), "0.83"),
        sent("delta", "a", (0, 1), "stale"),
        sent("script_finished", "a"),
        sent("new_session", "b"),
        sent("delta", "b", (0, 0), "0.84"),
        sent("script_finished", "b"),
    ]
    found = sent_messages.lines(sent_messages.last_sent(frames))
    assert found.texts == ["Element.text.body: 0.84"]
