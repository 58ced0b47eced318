"""A page of a list: which rows, in which order, and what is found."""

import numpy as np
import pandas as pd

from dashboard.state.list_place import Place
from dashboard.widgets import paged_table
from dashboard.widgets.paged_table import A_PAGE, listed, page_of

NUMBERS = pd.DataFrame({"patient": ["B7", "a7", "C8", "D7"], "fn": [2, 5, 2, 9]})
MANY = pd.DataFrame({"patient": [f"P{at:03}" for at in range(103)], "fn": np.arange(103) % 5})


def names(table, place):
    return listed(table, place, "patient").rows["patient"].tolist()


def test_rows_are_sorted_and_equal_ones_stay_in_the_order_of_the_table():
    assert names(NUMBERS, Place("fn")) == ["D7", "a7", "B7", "C8"]
    assert names(NUMBERS, Place("fn", descending=False)) == ["B7", "C8", "a7", "D7"]
    assert names(NUMBERS, Place("patient", descending=False)) == ["B7", "C8", "D7", "a7"]


def test_what_is_not_defined_comes_last_in_either_direction():
    table = pd.DataFrame({"patient": ["A", "B", "C"], "auc": [np.nan, 0.5, 0.75]})
    assert names(table, Place("auc")) == ["C", "B", "A"]
    assert names(table, Place("auc", descending=False)) == ["B", "C", "A"]


def test_a_part_of_a_name_is_found_in_small_letters_and_large_ones():
    assert names(NUMBERS, Place("fn", search="A7")) == ["a7"]
    assert names(NUMBERS, Place("fn", search="7")) == ["D7", "a7", "B7"]
    assert listed(NUMBERS, Place("fn", search="x"), "patient").pages == 1


def test_a_page_has_forty_rows_and_one_that_is_not_there_is_the_last():
    usual = Place("patient", descending=False)
    second = listed(MANY, Place("patient", descending=False, page=2), "patient")
    assert (len(second.rows), second.first, second.pages) == (A_PAGE, 40, 3)
    assert second.rows["patient"].iloc[[0, -1]].tolist() == ["P040", "P079"]
    last = listed(MANY, Place("patient", descending=False, page=99), "patient")
    assert (last.place.page, len(last.rows)) == (3, 23)
    assert page_of(listed(MANY, usual, "patient").found, "patient", "P080") == 3
    assert page_of(listed(MANY, usual, "patient").found, "patient", "P079") == 2
    assert page_of(MANY, "patient", "P999") is None


def test_columns_of_numbers_texts_and_shares_may_be_sorted_by(app, full_run):
    page = app(threshold="0.5").open("patients")
    sortable = [each["key"] for each in page.panel("worklist")["columns"] if each["sorts"]]
    assert len(sortable) == 12
    for key in ("auc", "tissue", "burden"):
        assert key in sortable
        page.tell("worklist", "asked", {"order": key, "descending": False, "turn": key})
        assert not page.failed
        shown = page.panel("worklist")
        assert (shown["place"]["order"], shown["turn"]) == (key, key)
        assert page.query["worklist_order"] == key


def test_the_order_and_what_is_searched_stand_in_the_address_and_come_back(app, full_run):
    page = app(threshold="0.5").open("patients")
    asked = {"order": "fp", "descending": True, "search": "102", "page": 1, "turn": "1"}
    page.tell("worklist", "asked", asked)
    assert page.query["worklist_order"] == "-fp"
    assert page.query["worklist_search"] == "102"
    assert "worklist_page" not in page.query
    copied = page.query
    assert page.listed("worklist")["patient"].tolist() == ["10254", "10253"]
    page.open("overview").open("patients")
    assert page.panel("worklist")["place"]["search"] == "102"  # as it was left
    again = app(**copied).open("patients")
    assert again.panel("worklist")["place"] == page.panel("worklist")["place"]
    assert again.panel("worklist")["every"] == 3
    assert again.panel("worklist")["found"] == 2


def test_an_address_that_asks_for_what_is_not_there_is_no_error(app, full_run):
    bad = {"worklist_order": "-DROP", "worklist_page": "9" * 30, "worklist_search": "x" * 999}
    page = app(**bad).open("patients")
    assert not page.failed
    shown = page.panel("worklist")["place"]
    assert (shown["order"], shown["page"], len(shown["search"])) == ("open", 1, 80)


def test_a_click_opens_the_patient_and_all_patients_leads_to_the_page_with_it(
    app, full_run, monkeypatch
):
    monkeypatch.setattr(paged_table, "A_PAGE", 1)
    page = app(threshold="0.5").open("patients")
    order = [page.listed("worklist")["patient"].iloc[0]]
    assert page.panel("worklist")["pages"] == 3
    for at in (2, 3):
        page.tell("worklist", "asked", {"page": at, "turn": str(at)})
        order.append(page.listed("worklist")["patient"].iloc[0])
    assert len(set(order)) == 3
    page.tell("worklist", "opened", order[2])
    page.at.run()
    assert page.query["patient"] == order[2]
    next(each for each in page.at.button if each.key == "next_patient").click().run()
    assert page.query["patient"] == order[0]  # all round
    next(each for each in page.at.button if each.key == "all_patients").click().run()
    shown = page.panel("worklist")
    assert (shown["marked"], shown["place"]["page"]) == (order[0], 1)
    assert page.listed("worklist")["patient"].tolist() == [order[0]]
