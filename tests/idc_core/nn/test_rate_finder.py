"""The finder trains with rates that grow, and leaves a table."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from idc_core.data.stores.store import PatchStore
from idc_core.nn import rate_finder
from idc_core.nn.rate_finder import HIGHEST, LOWEST, find_rate, write_rates
from idc_core.train.config import TrainConfig
from idc_core.train.history.rates import FILE


@pytest.mark.slow
@pytest.mark.usefixtures("small_network")
def test_rates_grow_by_the_same_factor_and_every_step_is_told(
    small_store: PatchStore, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    config = TrainConfig(batch_size=16, epochs=1)
    table = find_rate(config, small_store, steps=12, progress=lambda *step: told.append(step))
    assert told == [(at, 12) for at in range(1, len(table) + 1)]
    factor = (HIGHEST / LOWEST) ** (1 / 11)
    assert table["rate"].iloc[0] == LOWEST
    assert (table["rate"].iloc[1:].to_numpy() / table["rate"].iloc[:-1].to_numpy()) == (
        pytest.approx(factor)
    )
    assert np.isfinite(table["loss"].iloc[0])
    write_rates(tmp_path, table)
    assert len(pd.read_csv(tmp_path / FILE)) == len(table)


class Scripted:
    """A network that learns nothing and says the losses it was given."""

    def __init__(self, losses: list[float]) -> None:
        self.optimizer = SimpleNamespace(learning_rate=0.0)
        self._losses = iter(losses)

    def train_on_batch(self, pixels: object, targets: object) -> list[float]:
        return [next(self._losses)]


@pytest.mark.parametrize(
    ("losses", "steps"),
    [
        ([0.5, 0.4, 1.6, 1.61], 4),  # 4 times the lowest is not yet broken
        ([0.5, 0.4, 1.61, 0.3], 3),
        ([0.5, np.nan, 0.3, 0.3], 2),
        ([0.5, np.inf, 0.3, 0.3], 2),
    ],
)
def test_it_ends_where_the_loss_breaks_away_or_is_no_number(
    small_store: PatchStore, monkeypatch: pytest.MonkeyPatch, losses: list[float], steps: int
) -> None:
    config = TrainConfig(batch_size=16)
    monkeypatch.setattr(rate_finder, "built", lambda *_: Scripted(losses))
    monkeypatch.setattr(rate_finder, "compile_network", lambda model, config: None)
    assert len(find_rate(config, small_store, steps=4)) == steps
