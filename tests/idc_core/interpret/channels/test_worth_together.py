"""Channels of a layer judged together."""

import numpy as np

from idc_core.interpret.channels.worth import judged_together


def test_the_channel_that_is_needed_is_shown_and_those_without_effect_cost_nothing():
    rng = np.random.default_rng(0)
    owner = np.repeat(np.arange(20), 50)
    labels = rng.integers(0, 2, 1000).astype(np.int8)
    base = (labels + rng.normal(0, 0.7, 1000)).astype(np.float32)
    off = np.stack([base, rng.normal(size=1000).astype(np.float32), base])
    found = judged_together(owner, labels, base, off)
    assert found.judged == 1
    assert found.below.tolist() == [False, True, False]


def test_of_layers_whose_channels_do_nothing_few_have_one_that_is_needed():
    named = alone = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        owner = np.repeat(np.arange(15), 30)
        labels = rng.integers(0, 2, 450).astype(np.int8)
        base = (labels + rng.normal(0, 0.7, 450)).astype(np.float32)
        # Each channel moves scores by chance; the base itself is moved as much.
        moved = base + rng.normal(0, 0.1, (17, 450)).astype(np.float32)
        found = judged_together(owner, labels, moved[0], moved[1:])
        named += bool((found.below | found.above).any())
        one = judged_together(owner, labels, moved[0], moved[1:2])
        alone += bool((one.below | one.above).any())
    assert named <= 6
    assert alone <= 8
