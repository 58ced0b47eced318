"""Agreement on burden in numbers."""

import numpy as np

from dashboard.views.failures.burden import numbers
from dashboard.widgets import few_patients, figure
from idc_core.evaluate.burden import Agreement
from idc_core.metrics.agreement import bland_altman, icc, kappa_interval


def shown(monkeypatch, patients):
    rng = np.random.default_rng(1)
    one = rng.uniform(0, 0.5, patients)
    other = one + rng.normal(0.02, 0.05, patients)
    tables = rng.integers(0, 2, (patients, 4, 4))
    judged = Agreement(
        bland_altman(one, other), icc(one, other), kappa_interval(tables), tables.sum(axis=0)
    )
    seen = []
    monkeypatch.setattr(figure, "numbers", seen.extend)
    monkeypatch.setattr(few_patients, "show", lambda *_: None)
    numbers.show(judged, "3 whole slides", patients)
    return {name: (value, words) for name, value, words in seen}, judged


def test_what_the_next_patient_differs_by_is_wider_than_limits_of_agreement(monkeypatch):
    said, judged = shown(monkeypatch, 3)
    ends, words = said["One more patient"]
    assert "95 % prediction interval of the difference, percentage points" in words
    new, limits = judged.bland_altman.new, judged.bland_altman
    assert ends == f"{100 * new.low:+.1f} to {100 * new.high:+.1f}".replace("-", "−")
    assert new.high - new.low > 1.5 * (limits.upper.value - limits.lower.value)


def test_one_slide_has_no_interval_anywhere(monkeypatch):
    said, _ = shown(monkeypatch, 1)
    assert said["One more patient"][0] == "–"
    assert "[" not in "".join(value for value, _ in said.values())
