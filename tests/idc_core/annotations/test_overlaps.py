from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from idc_core.annotations.classes import Role
from idc_core.annotations.overlaps import settle
from idc_core.annotations.region import Region

ROLES = {
    "tumour": Role.POSITIVE,
    "in situ": Role.POSITIVE,
    "stroma": Role.NEGATIVE,
    "roi": Role.ROI,
    "fold": Role.EXCLUDE,
}


def regions(*drawn: tuple[str, tuple[float, float, float, float]]) -> list[Region]:
    return [Region(name, box(*sides), False, at, str(at)) for at, (name, sides) in enumerate(drawn)]


BIG_AND_SMALL = regions(("stroma", (0, 0, 10, 10)), ("tumour", (2, 2, 4, 4)))


def test_without_a_priority_the_smaller_region_has_the_place_and_it_is_counted() -> None:
    found = settle(BIG_AND_SMALL, ROLES)
    assert found.shapes[Role.POSITIVE].area == 4
    assert found.shapes[Role.NEGATIVE].area == 96
    assert (found.conflicts, found.contested) == (1, 4)


@pytest.mark.parametrize("turned", [1, -1])
def test_a_stated_priority_wins_over_size_and_over_the_order_of_the_file(turned: int) -> None:
    found = settle(BIG_AND_SMALL[::turned], ROLES, ["Stroma", "absent class"])
    assert found.shapes[Role.NEGATIVE].area == 100
    assert found.shapes[Role.POSITIVE].is_empty


def test_regions_of_one_role_do_not_contradict_each_other() -> None:
    found = settle(regions(("tumour", (0, 0, 4, 4)), ("in situ", (2, 0, 6, 4))), ROLES)
    assert found.shapes[Role.POSITIVE].area == 24
    assert found.conflicts == 0


def test_regions_that_share_an_edge_are_no_conflict() -> None:
    found = settle(regions(("tumour", (0, 0, 4, 4)), ("stroma", (4, 0, 9, 4))), ROLES)
    assert (found.conflicts, found.shapes[Role.NEGATIVE].area) == (0, 20)


def test_interest_and_exclusion_lie_over_everything() -> None:
    found = settle(regions(("roi", (0, 0, 9, 9)), ("fold", (1, 1, 3, 3)), *[]), ROLES)
    assert (found.shapes[Role.ROI].area, found.shapes[Role.EXCLUDE].area) == (81, 4)
    assert found.shapes[Role.POSITIVE].is_empty


sides = st.tuples(*[st.integers(0, 12)] * 2, *[st.integers(1, 9)] * 2)


@given(
    st.lists(
        st.tuples(st.sampled_from(["tumour", "in situ", "stroma"]), sides), min_size=1, max_size=8
    ),
    st.permutations(["tumour", "in situ", "stroma"]),
)
def test_every_place_goes_to_the_first_class_in_the_order(
    drawn: Sequence[tuple[str, tuple[int, int, int, int]]], priority: list[str]
) -> None:
    found = settle(
        regions(*((name, (x, y, x + w, y + h)) for name, (x, y, w, h) in drawn)), ROLES, priority
    )
    owner = np.full((21, 21), -1)
    for rank in reversed(range(3)):
        for name, (x, y, w, h) in drawn:
            if name == priority[rank]:
                owner[y : y + h, x : x + w] = rank
    positive = [at for at, name in enumerate(priority) if ROLES[name] is Role.POSITIVE]
    assert found.shapes[Role.POSITIVE].area == pytest.approx(np.isin(owner, positive).sum())
    assert found.shapes[Role.NEGATIVE].area == pytest.approx(
        (owner >= 0).sum() - np.isin(owner, positive).sum()
    )
    common = shapely.intersection(found.shapes[Role.POSITIVE], found.shapes[Role.NEGATIVE])
    assert common.area == pytest.approx(0)
