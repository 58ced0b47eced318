"""Lists of one outcome: the farthest from the threshold first, and no outcome but the four."""

import re

import pandas as pd
import pytest

from dashboard.widgets.outcomes import of_outcome

ROWS = pd.DataFrame({"score": [0.9, 0.6, 0.4, 0.8, 0.1], "label": [0, 0, 1, 1, 0]})


def test_the_farthest_come_first_and_only_as_many_as_are_asked_for():
    assert of_outcome(ROWS, 0.5, "fp").index.tolist() == [0, 1]
    assert of_outcome(ROWS, 0.5, "fp", most=1).index.tolist() == [0]
    assert of_outcome(ROWS, 0.5, "fn")["outcome"].tolist() == ["fn"]


def test_another_word_is_refused_with_the_four_that_there_are():
    sentence = "expected one of tp, fn, fp, tn: found 'missed'."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        of_outcome(ROWS, 0.5, "missed")
