"""Stain is told from glass and ink, square by square."""

import numpy as np
import pytest

from idc_core.io.refusal import Refusal
from idc_core.wsi.reading import open_image
from idc_core.wsi.tiling import plan
from idc_core.wsi.tissue import TissueRule, is_pen, is_tissue
from tests.slides import draw


def test_stained_tissue_is_told_from_glass_ink_and_pen():
    colours = {
        (230, 140, 190): True,
        (120, 70, 150): True,
        (245, 225, 238): True,
        (250, 250, 250): False,
        (225, 226, 224): False,
        (20, 20, 22): False,
        (60, 160, 70): False,
    }
    for colour, tissue in colours.items():
        found = is_tissue(np.full((10, 10, 3), colour, np.uint8))
        assert found.all() == tissue
        assert found.any() == tissue


def test_a_hole_in_the_file_is_no_tissue_though_tissue_lies_all_around_it():
    pixels = np.full((30, 30, 3), (180, 100, 200), np.uint8)
    pixels[10:20, 10:20] = 255
    expected = np.ones((30, 30), bool)
    expected[10:20, 10:20] = False
    np.testing.assert_array_equal(is_tissue(pixels), expected)


PINK, GLASS, FAINT = (230, 140, 190), (250, 250, 250), (245, 236, 240)
GREEN_INK, BLUE_INK, BLACK_INK, RED_INK = (40, 140, 70), (40, 60, 160), (20, 20, 22), (200, 40, 60)


def plain(colour):
    return np.full((10, 10, 3), colour, np.uint8)


@pytest.mark.parametrize(
    ("colour", "pen"),
    [
        (GREEN_INK, True),
        (BLUE_INK, True),
        (BLACK_INK, True),
        (RED_INK, False),
        (PINK, False),
        ((120, 70, 150), False),
        ((90, 50, 30), False),
        ((150, 160, 190), False),
        (GLASS, False),
    ],
)
def test_ink_is_told_from_eosin_haematoxylin_dab_and_glass(colour, pen):
    found = is_pen(plain(colour))
    assert found.all() == pen
    assert found.any() == pen


def test_the_rule_follows_its_numbers():
    assert not is_tissue(plain(FAINT)).any()
    assert is_tissue(plain(FAINT), TissueRule(chroma=8)).all()
    assert not is_tissue(plain(PINK), TissueRule(light=140)).any()
    assert is_tissue(plain(PINK), TissueRule(light=141)).all()
    assert not is_pen(plain(BLUE_INK), TissueRule(ink_saturation=0.8)).any()
    assert not is_pen(plain(BLACK_INK), TissueRule(ink_dark=22)).any()


@pytest.mark.parametrize(
    ("name", "value"),
    [("chroma", -1), ("light", 0), ("least", 1.5), ("least", float("nan")), ("ink_dark", 256)],
)
def test_a_rule_that_cannot_be_met_is_refused(name, value):
    with pytest.raises(Refusal, match=f"expected {name} of tissue from"):
        TissueRule(**{name: value})


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """Four squares of 100 pixels: tissue, tissue of which a quarter is inked, glass, a fifth of
    tissue."""
    pixels = np.full((100, 400, 3), 250, np.uint8)
    pixels[:, :200] = PINK
    pixels[:50, 100:150] = BLUE_INK
    pixels[:20, 300:] = PINK
    return draw(tmp_path_factory.mktemp("marked") / "marked.tif", pixels, levels=1, tile=16)


def test_shares_of_tissue_and_pen_are_told_square_by_square(marked):
    with open_image(marked, 1.0) as image:
        laid = plan(image, 1.0, 100)
    assert laid.pen == pytest.approx(np.array([[0, 0.25, 0, 0]]))
    # The look is smoothed first: tissue reaches one of its ten pixels into the glass beside it.
    assert laid.tissue == pytest.approx(np.array([[1, 1, 0.11, 0.29]]))
    assert laid.tissue.dtype == laid.pen.dtype == np.float32


def test_the_least_share_decides_what_is_kept_and_pen_does_not(marked):
    with open_image(marked, 1.0) as image:
        for least, kept in ((0.2, [1, 1, 0, 1]), (0.5, [1, 1, 0, 0]), (0.0, [1, 1, 1, 1])):
            laid = plan(image, 1.0, 100, rule=TissueRule(least=least))
            assert laid.kept.tolist() == [[bool(each) for each in kept]]
