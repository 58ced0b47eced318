"""A split of a joined store whose test patients are those of whole stores: other centres."""

from collections.abc import Collection, Iterable, Sequence

import pandas as pd

from idc_core.data.split.splits import ByPatient, GivenSplit, split_by_patient
from idc_core.data.stores.store import SOURCE
from idc_core.io.refusal import Refusal


def refuse_unknown(names: Collection[str], stores: Sequence[str]) -> None:
    """Raise `Refusal` where a store that is to be held out is none of those joined, or where none
    is left to learn from."""
    unknown = [name for name in names if name not in stores]
    if unknown:
        raise Refusal(
            f"expected the name of a store that is joined in --hold-out: {unknown[0][:80]!r} is "
            f"none of {', '.join(stores)}."
        )
    if set(names) == set(stores):
        raise Refusal(
            "expected a store to learn from: all that are joined are held out. Name fewer in "
            "--hold-out."
        )


def holding_out(
    index: pd.DataFrame,
    names: Collection[str],
    rule: ByPatient,
    together: Iterable[Collection[str]] = (),
) -> GivenSplit:
    """Every patient with a patch in one of the stores `names` is test; the others are train and
    validation, in the shares that the rule gives these two.

    `index` holds the patches of the joined store (`patient`, `label`, `source` …). `together`:
    patients who stay in one split, as far as they are not held out.
    """
    away = set(index.loc[index[SOURCE].isin(names), "patient"])
    left = index[~index["patient"].isin(away)]
    if left.empty:
        raise Refusal(
            "expected patients to learn from: all of them have patches in the stores held out. "
            "Name fewer in --hold-out."
        )
    train, validation, _ = rule.fractions
    share = train / (train + validation)
    groups = [sorted(set(group) - away) for group in together]
    splits = split_by_patient(
        left,
        fractions=(share, 1 - share, 0.0),
        seed=rule.seed,
        together=[group for group in groups if group],
    )
    return GivenSplit(
        splits | dict.fromkeys(sorted(away), "test"), f"--hold-out {' '.join(sorted(names))}"
    )
