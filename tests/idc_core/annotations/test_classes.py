from collections.abc import Callable
from pathlib import Path

import pytest

from idc_core.annotations.classes import Role, read_class_map
from idc_core.io.refusal import Refusal

Write = Callable[[object], Path]

TABLE = 'pattern,class\n"tumou?r|metastas[ei]s",positive\nslide\\d+_.*_normal,Negative\nROI,roi\n'


def test_names_are_matched_as_a_whole_in_any_case(written: Write) -> None:
    roles = read_class_map(written(TABLE)).roles
    assert roles({"Tumour": 1, "METASTASIS": 2, "Slide2_x_normal": 3, "roi": 1}) == {
        "Tumour": Role.POSITIVE,
        "METASTASIS": Role.POSITIVE,
        "Slide2_x_normal": Role.NEGATIVE,
        "roi": Role.ROI,
    }


def test_unmapped_classes_are_refused_with_their_numbers_the_most_frequent_first(
    written: Write,
) -> None:
    with pytest.raises(Refusal, match=r"none for Stroma \(1,200\), Tumor front \(3\)\. Add"):
        read_class_map(written(TABLE)).roles({"Tumor": 4, "Tumor front": 3, "Stroma": 1200})


def test_a_long_list_of_unmapped_classes_is_cut_and_counted(written: Write) -> None:
    with pytest.raises(Refusal, match=r"c11 \(1\) and 8 more\."):
        read_class_map(written(TABLE)).roles({f"c{n:02d}": 1 for n in range(20)})


def test_the_first_rule_that_fits_decides(written: Write) -> None:
    table = "pattern,class\ntumor in situ,ignore\ntumor.*,positive\n"
    found = read_class_map(written(table)).roles({"Tumor in situ": 1, "Tumor": 1})
    assert found == {"Tumor in situ": Role.IGNORE, "Tumor": Role.POSITIVE}


@pytest.mark.parametrize("sign", [";", "\t"])
def test_other_separators_and_a_byte_order_mark_are_read(written: Write, sign: str) -> None:
    text = "\ufeffPattern,Class\r\nDrüse,negative\r\n\r\n".replace(",", sign)
    assert read_class_map(written(text)).roles({"DRÜSE": 1}) == {"DRÜSE": Role.NEGATIVE}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the columns pattern and class"),
        ("name,role\na,positive\n", "found name, role"),
        ("pattern,class\n", "a row for every class"),
        ("pattern,class\na{1,2},positive\n", "in line 2 .*found 3 cells"),
        ("pattern,class\na,tumour\n", "found 'tumour'"),
        ("pattern,class\n(a,positive\n", "a regular expression in line 2"),
        ("pattern,class\n,positive\n", "a pattern in line 2"),
        ('pattern,class\n"a,positive\n', "Close every quote"),
    ],
)
def test_a_damaged_table_is_refused_with_its_line(written: Write, text: str, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        read_class_map(written(text))
