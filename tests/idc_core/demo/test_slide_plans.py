"""Which slides there are, and what makes one of them special."""

from collections import Counter
from dataclasses import replace

import numpy as np

from idc_core.demo.slide_plans import SLIDES, SQUARE, fold_of, laid_out
from idc_core.demo.slide_store import RASTER
from tests.idc_core.demo.small_slides import FOLDED, SPARED


def test_every_split_has_patients_enough_for_an_interval_and_one_patient_has_two_slides():
    patients = {each.patient: each.plan.split for each in SLIDES}
    assert Counter(patients.values()) == {"train": 3, "validation": 2, "test": 3}
    slides = Counter(each.patient for each in SLIDES)
    assert sorted(slides.values()) == [1] * 7 + [2]
    assert len({each.slide for each in SLIDES}) == len({each.number for each in SLIDES}) == 9


def test_a_patient_is_in_one_split():
    assert len({(each.patient, each.plan.split) for each in SLIDES}) == 8


def test_the_burden_is_counted_in_squares_of_the_store():
    assert RASTER.patch_px * RASTER.um_per_px == SQUARE * 4.0


def test_the_spared_place_is_no_tumour_though_all_around_it_is():
    laid = laid_out(SPARED)[0]
    x, y, radius = SPARED.plan.spared
    height, width = laid.inside.shape
    rows, columns = np.mgrid[:height, :width]
    away = np.hypot(rows - y * height, columns - x * width)
    assert not laid.inside[away < 0.8 * radius].any()
    ring = (away > 1.3 * radius) & (away < 1.5 * radius)
    assert laid.inside[ring].mean() > 0.9


def test_the_section_lies_double_in_its_fold():
    folded, plain = laid_out(FOLDED)[0], laid_out(replace(FOLDED, folded=False))[0]
    fold = fold_of(plain)
    assert fold.any()
    np.testing.assert_allclose(folded.tissue.pink[fold], 2.2 * plain.tissue.pink[fold], rtol=1e-5)
    np.testing.assert_array_equal(folded.tissue.pink[~fold], plain.tissue.pink[~fold])
