"""Texts that follow the threshold are elements with a key; what is in them is text."""

from dashboard.widgets.live import OwnTable, each, live, with_table


def test_what_stands_in_an_element_is_text():
    assert live("tp.row", "<b> & 3 %") == '<span data-live="tp.row">&lt;b&gt; &amp; 3 %</span>'
    assert each({"a": "1", "b": ""}, "td") == {
        "a": '<td data-live="a">1</td>',
        "b": '<td data-live="b"></td>',
    }


def test_without_an_address_a_part_has_no_table_of_its_own():
    assert with_table(None) == with_table(OwnTable("", "ab")) == ""
    assert with_table(OwnTable('/x"', "ab")) == ' data-live-table="/x&quot;" data-live-of="ab"'
