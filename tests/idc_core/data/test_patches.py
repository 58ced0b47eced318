"""Names of patch files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idc_core.data.patches import PatchName, parse_name
from idc_core.io.refusal import Refusal

PATIENTS = st.from_regex(r"[A-Za-z0-9-]{1,20}", fullmatch=True)
PIXELS = st.integers(0, 999_999)


@given(st.builds(PatchName, PATIENTS, PIXELS, PIXELS, st.sampled_from([0, 1])))
def test_a_written_name_is_read_back_as_it_was(name: PatchName) -> None:
    assert parse_name(str(name)) == name


def test_leading_zeros_belong_to_the_patient() -> None:
    assert parse_name("08863_idx5_x51_y101_class1.png").patient == "08863"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "10253_idx5_x1001_y1001_class0-checkpoint.png",
        "10253_idx5_x1001_y1001_class2.png",
        "10253_idx5_x1001_y1001_class0.jpg",
        "10253_idx5_x1001_y1001_class0.png\n",
        "../etc_idx5_x1_y1_class0.png",
        "a" * 65 + "_idx5_x1_y1_class0.png",
        "<b>_idx5_x1_y1_class0.png",
        "١٢_idx5_x1_y1_class0.png",
        "10253_idx5_x١_y1_class0.png",
    ],
)
def test_any_other_name_is_refused_and_quoted(name: str) -> None:
    with pytest.raises(Refusal, match=r"expected a name like .* found '"):
        parse_name(name)
