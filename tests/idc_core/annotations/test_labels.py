import numpy as np
import pytest

from idc_core.annotations.classes import Role
from idc_core.annotations.labels import Label, Thresholds, counts, labels
from idc_core.io.refusal import Refusal


def of(*, exhaustive: bool = False, thresholds: Thresholds | None = None, **shares: float) -> Label:
    """The label of one square by the share of each role."""
    found = labels(
        {Role(name): np.array([[share]]) for name, share in shares.items()},
        thresholds or Thresholds(),
        exhaustive=exhaustive,
    )
    return Label(found[0, 0])


@pytest.mark.parametrize(
    ("share", "label"),
    [
        (1.0, Label.POSITIVE),
        (0.8, Label.POSITIVE),
        (0.7999, Label.UNDECIDED),
        (1e-6, Label.UNDECIDED),
        (0.0, Label.NEGATIVE),
    ],
)
def test_the_share_decides_where_a_slide_is_annotated_in_full(share: float, label: Label) -> None:
    assert of(positive=share, exhaustive=True) is label


def test_what_nobody_annotated_is_unknown_and_never_negative() -> None:
    assert of(positive=0.0) is Label.UNKNOWN
    assert of(positive=0.0, negative=0.0, roi=0.0) is Label.UNKNOWN


@pytest.mark.parametrize("role", ["negative", "roi"])
def test_a_square_is_negative_where_most_of_it_is_annotated(role: str) -> None:
    assert of(positive=0.0, **{role: 0.8}) is Label.NEGATIVE
    assert of(positive=0.0, **{role: 0.79}) is Label.UNDECIDED
    assert of(positive=0.01, **{role: 0.99}) is Label.UNDECIDED


def test_a_positive_square_needs_no_region_of_interest() -> None:
    assert of(positive=0.9) is Label.POSITIVE


def test_exclusion_wins_over_everything() -> None:
    assert of(positive=1.0, exclude=0.001, exhaustive=True) is Label.EXCLUDED
    assert of(positive=0.0, exclude=1.0) is Label.EXCLUDED


def test_thresholds_are_adjustable() -> None:
    loose = Thresholds(positive_from=0.5, negative_to=0.1, annotated_from=0.3)
    assert of(positive=0.5, thresholds=loose) is Label.POSITIVE
    assert of(positive=0.1, negative=0.3, thresholds=loose) is Label.NEGATIVE
    assert of(positive=0.11, negative=0.3, thresholds=loose) is Label.UNDECIDED


@pytest.mark.parametrize("wrong", [(0.0, 0.0, 0.8), (0.5, 0.6, 0.8), (1.1, 0, 0.8), (0.8, 0, 0)])
def test_thresholds_that_contradict_each_other_are_refused(
    wrong: tuple[float, float, float],
) -> None:
    with pytest.raises(Refusal, match="below that of a positive"):
        Thresholds(*wrong)


def test_every_square_is_counted_once() -> None:
    found = labels(
        {Role.POSITIVE: np.array([[1.0, 0.5, 0.0]]), Role.NEGATIVE: np.array([[0, 0, 1.0]])},
        Thresholds(),
        exhaustive=False,
    )
    assert found.dtype == np.int8
    assert counts(found) == {
        Label.POSITIVE: 1,
        Label.NEGATIVE: 1,
        Label.UNDECIDED: 1,
        Label.UNKNOWN: 0,
        Label.EXCLUDED: 0,
    }


def test_no_role_at_all_is_refused() -> None:
    with pytest.raises(Refusal, match="at least one role"):
        labels({}, Thresholds(), exhaustive=True)
