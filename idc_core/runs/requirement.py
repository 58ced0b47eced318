"""What may be asked of a run, checked before anything is read."""

from collections.abc import Mapping

from idc_core.io.refusal import Refusal

RATES = {"sensitivity": 1, "specificity": 0}
"""Figures at a threshold, and the label of the patches each is a share of."""

AUC = "roc_auc"
WORDS = {"sensitivity": "sensitivity", "specificity": "specificity", AUC: "ROC-AUC"}


def refuse_shares(least: Mapping[str, float]) -> None:
    """Raise `Refusal` where nothing is asked, or what is asked is no share from 0 to 1."""
    if not least:
        raise Refusal(
            "expected something to check: give --min-sensitivity, --min-specificity or --min-auc."
        )
    for name, share in least.items():
        if not 0 <= share <= 1:
            cure = f" {share:g} % is {share / 100:g}." if 1 < share <= 100 else ""
            raise Refusal(f"expected a share from 0 to 1 for {WORDS[name]}: found {share:g}.{cure}")
