"""The sides of a split, the words people use for them, and the one rule about them."""

from collections.abc import Collection, Mapping

from idc_core.refusal import Refusal

SPLITS = ("train", "validation", "test", "unused")
"""Every value of an index's `split` column; "unused" is no side: not trained on, not tested."""

SIDES = SPLITS[:3]

WORDS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
    "unused": "unused",
}
"""What folders, tables and lists call a side, and what we call it."""


def refuse_patients_on_two_sides(leaks: Mapping[str, Collection[str]], source: str) -> None:
    """Raise `Refusal`, naming a patient, if there are leaks: patient → its sides."""
    if not leaks:
        return
    patient = min(leaks)
    more = len(leaks) - 1
    others = f" ({more:,} more patient{'s do' if more > 1 else ' does'} too)" if more else ""
    raise Refusal(
        f"expected every patient on one side of {source}: patient {patient} stands in "
        f"{' and '.join(leaks[patient])}{others}. Use a fresh split by patient instead."
    )
