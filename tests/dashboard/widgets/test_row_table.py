"""A click on a row that is being replaced must not open another one."""

from dashboard.widgets import row_table


def test_other_rows_or_another_order_are_another_table_and_the_same_rows_the_same():
    key = row_table.key("worklist", ["A", "B"])
    assert key == row_table.key("worklist", ["A", "B"])
    others = (["B", "A"], ["A"], ["A, B"], ["A", "B", "C"])
    assert len({key, *(row_table.key("worklist", rows) for rows in others)}) == 5
