"""Which reading fits is told from labels outside the test split, and nothing is chosen by it."""

import numpy as np
import pandas as pd
import pytest

from idc_core.score.foreign import ranking
from idc_core.score.foreign.ranking import judge, readings
from idc_core.score.foreign.reading import Reading, reading_of

LABELS = np.tile([0, 1], 60)
PATIENTS = np.repeat([f"p{n:02}" for n in range(12)], 10)
RNG = np.random.default_rng(0)
GOOD = np.clip(0.5 + 0.3 * (LABELS - 0.5) + RNG.normal(0, 0.12, 120), 0.01, 0.99)
NOISE = np.clip(0.5 + RNG.normal(0, 0.2, 120), 0.01, 0.99)


def ranked(scores, declared=None):
    declared = declared or reading_of()
    tried = readings(declared)[: len(scores)]
    return judge(tried, scores, LABELS, PATIENTS, declared)


def test_what_was_declared_and_every_preset_are_tried_once() -> None:
    found = [each.options() for each in readings(reading_of("0-1", idc_class=0))]
    assert found[0] == "--pixels 0-1"
    assert sorted(found) == sorted(
        [
            "--pixels 0-255",
            "--pixels 0-255 --channels bgr",
            "--pixels 0-1",
            "--pixels 0-1 --channels bgr",
            "--pixels -1-1",
            "--pixels -1-1 --channels bgr",
            "--pixels imagenet",
            "--pixels caffe",
        ]
    )
    own = reading_of("0-1", mean=[0.7, 0.5, 0.6])
    assert [each.channels for each in readings(own)[:2]] == ["rgb", "bgr"]


def test_a_reading_that_fits_is_not_warned_of() -> None:
    found = ranked([GOOD, NOISE])
    assert found.best is found.declared
    assert not found.is_wrong
    assert found.conclusion() == "What was declared fits best."


def test_a_wrong_range_is_warned_of_with_what_fits() -> None:
    found = ranked([NOISE, GOOD])
    assert found.is_wrong
    assert found.best.reading == Reading(channels="bgr")
    assert (
        "Warning: the labels fit --pixels 0-255 --channels bgr --idc-class 1" in found.lines()[-1]
    )
    assert any("(as declared)" in line for line in found.lines())
    assert found.record()["fits"][0]["options"] == "--pixels 0-255 --channels bgr --idc-class 1"


def test_classes_the_wrong_way_round_are_warned_of() -> None:
    found = ranked([1 - GOOD])
    assert found.is_wrong
    assert found.best.reading.idc_class == 0
    declared_first = ranked([1 - GOOD], reading_of(idc_class=0))
    assert declared_first.best.reading.idc_class == 1


def test_scores_that_are_sure_of_one_class_do_not_fit_though_they_rank() -> None:
    saturated = 1e-9 * (1 + GOOD)
    found = ranked([saturated, GOOD])
    assert found.is_wrong
    assert found.best.reading.channels == "bgr"


def test_nothing_that_tells_the_classes_apart_is_said_to_be_so() -> None:
    found = ranked([NOISE])
    assert found.conclusion().startswith("Note: no reading tells the classes apart")


def test_the_best_of_many_by_chance_is_no_better() -> None:
    assert not ranking.is_clear(ranking.Interval(0.178, 0.005, 0.351))
    assert ranking.is_clear(ranking.Interval(0.178, 0.07, 0.286))
    nobody_knows = ranking.Interval(0.2, np.nan, np.nan)
    assert ranking.is_clear(nobody_knows)


class Store:
    """What `ranking` asks of a store."""

    def __init__(self, split: str) -> None:
        self.index = pd.DataFrame(
            {"patient": PATIENTS, "label": LABELS, "split": [split] * len(LABELS)}
        )
        self.patches = np.zeros((len(LABELS), 50, 50, 3), np.uint8)


class Network:
    """Answers as if it were the wrong range unless pixels come as the right one."""

    def __init__(self) -> None:
        self.asked = 0

    def score(self, patches, seen=None):
        self.asked += 1
        white = np.full((1, 1, 1, 3), 255, np.float32)
        right = seen is not None and abs(float(seen(white).mean()) - 1.0) < 1e-3
        return (GOOD if right else NOISE)[: len(patches)]


def test_the_test_side_is_never_looked_at() -> None:
    network = Network()
    assert ranking.ranked(network, Store("test"), reading_of()) is None
    assert network.asked == 0


def test_other_readings_are_tried_through_the_declared_one() -> None:
    found = ranking.ranked(Network(), Store("validation"), reading_of())
    assert found.best.reading == reading_of("0-1")
    assert (found.patches, found.patients, found.splits) == (120, 12, ("validation",))


def test_one_class_alone_ranks_nothing() -> None:
    store = Store("train")
    store.index["label"] = 1
    assert ranking.ranked(Network(), store, reading_of()) is None


def test_the_loss_of_a_score_is_minus_its_log() -> None:
    assert ranking.log_loss(np.array([1, 0]), np.array([0.5, 0.5])) == pytest.approx(np.log(2))
