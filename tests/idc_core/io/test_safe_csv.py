"""Cells from strangers' file names stay text."""

import csv
import io

import pytest

from idc_core.io.safe_csv import read_cell, safe_cell, safe_csv


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_formula_becomes_text(start):
    assert safe_cell(f"{start}1+2") == f"'{start}1+2"


@pytest.mark.parametrize("value", [-0.3, "-0.3", "+1", "-2e-7", -5])
def test_a_signed_number_is_no_formula(value):
    assert safe_cell(value) == str(value)


@pytest.mark.parametrize("text", ["=a", "-a", "'tis", "10253", "-1"])
def test_a_cell_is_read_back_as_it_was(text):
    assert read_cell(safe_cell(text)) == text


@pytest.mark.parametrize("text", ["a\nb", "\x1b[31m", "\udc80", "\u202egnp", "\0"])
def test_control_signs_become_visible_and_can_be_written(text):
    shown = safe_cell(text)
    assert shown.isprintable()
    shown.encode()


def test_a_table_can_be_read_back():
    text = safe_csv(("file", "detail"), [('a,"b".png', "über"), ("c", 3)])
    assert list(csv.reader(io.StringIO(text))) == [
        ["file", "detail"],
        ['a,"b".png', "über"],
        ["c", "3"],
    ]
