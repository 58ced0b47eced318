"""What a finder's curve suggests."""

import numpy as np
import pytest

from idc_core.history.rates import suggest

RATES = np.geomspace(1e-6, 1, 160)


def curve(breaks_at: float) -> np.ndarray:
    falls = 0.7 - 0.35 / (1 + (1e-3 / RATES) ** 1.5)
    return np.where(breaks_at < RATES, falls + 3 * np.log10(RATES / breaks_at), falls)


@pytest.mark.parametrize("seed", range(5))
def test_the_suggestion_is_a_tenth_of_where_the_loss_is_lowest(seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 0.02, len(RATES))
    found = suggest(RATES, curve(0.05) + noise)
    assert found is not None
    assert 0.01 < found.lowest < 0.2
    assert found.rate == pytest.approx(found.lowest / 10)
    assert found.steepest < found.lowest
    assert found.breaks


def test_a_loss_that_never_rises_says_so() -> None:
    found = suggest(RATES, curve(10))
    assert found is not None
    assert not found.breaks


def test_a_loss_that_never_falls_suggests_nothing() -> None:
    assert suggest(RATES, np.full(len(RATES), 0.7)) is None
    assert suggest(RATES, np.linspace(0.7, 2, len(RATES))) is None


def test_too_few_steps_suggest_nothing() -> None:
    assert suggest(RATES[:10], curve(0.05)[:10]) is None
