import numpy as np
import pytest
from shapely import box

from idc_core.annotations.frames import in_level0, share_outside
from idc_core.annotations.region import Annotations, Frame, Picture, Region
from idc_core.io.refusal import Refusal
from idc_core.records.slide_frame import SlideFrame

SLIDE = SlideFrame(
    size=(2000, 1000),
    um_x=0.5,
    um_y=1.0,
    bounds_x=300,
    bounds_y=200,
    bounds_size=(1000, 600),
    offset_x_nm=100_000,
    offset_y_nm=-200_000,
)
PLAIN = SlideFrame(size=(2000, 1000))


def drawn(
    frame: Frame, sides: tuple[float, float, float, float], picture: Picture | None = None
) -> Annotations:
    region = Region("a", box(*sides), False, 0, "1")
    return Annotations((region,), "a tool", frame, picture=picture)


def bounds(annotations: Annotations, slide: SlideFrame) -> tuple[float, ...]:
    found = in_level0(annotations, slide)
    assert found.frame is Frame.CANVAS
    return found.regions[0].shape.bounds


def picture(width: int | None, height: int | None) -> Picture:
    return Picture("thumbnail.png", width, height)


def test_qupath_starts_where_the_shown_part_starts() -> None:
    assert bounds(drawn(Frame.SHOWN, (1, 2, 30, 40)), SLIDE) == (301, 202, 330, 240)
    assert bounds(drawn(Frame.SHOWN, (1, 2, 30, 40)), PLAIN) == (1, 2, 30, 40)


def test_other_viewers_start_at_the_whole_canvas() -> None:
    assert bounds(drawn(Frame.CANVAS, (1, 2, 30, 40)), SLIDE) == (1, 2, 30, 40)


def test_nanometres_count_from_the_slides_centre() -> None:
    """Figures of LazySlide's tests/test_io_ndpa.py."""
    square = drawn(Frame.NANOMETRES, (-350_000, -500_000, -250_000, -300_000))
    assert bounds(square, SLIDE) == (100, 200, 300, 400)


@pytest.mark.parametrize(
    ("slide", "said"),
    [
        (PLAIN, "how far it lies from the slide's centre"),
        (SlideFrame((2000, 1000), offset_x_nm=0, offset_y_nm=0), "µm per pixel"),
        (SlideFrame((2000, 1000), um_x=0.5, um_y=0.5, offset_x_nm=0), "how far it lies"),
    ],
)
def test_nanometres_are_refused_where_the_slide_does_not_say_enough(
    slide: SlideFrame, said: str
) -> None:
    with pytest.raises(Refusal, match=said):
        in_level0(drawn(Frame.NANOMETRES, (0, 0, 1, 1)), slide)


def test_fractions_are_of_the_width_in_both_directions() -> None:
    assert bounds(drawn(Frame.FRACTION, (0.1, 0.2, 0.3, 0.4)), PLAIN) == pytest.approx(
        (200, 400, 600, 800)
    )


@pytest.mark.parametrize(
    ("size", "scale"),
    [
        ((2000, 1000), (1, 1)),
        ((500, 250), (4, 4)),
        ((666, 333), (3, 3)),  # 2000 / 3 and 1000 / 3, cut
        ((667, 334), (3, 3)),  # the same, rounded up
        ((800, 400), (2.5, 2.5)),
        ((801, 399), (2000 / 801, 1000 / 399)),
    ],
)
def test_a_picture_is_scaled_by_its_size(size: tuple[int, int], scale: tuple[float, float]) -> None:
    found = bounds(drawn(Frame.PICTURE, (10, 20, 30, 40), picture(*size)), PLAIN)
    x, y = scale
    assert found == pytest.approx((10 * x, 20 * y, 30 * x, 40 * y))


def test_a_picture_of_what_is_shown_starts_there() -> None:
    found = bounds(drawn(Frame.PICTURE, (10, 20, 30, 40), picture(500, 300)), SLIDE)
    assert found == (320, 240, 360, 280)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ((500, 300), "4.00 times smaller in x and 3.33 in y"),
        ((None, 300), "the size of the picture"),
        ((500, None), "the size of the picture"),
    ],
)
def test_a_picture_of_another_shape_or_unknown_size_is_refused(
    size: tuple[int | None, int | None], said: str
) -> None:
    with pytest.raises(Refusal, match=said):
        in_level0(drawn(Frame.PICTURE, (0, 0, 9, 9), picture(*size)), PLAIN)


@pytest.mark.parametrize(
    "sides",
    [(1900, 10, 2200, 20), (-150, 10, 20, 20), (0, 900, 10, 1200), (9000, 9000, 9001, 9001)],
)
def test_outlines_beyond_the_slide_are_refused_with_both_sizes(
    sides: tuple[float, float, float, float],
) -> None:
    with pytest.raises(Refusal, match="on a slide of 2,000 × 1,000 px: they reach from"):
        in_level0(drawn(Frame.CANVAS, sides), PLAIN, "a.xml")


def test_a_hand_may_slip_over_the_edge_and_the_share_outside_is_told() -> None:
    found = in_level0(drawn(Frame.CANVAS, (1950, 0, 2050, 100)), PLAIN)
    assert share_outside(found, PLAIN) == pytest.approx(0.5)
    assert share_outside(drawn(Frame.CANVAS, (0, 0, 9, 9)), PLAIN) == 0


def test_a_file_without_regions_fits_every_slide() -> None:
    empty = Annotations((), "a tool", Frame.CANVAS)
    assert in_level0(empty, PLAIN).regions == ()
    assert share_outside(empty, PLAIN) == 0


def test_a_mask_may_hang_over_by_one_of_its_pixels() -> None:
    slide = SlideFrame((1999, 1000))
    whole = drawn(Frame.PICTURE, (0, 0, 20, 10), picture(20, 10))
    assert np.array(bounds(whole, slide)).tolist() == [0, 0, 2000, 1000]
