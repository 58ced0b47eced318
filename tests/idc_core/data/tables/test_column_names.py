"""What a column's name says, where it could say more than one thing."""

import pytest

from idc_core.data.tables.column_names import class_of, is_nameless


@pytest.mark.parametrize(
    ("name", "spoken_of"),
    [
        ("prob_idc", 1),
        ("prob_1", 1),
        ("prob_0", 0),
        ("prob_benign", 0),
        ("prob_b", None),  # a letter may be a model
        ("prob_b_malignant", None),  # also beside a class: model B's, or benign against malignant?
        ("prob_m_idc", None),  # even where letter and word would agree
        ("prob", None),
        ("prob_vgg16", None),
    ],
)
def test_a_name_speaks_of_a_class_only_where_it_can_mean_no_other(name, spoken_of):
    assert class_of(name) == spoken_of


def test_a_number_alone_is_no_name():
    assert [is_nameless(each) for each in ("column 12", "column x", "my column 1")] == [
        True,
        False,
        False,
    ]
