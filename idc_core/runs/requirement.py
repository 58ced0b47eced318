"""What may be asked of a run, checked before anything is read."""

from collections.abc import Mapping

from idc_core.io.refusal import Refusal

SHARES = ("sensitivity", "specificity")
"""Figures at a threshold; each is a share of the patches of one label."""

AUC = "roc_auc"


def refuse_shares(least: Mapping[str, float]) -> None:
    """Raise `Refusal` where nothing is asked, or what is asked is no share from 0 to 1."""
    if not least:
        raise Refusal(
            "expected something to check: give --min-sensitivity, --min-specificity or --min-auc."
        )
    for name, share in least.items():
        if not 0 <= share <= 1:
            from idc_core.metrics.catalogue import METRICS  # the command line waits for no NumPy

            cure = f" {share:g} % is {share / 100:g}." if 1 < share <= 100 else ""
            words = METRICS[name].in_a_sentence
            raise Refusal(f"expected a share from 0 to 1 for {words}: found {share:g}.{cure}")
