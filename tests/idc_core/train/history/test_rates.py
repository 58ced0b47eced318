"""What a finder's curve suggests."""

import numpy as np
import pytest

from idc_core.train.history.rates import NoAdvice, Suggested, suggest

RATES = np.geomspace(1e-6, 1, 160)


def curve(breaks_at: float) -> np.ndarray:
    falls = 0.7 - 0.35 / (1 + (1e-3 / RATES) ** 1.5)
    return np.where(breaks_at < RATES, falls + 3 * np.log10(RATES / breaks_at), falls)


@pytest.mark.parametrize("seed", range(5))
def test_the_suggestion_is_a_tenth_of_where_the_loss_is_lowest(seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 0.02, len(RATES))
    found = suggest(RATES, curve(0.05) + noise)
    assert isinstance(found, Suggested)
    assert 0.01 < found.lowest < 0.2
    assert found.rate == pytest.approx(found.lowest / 10)
    assert found.steepest < found.lowest
    assert found.diverges


def test_a_loss_that_never_rises_says_so() -> None:
    found = suggest(RATES, curve(10))
    assert isinstance(found, Suggested)
    assert not found.diverges


def test_a_loss_that_never_falls_suggests_nothing_and_says_flat() -> None:
    for losses in (np.full(len(RATES), 0.7), np.linspace(0.7, 2, len(RATES))):
        found = suggest(RATES, losses)
        assert isinstance(found, NoAdvice)
        assert found.reason.startswith("The curve is flat, so no rate is suggested")


@pytest.mark.parametrize("noise", [0.01, 0.05, 0.2])
@pytest.mark.parametrize("steps", [40, 160])
def test_the_noise_of_a_flat_curve_is_no_advice(noise: float, steps: int) -> None:
    """Its lowest point is 2 % below its start more often than not."""
    rates, rng = np.geomspace(1e-6, 1, steps), np.random.default_rng(steps)
    found = [suggest(rates, 0.7 + rng.normal(0, noise, steps)) for _ in range(200)]
    assert sum(isinstance(each, Suggested) for each in found) <= 2


def test_a_flat_curve_that_diverges_at_the_end_is_no_advice() -> None:
    rng = np.random.default_rng(7)
    losses = np.where(RATES > 0.1, 0.7 + 20 * RATES, 0.7) + rng.normal(0, 0.05, len(RATES))
    assert isinstance(suggest(RATES, losses), NoAdvice)


def test_too_few_steps_suggest_nothing_and_say_how_many_are_needed() -> None:
    found = suggest(RATES[:10], curve(0.05)[:10])
    assert found == NoAdvice("Too few steps: 10 have a loss, and 20 are needed.")
